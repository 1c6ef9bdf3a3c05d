"""Joint sample paths of every driver, from models.growth."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.growth import Forecast, forecast
from models.topology.resources import Driver
from workbench.pipeline.calendar_months import Window, midnight_ms
from workbench.pipeline.drivers_basis import GrowthBasis
from workbench.pipeline.observed import Observed
from workbench.pipeline.workloads import Workloads
from workbench.study.estate import Study

PATHS = 200
"""Joint sample paths; enough for a 95 % quantile good to about 1.5 percentage points."""
STATE_SERIES = {Driver.SESSIONS: "session_keys", Driver.STORED_BYTES: "database_bytes", Driver.FILES_BYTES: "filestore_bytes"}

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


def grow(study: Study, observed: Observed, workloads: Workloads, window: Window) -> Growth:
    """Forecast every driver to the end of the window, as joint paths with shared dates."""
    parts: list[Grown] = []
    hours = window.month_hours(window.months - 1)[1]
    for name in ("production", "other"):
        rows = tuple(row for row, tenant in enumerate(observed.tenants) if _class(study, tenant) == name)
        batch = tuple(row for row in rows if np.nansum(workloads.batch[row]) > 0)
        for driver, members, values in ((Driver.REQUESTS, rows, observed.series["requests"]), (Driver.BATCH, batch, workloads.batch)):
            if members:
                parts.append(Grown(driver, members, _hourly(study, observed, values, members, hours)))
        for driver, series in STATE_SERIES.items():
            levels = observed.series.get(series)
            known = tuple(row for row in rows if levels is not None and np.isfinite(levels[row]).any())
            if levels is not None and known:
                parts.append(Grown(driver, known, _daily(study, observed, levels, known, hours // 24, KIND[driver])))
    return Growth(tuple(parts))


def _end(observed: Observed) -> np.datetime64:
    return np.datetime64(midnight_ms(observed.as_of), "ms")


def _hourly(study: Study, observed: Observed, values: NDArray[np.float64], rows: tuple[int, ...], hours: int) -> Forecast:
    calendars = [study.tenant(observed.tenants[row]).calendar for row in rows]
    zones = [calendar.zone for calendar in calendars]
    return forecast(
        [values[row] for row in rows],
        horizon=hours,
        step="1h",
        paths=PATHS,
        seed=study.seed,
        end=_end(observed),
        zones=zones,
        calendar=[calendar.holidays for calendar in calendars],
        kind="flow",
    )


def _daily(study: Study, observed: Observed, values: NDArray[np.float64], rows: tuple[int, ...], days: int, kind: str) -> Forecast:
    history = [_daily_max(values[row]) for row in rows]
    return forecast(history, horizon=days, step="1d", paths=PATHS, seed=study.seed, end=_end(observed), kind=kind)


def _class(study: Study, tenant: str) -> str:
    """Return the class in which tenants teach each other growth: production and the rest behave differently."""
    return "production" if study.tenant(tenant).production else "other"


def _daily_max(hours: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the largest value of each whole UTC day, right-aligned; NaN where nothing was seen."""
    whole = hours[len(hours) % 24 :].reshape(-1, 24)
    seen = np.isfinite(whole).any(axis=1)
    return np.where(seen, np.max(np.where(np.isfinite(whole), whole, -np.inf), axis=1), np.nan)
