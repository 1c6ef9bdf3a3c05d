"""Business drivers of a study: daily counts of years, and how the technical series follow them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from models.topology.resources import Driver
from models.workload.elasticity import Elasticity, demand_per_unit, fit_elasticity
from workbench.history import History
from workbench.pipeline.calendar_months import MS_PER_DAY, midnight_ms
from workbench.pipeline.observed import Observed
from workbench.pipeline.workloads import Workloads
from workbench.study.estate import Study

PREFIX = "driver@"
LEAST_DAYS = 90
"""A business series shorter than this tells no growth that a technical one does not."""
WHOLE_DAY_HOURS = 12
"""Known hours from which a day's mean is taken."""
SECONDS_PER_DAY = 86_400.0
SERIES = {
    Driver.REQUESTS: "requests",
    Driver.SESSIONS: "session_keys",
    Driver.STORED_BYTES: "database_bytes",
    Driver.FILES_BYTES: "filestore_bytes",
}
STORED = (Driver.STORED_BYTES, Driver.FILES_BYTES)
"""What piles up: it grows by what its drivers add a day."""


@dataclass(frozen=True, slots=True, eq=False)
class Tie:
    """How one technical series of a tenant follows business drivers."""

    drivers: tuple[str, ...]
    elasticity: Elasticity
    per_unit: tuple[tuple[float, float], ...]
    """For each driver: series per unit (requests per order) and relative standard error; NaN where too few days are common."""
    span_days: int
    """Length of the shortest of the drivers' histories."""


@dataclass(frozen=True, slots=True, eq=False)
class BusinessDrivers:
    """Daily counts of every business driver, a row a tenant with data."""

    daily: Mapping[str, NDArray[np.float64]]
    """Driver to (tenants, days) that end at `as_of`; NaN missing."""
    drives: Mapping[Driver, tuple[str, ...]]
    """Technical series to the business drivers that it follows."""
    technical: Mapping[Driver, NDArray[np.float64]]
    """Technical series to daily means (tenants, days) that end at `as_of`; NaN missing."""
    _ties: dict[tuple[Driver, int], Tie | None] = field(default_factory=dict)

    def known(self, driver: Driver, tenant: int) -> tuple[str, ...]:
        """Return the business drivers of a series that have history for a tenant."""
        return tuple(name for name in self.drives.get(driver, ()) if self.span(name, tenant) >= LEAST_DAYS)

    def span(self, name: str, tenant: int) -> int:
        """Return the days from a driver's first to its last count of a tenant; 0 without any."""
        values = self.daily.get(name)
        return 0 if values is None else span_of(values[tenant])

    def tie(self, driver: Driver, tenant: int) -> Tie | None:
        """Return how a series of a tenant follows its drivers; None when none of them has history."""
        if (driver, tenant) not in self._ties:
            self._ties[driver, tenant] = self._tie(driver, tenant)
        return self._ties[driver, tenant]

    def _tie(self, driver: Driver, tenant: int) -> Tie | None:
        names = self.known(driver, tenant)
        if not names:
            return None
        counts = np.stack([self.daily[name][tenant] for name in names])
        if driver in STORED or driver not in self.technical:
            # A level that piles up says nothing of its day: what is added a day is taken to follow the counts.
            own = np.full(counts.shape[1], np.nan)
        else:
            own = _aligned(self.technical[driver][tenant], counts.shape[1])
        seconds = SECONDS_PER_DAY if driver.flow else 1.0
        per_unit = tuple(demand_per_unit(own * seconds, one) for one in counts)
        return Tie(names, fit_elasticity(own, counts), per_unit, min(self.span(name, tenant) for name in names))

    def elasticity(self, name: str, driver: Driver, tenant: int) -> float:
        """Return by how many per cent a series moves for one per cent of a business driver."""
        tie = self.tie(driver, tenant)
        if tie is not None and name in tie.drivers:
            return float(tie.elasticity.mean[tie.drivers.index(name)])
        return 1.0 / max(len(self.drives.get(driver, ())), 1)


def span_of(values: NDArray[np.float64]) -> int:
    """Return the number of days or hours from the first to the last known value."""
    seen = np.flatnonzero(np.isfinite(values))
    return int(seen[-1] - seen[0]) + 1 if seen.size else 0


def weekly_level(days: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the daily mean of whole weeks (weeks,), right-aligned; a week of which some days are unknown is completed by its others.

    Weekdays are not alike: known days stand for their usual share of a week, and for nothing when that is less than half.
    """
    whole = days[days.size % 7 :].reshape(-1, 7)
    known = np.isfinite(whole)
    usual = np.divide(np.nansum(whole, axis=0), known.sum(axis=0), out=np.zeros(7), where=known.any(axis=0))
    share = known @ usual / usual.sum() if usual.any() else known.mean(axis=1)
    level: NDArray[np.float64] = np.divide(np.nansum(whole, axis=1) / 7, share, out=np.full(len(whole), np.nan), where=share >= 0.5)
    return level


def ties_of(study: Study) -> dict[Driver, tuple[str, ...]]:
    """Return the business drivers that each technical series follows; what stores follows orders where no rows are counted."""
    found = {target: tuple(spec.name for spec in study.drivers if target in spec.drives) for target in Driver}
    for target in STORED:
        if not found[target]:
            found[target] = tuple(spec.name for spec in study.drivers if Driver.BATCH in spec.drives)
    return {target: names for target, names in found.items() if names}


def read_drivers(study: Study, history: History, observed: Observed, workloads: Workloads) -> BusinessDrivers:
    """Return the business drivers of a study up to its `as_of`."""
    stored = set(history.series())
    daily = {spec.name: _counts(history, PREFIX + spec.name, observed) for spec in study.drivers if PREFIX + spec.name in stored}
    technical = {driver: _daily_mean(observed.series[name]) for driver, name in SERIES.items() if name in observed.series}
    technical[Driver.BATCH] = _daily_mean(workloads.batch)
    return BusinessDrivers(daily, ties_of(study), technical)


def _counts(history: History, series: str, observed: Observed) -> NDArray[np.float64]:
    """Return (tenants, days) of a count of days that ends at `as_of`; days nobody counted are NaN."""
    end_ms = midnight_ms(observed.as_of)
    rows = history.rows(series, None, end_ms - 1)
    day = (end_ms - rows["time"].to_numpy()) // MS_PER_DAY
    days = int(day.max()) if day.size else 0
    found = np.full((len(observed.tenants), days), np.nan)
    place = {name: row for row, name in enumerate(observed.tenants)}
    runs = rows["tenant"].rle().struct.unnest()
    row = np.repeat(np.array([place.get(name, -1) for name in runs["value"].to_list()], np.int64), runs["len"].to_numpy())
    known = (row >= 0) & (day >= 1)
    found[row[known], days - day[known]] = rows["value"].to_numpy()[known]
    return found


def _daily_mean(hours: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return means of UTC days (tenants, days), right-aligned; NaN where fewer than half of the hours are known."""
    whole = hours[:, hours.shape[1] % 24 :].reshape(len(hours), -1, 24)
    known = np.isfinite(whole).sum(axis=2)
    total = np.nansum(whole, axis=2)
    means: NDArray[np.float64] = np.divide(total, known, out=np.full(known.shape, np.nan), where=known >= WHOLE_DAY_HOURS)
    return means


def _aligned(values: NDArray[np.float64], days: int) -> NDArray[np.float64]:
    """Return the last days of a series; NaN before it began."""
    kept = values[-days:]
    return np.concatenate([np.full(days - kept.size, np.nan), kept])
