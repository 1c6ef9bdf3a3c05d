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
DRIFT_WANDER = 0.0086
"""Standard deviation of its change every four weeks: the root mean square of what flows are believed to have before any data."""
MOST_FASTER = float(np.log(10.0))
"""No path drifts ten times faster or slower than now."""
_WEEKS_PER_MONTH = 30.4375 / 7


@dataclass(frozen=True, slots=True, eq=False)
class StateFit:
    """Net change of a state by block."""

    last: float
    """Present size."""
    changes: NDArray[np.float32]
    """(blocks, steps) change since the block's start, drift removed, most recent block first."""
    usual: float
    """Mean size over the history."""
    drift: float
    """Mean change per block."""
    drift_error: float
    """Standard deviation of the mean change per block."""
    drift_growth: float
    """Standard deviation of the log growth of the drift per month."""


@dataclass(frozen=True, slots=True, eq=False)
class StateModel:
    """Paths of a state: chained changes, or a level around its trend where the past showed that to forecast better."""

    fit: StateFit
    level: FlowModel
    level_weight: float
    """Probability that a path stays around its level instead of adding up changes."""

    def steady_drift(self, draws: Draws) -> NDArray[np.float64]:
        """Return the mean change per block of each path (paths,), as it is now."""
        return self.fit.drift + self.fit.drift_error * draws.generator(Stream.DRIFT).standard_normal(draws.paths)

    def drift(self, draws: Draws) -> NDArray[np.float64]:
        """Return the mean change in each block (paths, blocks): what fills a disk may itself grow, nobody knows how fast."""
        middle = np.round((np.arange(draws.blocks) + 0.5) * draws.grid.block * draws.grid.hours / 24).astype(np.int64)
        pace = self.fit.drift_growth * draws.generator(Stream.DRIFT, 1).standard_normal(draws.paths)
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
        return StateFit(last, frozen_table(np.zeros((1, grid.block))), usual, 0.0, prior, DRIFT_GROWTH_PRIOR)
    cut = table(change, grid.block, series)
    totals = cut.sum(axis=1)
    blocks = change.size / grid.block
    spread = float(np.std(totals, ddof=1)) if totals.size > 2 else prior * 2
    # Neighbouring blocks of a sawtooth undo each other; the long-run mean is known better from end to end, never worse than this.
    error = spread / np.sqrt(max(blocks, 0.5))
    weight = prior**2 / (prior**2 + error**2) if prior > 0 else 1.0
    mean = float(change.mean()) * grid.block
    stretch = prediction_stretch(cut.shape[0])
    ramp = np.arange(1, grid.block + 1) / grid.block
    moves = (np.cumsum(cut, axis=1) - totals.mean() * ramp) * stretch
    bend = drift_bend(spread, mean, blocks, MONTH_DAYS * 24 / (grid.block * grid.hours))
    return StateFit(last, frozen_table(moves), usual, weight * mean, float(np.sqrt(weight) * error), bend)


def drift_bend(spread: float, mean: float, blocks: float, per_month: float) -> float:
    """Return the standard deviation of the log growth of the drift per month, given prior and data.

    A slope through n block changes of standard deviation `spread` has the standard error spread √(12 / n³).
    """
    if mean == 0:
        return DRIFT_GROWTH_PRIOR
    told = spread / abs(mean) * np.sqrt(12 / max(blocks, 1.0) ** 3) * per_month
    return float(DRIFT_GROWTH_PRIOR * told / np.hypot(DRIFT_GROWTH_PRIOR, told))
