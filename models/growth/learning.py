"""What the fleet teaches its members: damping, candidate weights, widths, growth of short histories, rate of shifts."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.growth.calibration import widths
from models.growth.flow import FlowFit
from models.growth.grid import Grid, frozen
from models.growth.growth_paths import HALF_LIVES_MONTHS, Wander
from models.growth.origins import CHANGES, WALK, Origins, trend_forecast
from models.growth.scores import normal_pinball

Matrix = NDArray[np.float64]

DAMPING_PRIOR = np.array([0.10, 0.15, 0.25, 0.50])
"""Weights of half-lives 3, 6, 12 months, none before any backtest (judgement, 2026-10)."""
ORIGIN_EVIDENCE = 2.0
"""Observations that one origin is worth: series of one origin are dependent (judgement, 2026-10)."""
LEAST_GAINS = 3
"""Origins from which a candidate must beat the baseline by a standard error."""
SHRINK_FROM_SERIES = 5
"""Least series of a class that teach each other growth."""
SHRINK_FROM_DAYS = 90
"""Least history, in days, of a series that teaches."""
SHIFT_PRIOR_COUNT, SHIFT_PRIOR_DAYS = 1.0, 730.0
"""Level shifts believed before any data: one in two years (judgement, 2026-11)."""
SHIFT_PRIOR_SIZES = 0.15 * np.array([-1.28, -0.52, 0.0, 0.52, 1.28])
"""Log sizes believed before any data: normal with spread 0.15, at its tenths (judgement, 2026-10)."""
LARGEST_SHIFT = 1.0
"""Going live from nothing is a beginning, not a shift to repeat: sizes are cut to a factor e."""


@dataclass(frozen=True, slots=True, eq=False)
class Lessons:
    """What one series learns from its class."""

    wander: Wander
    slope: tuple[float, float] | None
    """Mean and standard deviation of log growth per month in the class; None when too few series tell."""
    walk_weight: float
    level_weight: float
    """For states: probability of staying around the level."""
    backtested_steps: int
    """Longest horizon checked in the class."""


def learn(flows: Sequence[FlowFit | None], origins: Sequence[Origins], groups: Sequence[str], grid: Grid) -> list[Lessons]:
    """Return the lessons of every series; classes share damping, weights, widths and growth, the fleet shares shifts."""
    rate, sizes = _shifts(flows, grid)
    lessons: dict[str, tuple[Wander, tuple[float, float] | None, float, int]] = {}
    for name in dict.fromkeys(groups):
        members = [index for index, group in enumerate(groups) if group == name]
        tables = [origins[index] for index in members if origins[index].days.size]
        damping = _damping(tables)
        walk = _walk_weight(tables, damping)
        below, above = widths(*_standardised(tables, damping, walk))
        fitted = [flows[index] for index in members]
        wander = Wander(frozen(damping), rate, sizes, below, above, _class_slope_change(fitted, grid))
        longest = max((float(table.days.max()) for table in tables), default=0.0)
        lessons[name] = wander, _class_growth(fitted, grid), walk, int(longest * 24 // grid.hours)
    return [
        Lessons(*lessons[group][:3], _level_weight(table, lessons[group][0].damping), lessons[group][3])
        for group, table in zip(groups, origins, strict=True)
    ]


def _damping(tables: Sequence[Origins]) -> Matrix:
    """Return half-life weights: prior times likelihood at the longest horizon of each origin, averaged over series."""
    by_origin: dict[int, list[Matrix]] = {}
    for table in tables:
        for origin in np.unique(table.origin):
            last = np.flatnonzero(table.origin == origin)[-1]
            count = len(HALF_LIVES_MONTHS)
            z = (table.actual[last] - table.mean[last, :count]) / table.spread[last, :count]
            # Student t with 4 degrees of freedom: one collapse must not decide how everything grows.
            by_origin.setdefault(int(origin), []).append(-2.5 * np.log1p(z**2 / 4) - np.log(table.spread[last, :count]))
    evidence = sum((np.mean(rows, axis=0) for rows in by_origin.values()), start=np.zeros(len(HALF_LIVES_MONTHS)))
    weight = DAMPING_PRIOR * np.exp(ORIGIN_EVIDENCE * (evidence - evidence.max()))
    return np.asarray(weight / weight.sum())


def _walk_weight(tables: Sequence[Origins], damping: Matrix) -> float:
    """Return the probability of the walk: 0 without backtests, 1 unless the trend beats it by one standard error."""
    if not tables:
        return 0.0
    differences: dict[int, list[float]] = {}
    losses = np.zeros(2)
    for table in tables:
        trend = normal_pinball(table.actual, *trend_forecast(table, damping))
        walk = normal_pinball(table.actual, table.mean[:, WALK], table.spread[:, WALK])
        losses += trend.mean(), walk.mean()
        for origin in np.unique(table.origin):
            rows = table.origin == origin
            differences.setdefault(int(origin), []).append(float((walk[rows] - trend[rows]).mean()))
    gains = np.array([np.mean(rows) for rows in differences.values()])
    return _baseline_weight(gains, losses)


def _baseline_weight(gains: Matrix, losses: Matrix) -> float:
    """Return the baseline's weight given the candidate's gains by origin and both mean losses (candidate, baseline).

    Below three origins no standard error can tell: both carry half.
    """
    if gains.size < LEAST_GAINS:
        return 0.5
    error = float(gains.std(ddof=1) / np.sqrt(gains.size)) if gains.size > 1 else float(np.abs(gains).mean())
    if float(gains.mean()) <= error:
        return 1.0
    inverse = 1.0 / np.maximum(losses, 1e-12) ** 2
    return float(inverse[1] / inverse.sum())


def _level_weight(table: Origins, damping: Matrix) -> float:
    """Return the weight of the level candidate of a state against added changes; 0 without backtests."""
    if table.days.size == 0:
        return 0.0
    level = normal_pinball(table.actual, *trend_forecast(table, damping))
    changes = normal_pinball(table.actual, table.mean[:, CHANGES], table.spread[:, CHANGES])
    origins = np.unique(table.origin)
    if origins.size < LEAST_GAINS:
        return 0.0
    gains = np.array([(changes - level)[table.origin == origin].mean() for origin in origins])
    return 1.0 - _baseline_weight(gains, np.array([level.mean(), changes.mean()]))


def _standardised(tables: Sequence[Origins], damping: Matrix, walk: float) -> tuple[Matrix, Matrix, NDArray[np.int64]]:
    """Return past errors over their stated standard deviation, days ahead and origin of all rows of a class."""
    errors = [np.zeros(0)]
    for table in tables:
        mean, spread = trend_forecast(table, damping)
        other = table.mean[:, WALK]
        middle = (1 - walk) * mean + walk * other
        variance = (1 - walk) * (spread**2 + (mean - middle) ** 2) + walk * (table.spread[:, WALK] ** 2 + (other - middle) ** 2)
        errors.append((table.actual - middle) / np.sqrt(variance))
    days = np.concatenate([np.zeros(0), *(table.days for table in tables)])
    origin = np.concatenate([np.zeros(0, dtype=np.int64), *(table.origin for table in tables)])
    return np.concatenate(errors), days, origin


def _class_growth(flows: Sequence[FlowFit | None], grid: Grid) -> tuple[float, float] | None:
    """Return mean and spread of log growth per month in the class (DerSimonian & Laird 1986)."""
    told = [flow.trend.slope for flow in flows if flow is not None and flow.trend.observed * grid.period_days >= SHRINK_FROM_DAYS]
    if len(told) < SHRINK_FROM_SERIES:
        return None
    slope, error = np.array(told).T
    weight = 1 / error**2
    mean = float(weight @ slope / weight.sum())
    excess = float(weight @ (slope - mean) ** 2) - (len(told) - 1)
    between = max(excess / float(weight.sum() - (weight**2).sum() / weight.sum()), 0.0)
    weight = 1 / (error**2 + between)
    mean = float(weight @ slope / weight.sum())
    return mean, float(np.sqrt(between + 1 / weight.sum()))


def _class_slope_change(flows: Sequence[FlowFit | None], grid: Grid) -> float | None:
    """Return the median standard deviation of slope changes in the class: one series' evidence for it is too weak to stand alone."""
    told = [flow.trend.slope_change for flow in flows if flow is not None and flow.trend.observed * grid.period_days >= SHRINK_FROM_DAYS]
    return None if len(told) < SHRINK_FROM_SERIES else float(np.median(told))


def _shifts(flows: Sequence[FlowFit | None], grid: Grid) -> tuple[float, Matrix]:
    """Return the rate per series and day, and the log sizes to draw from."""
    days, sizes = SHIFT_PRIOR_DAYS, []
    for flow in flows:
        if flow is not None:
            days += flow.levels.values.size * grid.period_days
            count = len(flow.trend.shift_periods)
            sizes += [float(size) for size in flow.trend.posterior.mean[flow.trend.posterior.mean.size - count :]]
    known = np.clip(np.array(sizes, dtype=np.float64), -LARGEST_SHIFT, LARGEST_SHIFT)
    return (len(sizes) + SHIFT_PRIOR_COUNT) / days, frozen(np.concatenate((known, SHIFT_PRIOR_SIZES)))
