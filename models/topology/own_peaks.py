"""Each tenant's own peaks, month by month and path by path; factors scale them, so no hour is looked at twice."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from models.topology.demand import DRIVERS, FLOWS, STATES, Demand, Link
from models.topology.resources import Driver, Resource

AT_ONCE = 64
"""Tenants whose own hours are looked at together."""
Paths = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class DriverPeaks:
    """Monthly peaks of the drivers before any factor: the same for all demands that scale the same paths."""

    demand: Demand
    _own: dict[Driver, Paths] = field(default_factory=dict)
    _active: dict[Driver, NDArray[np.bool_]] = field(default_factory=dict)
    _shared: dict[Driver, Paths] = field(default_factory=dict)

    def own(self, driver: Driver) -> Paths:
        """Return each measured tenant's peaks in its own hours, shape (measured tenants, paths, months with own hours)."""
        if driver not in self._own:
            demand = self.demand
            self._own[driver] = (
                np.maximum.reduceat(demand.own.flows[FLOWS.index(driver)], own_starts(demand), axis=2)
                if driver.flow
                else demand.states[STATES.index(driver)][:, :, : demand.own.months]
            )
        return self._own[driver]

    def active(self, driver: Driver) -> NDArray[np.bool_]:
        """Return which measured tenants a driver moves at all, shape (measured tenants,)."""
        if driver not in self._active:
            self._active[driver] = np.asarray(self.own(driver).any(axis=(1, 2)), np.bool_)
        return self._active[driver]

    def shared(self, driver: Driver) -> Paths:
        """Return each measured tenant's peaks of a flow at the shared moments, shape (measured tenants, paths, months of the horizon)."""
        if driver not in self._shared:
            months = self.demand.month_of[: int(np.searchsorted(self.demand.month_of, self.demand.horizon_months))]
            flows = self.demand.flows[FLOWS.index(driver)][:, :, : len(months)]
            self._shared[driver] = np.maximum.reduceat(flows, np.flatnonzero(np.diff(months, prepend=-1)), axis=2)
        return self._shared[driver]


@dataclass(frozen=True, slots=True, eq=False)
class OwnPeaks:
    """Each tenant's own peaks of one resource, computed when they are asked for."""

    demand: Demand
    drivers: DriverPeaks
    resource: Resource
    found: list[Paths | None]
    """By tenant: (paths, months with own hours)."""
    rank: NDArray[np.float64]
    """Shape (tenants,): median over paths of the highest peak of the horizon; NaN: not computed."""

    def scaled(self, demand: Demand, drivers: DriverPeaks, changed: Iterable[int]) -> "OwnPeaks":
        """Return the peaks of a demand that differs for these tenants alone."""
        found, rank = list(self.found), self.rank.copy()
        for tenant in changed:
            found[tenant] = None
            rank[tenant] = np.nan
        return OwnPeaks(demand, drivers, self.resource, found, rank)

    def of(self, tenant: int) -> Paths:
        """Return the peaks of one tenant, shape (paths, months with own hours)."""
        known = self.found[tenant]
        return self.rows(np.array([tenant]))[0] if known is None else known

    def rows(self, tenants: NDArray[np.int64]) -> Paths:
        """Return the peaks of tenants, shape (tenants, paths, months with own hours)."""
        wanted = tenants.tolist()
        fresh = np.array(sorted({one for one in wanted if self.found[one] is None}), np.int64)
        if len(fresh):
            for tenant, peaks in zip(fresh.tolist(), self._computed(fresh), strict=True):
                self.found[tenant] = peaks
        return np.stack([peaks for one in wanted if (peaks := self.found[one]) is not None])

    def ranks(self) -> NDArray[np.float64]:
        """Return what tells which tenant of a pool is the largest, shape (tenants,)."""
        fresh = np.flatnonzero(np.isnan(self.rank))
        for first in range(0, len(fresh), AT_ONCE):
            part = fresh[first : first + AT_ONCE]
            highest = self.rows(part)[:, :, : self.demand.horizon_months].max(axis=2)
            self.rank[part] = np.median(highest, axis=1)
        return self.rank

    def _computed(self, tenants: NDArray[np.int64]) -> Paths:
        demand, links = self.demand, self.demand.links_of(self.resource)
        measured = demand.source[tenants]
        peaks = np.zeros((len(tenants), demand.paths, demand.own.months), np.float32)
        uses = [self._uses(link, tenants) for link in links]
        several = np.sum(uses, axis=0) > 1
        for link, used in zip(links, uses, strict=True):
            rows = np.flatnonzero(used & ~several)
            if len(rows):
                factor = demand.factors[DRIVERS.index(link.driver), tenants[rows], : demand.own.months]
                unit = link.per_unit[measured[rows]]
                peaks[rows] = self.drivers.own(link.driver)[measured[rows]] * unit[:, :, None] * factor[:, None, :]
        mixed = np.flatnonzero(several)
        for first in range(0, len(mixed), AT_ONCE):
            rows = mixed[first : first + AT_ONCE]
            peaks[rows] = np.maximum.reduceat(demand.own_of(self.resource, tenants[rows]), own_starts(demand), axis=2)
        return peaks

    def _uses(self, link: Link, tenants: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return which of the tenants a link gives any demand at all."""
        measured = self.demand.source[tenants]
        active = self.drivers.active(link.driver)[measured] & link.per_unit[measured].any(axis=1)
        return np.asarray(active & self.demand.factors[DRIVERS.index(link.driver), tenants].any(axis=1), np.bool_)


def own_peaks_of(demand: Demand, drivers: DriverPeaks, resource: Resource) -> OwnPeaks:
    """Return the own peaks of a resource, none of them computed yet."""
    return OwnPeaks(demand, drivers, resource, [None] * demand.tenants, np.full(demand.tenants, np.nan))


def own_starts(demand: Demand) -> NDArray[np.int64]:
    """Return the first of each month's own columns."""
    return np.flatnonzero(np.diff(demand.own.month_of, prepend=-1))
