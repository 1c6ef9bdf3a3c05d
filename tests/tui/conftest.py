"""A small study cut from the bundled one, a session on it, and a hand on the keys."""

import csv
import io
import os
import shutil
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest
import tomlkit
from rich.console import Console
from textual.app import App
from textual.pilot import Pilot
from textual.worker import WorkerFailed

from workbench.pipeline.session import Session, open_session
from workbench.study.toml import read_study
from workbench.tui.application import WorkbenchApp
from workbench.tui.start import Start

BUNDLED = Path(__file__).parents[2] / "data" / "meridian"
TENANTS = ("leipzig", "zwickau", "jena")
MONTHS = ("2026-09", "2026-10")
GOLDENS = Path(__file__).parent / "goldens"
JOBS = ("open", "edit", "fill", "turn", "backtest", "collect")


def _cut_rows(name: str, target: Path, wanted: Sequence[str]) -> None:
    with (BUNDLED / name).open(encoding="utf-8") as file:
        head, *rows = list(csv.reader(file))
    with (target / name).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, *(row for row in rows if row[0] in wanted)])


def _cut_current(target: Path) -> None:
    text = tomlkit.parse((BUNDLED / "topologies" / "current.toml").read_text(encoding="utf-8"))
    for pool in text["pools"]:
        pool["tenants"] = [tenant for tenant in pool["tenants"] if tenant in TENANTS]
    text["pools"] = [pool for pool in text["pools"] if pool["tenants"]]
    (target / "topologies").mkdir()
    (target / "topologies" / "current.toml").write_text(tomlkit.dumps(text), encoding="utf-8")


def _cut_history(target: Path) -> None:
    for file in sorted((BUNDLED / "history").glob("*/*.parquet")):
        if file.name.startswith(MONTHS):
            kept = pl.read_parquet(file).filter(pl.col("tenant").is_in(TENANTS) | pl.col("tenant").str.starts_with("@"))
            new = target / "history" / file.parent.name / file.name
            new.parent.mkdir(parents=True, exist_ok=True)
            kept.write_parquet(new)
    shutil.copy(BUNDLED / "history" / "manifest.json", target / "history")


@pytest.fixture(scope="session")
def small_study(tmp_path_factory) -> Path:
    """Three tenants, two months of history, a current topology, one scenario."""
    target = tmp_path_factory.mktemp("study") / "small"
    target.mkdir()
    text = tomlkit.parse((BUNDLED / "study.toml").read_text(encoding="utf-8"))
    text["study"]["horizon"] = "12 months"
    text["tenants"] = [tenant for tenant in text["tenants"] if tenant["name"] in TENANTS]
    (target / "study.toml").write_text(tomlkit.dumps(text), encoding="utf-8")
    _cut_rows("tenants.csv", target, TENANTS)
    _cut_rows("incidents.csv", target, ())
    shutil.copy(BUNDLED / "offers.csv", target)
    _cut_current(target)
    _cut_history(target)
    (target / "scenarios").mkdir()
    (target / "scenarios" / "busy.toml").write_text(
        'name = "busy year"\n\n[[edits]]\nkind = "scale-driver"\ndriver = "requests"\nfactor = 1.2\n', encoding="utf-8"
    )
    return target


@pytest.fixture(scope="session")
def small_session(small_study) -> Session:
    """The session, its topologies sized once for all tests."""
    session = open_session(read_study(small_study))
    session.compare()
    return session


@dataclass(frozen=True, slots=True, eq=False)
class Driver:
    """A running application and the keys."""

    app: WorkbenchApp
    pilot: Pilot[None]

    async def press(self, *keys: str) -> None:
        """Press keys one after the other and wait until all jobs they started are done."""
        for key in keys:
            await self.pilot.press(key)
            await self.settle()

    async def write(self, text: str) -> None:
        """Write a line and end it with enter."""
        await self.pilot.press(*("space" if character == " " else character for character in text), "enter")
        await self.settle()

    async def settle(self) -> None:
        """Wait for all jobs of the bench, also those that a finished one started."""
        await self.pilot.pause()
        while running := [worker for worker in self.app.workers if worker.name in JOBS and not worker.is_finished]:
            try:
                await self.app.workers.wait_for_complete(running)
            except WorkerFailed:
                await self.pilot.pause()
            await self.pilot.pause()

    @property
    def text(self) -> str:
        """What stands on the screen."""
        return screen_text(self.app)


def screen_text(app: App[None]) -> str:
    width, height = app.size
    console = Console(width=width, height=height, file=io.StringIO(), force_terminal=True, record=True, legacy_windows=False)
    console.print(app.screen._compositor.render_update(full=True))
    lines = console.export_text(styles=False).splitlines()
    return "\n".join(line.rstrip() for line in lines) + "\n"


Open = Callable[..., AbstractAsyncContextManager[Driver]]


@pytest.fixture
def opened(small_session, small_study, tmp_path, monkeypatch) -> Open:
    """Open the small study at a size; `state` is where the last session is kept."""
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")
    monkeypatch.setattr(WorkbenchApp, "SETTLE_AFTER_S", 3600.0)

    @asynccontextmanager
    async def run(size: tuple[int, int] = (120, 40), start: Start | None = None) -> AsyncIterator[Driver]:
        app = WorkbenchApp(start or Start(small_study, state=tmp_path / "state", session=small_session))
        async with app.run_test(size=size) as pilot:
            driver = Driver(app, pilot)
            await driver.settle()
            yield driver

    return run


@pytest.fixture
def golden() -> Callable[[str, str], None]:
    """Compare a text with the file of that name; UPDATE_GOLDENS=1 writes it instead."""

    def compare(name: str, text: str) -> None:
        path = GOLDENS / f"{name}.txt"
        if os.environ.get("UPDATE_GOLDENS") == "1":
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text(encoding="utf-8")

    return compare


@pytest.fixture
def text_of() -> Callable[[App[None]], str]:
    """Return what stands on an application's screen."""
    return screen_text
