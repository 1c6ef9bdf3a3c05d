from collections.abc import Callable, Sequence
from pathlib import Path

import polars as pl
import pytest

from workbench.history import History, open_history
from workbench.sources.samples import Samples

HOUR_MS = 3_600_000
START_MS = 1_767_225_600_000
"""2026-01-01T00:00:00Z, a Thursday."""

Row = tuple[str, int, float, str]
MakeSamples = Callable[..., Samples]


@pytest.fixture
def start_ms() -> int:
    return START_MS


@pytest.fixture
def history(tmp_path: Path) -> History:
    return open_history(tmp_path / "history")


@pytest.fixture
def make() -> MakeSamples:
    """Build samples from rows (subject, milliseconds after START_MS, value, epoch)."""

    def build(
        series: str, rows: Sequence[Row], *, source: str = "prom", window: tuple[int, int] | None = None, partial: bool = False
    ) -> Samples:
        moved = [(subject, START_MS + after, value, epoch) for subject, after, value, epoch in rows]
        frame = pl.DataFrame(moved, schema={"tenant": pl.Utf8, "time": pl.Int64, "value": pl.Float64, "epoch": pl.Utf8}, orient="row")
        times = [row[1] for row in moved]
        start, end = (START_MS + window[0], START_MS + window[1]) if window else (min(times) - 1, max(times))
        return Samples(series, frame.sort("tenant", "time"), source, start, end, partial)

    return build


@pytest.fixture
def counted(make: MakeSamples) -> Callable[..., Samples]:
    """Build one subject's samples every `step_ms`, from values; the first one is at START_MS."""

    def build(series: str, values: Sequence[float], *, step_ms: int = 60_000, subject: str = "leipzig", epoch: str = "") -> Samples:
        return make(series, [(subject, step_ms * index, value, epoch) for index, value in enumerate(values)])

    return build


def _content(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file() and path.name != ".lock"
    }


@pytest.fixture
def content() -> Callable[[Path], dict[str, bytes]]:
    """Return all files of a folder but the lock, by name."""
    return _content
