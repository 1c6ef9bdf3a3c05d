"""The level of a series by day (or week): demand with its weekly shape divided out."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.growth.grid import Clock, Grid, frozen

QUIET_SHARE = 0.15
"""Days that usually carry less than this share of the busiest weekday say nothing about the level (judgement, 2026-10)."""
OBSERVED_SHARE = 0.5
"""Least share of a day's usual demand that must be observed to tell its level (judgement, 2026-10)."""
SHRINK_WEEKS = 2.0
"""Weeks of own data at which an hour of the week weighs as much as its day type (judgement, 2026-10)."""
RECENT_WEEKS = 16.0
"""Half-life of the weekly shape: shifts and habits drift within months (judgement, 2026-10)."""
_WORKDAYS = 5


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """The usual week."""

    profile: NDArray[np.float64]
    """(slots,) value relative to the level; its mean over the week is 1."""
    weeks: float
    """Observed samples per slot."""


@dataclass(frozen=True, slots=True, eq=False)
class Levels:
    """Level by period (day or week) in local time."""

    first_day: int
    """Local day number of period 0."""
    values: NDArray[np.float64]
    """(periods,) mean demand per step, NaN where too little was seen."""


def weekly_shape(values: NDArray[np.float64], clock: Clock, grid: Grid, reference: NDArray[np.float64]) -> Shape:
    """Return the usual week of `values` (steps,) relative to `reference` (steps,), the level at each step."""
    if grid.slots == 1:
        return Shape(frozen(np.ones(1)), float(np.isfinite(values).sum()))
    known = np.isfinite(values) & np.isfinite(reference) & (reference > 0)
    age_weeks = np.arange(values.size, 0, -1) / grid.slots
    weight = np.where(known, 0.5 ** (age_weeks / RECENT_WEEKS), 0.0)
    ratio = np.divide(values, reference, out=np.zeros_like(values), where=known)
    ratio = _winsorised(ratio, clock.slot, known, grid.slots)
    total: NDArray[np.float64] = np.bincount(clock.slot, weights=weight * ratio, minlength=grid.slots).astype(np.float64)
    mass: NDArray[np.float64] = np.bincount(clock.slot, weights=weight, minlength=grid.slots).astype(np.float64)
    count = np.bincount(clock.slot, weights=known.astype(np.float64), minlength=grid.slots)
    prior = _by_day_type(total, mass, grid.slots)
    mean = np.divide(total, mass, out=prior.copy(), where=mass > 0)
    profile = np.maximum((count * mean + SHRINK_WEEKS * prior) / (count + SHRINK_WEEKS), 0.0)
    average = profile.mean()
    return Shape(frozen(profile / average if average > 0 else np.ones(grid.slots)), float(count.mean()))


def period_levels(values: NDArray[np.float64], clock: Clock, grid: Grid, shape: Shape) -> Levels:
    """Return the level of each local day (week for weekly data): what was seen divided by the usual share of what was seen."""
    period = period_index(clock, grid)
    usual = shape.profile[clock.slot]
    known = np.isfinite(values)
    seen = np.bincount(period, weights=np.where(known, usual, 0.0))
    whole = np.bincount(period, weights=usual)
    demand = np.bincount(period, weights=np.where(known, values, 0.0))
    busiest = float(whole.max())
    tells = (seen >= OBSERVED_SHARE * whole) & (seen > QUIET_SHARE * busiest)
    levels = np.divide(demand, seen, out=np.full(seen.size, np.nan), where=tells)
    return Levels(int(clock.day[0]), frozen(levels))


def period_index(clock: Clock, grid: Grid) -> NDArray[np.int64]:
    """Return the period of each step, counted from the first."""
    return np.asarray((clock.day - clock.day[0]) // grid.period_days, dtype=np.int64)


EPISODE_LOG_SIZE = 1.5
"""Days this far (a factor of 4.5) from the usual level of their quarter, and back again, are an episode (judgement, 2026-11)."""
SMALL_SHARE = 0.01
"""Share of the median that keeps logarithms finite."""
EPISODE_LEAST_DAYS = 5
"""Shorter ones are holidays and outages, which the calendar and the preparation know."""
EPISODE_DAYS = 91
"""Days of the median that is the usual level: an episode of up to six weeks does not move it, a lasting step keeps its edge."""


@dataclass(frozen=True, slots=True)
class Episode:
    """Days far from the usual level that have come back since."""

    start: int
    """First of them; periods of the levels, or samples counted from the start of the history."""
    stop: int
    """One past the last."""
    log_size: float
    """Mean natural logarithm of the level over the usual one of its quarter."""


def split_episodes(levels: Levels, grid: Grid, ordinary: NDArray[np.bool_] | None = None) -> tuple[Levels, tuple[Episode, ...]]:
    """Return the levels with episodes left out, and the episodes: days far from their quarter's median that have come back since.

    A crawler's three weeks are no growth and no two level shifts; they stay in the residuals, from which paths draw them again.
    What reaches the end of the history is kept: nobody knows yet that it will pass. `ordinary` (periods,): days that are none.
    """
    if not grid.dated or grid.step == "1w":
        return levels, ()
    known = np.isfinite(levels.values)
    if not known.any():
        return levels, ()
    logs = np.log(np.where(known, levels.values, np.nan) + SMALL_SHARE * max(float(np.nanmedian(levels.values)), 1e-300))
    apart = logs - rolling_median(logs, EPISODE_DAYS // grid.period_days)
    away = known & (np.abs(apart) > EPISODE_LOG_SIZE)
    if ordinary is not None:
        away &= ~ordinary
    back = np.flatnonzero(known & ~away)
    away[back[-1] + 1 if back.size else 0 :] = False
    run = away | ~known
    away &= _run_length(run) * grid.period_days >= EPISODE_LEAST_DAYS
    return replace(levels, values=frozen(np.where(away, np.nan, levels.values))), _episodes(away, run, apart)


def _episodes(away: NDArray[np.bool_], run: NDArray[np.bool_], apart: NDArray[np.float64]) -> tuple[Episode, ...]:
    """Return each run of days, unknown ones in it included, that holds days away."""
    number = np.cumsum(np.diff(run, prepend=False) & run)
    found = []
    for one in np.unique(number[away]):
        days = np.flatnonzero(away & (number == one))
        found.append(Episode(int(days[0]), int(days[-1]) + 1, float(apart[days].mean())))
    return tuple(found)


def _run_length(marked: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return, for each marked entry, how long its run is; 0 elsewhere."""
    run = np.cumsum(np.diff(marked, prepend=False) & marked)
    return np.where(marked, np.bincount(run[marked], minlength=int(run.max(initial=0)) + 1)[run], 0)


def rolling_median(values: NDArray[np.float64], window: int) -> NDArray[np.float64]:
    """Return the centred median over `window` entries, ignoring NaN; NaN where nothing is near."""
    half = window // 2
    padded = np.concatenate((np.full(half, np.nan), values, np.full(half, np.nan)))
    view = np.sort(np.lib.stride_tricks.sliding_window_view(padded, 2 * half + 1), axis=1)
    count = np.isfinite(view).sum(axis=1)
    rows = np.arange(values.size)
    low, high = np.maximum((count - 1) // 2, 0), np.maximum(count // 2, 0)
    return np.where(count > 0, (view[rows, low] + view[rows, np.minimum(high, view.shape[1] - 1)]) / 2, np.nan)


def _winsorised(ratio: NDArray[np.float64], slot: NDArray[np.int16], known: NDArray[np.bool_], slots: int) -> NDArray[np.float64]:
    """Return ratios drawn in to three times the slot's upper spread, so that one flash crowd is no habit."""
    order = np.lexsort((np.where(known, ratio, np.inf), slot))
    count = np.bincount(slot[known], minlength=slots)
    start = np.concatenate(([0], np.cumsum(np.bincount(slot, minlength=slots))[:-1]))
    ordered = np.append(ratio[order], 0.0)
    last = ratio.size
    median = ordered[np.minimum(start + count // 2, last)]
    upper = ordered[np.minimum(start + (count * 3) // 4, last)]
    limit = np.where(count >= 4, median + 4.0 * np.maximum(upper - median, 0.25 * median), np.inf)
    return np.minimum(ratio, limit[slot])


def _by_day_type(total: NDArray[np.float64], mass: NDArray[np.float64], slots: int) -> NDArray[np.float64]:
    """Return the mean by hour over workdays, Saturday and Sunday; where a type was never seen, over all days."""
    hours = slots // 7
    sums, masses = total.reshape(7, hours), mass.reshape(7, hours)
    overall = np.divide(sums.sum(axis=0), masses.sum(axis=0), out=np.ones(hours), where=masses.sum(axis=0) > 0)
    prior = np.empty((7, hours))
    for days in (slice(0, _WORKDAYS), slice(5, 6), slice(6, 7)):
        seen = masses[days].sum(axis=0)
        prior[days] = np.divide(sums[days].sum(axis=0), seen, out=overall.copy(), where=seen > 0)
    return prior.ravel()
