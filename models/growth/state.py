"""A state (disk, memory): whole weeks of net change chained on, never below zero; clean-ups stay in."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.growth.blocks import Draws, frozen_table, gather, prediction_stretch, table
from models.growth.flow import FlowModel
from models.growth.grid import MONTH_DAYS, Grid
from models.growth.growth_paths import WANDER_HALF_LIFE_MONTHS, accumulated, slope_walk
from models.growth.randomness import Stream

Paths = NDArray[np.float32]

DRIFT_PRIOR_PER_MONTH = 0.05
"""Standard deviation of monthly net growth as a share of the present size, before any data (judgement, 2026-10)."""
DRIFT_GROWTH_PRIOR = 0.05
"""Standard deviation of the monthly log growth of the drift itself, before any data: what fills a disk grows like any flow."""
DRIFT_HALF_LIFE_MONTHS = 6.0
"""Months after which a past change says half as much about the drift of now.

Chosen on M4 Weekly without its last 26 weeks (Makridakis et al. 2020), every second series added up to a state, 6 to 26 weeks ahead of 30
to 150 weeks: of 3, 6, 12 months and no discount, 3 loses least and covers too much (99 of 95 % beside 150 weeks), 6 is next (2026-11).
"""
DRIFT_WANDER = 0.0086
"""Standard deviation of its change every four weeks: the root mean square of what flows are believed to have before any data."""
LEAST_BLOCKS = 5
"""Blocks from which what a line leaves says how they spread."""
MOST_FASTER = float(np.log(10.0))
"""No path drifts ten times faster or slower than now."""
_WEEKS_PER_MONTH = 30.4375 / 7


@dataclass(frozen=True, slots=True)
class Drift:
    """Change per block as it is now, and how fast it grows; jointly normal."""

    now: float
    error: float
    """Standard deviation of `now`."""
    growth: float
    """Log growth per month."""
    shared_error: float
    """Deviation of the growth that comes with one standard deviation of `now`."""
    own_error: float
    """Standard deviation of the growth beside that."""

    @property
    def growth_error(self) -> float:
        """Standard deviation of the log growth per month."""
        return float(np.hypot(self.shared_error, self.own_error))


@dataclass(frozen=True, slots=True, eq=False)
class StateFit:
    """Net change of a state by block."""

    last: float
    """Present size."""
    changes: NDArray[np.float32]
    """(blocks, steps) change since the block's start, drift removed, most recent block first."""
    usual: float
    """Mean size over the history."""
    drift: "Drift"
    """Change per block."""


@dataclass(frozen=True, slots=True, eq=False)
class StateModel:
    """Paths of a state: chained changes, or a level around its trend where the past showed that to forecast better."""

    fit: StateFit
    level: FlowModel
    level_weight: float
    """Probability that a path stays around its level instead of adding up changes."""

    def steady_drift(self, draws: Draws) -> NDArray[np.float64]:
        """Return the mean change per block of each path (paths,), as it is now."""
        return self.fit.drift.now + self.fit.drift.error * draws.generator(Stream.DRIFT).standard_normal(draws.paths)

    def drift(self, draws: Draws) -> NDArray[np.float64]:
        """Return the mean change in each block (paths, blocks): what fills a disk grows itself."""
        drift = self.fit.drift
        middle = np.round((np.arange(draws.blocks) + 0.5) * draws.grid.block * draws.grid.hours / 24).astype(np.int64)
        pace = drift.growth + drift.shared_error * draws.generator(Stream.DRIFT).standard_normal(draws.paths)
        pace += drift.own_error * draws.generator(Stream.DRIFT, 1).standard_normal(draws.paths)
        faster = pace[:, None] * accumulated(middle / MONTH_DAYS, WANDER_HALF_LIFE_MONTHS) + slope_walk(draws, DRIFT_WANDER, middle)
        return np.asarray(self.steady_drift(draws)[:, None] * np.exp(np.clip(faster, -MOST_FASTER, MOST_FASTER)))

    def scaffold(self, draws: Draws, drawn: NDArray[np.int16]) -> Paths:
        """Return the sizes (paths, blocks) at block starts, then the drift of each block (paths, blocks), then the levels."""
        drift = self.drift(draws)
        total = self.fit.changes[:, -1].astype(np.float64)
        size = np.full(draws.paths, self.fit.last)
        starts = np.empty((draws.paths, draws.blocks))
        for block in range(draws.blocks):
            starts[:, block] = size
            size = np.maximum(size + total[drawn[:, block] % total.size] + drift[:, block], 0.0)
        slow = np.concatenate((starts, drift), axis=1).astype(np.float32)
        if self.level_weight == 0:
            return slow
        return np.concatenate((slow, self.level.scaffold(draws, drawn)), axis=1)

    def paths(self, scaffold: Paths, draws: Draws, drawn: NDArray[np.int16], first: int, stop: int) -> Paths:
        """Return sizes (paths, stop - first) of steps first … stop."""
        block = draws.grid.block
        steps = np.arange(first, stop)
        sizes = scaffold[:, steps // block] + gather(self.fit.changes, drawn, block, first, stop)
        sizes += scaffold[:, draws.blocks + steps // block] * ((steps % block + 1) / block).astype(np.float32)
        np.maximum(sizes, 0.0, out=sizes)
        if self.level_weight == 0:
            return sizes
        around = self.level.paths(scaffold[:, 2 * draws.blocks :], draws, drawn, first, stop)
        stays = draws.generator(Stream.CANDIDATE, -1).random(draws.paths) < self.level_weight
        return np.where(stays[:, None], around, sizes)


def fit_state(values: NDArray[np.float64], grid: Grid, series: int) -> StateFit:
    """Return the fit of one state series (steps,), NaN = missing; gaps are bridged in a straight line."""
    seen = np.flatnonzero(np.isfinite(values))
    inside = np.arange(seen[0], values.size)
    whole = np.interp(inside, seen, values[seen])
    last = float(whole[-1])
    usual = float(np.mean(whole))
    prior = DRIFT_PRIOR_PER_MONTH * max(last, usual) / (_WEEKS_PER_MONTH * 168 / (grid.block * grid.hours))
    change = np.diff(whole)
    if change.size == 0:
        return StateFit(last, frozen_table(np.zeros((1, grid.block))), usual, Drift(0.0, prior, 0.0, 0.0, DRIFT_GROWTH_PRIOR))
    cut = table(change, grid.block, series)
    totals = cut.sum(axis=1)
    per_month = MONTH_DAYS * 24 / (grid.block * grid.hours)
    drift = drift_now(totals, prior, per_month, change.size / grid.block)
    ramp = np.arange(1, grid.block + 1) / grid.block
    line = drift.now * (1 + drift.growth * _ages(totals.size, per_month))
    # What the line leaves is drawn again; its mean is in the drift.
    line += (totals - line).mean()
    moves = (np.cumsum(cut, axis=1) - line[:, None] * ramp) * prediction_stretch(cut.shape[0])
    return StateFit(last, frozen_table(moves), usual, drift)


def drift_now(totals: NDArray[np.float64], prior: float, per_month: float, blocks: float | None = None) -> Drift:
    """Return the change per block at the end of the history, and its log growth per month.

    `totals` (n,) changes of past blocks, newest first, `prior` standard deviation of the change before any data, `per_month` blocks in a
    month, `blocks` how many of `totals` were seen (None: all). A line a (1 + g t) with normal priors on a and g: the mean of all blocks
    would be the drift of the middle of the history, which lags behind what grows.
    """
    seen = 1.0 if blocks is None else min(blocks / totals.size, 1.0)
    ages = _ages(totals.size, per_month)
    weight = seen * 0.5 ** (-ages / DRIFT_HALF_LIFE_MONTHS)
    mean = float(weight @ totals / weight.sum())
    design = np.column_stack((np.ones(totals.size), mean * ages))
    precision = np.diag([prior**-2 if prior > 0 else 0.0, DRIFT_GROWTH_PRIOR**-2])
    noise = float(np.std(totals, ddof=1)) if totals.size > 2 else 2 * prior
    found, root = np.array([mean, 0.0]), np.zeros((2, 2))
    for _ in range(2 if totals.size >= LEAST_BLOCKS else 1):
        if noise <= 0:
            break
        covariance = np.linalg.inv(weight * design.T @ design / noise**2 + precision)
        found = covariance @ (weight * design.T @ totals) / noise**2
        root = np.linalg.cholesky(covariance)
        noise = float(np.sqrt(np.sum((totals - design @ found) ** 2) / max(totals.size - 2, 1)))
    return Drift(float(found[0]), float(root[0, 0]), float(found[1]), float(root[1, 0]), float(root[1, 1]))


def _ages(blocks: int, per_month: float) -> NDArray[np.float64]:
    """Return the months (blocks,) from the end of the history to the middle of each block, newest first; negative."""
    return np.asarray(-(np.arange(blocks) + 0.5) / per_month, dtype=np.float64)
