"""Joint sample paths of every driver, from models.growth."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.growth import BusinessCalendar, Forecast, forecast
from models.topology.resources import Driver
from workbench.pipeline.calendar_months import Window, midnight_ms
from workbench.pipeline.drivers_basis import GrowthBasis
from workbench.pipeline.labels import business_calendar, left_out, ordinary
from workbench.pipeline.observed import Observed
from workbench.pipeline.workloads import Workloads
from workbench.study.estate import Study

PATHS = 200
"""Joint sample paths; enough for a 95 % quantile good to about 1.5 percentage points."""
STATE_SERIES = {Driver.SESSIONS: "session_keys", Driver.STORED_BYTES: "database_bytes", Driver.FILES_BYTES: "filestore_bytes"}

HOURLY_SERIES = {Driver.REQUESTS: "requests", Driver.BATCH: "app_cpu_seconds"}
"""Series of history that the hourly drivers are measured by."""
CLASSES = ("production", "other")
KIND = {Driver.SESSIONS: "flow", Driver.STORED_BYTES: "state", Driver.FILES_BYTES: "state"}
"""Sessions expire: their number is creation rate × residence, so a surge passes and does not add up; stored bytes add up."""


@dataclass(frozen=True, slots=True, eq=False)
class Grown:
    """The forecast of one driver for one class of tenants; classes teach each other nothing, but share the dates of their paths."""

    driver: Driver
    rows: tuple[int, ...]
    """Tenants with data, in the order of the forecast's rows."""
    forecast: Forecast


@dataclass(frozen=True, slots=True, eq=False)
class Growth:
    """Forecasts of all drivers of all tenants with data."""

    parts: tuple[Grown, ...]
    bases: tuple[GrowthBasis, ...] = ()
    """On what the growth of each series of each tenant rests, in the order of the parts."""

    def of(self, *, flows: bool) -> tuple[Grown, ...]:
        """Return the hourly forecasts of flows, or the daily ones of states."""
        return tuple(part for part in self.parts if part.driver.flow == flows)


@dataclass(frozen=True, slots=True, eq=False)
class GrowthInput:
    """What one forecast is made from: a driver of the tenants of one class."""

    driver: Driver
    tenant_class: str
    """production or other."""
    series: str
    """Series of history behind it."""
    rows: tuple[int, ...]
    """Tenants with data."""
    history: tuple[NDArray[np.float64], ...]
    """(steps,) each, right-aligned at `end`."""
    step: str
    kind: str
    end: np.datetime64
    zones: tuple[str, ...] | None
    calendar: tuple[BusinessCalendar | str | None, ...] | None
    one_off: tuple[NDArray[np.bool_] | None, ...]
    """(steps,) each: what labels keep out of the fit."""
    ordinary: tuple[NDArray[np.bool_] | None, ...]
    """(steps,) each: what labels call demand, whatever it looks like."""


def growth_inputs(study: Study, observed: Observed, workloads: Workloads, window: Window) -> tuple[GrowthInput, ...]:
    """Return what every driver's forecast is made from, labels of the study included."""
    parts: list[GrowthInput] = []
    for name in CLASSES:
        rows = tuple(row for row, tenant in enumerate(observed.tenants) if _class(study, tenant) == name)
        batch = tuple(row for row in rows if np.nansum(workloads.batch[row]) > 0)
        for driver, members, values in ((Driver.REQUESTS, rows, observed.series["requests"]), (Driver.BATCH, batch, workloads.batch)):
            if members:
                parts.append(_hourly(study, observed, window, (driver, name, values, members)))
        for driver, series in STATE_SERIES.items():
            levels = observed.series.get(series)
            known = tuple(row for row in rows if levels is not None and np.isfinite(levels[row]).any())
            if levels is not None and known:
                parts.append(_daily(study, observed, window, (driver, name, levels, known)))
    return tuple(parts)


def grow(study: Study, observed: Observed, workloads: Workloads, window: Window) -> Growth:
    """Forecast every driver to the end of the window, as joint paths with shared dates."""
    hours = window.month_hours(window.months - 1)[1]
    parts = []
    for one in growth_inputs(study, observed, workloads, window):
        found = forecast(
            one.history,
            horizon=hours if one.step == "1h" else hours // 24,
            step=one.step,
            paths=PATHS,
            seed=study.seed,
            end=one.end,
            zones=one.zones,
            calendar=one.calendar,
            kind=one.kind,
            one_off=one.one_off,
            ordinary=one.ordinary,
        )
        parts.append(Grown(one.driver, one.rows, found))
    return Growth(tuple(parts))


def _end(observed: Observed) -> np.datetime64:
    return np.datetime64(midnight_ms(observed.as_of), "ms")


_Chosen = tuple[Driver, str, NDArray[np.float64], tuple[int, ...]]


def _hourly(study: Study, observed: Observed, window: Window, chosen: _Chosen) -> GrowthInput:
    # Hours of labels are those of history: batch work was split from the same hours.
    driver, tenant_class, values, rows = chosen
    series = HOURLY_SERIES[driver]
    names = [observed.tenants[row] for row in rows]
    return GrowthInput(
        driver=driver,
        tenant_class=tenant_class,
        series=series,
        rows=rows,
        history=tuple(_without_restarts(values[row], observed.restarted[row]) for row in rows),
        step="1h",
        kind="flow",
        end=_end(observed),
        zones=tuple(study.tenant(name).calendar.zone for name in names),
        calendar=tuple(business_calendar(study, name, window, observed) for name in names),
        one_off=tuple(left_out(study, observed, name, series, shutdowns=False) for name in names),
        ordinary=tuple(ordinary(study, observed, name, series) for name in names),
    )


def _daily(study: Study, observed: Observed, window: Window, chosen: _Chosen) -> GrowthInput:
    driver, tenant_class, values, rows = chosen
    series = STATE_SERIES[driver]
    names = [observed.tenants[row] for row in rows]
    marks = [left_out(study, observed, name, series, shutdowns=KIND[driver] == "flow") for name in names]
    kept = [ordinary(study, observed, name, series) for name in names]
    return GrowthInput(
        driver=driver,
        tenant_class=tenant_class,
        series=series,
        rows=rows,
        history=tuple(_daily_max(values[row]) for row in rows),
        step="1d",
        kind=KIND[driver],
        end=_end(observed),
        zones=None,
        calendar=tuple(business_calendar(study, name, window, observed) for name in names) if KIND[driver] == "flow" else None,
        one_off=tuple(None if mark is None else _any_of_day(mark) for mark in marks),
        ordinary=tuple(None if mark is None else _any_of_day(mark) for mark in kept),
    )


def _without_restarts(hours: NDArray[np.float64], restarted: tuple[int, ...]) -> NDArray[np.float64]:
    """Return hours with those unknown of which only a lower bound was counted: a restart is no drop in demand."""
    if not restarted:
        return hours
    known = hours.copy()
    known[list(restarted)] = np.nan
    return known


def _any_of_day(hours: NDArray[np.bool_]) -> NDArray[np.bool_]:
    return np.asarray(hours[len(hours) % 24 :].reshape(-1, 24).any(axis=1), np.bool_)


def _class(study: Study, tenant: str) -> str:
    """Return the class in which tenants teach each other growth: production and the rest behave differently."""
    return "production" if study.tenant(tenant).production else "other"


def _daily_max(hours: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the largest value of each whole UTC day, right-aligned; NaN where nothing was seen."""
    whole = hours[len(hours) % 24 :].reshape(-1, 24)
    seen = np.isfinite(whole).any(axis=1)
    return np.where(seen, np.max(np.where(np.isfinite(whole), whole, -np.inf), axis=1), np.nan)
