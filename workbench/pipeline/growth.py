"""Joint sample paths of every driver, from models.growth."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.growth import Forecast, forecast
from models.topology.resources import Driver
from workbench.pipeline.calendar_months import Window, midnight_ms
from workbench.pipeline.observed import Observed
from workbench.pipeline.workloads import Workloads
from workbench.study.estate import Study

PATHS = 200
"""Joint sample paths; enough for a 95 % quantile good to about 1.5 percentage points."""
STATE_SERIES = {Driver.SESSIONS: "session_keys", Driver.STORED_BYTES: "database_bytes", Driver.FILES_BYTES: "filestore_bytes"}


@dataclass(frozen=True, slots=True, eq=False)
class Growth:
    """Forecasts of all drivers of all tenants with data."""

    flows: Forecast
    """Hourly: requests of every tenant, then batch of those in `batch_rows`."""
    batch_rows: tuple[int, ...]
    """Tenants with batch work."""
    states: dict[Driver, Forecast]
    """Daily maxima."""
    state_rows: dict[Driver, tuple[int, ...]]
    """Tenants with a history of each state."""


def grow(study: Study, observed: Observed, workloads: Workloads, window: Window) -> Growth:
    """Forecast every driver to the end of the window, as joint paths with shared dates."""
    zones = {tenant.name: tenant.calendar.zone for tenant in study.tenants}
    end = np.datetime64(midnight_ms(observed.as_of), "ms")
    hours = window.month_hours(window.months - 1)[1]
    batch_rows = tuple(int(i) for i in range(len(observed.tenants)) if np.nansum(workloads.batch[i]) > 0)
    rows = [*observed.series["requests"], *workloads.batch[list(batch_rows)]]
    names = [*observed.tenants, *(observed.tenants[i] for i in batch_rows)]
    flows = forecast(
        rows, horizon=hours, step="1h", paths=PATHS, seed=study.seed, end=end, zones=[zones[name] for name in names], kind="flow"
    )
    states, state_rows = {}, {}
    for driver, series in STATE_SERIES.items():
        values = observed.series.get(series)
        known = () if values is None else tuple(int(i) for i in np.flatnonzero(np.isfinite(values).any(axis=1)))
        state_rows[driver] = known
        if values is not None and known:
            daily = [_daily_max(values[i]) for i in known]
            states[driver] = forecast(daily, horizon=hours // 24, step="1d", paths=PATHS, seed=study.seed, end=end, kind="state")
    return Growth(flows, batch_rows, states, state_rows)


def _daily_max(hours: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the largest value of each whole UTC day, right-aligned; NaN where nothing was seen."""
    whole = hours[len(hours) % 24 :].reshape(-1, 24)
    seen = np.isfinite(whole).any(axis=1)
    return np.where(seen, np.max(np.where(np.isfinite(whole), whole, -np.inf), axis=1), np.nan)
