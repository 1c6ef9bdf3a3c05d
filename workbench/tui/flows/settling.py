"""Search a held partition anew: on a key, or when nothing was pressed for a while."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.tui.application import WorkbenchApp


def optimise(app: "WorkbenchApp") -> None:
    """Search the hybrid's partition for the figures shown, in the background."""
    let_be(app)
    studio = app.studio
    if studio is None or app.computing:
        return
    from workbench.tui.flows.computing import settle_partition

    app.run_worker(settle_partition(app, studio), name="settle", group="settle", exclusive=True, exit_on_error=False)


def wait_idle(app: "WorkbenchApp") -> None:
    """Search a held partition once no key was pressed for a while; one changed by hand is left alone."""
    let_be(app)
    if app.studio is not None and app.studio.held and not app.studio.by_hand:
        app.idle = app.set_timer(app.SETTLE_AFTER_S, lambda: _rested(app))


def let_be(app: "WorkbenchApp") -> None:
    """Wait no more, and stop a search that runs: its figures are no longer asked for."""
    if app.idle is not None:
        app.idle.stop()
        app.idle = None
    if app.settling:
        app.workers.cancel_group(app, "settle")


def _rested(app: "WorkbenchApp") -> None:
    if app.computing:
        wait_idle(app)
    else:
        optimise(app)
