"""Open, edit and fill: what is computed in the bench's thread and shown when it is there.

The jobs import what computes inside the thread: the first paint waits for none of it.
"""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.tui.bench import Tell
from workbench.tui.content import Contents
from workbench.tui.editing import EditStack
from workbench.tui.facts import Facts
from workbench.tui.flows.settling import wait_idle
from workbench.tui.selection import Selection

if TYPE_CHECKING:
    from workbench.pipeline.session import Session
    from workbench.tui.application import WorkbenchApp
    from workbench.tui.studio import Studio


async def open_and_compare(app: "WorkbenchApp") -> None:
    """Read the study, show its history, then size its topologies."""
    app.begin("reading the study")
    start = app.start
    if start.session is not None:
        job = partial(_started, start.session, start.scenario, start.edits, app.bench.progress)
    else:
        job = partial(_opened, start.folder, start.scenario, start.edits, app.bench.progress)
    studio = await app.bench.do(job)
    app.studio, app.stack = studio, studio.stack
    await _show(app, studio)
    app.studio = await app.bench.do(partial(_compared, studio))
    await _finish(app, app.studio)


async def apply_edits(app: "WorkbenchApp", stack: EditStack) -> None:
    """Size everything with other edits; if one does not find what it names, go back to the edits before."""
    studio = app.studio
    if studio is None:
        return
    app.begin("sizing with the edits")
    try:
        app.studio = await app.bench.do(partial(_edited, studio, stack))
    except ValueError:
        app.stack = studio.stack
        await _finish(app, studio)
        raise
    await _finish(app, app.studio)


async def settle_partition(app: "WorkbenchApp", studio: "Studio") -> None:
    """Search the hybrid's partition for what is shown, while every key is answered; the figures follow."""
    app.settling = "searching the hybrid's partition"
    app.write_bars()
    try:
        found = await app.bench.do(partial(_settled, studio), behind=True)
    finally:
        app.settling = ""
        app.write_bars()
    if app.studio is studio:
        app.studio = found
        await _show(app, found)


async def fill_screen(app: "WorkbenchApp") -> None:
    """Compute and show the panels of the screen in front."""
    if app.studio is not None:
        await _fill(app, app.studio)


async def _finish(app: "WorkbenchApp", studio: "Studio") -> None:
    app.computing = ""
    await _show(app, studio)
    wait_idle(app)


async def _show(app: "WorkbenchApp", studio: "Studio") -> None:
    app.facts = await app.bench.do(partial(_facts, studio))
    await _fill(app, studio)


async def _fill(app: "WorkbenchApp", studio: "Studio") -> None:
    screen = app.work
    if screen is not None:
        place, selection = screen.place.name, app.selection
        app.show(await app.bench.do(partial(_contents, studio, place, selection)), place, (studio, selection))


def _started(session: "Session", scenario: str | None, edits: tuple[str, ...], progress: Tell) -> "Studio":
    from workbench.tui import studio

    return studio.start(session, scenario, edits, progress)


def _opened(folder: Path | None, scenario: str | None, edits: tuple[str, ...], progress: Tell) -> "Studio":
    from workbench.tui import studio

    return studio.open_studio(folder, scenario, edits, progress)


def _compared(found: "Studio") -> "Studio":
    from workbench.tui import studio

    return studio.compared(found)


def _edited(found: "Studio", stack: EditStack) -> "Studio":
    from workbench.tui import studio

    return studio.edited(found, stack)


def _settled(found: "Studio") -> "Studio":
    from workbench.tui import studio

    return studio.settled(found)


def _contents(found: "Studio", place: str, selection: Selection) -> Contents:
    from workbench.tui import studio

    return studio.contents(found, place, selection)


def _facts(found: "Studio") -> Facts:
    from workbench.tui import studio

    return studio.facts(found)
