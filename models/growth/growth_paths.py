"""Draw paths of the log level: damped growth, a slope that wanders, shifts at the fleet's rate."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.growth.blocks import Draws
from models.growth.grid import MONTH_DAYS
from models.growth.randomness import Stream
from models.growth.trend import KNOT_DAYS

Matrix = NDArray[np.float64]

HALF_LIVES_MONTHS = (3.0, 6.0, 12.0, np.inf)
"""Half-lives of growth that a path can draw; infinity = undamped (judgement, 2026-10)."""
WANDER_HALF_LIFE_MONTHS = 12.0
"""Half-life of new changes of the slope, so that they cannot run away (judgement, 2026-10)."""


@dataclass(frozen=True, slots=True, eq=False)
class Wander:
    """What the fleet teaches about futures beyond the fitted line."""

    damping: Matrix
    """(4,) weights of the half-lives 3, 6, 12 months and none."""
    shifts_per_day: float
    """Rate of level shifts of one series."""
    shift_sizes: Matrix
    """(m,) log sizes to draw from."""
    below: Matrix
    """(horizon blocks,) scale of deviations below the median, learned on past origins."""
    above: Matrix
    """(horizon blocks,) scale above the median."""
    slope_change: float | None = None
    """Standard deviation of a change of slope at each knot, log per month, that the class shares; None: each series' own."""


def accumulated(months: Matrix, half_life: float) -> Matrix:
    """Return the growth collected after `months` per unit of initial slope: ∫ 2^(-t/half_life) dt."""
    if np.isinf(half_life):
        return months
    rate = np.log(2) / half_life
    return np.asarray(-np.expm1(-rate * months) / rate)


def log_levels(draws: Draws, start: Matrix, slope: Matrix, wandered: Matrix, days: NDArray[np.int64], wander: Wander) -> Matrix:
    """Return (paths, periods) log levels.

    `start`, `slope` (paths,) at the end of the history, slope in log per month; `wandered` (paths, periods) what changes of the slope
    add (`slope_walk`); `days` (periods,) days since the end.
    """
    months = np.maximum(days, 0) / MONTH_DAYS
    which = np.searchsorted(np.cumsum(wander.damping)[:-1], draws.generator(Stream.DAMPING).random(draws.paths), side="right")
    shapes = np.stack([accumulated(months, half_life) for half_life in HALF_LIVES_MONTHS])
    level = start[:, None] + slope[:, None] * shapes[which]
    level += wandered
    level += _shift_walk(draws, days, wander)
    return level


def unknown_growth(deviation: Matrix, wandered: Matrix, days: NDArray[np.int64]) -> Matrix:
    """Return (paths, periods) what growth may add to a candidate without a slope of its own: as unknown as the trend's, and as changeable.

    `deviation` (paths,) of the slope from its mean, log per month; `wandered` as above.
    """
    months = np.maximum(days, 0) / MONTH_DAYS
    return np.asarray(deviation[:, None] * accumulated(months, WANDER_HALF_LIFE_MONTHS) + wandered)


def slope_walk(draws: Draws, slope_change: float, days: NDArray[np.int64]) -> Matrix:
    """Return (paths, periods) what later changes of the slope add to the log level."""
    months = np.maximum(days, 0) / MONTH_DAYS
    knots = np.arange(0.0, months[-1] if months.size else 0.0, KNOT_DAYS / MONTH_DAYS)
    if knots.size == 0:
        return np.zeros((draws.paths, months.size))
    weeks = KNOT_DAYS * 24 // (draws.grid.block * draws.grid.hours)
    changes = np.stack([draws.generator(Stream.SLOPES, k * weeks).standard_normal(draws.paths) for k in range(knots.size)], axis=1)
    reach = accumulated(np.maximum(months - knots[:, None], 0.0), WANDER_HALF_LIFE_MONTHS)
    return slope_change * np.asarray(changes @ reach)


def _shift_walk(draws: Draws, days: NDArray[np.int64], wander: Wander) -> Matrix:
    block_days = draws.grid.block * draws.grid.hours / 24
    chance = -np.expm1(-wander.shifts_per_day * block_days)
    jumps = np.zeros((draws.paths, draws.blocks + 1))
    for block in range(draws.blocks):
        random = draws.generator(Stream.SHIFTS, block).random((2, draws.paths))
        size = wander.shift_sizes[(random[1] * wander.shift_sizes.size).astype(np.int64)]
        jumps[:, block + 1] = np.where(random[0] < chance, size, 0.0)
    place = np.minimum((np.maximum(days, 0) / block_days).astype(np.int64), draws.blocks)
    return np.cumsum(jumps, axis=1)[:, place]
