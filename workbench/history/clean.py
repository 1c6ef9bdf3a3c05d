"""Stored samples → even series: one value per hour or minute, what is missing, what is only a lower bound."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from workbench.history.catalogue import kind_of
from workbench.history.intervals import Intervals, intervals_of, subjects_of

if TYPE_CHECKING:
    import polars as pl

HOUR_MS = 3_600_000
MINUTE_MS = 60_000
LEAST_COVERAGE = 0.5
"""A cell of which samples cover less than this share is missing: half an hour may stand for an hour, less may not."""


@dataclass(frozen=True, slots=True, eq=False)
class HourlySeries:
    """One series on an even grid; cell j holds (start_ms + j × step_ms, start_ms + (j + 1) × step_ms]."""

    series: str
    subjects: tuple[str, ...]
    """Tenants, or "@pool" for a server."""
    start_ms: int
    """Start of the first cell, milliseconds since 1970 UTC."""
    values: npt.NDArray[np.float64]
    """(subjects, cells): counters as mean rate per second, levels as time-weighted mean; NaN = missing."""
    lower_bound: npt.NDArray[np.bool_]
    """(subjects, cells): the value is only a lower bound (a counter restarted); keep it out of maxima."""
    coverage: npt.NDArray[np.float32]
    """(subjects, cells): share of the cell's time that samples cover."""
    step_ms: int = HOUR_MS
    """Length of a cell."""

    @property
    def end_ms(self) -> int:
        """End of the last cell, milliseconds since 1970 UTC."""
        return self.start_ms + int(self.values.shape[1]) * self.step_ms

    def of(self, subject: str) -> npt.NDArray[np.float64]:
        """Return the values (cells,) of one subject; ValueError naming the known ones."""
        if subject not in self.subjects:
            raise ValueError(f"no {self.series!r} of {subject!r} in history: known are {', '.join(self.subjects) or 'none'}")
        row: npt.NDArray[np.float64] = self.values[self.subjects.index(subject)]
        return row


@dataclass(frozen=True, slots=True)
class Grid:
    """Even cells; None ends follow the data."""

    step_ms: int
    start_ms: int | None = None
    end_ms: int | None = None


def even_series(series: str, frame: "pl.DataFrame", grid: Grid, subjects: Sequence[str] | None = None) -> HourlySeries:
    """Return stored rows of one series as rates or levels on the grid; subjects without rows are all missing."""
    kind = kind_of(series)
    covered = {found.name: intervals_of(found, kind) for found in subjects_of(frame)}
    return on_grid(series, covered, grid, tuple(subjects) if subjects is not None else tuple(sorted(covered)))


def on_grid(series: str, covered: Mapping[str, Intervals], grid: Grid, names: tuple[str, ...]) -> HourlySeries:
    """Return the named subjects' intervals on the grid; those not covered are all missing."""
    chosen = [covered[name] for name in names if name in covered]
    edges = _edges(chosen, grid)
    shape = (len(names), edges.size - 1)
    values, coverage, lower = np.full(shape, np.nan), np.zeros(shape, dtype=np.float32), np.zeros(shape, dtype=np.bool_)
    for row, name in enumerate(names):
        if name in covered:
            values[row], coverage[row], lower[row] = _cells(covered[name], edges)
    for array in (values, coverage, lower):
        array.flags.writeable = False
    return HourlySeries(series, names, int(edges[0]), values, lower, coverage, grid.step_ms)


def _edges(covered: list[Intervals], grid: Grid) -> npt.NDArray[np.int64]:
    step = grid.step_ms
    starts = [int(item.start_ms[0]) for item in covered if item.start_ms.size]
    ends = [int(item.end_ms[-1]) for item in covered if item.end_ms.size]
    first = grid.start_ms if grid.start_ms is not None else min(starts, default=0)
    last = grid.end_ms if grid.end_ms is not None else max(ends, default=first)
    low = first // step * step
    return np.arange(low, max(low, -(-last // step) * step) + step, step, dtype=np.int64)


def _cells(
    covered: Intervals, edges: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Spread each interval evenly over its time and add up per cell: value, share covered, lower bound."""
    cells = edges.size - 1
    if covered.end_ms.size == 0 or cells == 0:
        return np.full(cells, np.nan), np.zeros(cells), np.zeros(cells, dtype=np.bool_)
    knots = np.column_stack([covered.start_ms, covered.end_ms]).ravel().astype(np.float64)
    seconds = (covered.end_ms - covered.start_ms) / 1000

    def per_cell(amount: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        total = np.cumsum(amount)
        heights = np.column_stack([total - amount, total]).ravel()
        return np.diff(np.interp(edges, knots, heights))

    covered_s = per_cell(seconds)
    share = np.clip(covered_s * 1000 / (edges[1] - edges[0]), 0.0, 1.0)
    enough = share >= LEAST_COVERAGE
    with np.errstate(invalid="ignore", divide="ignore"):
        values = np.where(enough, np.maximum(per_cell(covered.amount), 0.0) / covered_s, np.nan)
    lower = (per_cell(seconds * covered.lower) > 0) if covered.lower.any() else np.zeros(cells, dtype=np.bool_)
    return values, share, lower & enough
