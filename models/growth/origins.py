"""How forecasts from past origins would have done: level forecasts of every candidate against what came."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.growth.flow import WALK_DRIFT, FlowFit
from models.growth.grid import MONTH_DAYS, Grid, frozen
from models.growth.growth_paths import HALF_LIVES_MONTHS, WANDER_HALF_LIFE_MONTHS, accumulated
from models.growth.level import Levels
from models.growth.trend import KNOT_DAYS, Trend, fit_trend, year_terms

Matrix = NDArray[np.float64]

ORIGIN_DAYS_BACK = (28, 56, 84, 112, 140, 182, 273, 364, 546)
"""Days before the end of the history at which forecasts start."""
LEAST_DAYS = 56
"""Least history before an origin."""
LONGEST_RATIO = 1.5
"""No origin is judged further ahead than this times its own history."""
SHIFT_SEEN_DAYS = 28
"""Days after which a level shift counts as found."""
HORIZON_DAYS = (7, 14, 28, 56, 91, 182, 364)
"""Days ahead at which the mean level of a week is judged."""
VARIANTS = len(HALF_LIVES_MONTHS) + 2
"""Columns of an origin table: trend under each half-life, walk of log changes, sum of net changes."""
WALK, CHANGES = VARIANTS - 2, VARIANTS - 1


@dataclass(frozen=True, slots=True, eq=False)
class Origins:
    """Forecasts from the past, one row an (origin, horizon) pair; logarithms of weekly mean levels."""

    origin: NDArray[np.int64]
    """(rows,) index into ORIGIN_DAYS_BACK."""
    days: Matrix
    """(rows,) days ahead."""
    mean: Matrix
    """(rows, VARIANTS) predicted mean."""
    spread: Matrix
    """(rows, VARIANTS) predicted standard deviation."""
    actual: Matrix
    """(rows,)"""

    @staticmethod
    def none() -> "Origins":
        """Return the table of a history too short to be split."""
        empty = np.zeros((0, VARIANTS))
        return Origins(np.zeros(0, dtype=np.int64), np.zeros(0), empty, empty, np.zeros(0))


def past_origins(flow: FlowFit, grid: Grid) -> Origins:
    """Return what forecasts of the fitted level would have said at past origins."""
    levels, unit = flow.levels.values, grid.period_days
    rows: list[tuple[int, int, Matrix, Matrix, float]] = []
    for index, back in enumerate(ORIGIN_DAYS_BACK):
        at = levels.size - back // unit
        if at * unit < LEAST_DAYS or back > LONGEST_RATIO * at * unit or np.isfinite(levels[:at]).sum() < LEAST_DAYS // (2 * unit):
            continue
        known = Levels(flow.levels.first_day, frozen(levels[:at].copy()))
        # A shift is only used where enough had been seen of it by then to find it.
        seen = tuple(period for period in flow.trend.shift_periods if period <= at - SHIFT_SEEN_DAYS // unit)
        trend = fit_trend(known, unit, flow.business, effects=flow.trend.effects, known_shifts=seen)
        rows += _judged(index, known, trend, levels, grid)
    if not rows:
        return Origins.none()
    origin, days, mean, spread, actual = zip(*rows, strict=True)
    return Origins(np.array(origin, dtype=np.int64), np.array(days, dtype=np.float64), np.stack(mean), np.stack(spread), np.array(actual))


def trend_forecast(table: Origins, damping: Matrix) -> tuple[Matrix, Matrix]:
    """Return mean and standard deviation (rows,) of the trend with its half-lives mixed."""
    mean, spread = table.mean[:, : damping.size], table.spread[:, : damping.size]
    middle = mean @ damping
    variance = (spread**2 + (mean - middle[:, None]) ** 2) @ damping
    return middle, np.sqrt(variance)


def _judged(index: int, known: Levels, trend: Trend, levels: Matrix, grid: Grid) -> list[tuple[int, int, Matrix, Matrix, float]]:
    unit, at = grid.period_days, known.values.size
    noise = _weekly_noise(known.values, trend, unit)
    steps = _weekly_steps(known.values, trend.offset, unit)
    rows = []
    for days in HORIZON_DAYS:
        stop = at + days // unit
        week = levels[stop - max(7 // unit, 1) : stop]
        if stop > levels.size or np.isfinite(week).sum() < 2 // unit + 1:
            continue
        actual = float(np.log(np.nanmean(week) + trend.offset))
        mean, spread = _predicted(trend, known, days, noise, unit)
        walk, apart = _walked(steps, known.values, trend, days, unit)
        summed, error = _summed(known.values, trend.offset, days, unit)
        rows.append((index, days, np.array([*mean, walk, summed]), np.array([*spread, apart, error]), actual))
    return rows


def _predicted(trend: Trend, known: Levels, days: int, noise: float, unit: int) -> tuple[Matrix, Matrix]:
    """Return mean and standard deviation of the log level under each half-life."""
    months = np.array([(days - 3.5) / MONTH_DAYS])
    reach = np.array([float(accumulated(months, half_life)[0]) for half_life in HALF_LIVES_MONTHS])
    loads = np.zeros((reach.size, trend.posterior.mean.size))
    loads[:, 0], loads[:, 1] = 1.0, reach
    if trend.year:
        first = 2 + len(trend.effects)
        terms = year_terms(np.array([known.first_day + (known.values.size - 1) * unit + days - 3]))[0]
        loads[:, first : first + terms.size] = terms
    variance = ((loads @ trend.posterior.root) ** 2).sum(axis=1) + _wandered(trend, float(months[0])) + noise**2
    return loads @ trend.posterior.mean, np.sqrt(variance)


def _wandered(trend: Trend, months: float) -> float:
    """Return the variance that later changes of the slope add to the log level."""
    knots = np.arange(0.0, months, KNOT_DAYS / MONTH_DAYS)
    return trend.slope_change**2 * float((accumulated(months - knots, WANDER_HALF_LIFE_MONTHS) ** 2).sum())


def _weekly_noise(values: Matrix, trend: Trend, unit: int) -> float:
    means = _weekly_means(np.log(values + trend.offset) - trend.fitted, unit)
    return max(float(np.std(means)), 0.002) if means.size > 1 else 0.1


def _weekly_steps(values: Matrix, offset: float, unit: int) -> Matrix:
    return np.diff(_weekly_means(np.log(values + offset), unit))


def _weekly_means(values: Matrix, unit: int) -> Matrix:
    """Return the mean of what is known of each week that shows anything."""
    per = max(7 // unit, 1)
    blocks = values[values.size % per :].reshape(-1, per)
    known = np.isfinite(blocks)
    count = known.sum(axis=1)
    return np.asarray(np.where(known, blocks, 0.0).sum(axis=1)[count > 0] / count[count > 0])


def _walked(steps: Matrix, values: Matrix, trend: Trend, days: int, unit: int) -> tuple[float, float]:
    """Return mean and standard deviation of the walk, whose drift is as unknown as the trend's slope."""
    recent = values[-max(7 // unit, 1) :]
    recent = recent if np.isfinite(recent).any() else values[np.isfinite(values)][-1:]
    weeks = days / 7
    drift = WALK_DRIFT * float(steps.mean()) if steps.size else 0.0
    spread = float(steps.std()) if steps.size > 1 else 0.1
    months = days / MONTH_DAYS
    growth = trend.slope[1] ** 2 * float(accumulated(np.array([months]), WANDER_HALF_LIFE_MONTHS)[0]) ** 2 + _wandered(trend, months)
    centre = float(np.log(np.nanmean(recent) + trend.offset)) + drift * weeks
    return centre, float(np.sqrt(max(spread, 0.002) ** 2 * weeks + growth))


def _summed(values: Matrix, offset: float, days: int, unit: int) -> tuple[float, float]:
    """Return the forecast of net changes added up, on the log scale."""
    known = values[np.isfinite(values)]
    per = max(7 // unit, 1)
    change = (known[per:] - known[:-per]) if known.size > per else np.zeros(1)
    weeks = days / 7
    centre = max(float(known[-1] + change.mean() * weeks), 0.01 * float(known[-1]) + offset * 0.01)
    spread = float(change.std()) * np.sqrt(weeks + weeks**2 / max(change.size / per, 1.0))
    return float(np.log(centre + offset)), max(spread / (centre + offset), 0.002)
