"""How forecasts from past origins would have done: level forecasts of every candidate against what came."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.growth.flow import WALK_DRIFT, FlowFit
from models.growth.grid import MONTH_DAYS, Grid, frozen
from models.growth.growth_paths import HALF_LIVES_MONTHS, WANDER_HALF_LIFE_MONTHS, accumulated
from models.growth.level import Levels
from models.growth.state import DRIFT_PRIOR_PER_MONTH, drift_now
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
    per = max(7 // unit, 1)
    ahead = [days for days in HORIZON_DAYS if at + days // unit <= levels.size]
    weeks = [levels[at + days // unit - per : at + days // unit] for days in ahead]
    told = [place for place, week in enumerate(weeks) if np.isfinite(week).sum() >= 2 // unit + 1]
    if not told:
        return []
    days = np.array([ahead[place] for place in told], dtype=np.float64)
    mean, spread = _predicted(trend, known, days, _weekly_noise(known.values, trend, unit), unit)
    walk, apart = _walked(known.values, trend, days, unit)
    summed, error = _summed(known.values, trend.offset, days, unit)
    means, spreads = np.column_stack((mean, walk, summed)), np.column_stack((spread, apart, error))
    actual = [float(np.log(np.nanmean(weeks[place]) + trend.offset)) for place in told]
    return [(index, int(days[row]), means[row], spreads[row], actual[row]) for row in range(days.size)]


def _predicted(trend: Trend, known: Levels, days: Matrix, noise: float, unit: int) -> tuple[Matrix, Matrix]:
    """Return mean and standard deviation (horizons, half-lives) of the log level."""
    months = (days - 3.5) / MONTH_DAYS
    loads = np.zeros((days.size, len(HALF_LIVES_MONTHS), trend.posterior.mean.size))
    loads[:, :, 0] = 1.0
    loads[:, :, 1] = np.stack([accumulated(months, half_life) for half_life in HALF_LIVES_MONTHS], axis=1)
    if trend.year:
        first = 2 + len(trend.effects)
        terms = year_terms(known.first_day + (known.values.size - 1) * unit + days.astype(np.int64) - 3)
        loads[:, :, first : first + terms.shape[1]] = terms[:, None, :]
    variance = ((loads @ trend.posterior.root) ** 2).sum(axis=2) + _wandered(trend, months)[:, None] + noise**2
    return loads @ trend.posterior.mean, np.sqrt(variance)


def _wandered(trend: Trend, months: Matrix) -> Matrix:
    """Return the variance (horizons,) that later changes of the slope add to the log level."""
    knots = np.arange(0.0, float(months.max()), KNOT_DAYS / MONTH_DAYS)
    reach = accumulated(np.maximum(months[:, None] - knots, 0.0), WANDER_HALF_LIFE_MONTHS)
    return np.asarray(trend.slope_change**2 * (reach**2).sum(axis=1))


def _weekly_noise(values: Matrix, trend: Trend, unit: int) -> float:
    means = _weekly_means(np.log(values + trend.offset) - trend.fitted, unit)
    return max(float(np.std(means)), 0.002) if means.size > 1 else 0.1


def _weekly_means(values: Matrix, unit: int) -> Matrix:
    """Return the mean of what is known of each week that shows anything."""
    per = max(7 // unit, 1)
    blocks = values[values.size % per :].reshape(-1, per)
    known = np.isfinite(blocks)
    count = known.sum(axis=1)
    return np.asarray(np.where(known, blocks, 0.0).sum(axis=1)[count > 0] / count[count > 0])


def _walked(values: Matrix, trend: Trend, days: Matrix, unit: int) -> tuple[Matrix, Matrix]:
    """Return mean and standard deviation (horizons,) of the walk, whose drift is as unknown as the trend's slope."""
    steps = np.diff(_weekly_means(np.log(values + trend.offset), unit))
    recent = values[-max(7 // unit, 1) :]
    recent = recent if np.isfinite(recent).any() else values[np.isfinite(values)][-1:]
    drift = WALK_DRIFT * float(steps.mean()) if steps.size else 0.0
    spread = max(float(steps.std()) if steps.size > 1 else 0.1, 0.002)
    months, weeks = days / MONTH_DAYS, days / 7
    growth = (trend.slope[1] * accumulated(months, WANDER_HALF_LIFE_MONTHS)) ** 2 + _wandered(trend, months)
    return float(np.log(np.nanmean(recent) + trend.offset)) + drift * weeks, np.sqrt(spread**2 * weeks + growth)


def _summed(values: Matrix, offset: float, days: Matrix, unit: int) -> tuple[Matrix, Matrix]:
    """Return mean and standard deviation (horizons,) of net changes added up, on the log scale."""
    known = values[np.isfinite(values)]
    per = max(7 // unit, 1)
    change = (known[per:] - known[:-per]) if known.size > per else np.zeros(1)
    weeks, months = days / 7, days / MONTH_DAYS
    per_month = MONTH_DAYS / 7
    drift = drift_now(change[::-1][::per], DRIFT_PRIOR_PER_MONTH * max(float(known[-1]), float(known.mean())) / per_month, per_month)
    centre = np.maximum(known[-1] + drift.now * weeks * (1 + drift.growth * months / 2), 0.01 * known[-1] + offset * 0.01)
    unsure = np.hypot(drift.error * weeks, drift.now * drift.growth_error * weeks * months / 2)
    spread = np.hypot(change.std() * np.sqrt(weeks), unsure)
    return np.log(centre + offset), np.maximum(spread / (centre + offset), 0.002)
