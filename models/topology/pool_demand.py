"""What a pool needs: its tenants' demands added up moment by moment and path by path, always in the same order.

Tenants are added in blocks of neighbours, members in ascending order, block by block. A pool computed afresh and one that a tenant
was moved into go through the same additions, so they agree in every digit; a block whose members stay is not added again.
"""

from collections import OrderedDict
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from models.topology.demand import DRIVERS, FLOWS, STATES, Demand, Link
from models.topology.resources import Resource

BLOCK = 32
"""Neighbours that are added up together."""
HELD_BYTES = 256_000_000
"""Sums of blocks kept for the next pool; the ones used longest ago go first."""
AT_ONCE = 64
"""Tenants whose own hours are looked at together."""
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

    sums: OrderedDict[tuple[Resource, Group], Paths] = field(default_factory=OrderedDict)
    size: int = 0

    def get(self, key: tuple[Resource, Group]) -> Paths | None:
        """Return a sum if it is kept."""
        found = self.sums.get(key)
        if found is not None:
            self.sums.move_to_end(key)
        return found

    def put(self, key: tuple[Resource, Group], value: Paths) -> None:
        """Keep a sum."""
        self.sums[key] = value
        self.size += value.nbytes
        while self.size > HELD_BYTES and len(self.sums) > 1:
            self.size -= self.sums.popitem(last=False)[1].nbytes


@dataclass(frozen=True, slots=True, eq=False)
class PoolDemand:
    """Adds up the demand of pools of one estate; keeps the sums of blocks and each tenant's own peaks."""

    demand: Demand
    _held: _Held = field(default_factory=_Held)
    _own: dict[Resource, Paths] = field(default_factory=dict)
    _rank: dict[Resource, NDArray[np.float64]] = field(default_factory=dict)

    def joint(self, resource: Resource, group: Group) -> Paths:
        """Return the group's demand, shape (paths, moments), or (paths, months) if no flow drives it; `group` ascends."""
        blocks: dict[int, list[int]] = {}
        for tenant in group:
            blocks.setdefault(tenant // BLOCK, []).append(tenant)
        parts = [self._block(resource, tuple(members)) for _, members in sorted(blocks.items())]
        total = parts[0].copy()
        for part in parts[1:]:
            total += part
        return total

    def _block(self, resource: Resource, members: Group) -> Paths:
        found = self._held.get((resource, members))
        if found is None:
            columns = self.demand.month_of if self.demand.flowing(resource) else np.arange(self.demand.months)
            found = np.zeros((self.demand.paths, len(columns)), np.float32)
            for tenant in members:
                for link in self.demand.links_of(resource):
                    self._add(found, link, tenant, columns)
            if len(members) > 1:
                self._held.put((resource, members), found)
        return found

    def _add(self, total: Paths, link: Link, tenant: int, columns: NDArray[np.int64]) -> None:
        demand, measured = self.demand, int(self.demand.source[tenant])
        factor = demand.factors[DRIVERS.index(link.driver), tenant]
        unit = link.per_unit[measured]
        if not unit.any() or not factor.any():
            return
        if link.driver.flow:
            part = demand.flows[FLOWS.index(link.driver), measured] * unit[:, None]
        else:
            part = demand.states[STATES.index(link.driver), measured][:, columns] * unit[:, None]
        total += part if (factor == 1).all() else part * factor[columns]

    def monthly(self, resource: Resource, group: Group) -> Paths:
        """Return the group's peak of every month, shape (paths, months).

        Its largest tenant is also looked at in the hours in which that one peaks, where the others count as nothing: no pool needs
        less than its largest tenant.
        """
        demand = self.demand
        if not demand.flowing(resource):
            return self.joint(resource, group)
        own = self.own_peaks(resource)[self._largest(resource, group)]
        if len(group) == 1:
            return own if own.shape[1] == demand.months else np.concatenate([own, self._later(resource, group[0], own.shape[1])], axis=1)
        peaks: Paths = np.maximum.reduceat(self.joint(resource, group), self._starts(), axis=1)
        np.maximum(peaks[:, : own.shape[1]], own, out=peaks[:, : own.shape[1]])
        return peaks

    def monthly_each(self, resource: Resource, tenants: NDArray[np.int64]) -> Paths:
        """Return the peak of every month of each tenant by itself, shape (tenants, paths, months)."""
        demand = self.demand
        if not demand.flowing(resource):
            return demand.of_tenants(resource, tenants)
        own = self.own_peaks(resource)[tenants]
        if own.shape[2] == demand.months:
            return own
        later = np.stack([self._later(resource, int(tenant), own.shape[2]) for tenant in tenants])
        return np.concatenate([own, later], axis=2)

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

    def own_peaks(self, resource: Resource) -> Paths:
        """Return each tenant's own peak in the months for which own hours are kept, shape (tenants, paths, months)."""
        if resource not in self._own:
            demand = self.demand
            starts = np.flatnonzero(np.diff(demand.own.month_of, prepend=-1))
            peaks = np.empty((demand.tenants, demand.paths, len(starts)), np.float32)
            for first in range(0, demand.tenants, AT_ONCE):
                rows = np.arange(first, min(first + AT_ONCE, demand.tenants))
                peaks[rows] = np.maximum.reduceat(demand.own_of(resource, rows), starts, axis=2)
            self._own[resource] = peaks
        return self._own[resource]

    def largest_of(self, resource: Resource) -> NDArray[np.float64]:
        """Return what tells which tenant of a pool is the largest: the median over paths of its highest peak, shape (tenants,)."""
        if resource not in self._rank:
            peaks = self.own_peaks(resource)[:, :, : self.demand.horizon_months]
            self._rank[resource] = np.median(peaks.max(axis=2), axis=1).astype(float)
        return self._rank[resource]

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


def over_paths(values: Paths, share: float) -> NDArray[np.float64]:
    """Return the quantile over paths, linear between the two nearest; `values` (…, paths, n) gives (…, n)."""
    paths = values.shape[-2]
    place = share * (paths - 1)
    low = int(np.floor(place))
    high = min(low + 1, paths - 1)
    ranked = np.partition(np.ascontiguousarray(np.swapaxes(values, -1, -2)), (low, high), axis=-1)
    below, above = ranked[..., low].astype(float), ranked[..., high].astype(float)
    return np.asarray(below + (above - below) * (place - low), float)
