"""Growth that comes from somewhere else: a short history keeps its level, week and noise and follows its business drivers."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.growth.blocks import Draws, gather, sources
from models.growth.flow import FlowModel, flow_model
from models.growth.grid import frozen
from models.growth.growth_paths import Wander
from models.growth.randomness import Stream
from models.growth.result import Forecast, SeriesModel
from models.growth.state import StateModel

Paths = NDArray[np.float32]

DAYS_PER_POINT = 7
"""Days between two points of a growth path."""
_CERTAIN = 1e-4
"""Standard deviation of the log growth per month that the end of a driven history is fitted with."""
_QUIET = Wander(
    damping=frozen(np.array([0.0, 0.0, 0.0, 1.0])),
    shifts_per_day=0.0,
    shift_sizes=frozen(np.zeros(1)),
    below=frozen(np.ones(3)),
    above=frozen(np.ones(3)),
    slope_change=0.0,
)


@dataclass(frozen=True, slots=True, eq=False)
class GivenGrowth:
    """Growth of one series, path by path."""

    log_growth: Paths
    """Shape (paths, weeks + 1): log of the level over that at the end of the history, every seven days from there."""
    weight: float = 1.0
    """Probability that a path takes this growth instead of its own."""


@dataclass(frozen=True, slots=True, eq=False)
class DrivenFlow:
    """A flow whose level follows given growth; its week and its noise are its own."""

    own: FlowModel
    still: FlowModel
    """The same without any growth."""
    given: GivenGrowth

    def scaffold(self, draws: Draws, drawn: NDArray[np.int16], /) -> Paths:
        """Return the levels (paths, periods)."""
        level = self.still.scaffold(draws, drawn)
        days = np.arange(level.shape[1]) * draws.grid.period_days
        level = level * np.exp(_between(self.given.log_growth, days))
        return np.where(_picked(self.given, draws), level, self.own.scaffold(draws, drawn)) if self.given.weight < 1 else level

    def paths(self, scaffold: Paths, draws: Draws, drawn: NDArray[np.int16], first: int, stop: int, /) -> Paths:
        """Return demand (paths, stop - first) of steps first … stop."""
        return self.own.paths(scaffold, draws, drawn, first, stop)


@dataclass(frozen=True, slots=True, eq=False)
class DrivenState:
    """A state whose net changes follow given growth: twice the orders store twice as much a week, what is stored stays."""

    own: StateModel
    given: GivenGrowth

    def scaffold(self, draws: Draws, drawn: NDArray[np.int16], /) -> Paths:
        """Return sizes at block starts, factor on changes and drift of every block (paths, 3 · blocks)."""
        fit = self.own.fit
        days = np.arange(draws.blocks) * draws.grid.block * draws.grid.hours / 24
        factor = np.exp(_between(self.given.log_growth, days))
        # What is given says how the drift grows; paths that do not take it keep their own growth.
        drift = np.repeat(self.own.steady_drift(draws)[:, None], draws.blocks, axis=1)
        if self.given.weight < 1:
            picked = _picked(self.given, draws)
            factor, drift = np.where(picked, factor, np.float32(1.0)), np.where(picked, drift, self.own.drift(draws))
        total = fit.changes[:, -1].astype(np.float64)
        starts = np.empty((draws.paths, draws.blocks))
        size = np.full(draws.paths, fit.last)
        for block in range(draws.blocks):
            starts[:, block] = size
            size = np.maximum(size + (total[drawn[:, block] % total.size] + drift[:, block]) * factor[:, block], 0.0)
        return np.concatenate((starts, factor, drift), axis=1).astype(np.float32)

    def paths(self, scaffold: Paths, draws: Draws, drawn: NDArray[np.int16], first: int, stop: int, /) -> Paths:
        """Return sizes (paths, stop - first) of steps first … stop."""
        block = draws.grid.block
        steps = np.arange(first, stop)
        change = gather(self.own.fit.changes, drawn, block, first, stop)
        change += scaffold[:, 2 * draws.blocks + steps // block] * ((steps % block + 1) / block).astype(np.float32)
        sizes: Paths = scaffold[:, steps // block] + change * scaffold[:, draws.blocks + steps // block]
        return np.maximum(sizes, 0.0, out=sizes)


def driven(forecast: Forecast, given: Mapping[int, GivenGrowth]) -> Forecast:
    """Return the forecast with the growth of some series, by number, given; series that are all zero stay so.

    Raises
    ------
    ValueError
        If a growth has other paths than the forecast.

    """
    models = list(forecast.models)
    for series, growth in given.items():
        if growth.log_growth.shape[0] != forecast.path_count:
            raise ValueError(f"log_growth of series {series} has {growth.log_growth.shape[0]} paths: give {forecast.path_count}")
        models[series] = _driven(models[series], growth)
    return replace(forecast, models=tuple(models))


def log_growth_paths(forecast: Forecast, series: int) -> Paths:
    """Return the log growth (paths, weeks + 1) of one series from the end of its history, every seven days.

    The slow part alone: trend, its wander, shifts and the year, without weekdays, month ends, holidays and noise.
    """
    draws = Draws(forecast.seed, series, forecast.path_count, forecast.grid, forecast.horizon, forecast.longest)
    model = forecast.models[series]
    weeks = -(-forecast.horizon * forecast.grid.hours // (24 * DAYS_PER_POINT))
    if not isinstance(model, FlowModel):
        return np.zeros((forecast.path_count, weeks + 1), dtype=np.float32)
    level = _without_effects(model).scaffold(draws, sources(draws))
    days = np.arange(level.shape[1]) * forecast.grid.period_days
    at = np.minimum(np.searchsorted(days, np.arange(weeks + 1) * DAYS_PER_POINT), level.shape[1] - 1)
    logs = np.log(np.maximum(level, 1e-30))
    return np.asarray(logs[:, at] - logs[:, :1], dtype=np.float32)


def own_growth_spread(forecast: Forecast, series: int, day: int) -> float:
    """Return the standard deviation over paths of a series' own log growth until a day; 0 for what has no level."""
    growth = log_growth_paths(forecast, series)
    return float(np.std(_between(growth, np.array([day]))))


def _driven(model: SeriesModel, given: GivenGrowth) -> SeriesModel:
    if isinstance(model, FlowModel):
        return DrivenFlow(model, _still(model, given), given)
    return DrivenState(model, given) if isinstance(model, StateModel) else model


def _still(model: FlowModel, given: GivenGrowth) -> FlowModel:
    """Return the model that stays where it is: its end is fitted with the given growth of now, and it goes no further."""
    month = 30.4375
    now = float(np.median(_between(given.log_growth, np.array([month])))) if given.log_growth.shape[1] > 5 else 0.0
    fitted = flow_model(model.fit, _QUIET, (now, _CERTAIN), 0.0)
    mean, root = fitted.mean.copy(), fitted.root.copy()
    mean[1], root[1] = 0.0, 0.0
    return replace(fitted, mean=frozen(mean), root=frozen(root))


def _without_effects(model: FlowModel) -> FlowModel:
    trend = model.fit.trend
    kept = np.r_[0:2, 2 + len(trend.effects) : model.mean.size]
    fit = replace(model.fit, trend=replace(trend, effects=()))
    return replace(model, fit=fit, mean=frozen(model.mean[kept]), root=frozen(model.root[kept]))


def _picked(given: GivenGrowth, draws: Draws) -> NDArray[np.bool_]:
    return np.asarray(draws.generator(Stream.CANDIDATE, -2).random(draws.paths) < given.weight)[:, None]


def _between(growth: Paths, days: NDArray[np.float64] | NDArray[np.int64]) -> Paths:
    """Return growth (paths, days) on the straight lines between its weekly points; the last one holds beyond."""
    place = np.clip(np.asarray(days, float) / DAYS_PER_POINT, 0, growth.shape[1] - 1)
    left = np.minimum(place.astype(np.int64), max(growth.shape[1] - 2, 0))
    right = np.minimum(left + 1, growth.shape[1] - 1)
    share = (place - left).astype(np.float32)
    return np.asarray(growth[:, left] * (1 - share) + growth[:, right] * share, dtype=np.float32)
