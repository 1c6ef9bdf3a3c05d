"""What a pool needs: its tenants' demands added up moment by moment and path by path, always in the same order.

Tenants are added in blocks of neighbours, members in ascending order, block by block. A pool computed afresh and one that a tenant
was moved into go through the same additions, so they agree in every digit; a block whose members stay is not added again.
"""

from collections import OrderedDict
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from models.topology.demand import DRIVERS, FLOWS, STATES, Demand, Link
from models.topology.own_peaks import DriverPeaks, OwnPeaks, own_peaks_of
from models.topology.resources import Driver, Resource

BLOCK = 32
"""Neighbours that are added up together."""
HELD_BYTES = 256_000_000
"""Sums of blocks kept for the next pool; the ones used longest ago go first."""
Group = tuple[int, ...]
Paths = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Levels:
    """A pool's demand in dated columns, for finding when it exceeds a limit."""

    values: Paths
    """Shape (paths, columns)."""
    day_of: NDArray[np.int64]
    """Shape (paths, columns): day since the start of the window."""
    days: NDArray[np.int64]
    """Shape (columns,): days of the month that reach at least as much."""


@dataclass(slots=True, eq=False)
class _Held:
    """Sums kept, bounded by their bytes."""

    sums: OrderedDict[tuple[tuple[Resource, ...], Group], Paths] = field(default_factory=OrderedDict)
    size: int = 0

    def get(self, key: tuple[tuple[Resource, ...], Group]) -> Paths | None:
        """Return a sum if it is kept."""
        found = self.sums.get(key)
        if found is not None:
            self.sums.move_to_end(key)
        return found

    def put(self, key: tuple[tuple[Resource, ...], Group], value: Paths) -> None:
        """Keep a sum."""
        self.sums[key] = value
        self.size += value.nbytes
        while self.size > HELD_BYTES and len(self.sums) > 1:
            self.size -= self.sums.popitem(last=False)[1].nbytes

    def clear(self) -> None:
        """Keep none."""
        self.sums.clear()
        self.size = 0

    def without(self, tenants: frozenset[int]) -> "_Held":
        """Return the sums in which none of the tenants takes part."""
        kept = OrderedDict((key, value) for key, value in self.sums.items() if tenants.isdisjoint(key[1]))
        return _Held(kept, sum(value.nbytes for value in kept.values()))


@dataclass(frozen=True, slots=True, eq=False)
class PoolDemand:
    """Adds up the demand of pools of one estate; keeps the sums of blocks and each tenant's own peaks."""

    demand: Demand
    drivers: DriverPeaks
    _held: _Held = field(default_factory=_Held)
    _own: dict[Resource, OwnPeaks] = field(default_factory=dict)

    def scaled(self, demand: Demand, changed: frozenset[int]) -> "PoolDemand":
        """Return the pools of a demand that takes the same paths and differs for these tenants alone; the rest is not added up again."""
        own = {resource: one.scaled(demand, self.drivers, changed) for resource, one in self._own.items()}
        return PoolDemand(demand, self.drivers, self._held.without(changed), own)

    def forget(self) -> None:
        """Free what can be added up again."""
        self._held.clear()
        self._own.clear()

    def joint(self, resource: Resource, group: Group) -> Paths:
        """Return the group's demand, shape (paths, moments), or (paths, months) if no flow drives it; `group` ascends."""
        together = self._together(resource)
        blocks: dict[int, list[int]] = {}
        for tenant in group:
            blocks.setdefault(tenant // BLOCK, []).append(tenant)
        row = together.index(resource)
        parts = [self._block(together, tuple(members))[row] for _, members in sorted(blocks.items())]
        total: Paths = parts[0].copy()
        for part in parts[1:]:
            total += part
        return total

    def _together(self, resource: Resource) -> tuple[Resource, ...]:
        """Return the resources that are added up in one go: those of its layer that flow, or those that do not."""
        known = sorted({link.resource for link in self.demand.links if link.resource.layer == resource.layer})
        flowing = self.demand.flowing(resource)
        return tuple(one for one in known if self.demand.flowing(one) == flowing)

    def _block(self, resources: tuple[Resource, ...], members: Group) -> Paths:
        """Return the sum over the members of a block, shape (resources, paths, columns)."""
        found = self._held.get((resources, members))
        if found is None:
            columns = self.demand.month_of if self.demand.flowing(resources[0]) else np.arange(self.demand.months)
            found = np.zeros((len(resources), self.demand.paths, len(columns)), np.float32)
            for driver in DRIVERS:
                links = [(row, link) for row, one in enumerate(resources) for link in self.demand.links_of(one) if link.driver == driver]
                if links:
                    self._add(found, driver, links, np.array(members), columns)
            self._held.put((resources, members), found)
        return found

    def _add(
        self, total: Paths, driver: Driver, links: list[tuple[int, Link]], members: NDArray[np.int64], columns: NDArray[np.int64]
    ) -> None:
        """Add what follows one driver: for every path a small matrix product of demand per unit and the driver's values."""
        demand = self.demand
        factors = demand.factors[DRIVERS.index(driver), members]
        used = factors.any(axis=1) & np.any([link.per_unit[demand.source[members]].any(axis=1) for _, link in links], axis=0)
        if not used.any():
            return
        measured = demand.source[members[used]]
        units = np.stack([link.per_unit[measured] for _, link in links]).transpose(2, 0, 1)  # (paths, links, members)
        table = demand.flows[FLOWS.index(driver)] if driver.flow else demand.states[STATES.index(driver)][:, :, : len(columns)]
        values = table[measured]
        if not (factors[used] == 1).all():
            values = values * factors[used][:, None, columns]
        sums = np.matmul(units, values.transpose(1, 0, 2))
        for place, (row, _) in enumerate(links):
            total[row] += sums[:, place]

    def monthly(self, resource: Resource, group: Group) -> Paths:
        """Return the group's peak of every month, shape (paths, months).

        Its largest tenant is also looked at in the hours in which that one peaks, where the others count as nothing: no pool needs
        less than its largest tenant.
        """
        demand = self.demand
        if not demand.flowing(resource):
            return self.joint(resource, group)
        own = self._peaks(resource).of(self._largest(resource, group))
        if len(group) == 1:
            return own if own.shape[1] == demand.months else np.concatenate([own, self._later(resource, group[0], own.shape[1])], axis=1)
        peaks: Paths = np.maximum.reduceat(self.joint(resource, group), self._starts(), axis=1)
        np.maximum(peaks[:, : own.shape[1]], own, out=peaks[:, : own.shape[1]])
        return peaks

    def monthly_each(self, resource: Resource, tenants: NDArray[np.int64]) -> Paths:
        """Return the peak of every month of the horizon of each tenant by itself, shape (tenants, paths, months of the horizon)."""
        if not self.demand.flowing(resource):
            return self.demand.of_tenants(resource, tenants)[:, :, : self.demand.horizon_months]
        return self.own_peaks(resource, tenants)[:, :, : self.demand.horizon_months]

    def _later(self, resource: Resource, tenant: int, months: int) -> Paths:
        """Return a tenant's peaks of the months beyond those with own hours, from the shared moments."""
        first = int(np.searchsorted(self.demand.month_of, months))
        columns = self.demand.month_of[first:]
        total = np.zeros((self.demand.paths, len(columns)), np.float32)
        measured = int(self.demand.source[tenant])
        for link in self.demand.links_of(resource):
            factor = self.demand.factors[DRIVERS.index(link.driver), tenant][columns]
            unit = link.per_unit[measured]
            if unit.any() and factor.any():
                if link.driver.flow:
                    values = self.demand.flows[FLOWS.index(link.driver), measured, :, first:]
                else:
                    values = self.demand.states[STATES.index(link.driver), measured][:, columns]
                total += values * unit[:, None] * factor
        peaks: Paths = np.maximum.reduceat(total, np.flatnonzero(np.diff(columns, prepend=-1)), axis=1)
        return peaks

    def own_peaks(self, resource: Resource, tenants: NDArray[np.int64]) -> Paths:
        """Return tenants' own peaks in the months for which own hours are kept, shape (tenants, paths, months)."""
        return self._peaks(resource).rows(tenants)

    def largest_of(self, resource: Resource) -> NDArray[np.float64]:
        """Return what tells which tenant of a pool is the largest: the median over paths of its highest peak, shape (tenants,)."""
        return self._peaks(resource).ranks()

    def _peaks(self, resource: Resource) -> OwnPeaks:
        if resource not in self._own:
            self._own[resource] = own_peaks_of(self.demand, self.drivers, resource)
        return self._own[resource]

    def _largest(self, resource: Resource, group: Group) -> int:
        if len(group) == 1:
            return group[0]
        rank = self.largest_of(resource)[list(group)]
        return group[int(np.argmax(rank))]

    def levels(self, resource: Resource, group: Group) -> Levels:
        """Return the group's demand in dated columns: shared moments, and its largest tenant's own; a lone tenant's own alone, while kept.

        Months stand for days where no flow drives the resource: `day_of` is then the month, and the caller dates it.
        """
        demand = self.demand
        if not demand.flowing(resource):
            months = np.broadcast_to(np.arange(demand.months), (demand.paths, demand.months))
            return Levels(self.joint(resource, group), months, np.full(demand.months, 3))
        largest = self._largest(resource, group)
        own = demand.own_of(resource, np.array([largest]))[0]
        own_day = demand.own.day_of[demand.source[largest]].astype(np.int64)
        first = int(np.searchsorted(demand.month_of, demand.own.months)) if len(group) == 1 else 0
        return Levels(
            np.concatenate([self.joint(resource, group)[:, first:], own], axis=1),
            np.concatenate([demand.day_of[:, first:].astype(np.int64), own_day], axis=1),
            np.concatenate([np.ones(len(demand.month_of) - first, np.int64), demand.own.days]),
        )

    def _starts(self) -> NDArray[np.int64]:
        return np.flatnonzero(np.diff(self.demand.month_of, prepend=-1))


def pool_demand(demand: Demand) -> PoolDemand:
    """Return the pools of a demand, nothing added up yet."""
    return PoolDemand(demand, DriverPeaks(demand))


def over_paths(values: Paths, share: float) -> NDArray[np.float64]:
    """Return the quantile over paths, linear between the two nearest; `values` (…, paths, n) gives (…, n)."""
    paths = values.shape[-2]
    place = share * (paths - 1)
    low = int(np.floor(place))
    high = min(low + 1, paths - 1)
    ranked = np.partition(np.ascontiguousarray(np.swapaxes(values, -1, -2)), (low, high), axis=-1)
    below, above = ranked[..., low].astype(float), ranked[..., high].astype(float)
    return np.asarray(below + (above - below) * (place - low), float)
