"""Turn a knob of the sizing screen by one step: its own panels answer at once, the plan follows in the background."""

from functools import partial
from typing import TYPE_CHECKING

from workbench.tui.content import Contents
from workbench.tui.editing import EditStack

if TYPE_CHECKING:
    from workbench.study.edits import Edit
    from workbench.tui.application import WorkbenchApp
    from workbench.tui.selection import Selection
    from workbench.tui.studio import Studio


async def turn(app: "WorkbenchApp", knob: str, step: int) -> None:
    """Push the edit of one step and show what the models say of it; a knob that does not turn says why."""
    studio, stack, selection = app.studio, app.stack, app.selection
    if studio is None or studio.comparison is None:
        return
    edit = await app.desk.do(partial(_step, studio, selection, stack, (knob, step)))
    if isinstance(edit, str):
        app.notify(edit, severity="warning", timeout=4)
        return
    pushed = stack.pushed(edit)
    app.recompute(pushed)
    shown = await app.desk.do(partial(_preview, studio, selection, pushed))
    if app.stack is pushed and app.studio is studio and app.work is not None and app.work.place.name == "sizing":
        app.work.show_some(shown)


def _step(studio: "Studio", selection: "Selection", stack: EditStack, turned: tuple[str, int]) -> "Edit | str":
    from workbench.tui.screens.sizing.content import setting
    from workbench.tui.screens.sizing.knobs import step_of

    if studio.comparison is None:
        return "the figures are not there yet"
    found = setting(studio.session, studio.comparison, selection, stack.done)
    return "no worker pool of this topology can be built: v chooses another one" if found is None else step_of(found, *turned)


def _preview(studio: "Studio", selection: "Selection", stack: EditStack) -> Contents:
    from workbench.tui.screens.sizing.content import preview

    return {} if studio.comparison is None else preview(studio.session, studio.comparison, selection, stack.done)
