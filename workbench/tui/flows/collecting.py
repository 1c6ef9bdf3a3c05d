"""Collect what is new from all sources, with progress and a way to stop."""

import threading
import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from workbench.tui.widgets.dialogs import TextScreen

if TYPE_CHECKING:
    from workbench.commands.collect import Collected
    from workbench.study.estate import Study
    from workbench.tui.application import WorkbenchApp
    from workbench.tui.bench import Tell


def collect(app: "WorkbenchApp") -> None:
    """Collect, then read the study again; without figures only read it again."""
    if app.studio is None:
        app.open_study()
        return
    app.run_worker(_collect(app, app.studio.session.original), name="collect", group="figures", exclusive=True, exit_on_error=False)


async def _collect(app: "WorkbenchApp", study: "Study") -> None:
    app.begin("collecting")
    app.cancel = threading.Event()
    now_ms = int(time.time() * 1000)
    try:
        found = await app.bench.do(partial(_collected, study, now_ms, app.cancel, app.bench.progress))
    finally:
        app.computing = ""
        app.write_bars()
    app.push_screen(TextScreen("Collected", _said(found)))
    if any(one.rows for one in found.pulled):
        app.start = replace(app.start, session=None)
        app.open_study()


def _collected(study: "Study", now_ms: int, cancel: threading.Event, progress: "Tell") -> "Collected":
    from workbench.commands.collect import CollectOptions
    from workbench.commands.collect import collect as pull

    return pull(study, CollectOptions(now_ms=now_ms, cancel=cancel), progress)


def _said(found: "Collected") -> tuple[str, ...]:
    lines = [f"{one.source}: {one.rows} samples of {one.series} series" for one in found.pulled]
    lines += [f"{one.source}: not read. {one.error}" for one in found.failed]
    lines += found.notes
    return (*lines, "stopped; what was read stays, r goes on" if found.stopped else "everything that was read is in history")
