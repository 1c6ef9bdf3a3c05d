"""Long work: progress, stopping, collecting."""

import asyncio
import shutil
import threading

import tomlkit

from workbench.tui.application import WorkbenchApp
from workbench.tui.bench import Stopped
from workbench.tui.start import Start
from workbench.tui.widgets.dialogs import TextScreen


class Slow(WorkbenchApp):
    """Opens a study for ever, step by step, until it is let go."""

    def __init__(self, start: Start) -> None:
        super().__init__(start)
        self.go = threading.Event()
        self.stopped = threading.Event()

    def open_study(self) -> None:
        self.run_worker(self._wait(), name="open", group="figures", exclusive=True, exit_on_error=False)

    async def _wait(self) -> None:
        self.begin("planning hybrid")
        await self.bench.do(self._steps)

    def _steps(self) -> None:
        self.bench.progress("planning hybrid", 0.5)
        self.go.wait(10)
        try:
            self.bench.progress("planning dedicated", 0.9)
        except Stopped:
            self.stopped.set()
            raise


async def test_escape_stops_what_runs_and_says_how_to_go_on(tmp_path, text_of):
    app = Slow(Start(tmp_path, state=tmp_path / "state"))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        assert "planning hybrid" in text_of(app)
        assert "██████████░" in text_of(app)
        assert "esc stops it" in text_of(app)
        await pilot.press("escape")
        assert not app.computing
        assert [notice.message for notice in app._notifications] == ["stopped; r reads the study again"]
        app.go.set()
        assert await asyncio.to_thread(app.stopped.wait, 10)


async def test_screens_can_be_changed_while_something_runs(tmp_path, text_of):
    app = Slow(Start(tmp_path, state=tmp_path / "state"))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        await pilot.press("4")
        await pilot.pause()
        assert app.work.place.name == "topologies"
        assert text_of(app).count("planning hybrid") >= 4
        app.go.set()


async def test_collecting_reads_the_sources_and_says_what_came_in(opened, small_study, tmp_path):
    study = tmp_path / "own"
    shutil.copytree(small_study, study, ignore=shutil.ignore_patterns("exports"))
    text = tomlkit.parse((study / "study.toml").read_text(encoding="utf-8"))
    text["sources"] = [source for source in text["sources"] if source["kind"] == "csv"]
    (study / "study.toml").write_text(tomlkit.dumps(text), encoding="utf-8")
    (study / "imports").mkdir()
    table = "series,tenant,time,value\ndriver@orders,leipzig,2026-10-31T00:00:00Z,17\n"
    (study / "imports" / "erp-counts.csv").write_text(table, encoding="utf-8")
    async with opened(start=Start(study, state=tmp_path / "state")) as driver:
        await driver.press("r")
        assert isinstance(driver.app.screen, TextScreen)
        assert "erp-counts" in driver.text
        assert "in history" in driver.text
