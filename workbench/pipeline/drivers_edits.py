"""What changes to drivers do to demand: factors by tenant and month, never another path."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from models.topology.demand import DRIVERS, FLOWS, STATES, Demand
from models.topology.resources import Driver
from workbench.pipeline.calendar_months import Window
from workbench.pipeline.drivers import STORED, BusinessDrivers
from workbench.study.edits import ChangeGrowth, DemandEdit, Jump, ScaleDriver, ScaleGrowth, SetWorkingDays
from workbench.study.estate import Study

Factors = NDArray[np.float64]

WORKING_SHARE = 0.5
"""A weekday counts as a working day when its mean reaches this share of the busiest one's."""
MONTHS_PER_YEAR = 12
USERS_DRIVE = (Driver.REQUESTS, Driver.SESSIONS)
"""What the users of a plant's list drive where nobody counts them: one for one, which is a belief."""


@dataclass(frozen=True, slots=True, eq=False)
class DriverEdits:
    """Applies changes to the factors of one estate."""

    base: Demand
    study: Study
    names: tuple[str, ...]
    """Tenants of the estate."""
    source: NDArray[np.int64]
    """Shape (tenants,): the measured tenant that each takes its paths from."""
    window: Window
    business: BusinessDrivers
    _trend: dict[Driver, Factors] = field(default_factory=dict)

    def factors(self, edits: Sequence[DemandEdit]) -> Factors:
        """Return what the edits multiply demand by, shape (drivers, tenants, months); their order changes no digit."""
        rate = np.ones((len(DRIVERS), len(self.names), self.base.months))
        level = np.ones_like(rate)
        for edit in sorted(edits, key=repr):
            rows = np.array([i for i, name in enumerate(self.names) if self.meant(edit, name)], np.int64)
            months = self._months(edit)
            for driver in Driver:
                target = (level if _sets_level(edit, driver) else rate)[DRIVERS.index(driver)]
                target[np.ix_(rows, months)] *= self._factor(edit, driver, rows, months)
        return level * self._piled_up(rate)

    def exponent(self, name: str, driver: Driver, row: int) -> float:
        """Return by which power of a driver's factor a technical driver of a tenant moves; 0: not at all."""
        if name == driver.value:
            return 1.0
        if name in {one.value for one in Driver}:
            return 0.0
        if name in self.business.drives.get(driver, ()):
            return self.business.elasticity(name, driver, int(self.source[row]))
        counted = any(name == spec.name for spec in self.study.drivers)
        return 1.0 if not counted and driver in USERS_DRIVE else 0.0

    def meant(self, edit: DemandEdit, name: str) -> bool:
        """Return whether an edit is meant for a tenant."""
        if edit.environment is not None:
            return self.study.tenant(name).environment == edit.environment
        return edit.tenant in (None, name)

    def _months(self, edit: DemandEdit) -> NDArray[np.int64]:
        start = 0 if edit.start is None else max(self.window.month_index(edit.start), 0)
        end = None if isinstance(edit, ChangeGrowth | ScaleGrowth) else edit.end
        last = self.base.months - 1 if end is None else self.window.month_index(end)
        return np.arange(start, min(last, self.base.months - 1) + 1)

    def _factor(self, edit: DemandEdit, driver: Driver, rows: NDArray[np.int64], months: NDArray[np.int64]) -> Factors:
        """Return the factor of a change on one technical driver, shape (rows, months)."""
        since = np.arange(len(months))
        match edit:
            case ScaleDriver():
                power = self._powers(edit.driver, driver, rows)
                return np.repeat(edit.factor**power, len(months), axis=1)
            case Jump():
                return np.full((len(rows), len(months)), edit.factor)
            case ChangeGrowth():
                return np.asarray((1 + edit.per_month) ** (self._powers(edit.driver, driver, rows) * since))
            case ScaleGrowth():
                power = self._powers(edit.driver, driver, rows)
                if driver in STORED:
                    return np.repeat(1 + (edit.times - 1) * power, len(months), axis=1)
                return np.asarray(np.exp((edit.times - 1) * power * self._slope(driver)[rows] * since))
            case SetWorkingDays():
                return np.repeat(self._week(edit, driver, rows), len(months), axis=1)

    def _powers(self, name: str | None, driver: Driver, rows: NDArray[np.int64]) -> Factors:
        powers = [1.0 if name is None else self.exponent(name, driver, int(row)) for row in rows]
        return np.array(powers, float).reshape(-1, 1)

    def _week(self, edit: SetWorkingDays, driver: Driver, rows: NDArray[np.int64]) -> Factors:
        """Return the factor of another number of working days, shape (rows, 1): a day's work stays, or a week's."""
        share = np.array([edit.days / self.working_days(int(self.source[row])) for row in rows]).reshape(-1, 1)
        if edit.keeping == "week":
            return np.ones_like(share) if driver in STORED else 1 / share
        return share if driver in STORED else np.ones_like(share)

    def working_days(self, measured: int) -> int:
        """Return on how many days of the week a measured tenant works."""
        daily = self.business.technical[Driver.REQUESTS][measured]
        whole = daily[daily.size % 7 :].reshape(-1, 7) if daily.size >= 7 else np.full((1, 7), np.nan)
        known = np.isfinite(whole)
        mean = np.divide(np.nansum(whole, axis=0), known.sum(axis=0), out=np.full(7, np.nan), where=known.any(axis=0))
        if not np.nanmax(np.nan_to_num(mean)) > 0:
            return 5
        return int(np.sum(mean >= WORKING_SHARE * np.nanmax(mean)))

    def _slope(self, driver: Driver) -> Factors:
        """Return each tenant's forecast log growth a month, shape (tenants, 1): a line through the median monthly peaks.

        With more than a year the same months of two years are compared, so that the season is no growth.
        """
        if driver not in self._trend:
            logs = np.log(np.maximum(self._monthly(driver), 1e-30))[self.source]
            months = logs.shape[1]
            if months > MONTHS_PER_YEAR:
                slope = np.median(logs[:, MONTHS_PER_YEAR:] - logs[:, :-MONTHS_PER_YEAR], axis=1) / MONTHS_PER_YEAR
            else:
                centred = np.arange(months) - (months - 1) / 2
                slope = logs @ centred / max(float(centred @ centred), 1.0)
            self._trend[driver] = slope[:, None]
        return self._trend[driver]

    def _monthly(self, driver: Driver) -> Factors:
        """Return the middle of a driver's monthly peaks over paths, shape (measured tenants, months)."""
        if not driver.flow:
            return np.asarray(self.base.states[STATES.index(driver)].mean(axis=1, dtype=np.float64))
        starts = np.searchsorted(self.base.month_of, np.arange(self.base.months))
        peaks = np.maximum.reduceat(self.base.flows[FLOWS.index(driver)], starts, axis=2)
        return np.asarray(np.median(peaks, axis=1), float)

    def _piled_up(self, rate: Factors) -> Factors:
        """Return the factors with those of what is stored taken as factors on what is added: what is there stays there."""
        factors = rate.copy()
        for driver in STORED:
            added = rate[DRIVERS.index(driver)]
            if (added == 1).all():
                continue
            size = self._monthly(driver)[self.source]
            grown = size[:, :1] + np.cumsum(np.diff(size, axis=1, prepend=size[:, :1]) * added, axis=1)
            factors[DRIVERS.index(driver)] = np.divide(np.maximum(grown, 0.0), size, out=np.ones_like(size), where=size > 0)
        return factors


def _sets_level(edit: DemandEdit, driver: Driver) -> bool:
    """Return whether an edit names what is stored itself, and not what adds to it."""
    return isinstance(edit, ScaleDriver) and driver in STORED and edit.driver == driver.value
