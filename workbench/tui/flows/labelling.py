"""Say what an unusual stretch of the history was."""

from functools import partial
from typing import TYPE_CHECKING

from workbench.tui.flows.asking import listed
from workbench.tui.widgets.dialogs import PickScreen, TextScreen
from workbench.tui.widgets.table_view import TableView

if TYPE_CHECKING:
    from workbench.pipeline.anomalies import Anomaly
    from workbench.tui.application import WorkbenchApp
    from workbench.tui.studio import Studio

CHOICES = (
    ("one-off", "it happened and will not again: left out of the fit"),
    ("outage", "nothing was measured that counts: left out of the fit"),
    ("shutdown", "a planned closure: a calendar effect, as other closures are"),
    ("normal", "ordinary demand: nothing of it is left out"),
)


def label(app: "WorkbenchApp") -> None:
    """Ask what the stretch under the cursor was; the forecast follows."""
    app.run_worker(_label(app), name="talk", group="talk", exclusive=True, exit_on_error=False)


async def _label(app: "WorkbenchApp") -> None:
    studio = app.studio
    if studio is None or app.work is None:
        return
    view = app.work.query_one("#unusual", TableView)
    key = view.current.key if view.current is not None else ""
    found = await app.bench.do(partial(_found, studio, key))
    if found is None:
        app.notify("label: put the cursor on a stretch in the panel Unusual first", severity="warning")
        return
    if not found.ended:
        app.notify(
            "label: this level has stayed since. If it ended, name its days: a, then label-event TENANT FROM TO one-off", severity="warning"
        )
        return
    title = f"{found.tenant}, {found.series}: what was it, {found.start:%Y-%m-%d %H:%M} to {found.end:%Y-%m-%d %H:%M} UTC?"
    kind = await app.push_screen_wait(PickScreen(title, listed("it was", CHOICES)))
    if kind is None:
        return
    from workbench.study.edits import LabelEvent
    from workbench.study.sections.events import event_toml

    edit = LabelEvent(found.tenant, found.start, found.end, kind, None if found.series == "all" else found.series)
    block = event_toml(edit)
    lines = (
        "The forecast follows now. z takes it back, S keeps it in a scenario. To keep it in the study itself, put this into study.toml:",
    )
    hint = "enter copies the block · esc goes on"
    if await app.push_screen_wait(TextScreen(f"Marked as {kind}", (*lines, "", *block.splitlines()), hint)):
        app.copy_to_clipboard(block)
    app.recompute(app.stack.pushed(edit))


def _found(studio: "Studio", key: str) -> "Anomaly | None":
    from workbench.pipeline.looking_back import anomalies_of
    from workbench.views.anomalies import anomaly_key

    return next((one for one in anomalies_of(studio.session) if anomaly_key(one) == key), None)
