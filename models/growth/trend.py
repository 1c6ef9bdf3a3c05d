"""Fit the log level: trend with knots every four weeks, level shifts, calendar effects, a year where the history shows one."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.growth.calendar import BusinessCalendar, day_effects
from models.growth.grid import MONTH_DAYS, frozen
from models.growth.level import Levels, rolling_median
from models.growth.regression import Matrix, Posterior, lag_one_correlation, robust_spread, solve, solve_each, whiten
from models.growth.shifts import MINIMUM_DAYS, find_shifts

KNOT_DAYS = 28
"""Distance of trend knots (judgement, 2026-10)."""
SLOPE_CHANGE_PER_KNOT = (0.0005, 0.002, 0.006, 0.02)
"""Standard deviations of the change of log growth per month at a knot that are tried (judgement, 2026-10) …"""
SLOPE_CHANGE_PRIOR = (0.15, 0.35, 0.35, 0.15)
"""… and how likely each is before any data (judgement, 2026-11). A short history says nothing about them, so its future keeps their
whole spread; picking the most evident one made 90 days narrower than two years."""
SLOPE_PRIOR_PER_MONTH = 0.05
"""Standard deviation of log growth per month before any data: ±8 % a month in nine of ten (judgement, 2026-10).

Growth of 359 public weekly series (M4 Weekly, Makridakis et al. 2020, without their last 26 weeks) spreads by 0.065 a month over a
quarter, 0.028 over half a year and 0.020 over a year, which a slope of this prior with damping comes to.
"""
EFFECT_PRIOR = 0.3
"""Standard deviation of a calendar effect on the log level before any data (judgement, 2026-10)."""
YEAR_PRIOR = 0.15
"""Standard deviation of a yearly Fourier coefficient before any data (judgement, 2026-10)."""
YEAR_FROM_DAYS = 400
"""A yearly season is fitted only with more history than this (judgement, 2026-10)."""
YEAR_HARMONICS = 2
LEAST_NOISE = 0.005
"""Smallest noise of a daily log level that is believed."""
COARSE_FROM = 365
"""Histories of twice, three times this many periods look for shifts at every second, third period."""
HUBER = 3.0
"""Residuals beyond this many robust deviations are drawn in for level and slope; they stay in the bootstrap."""


@dataclass(frozen=True, slots=True, eq=False)
class Trend:
    """The fitted log level at the end of the history, with joint uncertainty."""

    posterior: Posterior
    """Columns: level, slope per month, effects, year, knots, shifts."""
    offset: float
    """c in log(level + c)."""
    effects: tuple[str, ...]
    """Names of calendar effects, in column order."""
    year: bool
    """Whether yearly terms follow the effects."""
    slope_change: float
    """Standard deviation of the change of log growth per month at a knot."""
    rho: float
    """Correlation of neighbouring residuals."""
    shift_periods: tuple[int, ...]
    """First period of each level shift."""
    fitted: NDArray[np.float64]
    """(periods,) fitted log level with calendar effects, on the last local day 0."""
    observed: int
    """Periods that entered."""

    @property
    def offset_share(self) -> float:
        """(level + c) / level, at most 2: what turns a change of log(level + c) into one of log(level)."""
        whole = float(np.exp(self.posterior.mean[0]))
        return whole / max(whole - self.offset, 0.5 * whole)

    @property
    def slope(self) -> tuple[float, float]:
        """Log growth per month at the end: mean and standard deviation."""
        return float(self.posterior.mean[1]), float(np.linalg.norm(self.posterior.root[1]))


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """The design matrix by groups of columns."""

    matrix: Matrix
    """(periods, columns)"""
    precision: Matrix
    """(columns,) prior precision of all but the knots."""
    knots: int
    """How many of the last columns are slope changes."""
    effects: tuple[str, ...]
    year: bool


def fit_trend(
    levels: Levels,
    period_days: int,
    business: BusinessCalendar | None,
    *,
    effects: tuple[str, ...] | None,
    known_shifts: tuple[int, ...] | None = None,
) -> Trend:
    """Return the trend of `levels`.

    `effects` names the calendar effects to fit, None for those with at least two observed days; `known_shifts` the first periods of
    level shifts, None to look for them.
    """
    offset = 0.01 * float(np.nanmedian(levels.values))
    offset = offset if offset > 0 else 0.01 * float(np.nanmean(levels.values)) or 1.0
    logs = np.log(levels.values + offset)
    times = np.flatnonzero(np.isfinite(logs)).astype(np.int64)
    columns = design(levels.first_day, levels.values.size, period_days, business, times, effects)
    target, rho, noise = _tamed(logs, times, columns, period_days)
    shifts = (
        known_shifts if known_shifts is not None else _shift_columns(columns, target, times, rho, noise, period_days, levels.values.size)
    )
    full = np.column_stack((columns.matrix, _steps(levels.values.size, shifts)))
    if rho > 0:
        # A running median follows the noise a little, which takes correlation away (Kendall 1954, for a mean over as many values).
        rho = min(rho + (1 + 3 * rho) * period_days / KNOT_DAYS, 0.95)
    posterior, change = _by_evidence(full, columns, target, times, rho, noise, len(shifts))
    if shifts:
        # The running median cuts corners at a step, and what was drawn in towards it made the step smaller.
        residual = logs[times] - full[times] @ posterior.mean
        limit = HUBER * max(robust_spread(residual), LEAST_NOISE)
        kept = np.clip(residual, -limit, limit)
        target = logs[times] - (residual - kept)
        innovations = whiten(kept[:, None], times, rho)[:, 0]
        noise = max(
            float(np.sqrt(innovations @ innovations / max(times.size - full.shape[1] + columns.knots, times.size / 2))), LEAST_NOISE
        )
        posterior, change = _by_evidence(full, columns, target, times, rho, noise, len(shifts))
    return Trend(posterior, offset, columns.effects, columns.year, change, rho, shifts, frozen(full @ posterior.mean), int(times.size))


def design(
    first_day: int,
    periods: int,
    period_days: int,
    business: BusinessCalendar | None,
    times: NDArray[np.int64],
    effects: tuple[str, ...] | None,
) -> Columns:
    """Return the columns level, slope, effects, year, knots of all periods of the history."""
    months = (np.arange(periods) - (periods - 1)) * period_days / MONTH_DAYS
    parts, precision = [np.ones(periods), months], [0.0, SLOPE_PRIOR_PER_MONTH**-2]
    names: tuple[str, ...] = ()
    if effects is None or effects:
        found = day_effects(first_day, first_day + periods, business)
        seen = found.columns[times].sum(axis=0) >= 2
        wanted = [k for k, name in enumerate(found.names) if (seen[k] if effects is None else name in effects)]
        names = tuple(found.names[k] for k in wanted)
        parts += [found.columns[:, k] for k in wanted]
        precision += [EFFECT_PRIOR**-2] * len(wanted)
    year = (times[-1] - times[0]) * period_days > YEAR_FROM_DAYS if times.size else False
    if year:
        terms = year_terms(first_day + np.arange(periods) * period_days)
        parts += list(terms.T)
        precision += [YEAR_PRIOR**-2] * terms.shape[1]
    every = KNOT_DAYS // period_days
    knots = [np.minimum(months - months[at], 0.0) for at in range(periods - 1 - every, every // 2, -every)]
    return Columns(np.column_stack(parts + knots), np.array(precision), len(knots), names, bool(year))


def year_terms(days: NDArray[np.int64]) -> Matrix:
    """Return yearly sine and cosine terms (days, 2 · harmonics)."""
    angle = 2 * np.pi * np.asarray(days, dtype=np.float64)[:, None] / 365.2425 * np.arange(1, YEAR_HARMONICS + 1)
    return np.concatenate((np.sin(angle), np.cos(angle)), axis=1)


def _tamed(logs: Matrix, times: NDArray[np.int64], columns: Columns, period_days: int) -> tuple[Matrix, float, float]:
    """Return observed logs with outliers drawn in, the residual correlation and the innovation noise."""
    window = max(5, KNOT_DAYS // period_days | 1)
    around = rolling_median(logs, window)[times]
    residual = logs[times] - around
    # Calendar effects are no noise: take out what the columns between level and knots explain.
    inner = columns.matrix[times, 2 : columns.matrix.shape[1] - columns.knots]
    if inner.shape[1] and times.size > 3 * inner.shape[1]:
        residual = residual - inner @ solve(inner, residual, np.full(inner.shape[1], 10.0), max(robust_spread(residual), LEAST_NOISE)).mean
    spread = max(robust_spread(residual), LEAST_NOISE)
    tamed = np.clip(residual, -HUBER * spread, HUBER * spread)
    rho = lag_one_correlation(tamed, times)
    innovations = whiten(tamed[:, None], times, rho)[:, 0]
    # Fixed columns took their share of the residual: the usual correction for degrees of freedom.
    free = max(times.size - inner.shape[1] - 2, times.size / 2)
    noise = max(float(np.sqrt((innovations @ innovations) / free)) if times.size > 2 else spread, LEAST_NOISE)
    return logs[times] - (residual - tamed), rho, noise


def _shift_columns(
    columns: Columns, target: Matrix, times: NDArray[np.int64], rho: float, noise: float, period_days: int, periods: int
) -> tuple[int, ...]:
    """Return the first periods of level shifts."""
    edge = max(MINIMUM_DAYS // period_days, 2)
    candidates = np.arange(edge, periods - edge + 1)
    if times.size < 4 * edge or candidates.size == 0:
        return ()
    candidates = candidates[np.isin(candidates, times)][:: max(1, periods // COARSE_FROM)]
    whitened = whiten(np.column_stack((target, columns.matrix[times])), times, rho) / noise
    steps = whiten(_steps(periods, tuple(candidates))[times], times, rho) / noise
    knot_precision = np.full(columns.knots, SLOPE_CHANGE_PER_KNOT[-1] ** -2)
    precision = np.append(columns.precision, knot_precision)
    chosen = find_shifts(whitened[:, 1:], whitened[:, 0], steps, precision, candidates.astype(np.float64), edge)
    return tuple(int(candidates[index]) for index in chosen)


def _steps(periods: int, shifts: tuple[int, ...]) -> Matrix:
    """Return columns that are -1 before each shift, so that the level column is the level at the end."""
    return -(np.arange(periods)[:, None] < np.array(shifts, dtype=np.int64)[None, :]).astype(np.float64)


def _by_evidence(
    full: Matrix, columns: Columns, target: Matrix, times: NDArray[np.int64], rho: float, noise: float, shifts: int
) -> tuple[Posterior, float]:
    """Return the posterior of most evidence and, for the future, the root mean square of the slope wander given prior and evidence."""
    whitened = whiten(np.column_stack((target, full[times])), times, rho)
    changes = np.array(SLOPE_CHANGE_PER_KNOT)
    priors = [np.concatenate((columns.precision, np.full(columns.knots, change**-2), np.zeros(shifts))) for change in SLOPE_CHANGE_PER_KNOT]
    found = solve_each(whitened[:, 1:], whitened[:, 0], np.stack(priors), noise)
    evidence = np.array([posterior.log_evidence for posterior in found])
    weight = SLOPE_CHANGE_PRIOR * np.exp(evidence - evidence.max())
    return found[int(np.argmax(evidence))], float(np.sqrt(weight @ changes**2 / weight.sum()))
