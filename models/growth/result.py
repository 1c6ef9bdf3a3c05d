"""The forecast of a fleet: parameters and seeds from which every accessor draws the same joint paths."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from models.growth.blocks import Draws, sources
from models.growth.diagnostics import Diagnostics
from models.growth.exhaustion import Crossing, FirstPassage, Rule, passage
from models.growth.grid import Grid, frozen
from models.growth.quantiles import ordered_quantile, ordered_quantiles
from models.growth.still import StillModel

Paths = NDArray[np.float32]
Limit = float | Sequence[float] | NDArray[np.floating]
STREAM_VALUES = 8_000_000
"""Values of one streamed piece unless the caller says otherwise: 32 MB."""


ROWS = 16
"""Rows that one task of an executor reads."""
_AXES = (1, 1, 0, 0)
_ABSENT = StillModel()


class SeriesModel(Protocol):
    """What draws the paths of one series."""

    def scaffold(self, draws: Draws, drawn: NDArray[np.int16], /) -> Paths:
        """Return the slow part of all paths."""
        ...

    def paths(self, scaffold: Paths, draws: Draws, drawn: NDArray[np.int16], first: int, stop: int, /) -> Paths:
        """Return demand (paths, stop - first) of steps first … stop."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Summary:
    """Several answers from one pass over the paths."""

    levels: tuple[float, ...]
    """Probabilities of the quantiles."""
    quantiles: NDArray[np.float64]
    """(levels, rows, horizon)"""
    maximum: NDArray[np.float64]
    """(levels, rows) quantiles of the largest demand in the horizon."""
    mean: NDArray[np.float64]
    """(rows, horizon)"""
    passage: FirstPassage | None
    """First crossing of the limits, when limits were given."""


@dataclass(frozen=True, slots=True, eq=False)
class Forecast:
    """Joint sample paths of a fleet, drawn again whenever they are read; rows are series or sums of series."""

    models: tuple[SeriesModel, ...]
    rows: tuple[tuple[int, ...], ...]
    """Series that each row adds up."""
    diagnostics: tuple[Diagnostics, ...]
    """One for each series, not each row."""
    grid: Grid
    horizon: int
    """Steps ahead."""
    path_count: int
    seed: int
    longest: int
    """Source blocks that paths draw from."""
    backtested_steps: int
    """Longest horizon that past origins checked, in steps."""

    @property
    def extrapolated(self) -> bool:
        """Whether the horizon is longer than any past origin could check."""
        return self.horizon > self.backtested_steps

    def paths(self, row: int, start: int = 0, stop: int | None = None) -> Paths:
        """Return the paths (paths, steps) of one row from step `start` to `stop` (0 = first after the end)."""
        first, last = self._span(start, stop)
        total: Paths | None = None
        for series in self.rows[row]:
            draws = self._draws(series)
            drawn = sources(draws)
            part = self.models[series].paths(self.models[series].scaffold(draws, drawn), draws, drawn, first, last)
            total = part if total is None else np.add(total, part, out=total)
        if total is None:
            raise ValueError(f"row {row} adds up no series")
        return total

    def stream(self, start: int = 0, stop: int | None = None, chunk: int | None = None) -> Iterator[tuple[int, Paths]]:
        """Yield (first_step, demand (rows, paths, steps)) in time order: the joint paths that all accessors read.

        `chunk` steps a piece; it changes no digit. Slow parts of all series stay in memory meanwhile (series × paths × days × 4 bytes).
        """
        first, last = self._span(start, stop)
        members = sorted({series for row in self.rows for series in row})
        draws = {series: self._draws(series) for series in members}
        shared = sources(draws[members[0]]) if self.grid.dated else None
        drawn = {series: sources(draws[series]) if shared is None else shared for series in members}
        slow = {series: self.models[series].scaffold(draws[series], drawn[series]) for series in members}
        size = chunk if chunk is not None else max(self.grid.block, STREAM_VALUES // (len(self.rows) * self.path_count))
        if size < 1:
            raise ValueError(f"chunk={chunk}: at least one step a piece")
        for begin in range(first, last, size):
            end = min(begin + size, last)
            piece = np.zeros((len(self.rows), self.path_count, end - begin), dtype=np.float32)
            for row, group in enumerate(self.rows):
                for series in group:
                    piece[row] += self.models[series].paths(slow[series], draws[series], drawn[series], begin, end)
            yield begin, piece

    def quantile(self, p: float) -> NDArray[np.float64]:
        """Return the p-quantile (rows, horizon) at each step."""
        return np.stack([ordered_quantile(self.paths(row), p, axis=0) for row in range(len(self.rows))])

    def maximum_quantile(self, p: float) -> NDArray[np.float64]:
        """Return the p-quantile (rows,) of the largest demand in the horizon."""
        return np.array([float(ordered_quantile(self.paths(row).max(axis=1), p, axis=0)) for row in range(len(self.rows))])

    def first_passage(self, limit: Limit, rule: Rule = "first") -> FirstPassage:
        """Return when demand first exceeds `limit`: a scalar, (rows,) or (rows, horizon).

        `rule`: "first" for hard resources (first crossing), "third day within 28" for soft ones.
        """
        limits = self._limits(limit)
        crossing = self._crossing(rule)
        steps = np.stack([crossing.of(self.paths(row) > limits[row]) for row in range(len(self.rows))])
        return passage(steps, self.grid, self.horizon, rule, self.backtested_steps)

    def total(self) -> "Forecast":
        """Return the forecast of the joint sum of all series, path by path."""
        return self.sums([[series for row in self.rows for series in row]])

    def sums(self, groups: Sequence[Sequence[int]]) -> "Forecast":
        """Return the forecast whose rows add up the given series, such as the members of a pool."""
        for group in groups:
            if not group or min(group) < 0 or max(group) >= len(self.models):
                raise ValueError(f"groups: {list(group)} must name at least one series of 0 … {len(self.models) - 1}")
        return replace(self, rows=tuple(tuple(group) for group in groups))

    def summary(
        self,
        quantiles: Sequence[float] = (0.5, 0.95),
        limits: Limit | None = None,
        rule: Rule = "first",
        *,
        executor: Executor | None = None,
        on_progress: Callable[[int, int], None] | None = None,
    ) -> Summary:
        """Return quantiles by step, quantiles of the maximum, the mean and the first passage in one pass over the paths.

        Rows stream by, 16 at a time, here or in `executor` (any of `concurrent.futures`): it changes no digit. `on_progress(done, all)`
        counts rows; what it raises ends the pass.
        """
        bounds = None if limits is None else self._limits(limits)
        tasks = [
            _Rows(self._part(first), tuple(quantiles), None if bounds is None else bounds[first : first + ROWS], self._crossing(rule))
            for first in range(0, len(self.rows), ROWS)
        ]
        parts = []
        for part in map(_read, tasks) if executor is None else executor.map(_read, tasks):
            parts.append(part)
            if on_progress is not None:
                on_progress(min(len(parts) * ROWS, len(self.rows)), len(self.rows))
        by_step, maxima, means, steps = (
            np.concatenate(found, axis=axis) for found, axis in zip(zip(*parts, strict=True), _AXES, strict=True)
        )
        found = None if bounds is None else passage(steps, self.grid, self.horizon, rule, self.backtested_steps)
        return Summary(tuple(quantiles), frozen(by_step), frozen(maxima), frozen(means), found)

    def _part(self, first: int) -> "Forecast":
        """Return the forecast of 16 rows that carries no model but theirs: what goes to another process."""
        rows = self.rows[first : first + ROWS]
        members = {series for row in rows for series in row}
        models = tuple(model if series in members else _ABSENT for series, model in enumerate(self.models))
        return replace(self, models=models, rows=rows, diagnostics=())

    def _draws(self, series: int) -> Draws:
        return Draws(self.seed, series, self.path_count, self.grid, self.horizon, self.longest)

    def _crossing(self, rule: Rule) -> Crossing:
        if rule not in ("first", "third day within 28"):
            raise ValueError(f"rule={rule!r}: use 'first' for hard resources or 'third day within 28' for soft ones")
        day = 24 if self.grid.step == "1h" else 1
        return Crossing(rule, self.horizon, day, float(self.grid.period_days))

    def _span(self, start: int, stop: int | None) -> tuple[int, int]:
        last = self.horizon if stop is None else stop
        if not 0 <= start < last <= self.horizon:
            raise ValueError(f"start={start}, stop={stop}: steps must lie in order inside the horizon 0 … {self.horizon}")
        return start, last

    def _limits(self, limit: Limit) -> NDArray[np.float64]:
        given = np.asarray(limit, dtype=np.float64)
        if np.isnan(given).any():
            raise ValueError("limit holds NaN: an unknown limit is not infinite; leave that row out")
        shape = (len(self.rows), self.horizon)
        if given.ndim == 1 and given.shape == shape[:1]:
            given = given[:, None]
        if given.ndim not in (0, 2) or (given.ndim == 2 and (given.shape[0] != shape[0] or given.shape[1] not in (1, shape[1]))):
            raise ValueError(f"limit has shape {given.shape}: give a scalar, ({shape[0]},) or {shape}")
        return np.asarray(np.broadcast_to(given, shape))


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """Some rows of a forecast and what to read from their paths."""

    plan: Forecast
    levels: tuple[float, ...]
    bounds: NDArray[np.float64] | None
    crossing: Crossing


def _read(task: _Rows) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return quantiles (levels, rows, horizon), quantiles of the maximum (levels, rows), means (rows, horizon), crossings (rows, paths)."""
    by_step, maxima, means, crossings = [], [], [], []
    for row in range(len(task.plan.rows)):
        demand = task.plan.paths(row)
        by_step.append(ordered_quantiles(demand, task.levels, axis=0))
        maxima.append(ordered_quantiles(demand.max(axis=1), task.levels, axis=0))
        means.append(demand.mean(axis=0, dtype=np.float64))
        crossings.append(np.zeros(0) if task.bounds is None else task.crossing.of(demand > task.bounds[row]))
    return np.stack(by_step, axis=1), np.stack(maxima, axis=1), np.stack(means), np.stack(crossings)
