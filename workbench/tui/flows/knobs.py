"""Turn a knob of the sizing screen by one step."""

from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.study.edits import Edit
    from workbench.tui.app import WorkbenchApp
    from workbench.tui.selection import Selection
    from workbench.tui.studio import Studio


async def turn(app: "WorkbenchApp", knob: str, step: int) -> None:
    """Push the edit of one step; at the end of its range a knob stays where it is."""
    if app.studio is None or app.studio.comparison is None:
        return
    edit = await app.bench.do(partial(_step, app.studio, app.selection, knob, step))
    if edit is None:
        app.notify("the knob is at its end", severity="warning", timeout=2)
    else:
        app.recompute(app.stack.pushed(edit))


def _step(studio: "Studio", selection: "Selection", knob: str, step: int) -> "Edit | None":
    from workbench.tui.screens.sizing.knobs import step_of

    return step_of(studio.session, studio.comparison, selection, knob, step)
