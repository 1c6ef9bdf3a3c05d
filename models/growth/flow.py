"""A flow (requests, IO, worker time): level by day × shape of the week × whole-week residuals."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.growth.blocks import Draws, frozen_table, gather, prediction_stretch, table
from models.growth.calendar import BusinessCalendar, day_effects, planned_days
from models.growth.calibration import stretched
from models.growth.grid import Clock, Grid, Step, clock, frozen
from models.growth.growth_paths import Wander, log_levels, slope_walk, unknown_growth
from models.growth.level import Episode, Levels, Shape, period_index, period_levels, rolling_median, split_episodes, weekly_shape
from models.growth.randomness import Stream
from models.growth.trend import Trend, fit_trend, year_terms

Paths = NDArray[np.float32]

FLOOR_SHARE = 0.05
"""Share of the level added to both sides of a residual ratio, so that quiet hours give no infinite ratios (judgement, 2026-10)."""
MOST_RATIO = 30.0
"""Largest residual ratio that is repeated."""
MOST_DAYS: dict[Step, int] = {"1h": 1100, "1d": 1100, "1w": 3640}
"""Days of history that level and shape are fitted on: three years, ten for weekly data."""
LARGEST_STEP = float(np.log(3.0))
"""Log of the largest step from the last level that a path may take …"""
LARGEST_GROWTH_PER_YEAR = float(np.log(10.0))
"""… and of what it may grow in a year beyond it: no plant's load grows faster for long (judgement, 2026-11)."""
SMOOTHED_DAYS = 35
"""Days of the median that tells a closed week from a lasting change."""
EXCEPTIONAL_EFFECT = 0.4
"""Log effect from which a calendar day is no pattern for ordinary ones (a factor of 1.5; judgement, 2026-11)."""
WALK_DRIFT = 0.5
"""Share of the mean past growth that the walk carries on (drift halved did best on M4 Weekly, 2026-10)."""


@dataclass(frozen=True, slots=True, eq=False)
class FlowFit:
    """What one series says on its own."""

    zone: str
    business: BusinessCalendar | None
    shape: Shape
    levels: Levels
    trend: Trend
    ratios: NDArray[np.float32]
    """(blocks, steps) value over fitted value, most recent block first."""
    increments: NDArray[np.float32]
    """(blocks,) past changes of the log level from block to block, most recent first."""
    recent: float
    """Log level of the last days, as the walk starts from it."""
    episodes: tuple[Episode, ...]
    """Periods that were left out of level and growth because the level came back."""


@dataclass(frozen=True, slots=True, eq=False)
class FlowModel:
    """A fitted flow with what the fleet taught: enough to draw any part of any path."""

    fit: FlowFit
    wander: Wander
    mean: NDArray[np.float64]
    """(columns,) of level, slope, effects, year."""
    root: NDArray[np.float64]
    """(columns, all) square root of their covariance."""
    walk_weight: float
    """Probability that a path is a walk of past changes instead of a trend."""

    def scaffold(self, draws: Draws, drawn: NDArray[np.int16]) -> Paths:
        """Return the levels (paths, periods) that the hours hang on."""
        grid = draws.grid
        time = clock(grid, self.fit.zone, 0, draws.horizon)
        last = self.fit.levels.first_day + (self.fit.levels.values.size - 1) * grid.period_days
        periods = int((time.day[-1] - time.day[0]) // grid.period_days) + 1
        local = int(time.day[0]) + np.arange(periods, dtype=np.int64) * grid.period_days
        theta = self.mean + draws.generator(Stream.PARAMETERS).standard_normal((draws.paths, self.root.shape[1])) @ self.root.T
        change = self.fit.trend.slope_change if self.wander.slope_change is None else self.wander.slope_change
        days = local - last
        wandered = slope_walk(draws, change, days)
        if self.walk_weight < 1:
            level = log_levels(draws, theta[:, 0], theta[:, 1], wandered, days, self.wander)
            if self.fit.trend.year:
                level += theta[:, 2 + len(self.fit.trend.effects) :] @ year_terms(local).T
        if self.walk_weight > 0:
            walk = self._walk(draws, drawn, days) + unknown_growth(theta[:, 1] - self.mean[1], wandered, days)
            level = walk if self.walk_weight == 1 else np.where(self._walks(draws)[:, None], walk, level)
        level = stretched(level, days, self.wander.below, self.wander.above)
        level = np.minimum(level, self._ceiling(theta[:, 0], days))
        level += self._effects(theta, local)
        return np.maximum(np.exp(level) - self.fit.trend.offset, 0.0).astype(np.float32)

    def paths(self, scaffold: Paths, draws: Draws, drawn: NDArray[np.int16], first: int, stop: int) -> Paths:
        """Return demand (paths, stop - first) of steps first … stop."""
        grid = draws.grid
        time = clock(grid, self.fit.zone, 0, draws.horizon)
        usual = (self.fit.shape.profile[time.slot[first:stop]] + FLOOR_SHARE).astype(np.float32)
        demand = gather(self.fit.ratios, drawn, grid.block, first, stop) * usual
        demand -= np.float32(FLOOR_SHARE)
        np.maximum(demand, 0.0, out=demand)
        demand *= scaffold[:, (time.day[first:stop] - time.day[0]) // grid.period_days]
        return demand

    def _ceiling(self, start: NDArray[np.float64], days: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return (1, periods) the highest log level that is believed: a short or ragged history must not run away."""
        reach = LARGEST_STEP + LARGEST_GROWTH_PER_YEAR * np.maximum(days, 0) / 365.25
        return max(self.fit.recent, float(np.median(start))) + reach[None, :]

    def _walks(self, draws: Draws) -> NDArray[np.bool_]:
        return np.asarray(draws.generator(Stream.CANDIDATE).random(draws.paths) < self.walk_weight)

    def _walk(self, draws: Draws, drawn: NDArray[np.int16], days: NDArray[np.int64]) -> NDArray[np.float64]:
        own = self.fit.increments[drawn % self.fit.increments.size].astype(np.float64)
        own -= (1 - WALK_DRIFT) * float(self.fit.increments.mean())
        nodes = np.concatenate((np.zeros((draws.paths, 1)), np.cumsum(own, axis=1)), axis=1) + self.fit.recent
        place = np.clip(days * 24 / (draws.grid.block * draws.grid.hours), 0, draws.blocks)
        left = np.minimum(place.astype(np.int64), draws.blocks - 1)
        share = place - left
        return np.asarray(nodes[:, left] * (1 - share) + nodes[:, left + 1] * share)

    def _effects(self, theta: NDArray[np.float64], local: NDArray[np.int64]) -> NDArray[np.float64]:
        names = self.fit.trend.effects
        if not names:
            return np.zeros((theta.shape[0], local.size))
        found = day_effects(int(local[0]), int(local[-1]) + 1, self.fit.business)
        wanted = [found.names.index(name) for name in names]
        return np.asarray(theta[:, 2 : 2 + len(names)] @ found.columns[:, wanted].T)


def fit_flow(
    values: NDArray[np.float64],
    grid: Grid,
    zone: str,
    business: BusinessCalendar | None,
    series: int,
    ordinary: NDArray[np.bool_] | None = None,
) -> FlowFit:
    """Return the fit of one cleaned series (steps,), NaN = excluded; at least one value must be known. `ordinary` (steps,): no episode."""
    values = values[-MOST_DAYS[grid.step] * 24 // grid.hours :]
    time = clock(grid, zone, -values.size, 0)
    usual = _usual_periods(time, grid, business, ordinary)
    window = rolling_reference(values, grid)
    shape = weekly_shape(values, time, grid, window)
    levels, episodes = split_episodes(period_levels(values, time, grid, shape), grid, usual)
    if not np.isfinite(levels.values).any():
        shape = Shape(frozen(np.ones(grid.slots)), shape.weeks)
        levels = _bare_levels(values, period_index(time, grid), int(time.day[0]))
    names = None if grid.dated and grid.step != "1w" else ()
    trend = fit_trend(levels, grid.period_days, business, effects=names)
    expected = np.maximum(np.exp(trend.fitted) - trend.offset, 0.0)[period_index(time, grid)]
    shape = weekly_shape(values, time, grid, expected) if shape.weeks >= 1 else shape
    if trend.effects:
        # Month ends had coloured the weekdays they fell on; with them divided out the shape, and so the effects, come clean.
        again, found = split_episodes(period_levels(values, time, grid, shape), grid, usual)
        levels, episodes = (again, found) if np.isfinite(again.values).any() else (levels, episodes)
        trend = fit_trend(levels, grid.period_days, business, effects=trend.effects, known_shifts=trend.shift_periods)
        expected = np.maximum(np.exp(trend.fitted) - trend.offset, 0.0)[period_index(time, grid)]
    comparable = np.where(_exceptional(trend, time, business), np.nan, values)
    ratios = _ratios(comparable, expected, shape.profile[time.slot], grid, series)
    return FlowFit(zone, business, shape, levels, trend, ratios, *_increments(levels, trend, grid), episodes)


def _usual_periods(time: Clock, grid: Grid, business: BusinessCalendar | None, ordinary: NDArray[np.bool_] | None) -> NDArray[np.bool_]:
    """Return the periods that are no episode, because the user or the calendar says so: a shutdown is planned and comes again."""
    period = period_index(time, grid)
    said = planned_days(time.day.astype(np.int64), business)
    if ordinary is not None:
        said = said | ordinary[-time.day.size :]
    return np.bincount(period, weights=said) > 0


def usual_demand(fit: FlowFit, grid: Grid, samples: int) -> NDArray[np.float64]:
    """Return what the fit expects (samples,) of the past; NaN before the history that it was made on."""
    level = np.maximum(np.exp(fit.trend.fitted) - fit.trend.offset, 0.0)
    length = min(samples, MOST_DAYS[grid.step] * 24 // grid.hours)
    time = clock(grid, fit.zone, -length, 0)
    found = np.full(samples, np.nan)
    found[samples - length :] = level[period_index(time, grid)] * fit.shape.profile[time.slot]
    return found


def _exceptional(trend: Trend, time: Clock, business: BusinessCalendar | None) -> NDArray[np.bool_]:
    """Return (steps,) whether a step lies on a day that its calendar effect changes a lot.

    Such a day says nothing about ordinary days: a plant that worked on a holiday stands at a multiple of what the holiday was
    expected to be, and that multiple must not be drawn for a working day.
    """
    if not trend.effects:
        return np.zeros(time.day.size, dtype=np.bool_)
    found = day_effects(int(time.day[0]), int(time.day[-1]) + 1, business)
    wanted = [found.names.index(name) for name in trend.effects]
    effect = found.columns[:, wanted] @ trend.posterior.mean[2 : 2 + len(wanted)]
    exceptional: NDArray[np.bool_] = np.abs(effect[time.day - time.day[0]]) > EXCEPTIONAL_EFFECT
    return exceptional


def flow_model(fit: FlowFit, wander: Wander, slope: tuple[float, float] | None, walk_weight: float) -> FlowModel:
    """Return the model of a fit; `slope` (mean, standard deviation) is the fleet's prior of log growth per month, None to keep the own."""
    mean, root = fit.trend.posterior.mean, fit.trend.posterior.root
    if slope is not None:
        mean, root = _shrunk(mean, root, slope)
    kept = 2 + len(fit.trend.effects) + (year_terms(np.zeros(1, dtype=np.int64)).shape[1] if fit.trend.year else 0)
    return FlowModel(fit, wander, frozen(mean[:kept].copy()), frozen(root[:kept].copy()), walk_weight)


def rolling_reference(values: NDArray[np.float64], grid: Grid) -> NDArray[np.float64]:
    """Return a slow level (steps,) to compare hours with: the median of block means over five blocks."""
    block = grid.slots
    count = -(-values.size // block)
    padded = np.concatenate((np.full(count * block - values.size, np.nan), values)).reshape(count, block)
    known = np.isfinite(padded).sum(axis=1)
    means = np.divide(np.nansum(padded, axis=1), known, out=np.full(count, np.nan), where=known > block / 3)
    if not np.isfinite(means).any():
        return np.full(values.size, float(np.nanmean(values)))
    slow = rolling_median(means, 5)
    seen = np.flatnonzero(np.isfinite(slow))
    slow = np.interp(np.arange(count), seen, slow[seen])
    return np.repeat(slow, block)[-values.size :]


def _bare_levels(values: NDArray[np.float64], period: NDArray[np.int64], first_day: int) -> Levels:
    known = np.isfinite(values)
    count = np.bincount(period, weights=known.astype(np.float64))
    total = np.bincount(period, weights=np.where(known, values, 0.0))
    return Levels(first_day, frozen(np.divide(total, count, out=np.full(count.size, np.nan), where=count > 0)))


def _ratios(
    values: NDArray[np.float64], expected: NDArray[np.float64], usual: NDArray[np.float64], grid: Grid, series: int
) -> NDArray[np.float32]:
    relative = np.divide(values, expected, out=np.full(values.size, np.nan), where=expected > 0)
    logs = np.log((np.minimum(relative, MOST_RATIO * (usual + 1)) + FLOOR_SHARE) / (usual + FLOOR_SHARE))
    cut = table(logs, grid.block, series)
    middle = cut.mean(axis=0)
    spread = middle + (cut - middle) * prediction_stretch(cut.shape[0])
    return frozen_table(np.minimum(np.exp(spread), MOST_RATIO))


def _increments(levels: Levels, trend: Trend, grid: Grid) -> tuple[NDArray[np.float32], float]:
    """Return changes of the block-mean log level, most recent first, and the recent log level.

    Dated levels are smoothed by a median over five weeks first: a closed week goes down and comes back, and drawn apart the two
    would make a walk out of every Christmas; a level that stays keeps its step.
    """
    logs = np.log(levels.values + trend.offset)
    if grid.dated and grid.step != "1w":
        logs = np.where(np.isfinite(logs), rolling_median(logs, SMOOTHED_DAYS // grid.period_days), np.nan)
    per = max(grid.block * grid.hours // (24 * grid.period_days), 1)
    count = max(logs.size // per, 1)
    kept = logs[-count * per :] if logs.size >= per else logs
    blocks = kept.reshape(count, -1)
    known = np.isfinite(blocks)
    seen = np.flatnonzero(known.any(axis=1))
    means = np.array([np.mean(blocks[row][known[row]]) for row in seen])
    recent = float(means[-1])
    if means.size < 2:
        return frozen_table(np.zeros(1)), recent
    whole = np.interp(np.arange(seen[0], seen[-1] + 1), seen, means)
    return frozen_table(np.diff(whole)[::-1]), recent


def _shrunk(
    mean: NDArray[np.float64], root: NDArray[np.float64], slope: tuple[float, float]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return mean and covariance root after the fleet's growth prior joins (a Gaussian update in one direction)."""
    target, spread = slope
    along = root[1] @ root.T
    own = float(along[1])
    gain = along / (own + spread**2)
    shifted = mean + gain * (target - mean[1])
    # Potter's square-root update keeps the covariance positive.
    direction = root[1]
    ratio = 1.0 / (own + spread**2)
    factor = ratio / (1.0 + spread * np.sqrt(ratio))
    return shifted, root - factor * np.outer(root @ direction, direction)
