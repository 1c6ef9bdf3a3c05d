"""Turn a knob of the sizing screen by one step."""

from functools import partial
from typing import TYPE_CHECKING

from workbench.tui.editing import EditStack

if TYPE_CHECKING:
    from workbench.study.edits import Edit
    from workbench.tui.application import WorkbenchApp
    from workbench.tui.selection import Selection
    from workbench.tui.studio import Studio


async def turn(app: "WorkbenchApp", knob: str, step: int) -> None:
    """Push the edit of one step; a knob that does not turn says why."""
    if app.studio is None or app.studio.comparison is None:
        return
    edit = await app.bench.do(partial(_step, app.studio, app.selection, app.stack, (knob, step)))
    if isinstance(edit, str):
        app.notify(edit, severity="warning", timeout=4)
    else:
        app.recompute(app.stack.pushed(edit))


def _step(studio: "Studio", selection: "Selection", stack: EditStack, turned: tuple[str, int]) -> "Edit | str":
    from workbench.tui.screens.sizing.knobs import setting_of, step_of

    if studio.comparison is None:
        return "the figures are not there yet"
    return step_of(setting_of(studio.session, studio.comparison, selection, stack.done), *turned)
