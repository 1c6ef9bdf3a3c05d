"""Short horizons: a weighted mean of candidates, spread by whole error courses of past origins."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.growth.baselines import BOOTSTRAP_BLOCK, path_bootstrap, recent_changes
from models.growth.blocks import Draws
from models.growth.bridging import bridged
from models.growth.candidates import DAILY, HOURLY, WEEKLY, forecasts
from models.growth.grid import Grid, Step, frozen
from models.growth.randomness import SHARED, Stream, generator

Matrix = NDArray[np.float64]
Paths = NDArray[np.float32]

SEASONS = {"1h": HOURLY, "1d": DAILY, "1w": WEEKLY}
LONGEST: dict[Step, int] = {"1h": 336, "1d": 14, "1w": 26}
"""Longest horizon in steps that is forecast from its own past errors: two weeks, half a year of weeks.

Beyond that, few courses do not overlap: 42 days ahead, a year of days holds seven. On four public daily series the long-term model loses
10 % less on peaks and 13 % less on values 28 days ahead of 150 and 390 days, 5 % more 42 days ahead of 390 (2026-11).
"""
STRIDE: dict[Step, int] = {"1h": 24, "1d": 7, "1w": 1}
"""Steps between past origins: whole days and weeks, so that errors keep their hour and weekday."""
LEAST_BEFORE: dict[Step, int] = {"1h": 366, "1d": 63, "1w": 30}
"""Least history before the first origin, in steps."""
MOST_ORIGINS: dict[Step, int] = {"1h": 14, "1d": 20, "1w": 60}
LEAST_ORIGINS = 5
SHARPNESS = 8
"""Candidates weigh by mean absolute error to this negative power (chosen on the training part of M4 Hourly, 2026-11)."""
MOST_MISSING = 0.2
WIDENING: dict[Step, float] = {"1h": 1.2, "1d": 1.2, "1w": 1.0}
"""Stretch of past errors: the present weights were chosen on them (chosen on the training parts of M4 Hourly and Weekly, 2026-11)."""
WALK_SHARE: dict[Step, float] = {"1h": 0.0, "1d": 0.0, "1w": 2 / 3}
"""Share of paths that bootstrap past changes instead (chosen on M4 Weekly up to 26 weeks before its end, 2026-11)."""
POOLS: dict[Step, bool] = {"1h": True, "1d": True, "1w": False}
"""Whether errors of unrelated series resemble each other enough to be pooled (chosen likewise)."""
LEAST_POOL = 5
"""Series of a class whose past errors are pooled; below, errors are the own ones with Student t tails."""
TAIL_FREEDOM = 6.0
CEILING = 10.0
"""No course is believed beyond this times the largest value of the history."""


@dataclass(frozen=True, slots=True, eq=False)
class ShortFit:
    """A combined forecast and how it erred before."""

    point: Matrix
    """(horizon,) combined forecast, on the logarithm where `offset` is given."""
    errors: Matrix
    """(origins, horizon) courses of past errors over `scale`, most recent first; each judged with weights it had no part in."""
    scale: float
    """Mean absolute error of the combination."""
    offset: float | None
    """c when point and errors are on log(value + c); None: plain values."""
    last: float
    """Newest value."""
    ceiling: float
    """Largest value that is believed."""
    weights: Matrix
    """(candidates,) of the combination."""
    changes: Matrix
    """(n,) newest changes of the logarithm, for the share of paths that walk; empty: none."""


@dataclass(frozen=True, slots=True, eq=False)
class ShortModel:
    """Joint paths over a short horizon."""

    fit: ShortFit
    courses: NDArray[np.float32]
    """(courses, horizon) standardised errors to draw from."""
    pooled: bool
    """Whether courses come from the class, not from the series alone."""

    def scaffold(self, draws: Draws, _drawn: NDArray[np.int16], /) -> Paths:
        """Return all paths (paths, horizon)."""
        series = SHARED if draws.grid.dated else draws.series
        random = generator(draws.seed, Stream.BLOCKS, series, draws.grid.block_date(0)).random(draws.paths)
        course = self.courses[(random * self.courses.shape[0]).astype(np.int64)].astype(np.float64)
        if not self.pooled and self.fit.changes.size == 0:
            wide = draws.generator(Stream.PARAMETERS).chisquare(TAIL_FREEDOM, draws.paths) / TAIL_FREEDOM
            course /= np.sqrt(wide)[:, None]
        demand = self.fit.point + WIDENING[draws.grid.step] * self.fit.scale * course
        if self.fit.offset is not None:
            demand = np.exp(np.minimum(demand, 700.0)) - self.fit.offset
        if self.fit.changes.size:
            walk = draws.generator(Stream.CANDIDATE).random(draws.paths) < WALK_SHARE[draws.grid.step]
            demand = np.where(walk[:, None], self._walk(draws, series), demand)
        return np.asarray(np.clip(demand, 0.0, self.fit.ceiling), dtype=np.float32)

    def paths(self, scaffold: Paths, _draws: Draws, _drawn: NDArray[np.int16], first: int, stop: int, /) -> Paths:
        """Return demand (paths, stop - first) of steps first … stop."""
        return scaffold[:, first:stop].copy()

    def _walk(self, draws: Draws, series: int) -> Matrix:
        blocks = -(-draws.horizon // BOOTSTRAP_BLOCK)
        starts = generator(draws.seed, Stream.SHIFTS, series, draws.grid.block_date(0)).random((draws.paths, blocks))
        return self.fit.last * np.exp(np.minimum(path_bootstrap(self.fit.changes, draws.horizon, starts), 50.0))


def fit_short(values: Matrix, grid: Grid, horizon: int) -> ShortFit | None:
    """Return the combination for a cleaned series (steps,), NaN = excluded; None when history or horizon do not allow past origins."""
    step = grid.step
    count = min((values.size - horizon - LEAST_BEFORE[step]) // STRIDE[step] + 1, MOST_ORIGINS[step])
    if horizon > LONGEST[step] or count < LEAST_ORIGINS or np.isnan(values).mean() > MOST_MISSING:
        return None
    whole = bridged(values, 168 if step == "1h" else 1)
    offset = 0.01 * float(np.median(whole)) or 0.01 * float(whole.mean())
    if offset == 0:
        return None
    origins = np.append(values.size - horizon - STRIDE[step] * np.arange(count), values.size)
    plain = forecasts(whole, origins, horizon, SEASONS[step])
    logs = forecasts(np.log(whole + offset), origins, horizon, SEASONS[step])
    ceiling = CEILING * float(whole.max())
    found = np.clip(np.concatenate((plain, np.exp(np.clip(logs, -700, 700)) - offset)), 0.0, ceiling)
    truth = whole[origins[:-1, None] + np.arange(horizon)]
    if step == "1w":
        changes = recent_changes(whole) if whole.min() > 0 else np.zeros(0)
        return _combined(np.log(found + offset), np.log(truth + offset), offset, whole, frozen(changes))
    return _combined(found, truth, None, whole, np.zeros(0))


def short_models(fits: Sequence[ShortFit | None], groups: Sequence[str], grid: Grid) -> list[ShortModel | None]:
    """Return the models; classes of unrelated series pool their standardised error courses."""
    pools: dict[str, NDArray[np.float32]] = {}
    for name in dict.fromkeys(groups):
        members = [fit.errors for fit, group in zip(fits, groups, strict=True) if fit is not None and group == name]
        if len(members) >= LEAST_POOL and POOLS[grid.step] and not grid.dated:
            pools[name] = frozen(np.concatenate(members).astype(np.float32))
    models: list[ShortModel | None] = []
    for fit, group in zip(fits, groups, strict=True):
        own = None if fit is None else frozen(fit.errors.astype(np.float32))
        if fit is None or own is None:
            models.append(None)
        else:
            models.append(ShortModel(fit, pools.get(group, own), group in pools))
    return models


def _combined(found: Matrix, truth: Matrix, offset: float | None, whole: Matrix, changes: Matrix) -> ShortFit:
    """Return the combination of (candidates, origins + 1, horizon) forecasts, the last origin being the present."""
    losses = np.abs(found[:, :-1] - truth).mean(axis=2)
    least = 1e-9 * max(float(np.abs(truth).mean()), 1e-9)
    weights = _sharp(losses.mean(axis=1) + least)
    without = (losses.sum(axis=1, keepdims=True) - losses) / (losses.shape[1] - 1)
    honest = np.stack([_sharp(without[:, origin] + least) for origin in range(losses.shape[1])], axis=1)
    errors = truth - np.einsum("co,coh->oh", honest, found[:, :-1])
    sizes = np.abs(errors).mean(axis=1)
    others = (sizes.sum() - sizes) / (sizes.size - 1)
    scale = max(float(sizes.mean()), least)
    standard = frozen(errors / np.maximum(others, least)[:, None])
    last, ceiling = float(whole[-1]), CEILING * float(whole.max())
    return ShortFit(weights @ found[:, -1], standard, scale, offset, last, ceiling, frozen(weights), changes)


def _sharp(losses: Matrix) -> Matrix:
    relative = (losses / losses.min()) ** -float(SHARPNESS)
    return np.asarray(relative / relative.sum())
