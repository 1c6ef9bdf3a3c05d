"""`forecast`: from the histories of a fleet to joint sample paths."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.growth.arguments import Limits, OneOffs, Request, request
from models.growth.blocks import MOST_BLOCKS
from models.growth.calendar import BusinessCalendar, planned_days
from models.growth.diagnostics import Diagnostics
from models.growth.flow import FlowFit, fit_flow, flow_model, usual_demand
from models.growth.grid import Grid, clock
from models.growth.learning import Lessons, learn
from models.growth.origins import Origins, past_origins
from models.growth.peaked import PeakedModel
from models.growth.peaks import PeakLesson, peak_lessons, recognised_ceiling
from models.growth.preparation import MOST_SATURATED, SATURATED_ROUNDS, Cleaned, Kind, at_least, clean
from models.growth.report import diagnose
from models.growth.result import Forecast, SeriesModel
from models.growth.shortterm import LONGEST, ShortFit, fit_short, short_models
from models.growth.state import StateFit, StateModel, fit_state
from models.growth.still import StillModel

CalendarLike = Sequence[BusinessCalendar | str | None]


@dataclass(frozen=True, slots=True, eq=False)
class SeriesFit:
    """All that one history says by itself."""

    cleaned: Cleaned
    flow: FlowFit | None
    """None when every known value is zero."""
    state: StateFit | None
    """Only for states."""
    origins: Origins
    """How forecasts from the past would have done."""
    short: ShortFit | None
    """Only for short horizons of flows without a calendar."""


@dataclass(frozen=True, slots=True, eq=False)
class _Task:
    """One series to fit, complete in itself so that any executor can take it."""

    values: NDArray[np.float64]
    grid: Grid
    zone: str
    business: BusinessCalendar | None
    kind: Kind
    series: int
    short_horizon: int
    """Horizon when a short-term forecast may be tried, else 0."""
    one_off: NDArray[np.bool_] | None
    ordinary: NDArray[np.bool_] | None
    ceiling: float

    @property
    def place(self) -> tuple[Grid, str, BusinessCalendar | None, int, NDArray[np.bool_] | None]:
        """What a fit of the flow needs beside the values."""
        return self.grid, self.zone, self.business, self.series, self.ordinary


def forecast(
    history: Sequence[NDArray[np.floating] | Sequence[float]],
    horizon: int = 48,
    step: str = "1h",
    seasons: Sequence[int] = (24, 168),
    paths: int = 500,
    seed: int = 1,
    end: np.datetime64 | None = None,
    zones: Sequence[str] | None = None,
    calendar: CalendarLike | None = None,
    kind: str = "flow",
    group: Sequence[str] | None = None,
    executor: Executor | None = None,
    on_progress: Callable[[int, int], None] | None = None,
    one_off: OneOffs | None = None,
    ceiling: Limits | None = None,
    ordinary: OneOffs | None = None,
) -> Forecast:
    """Return joint sample paths of a fleet over `horizon` steps.

    `history`: 1-D arrays, NaN = missing, right-aligned at `end` (UTC end of the last sample; None: unrelated series, no calendar, sums are
    independent). `step` "1h", "1d" or "1w"; `seasons` in steps. `zones` IANA names and `calendar` holiday codes ("DE-SN") or
    BusinessCalendar, one a series. `kind` "flow" (rates) or "state" (disk, memory: never negative, changes add up). `group`: class of each
    series, whose members teach each other growth and width. `executor` fits in parallel; `on_progress(done, all)` after each series:
    what it raises ends the forecast. `one_off`: labels (steps,) of events that must not be repeated, one a series or None; nothing else
    removes high values. `ceiling`: the most that could be measured, such as 100 of a CPU in per cent: samples there are lower bounds of
    demand, and the paths may exceed it. `ordinary`: labels (steps,) of samples that are demand whatever they look like: no outage, no
    episode.
    Any seed gives the same digits whatever the order, chunks and cores. A ValueError names the argument, the value and what is allowed.
    """
    asked = request(history, horizon, step, seasons, paths, seed, end, zones, calendar, kind, group, one_off, ceiling, ordinary)
    fits = _fit_all(asked, executor, on_progress)
    lessons = learn([fit.flow for fit in fits], [fit.origins for fit in fits], asked.groups, asked.grid)
    short = short_models([fit.short for fit in fits], asked.groups, asked.grid)
    peaks = _peaks(asked, fits)
    models = tuple(near or _model(fit, lesson, peak) for near, fit, lesson, peak in zip(short, fits, lessons, peaks, strict=True))
    reports = tuple(_report(fit, model, lesson, asked) for fit, model, lesson in zip(fits, models, lessons, strict=True))
    checked = max(report.backtested_steps for report in reports)
    rows = tuple((series,) for series in range(len(models)))
    return Forecast(models, rows, reports, asked.grid, asked.horizon, asked.paths, asked.seed, _longest(asked), checked)


def _fit_all(asked: Request, executor: Executor | None, on_progress: Callable[[int, int], None] | None) -> list[SeriesFit]:
    # Holidays and month ends are what the long-term model knows and the short-term candidates do not.
    near = asked.horizon if asked.kind == "flow" and not any(asked.calendars) else 0
    tasks = [
        _Task(values, asked.grid, zone, business, asked.kind, series, near if _steady(asked, zone) else 0, one_off, kept, ceiling)
        for series, (values, zone, business, one_off, kept, ceiling) in enumerate(
            zip(asked.history, asked.zones, asked.calendars, asked.one_offs, asked.ordinary, asked.ceilings, strict=True)
        )
    ]
    results: Iterator[SeriesFit] = map(_fit, tasks) if executor is None else executor.map(_fit, tasks, chunksize=8)
    fits = []
    for done, fit in enumerate(results, start=1):
        fits.append(fit)
        if on_progress is not None:
            on_progress(done, len(tasks))
    return fits


def _steady(asked: Request, zone: str) -> bool:
    """Return whether no clock change lies in the last nine days or the horizon: candidates count hours, people read clocks."""
    if asked.grid.step != "1h" or asked.horizon > LONGEST["1h"]:
        return True
    slot = clock(asked.grid, zone, -9 * 24, asked.horizon).slot
    return bool(np.all(np.diff(slot) % 168 == 1))


def _fit(task: _Task) -> SeriesFit:
    """Return the fit of one series."""
    time = clock(task.grid, task.zone, -task.values.size, 0)
    planned = planned_days(time.day.astype(np.int64), task.business)
    kept = planned if task.ordinary is None else planned | task.ordinary
    cleaned = clean(task.values, time.slot, kind=task.kind, one_off=task.one_off, ordinary=kept, ceiling=task.ceiling)
    known = cleaned.values[np.isfinite(cleaned.values)]
    if task.kind == "flow" and not known.any():  # a state at zero can still begin to grow
        return SeriesFit(cleaned, None, None, Origins.none(), None)
    flow = _flow(task, cleaned)
    state = fit_state(cleaned.values, task.grid, task.series) if task.kind == "state" else None
    short = fit_short(cleaned.values, task.grid, task.short_horizon) if task.short_horizon else None
    origins = past_origins(flow, task.grid) if short is None else Origins.none()
    return SeriesFit(cleaned, flow, state, origins, short)


def _flow(task: _Task, cleaned: Cleaned) -> FlowFit:
    """Return the fit of a flow; what was measured at a ceiling is first left out, then expected anew from fit to fit."""
    if not 0 < cleaned.saturated.mean() <= MOST_SATURATED:
        return fit_flow(cleaned.values, *task.place)
    fit = fit_flow(np.where(cleaned.saturated, np.nan, cleaned.values), *task.place)
    for _ in range(SATURATED_ROUNDS):
        fit = fit_flow(at_least(cleaned, usual_demand(fit, task.grid, cleaned.values.size)), *task.place)
    return fit


def _peaks(asked: Request, fits: Sequence[SeriesFit]) -> list[PeakLesson | None]:
    """Return what each class of short histories says about its peaks."""
    found: list[PeakLesson | None] = [None] * len(fits)
    for name in dict.fromkeys(asked.groups):
        rows = [row for row, group in enumerate(asked.groups) if group == name and fits[row].flow is not None]
        series = [fits[row].cleaned.values for row in rows]
        if asked.kind == "flow" and rows:
            bound = min(*(asked.ceilings[row] for row in rows), recognised_ceiling(series))
            for row, lesson in zip(rows, peak_lessons(series, asked.grid, asked.horizon, bound), strict=True):
                found[row] = lesson
    return found


def _model(fit: SeriesFit, lesson: Lessons, peak: PeakLesson | None) -> SeriesModel:
    if fit.flow is None:
        return StillModel()
    flow = flow_model(fit.flow, lesson.wander, lesson.slope, lesson.walk_weight)
    if fit.state is not None:
        return StateModel(fit.state, flow, lesson.level_weight)
    return flow if peak is None else PeakedModel(flow, peak)


def _report(fit: SeriesFit, model: SeriesModel, lesson: Lessons, asked: Request) -> Diagnostics:
    return diagnose(fit.cleaned, fit.flow, model, lesson, asked)


def _longest(asked: Request) -> int:
    return max(1, min(max(values.size for values in asked.history) // asked.grid.block, MOST_BLOCKS))
