"""Write the diagnostics of one series."""

import numpy as np

from models.growth.arguments import Request
from models.growth.diagnostics import Diagnostics, GrowthReason
from models.growth.flow import FlowFit, FlowModel
from models.growth.grid import MONTH_DAYS, Grid
from models.growth.growth_paths import HALF_LIVES_MONTHS, accumulated
from models.growth.learning import SHRINK_FROM_DAYS, Lessons
from models.growth.level import Episode
from models.growth.peaked import PeakedModel
from models.growth.preparation import Cleaned
from models.growth.result import SeriesModel
from models.growth.shifts import LevelShift
from models.growth.shortterm import ShortModel
from models.growth.state import StateModel
from models.growth.trend import YEAR_FROM_DAYS

MUCH_MISSING = 0.1
LEAST_WEIGHT = 0.005
"""Candidates below this weight are not named."""
STALE_DAYS = 2.0
"""Absence at the end of the history, in days, that is worth saying."""
_NORMAL_95 = 1.6448536


def diagnose(cleaned: Cleaned, flow: FlowFit | None, model: SeriesModel, lesson: Lessons, asked: Request) -> Diagnostics:
    """Return how one series was read and how far its forecast can be trusted."""
    mean, spread = _slope(model, flow, asked)
    checked = _checked(model, lesson, asked)
    undamped, extrapolated = _growth_shares(lesson, checked, asked)
    return Diagnostics(
        steps=cleaned.values.size,
        growth_per_month=float(np.expm1(mean)),
        growth_per_month_p05=float(np.expm1(mean - _NORMAL_95 * spread)),
        growth_per_month_p95=float(np.expm1(mean + _NORMAL_95 * spread)),
        shifts=_shifts(flow, cleaned.values.size, asked.grid),
        episodes=_episodes(flow, cleaned.values.size, asked.grid),
        missing_share=float(cleaned.missing.mean()),
        outage_steps=int(cleaned.outage.sum()),
        saturated_share=float(cleaned.saturated.mean()),
        excluded=cleaned.stretches,
        weights=_weights(model, lesson),
        undamped_share=undamped,
        extrapolated_share=extrapolated,
        effects=_effects(flow),
        backtested_steps=checked,
        extrapolated=asked.horizon > checked,
        reasons=_reasons(cleaned, flow, model, lesson, checked, asked),
    )


def _growth_shares(lesson: Lessons, checked: int, asked: Request) -> tuple[float, float]:
    """Return the shares of the growth over the horizon on the undamped branch, and beyond what past origins checked."""
    months = np.array([asked.horizon, min(checked, asked.horizon)]) * asked.grid.hours / 24 / MONTH_DAYS
    carried = lesson.wander.damping[:, None] * np.stack([accumulated(months, half_life) for half_life in HALF_LIVES_MONTHS])
    whole, seen = carried.sum(axis=0)
    return float(carried[-1, 0] / whole), float(1 - seen / whole)


def _checked(model: SeriesModel, lesson: Lessons, asked: Request) -> int:
    """Return the longest horizon that the past could check, in steps."""
    if isinstance(model, ShortModel):
        return asked.horizon
    if isinstance(model, PeakedModel):
        return min(asked.horizon, model.lesson.checked_days * 24 // asked.grid.hours)
    return lesson.backtested_steps


def _slope(model: SeriesModel, flow: FlowFit | None, asked: Request) -> tuple[float, float]:
    if isinstance(model, StateModel):
        size = max(model.fit.last, model.fit.usual)
        if size == 0:
            return 0.0, 0.0
        blocks = MONTH_DAYS * 24 / (asked.grid.block * asked.grid.hours)
        return float(np.log1p(max(model.fit.drift.now * blocks / size, -0.99))), model.fit.drift.error * blocks / size
    if isinstance(model, PeakedModel):
        return _slope(model.flow, flow, asked)
    if isinstance(model, FlowModel):
        share = model.fit.trend.offset_share
        return share * float(model.mean[1]), share * float(np.linalg.norm(model.root[1]))
    return flow.trend.slope if flow is not None else (0.0, 0.0)


def _weights(model: SeriesModel, lesson: Lessons) -> tuple[tuple[str, float], ...]:
    if isinstance(model, StateModel):
        found: tuple[tuple[str, float], ...] = (("net changes", 1 - model.level_weight), ("level", model.level_weight))
    elif isinstance(model, FlowModel | PeakedModel):
        found = (("trend", 1 - lesson.walk_weight), ("walk", lesson.walk_weight))
    elif isinstance(model, ShortModel):
        found = tuple((f"candidate {number}", float(weight)) for number, weight in enumerate(model.fit.weights))
    else:
        found = (("zero", 1.0),)
    return tuple(entry for entry in found if entry[1] > LEAST_WEIGHT)


def _shifts(flow: FlowFit | None, samples: int, grid: Grid) -> tuple[LevelShift, ...]:
    if flow is None:
        return ()
    posterior, periods = flow.trend.posterior, flow.trend.shift_periods
    steps_per_period = grid.period_days * 24 // grid.hours
    # The last period ends with the history, so steps are counted back from there.
    back = [(flow.levels.values.size - period) * steps_per_period for period in periods]
    first = posterior.mean.size - len(periods)
    share = flow.trend.offset_share
    sizes, errors = share * posterior.mean[first:], share * np.linalg.norm(posterior.root[first:], axis=1)
    return tuple(
        LevelShift(max(samples - steps, 0), float(size), float(size - _NORMAL_95 * error), float(size + _NORMAL_95 * error))
        for steps, size, error in zip(back, sizes, errors, strict=True)
    )


def _episodes(flow: FlowFit | None, samples: int, grid: Grid) -> tuple[Episode, ...]:
    if flow is None:
        return ()
    steps_per_period, periods = grid.period_days * 24 // grid.hours, flow.levels.values.size
    return tuple(
        Episode(max(samples - (periods - one.start) * steps_per_period, 0), samples - (periods - one.stop) * steps_per_period, one.log_size)
        for one in flow.episodes
    )


def _effects(flow: FlowFit | None) -> tuple[tuple[str, float, float], ...]:
    if flow is None:
        return ()
    share = flow.trend.offset_share
    mean, spread = share * flow.trend.posterior.mean, share * np.linalg.norm(flow.trend.posterior.root, axis=1)
    return tuple((name, float(mean[2 + index]), float(spread[2 + index])) for index, name in enumerate(flow.trend.effects))


def _reasons(
    cleaned: Cleaned, flow: FlowFit | None, model: SeriesModel, lesson: Lessons, checked: int, asked: Request
) -> tuple[GrowthReason, ...]:
    days = cleaned.values.size * asked.grid.hours / 24
    known = np.flatnonzero(~cleaned.missing)
    measured = cleaned.values[np.isfinite(cleaned.values)]
    said = {
        GrowthReason.ALL_ZERO: flow is None or not measured.any(),
        GrowthReason.CONSTANT: measured.size > 0 and bool(measured.min() == measured.max()),
        GrowthReason.ONE_VALUE: known.size == 1,
        GrowthReason.GROWTH_ASSUMED: days < SHRINK_FROM_DAYS,
        GrowthReason.WEEK_UNKNOWN: asked.grid.slots > 1 and days < 14,
        GrowthReason.YEAR_UNKNOWN: days <= YEAR_FROM_DAYS,
        GrowthReason.LEVEL_SHIFT: flow is not None and bool(flow.trend.shift_periods),
        GrowthReason.OUTAGE_EXCLUDED: bool(cleaned.outage.any()),
        GrowthReason.MUCH_MISSING: float(cleaned.missing.mean()) > MUCH_MISSING,
        GrowthReason.SATURATED: bool(cleaned.saturated.any()),
        GrowthReason.PEAKS_FROM_FLEET: isinstance(model, PeakedModel),
        GrowthReason.STALE: (cleaned.values.size - 1 - known[-1]) * asked.grid.hours / 24 > STALE_DAYS,
        GrowthReason.NOT_BACKTESTED: checked == 0,
        GrowthReason.EXTRAPOLATED: 0 < checked < asked.horizon,
        GrowthReason.SHRUNK_TO_FLEET: lesson.slope is not None,
        GrowthReason.UNRELATED: not asked.grid.dated and len(asked.history) > 1,
    }
    return tuple(reason for reason, holds in said.items() if holds)
