"""Monthly peaks of many groups of tenants at once, for searching: sums path by path and hour by hour, then maxima."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from models.topology.demand import Demand
from models.topology.pool_demand import PoolDemand
from models.topology.resources import Resource

HELD_BYTES = 300_000_000
"""Tables of all tenants kept for the next groups, all resources together."""


@dataclass(frozen=True, slots=True, eq=False)
class Peaks:
    """Demand laid out for adding up groups: moments of a month side by side, so that maxima are one pass."""

    demand: Demand
    """Within the horizon."""
    pools: PoolDemand
    slots: NDArray[np.int64]
    """Shape (moments a month, months): columns of the demand; short months repeat their last."""
    _held: dict[Resource, NDArray[np.float32]] = field(default_factory=dict)

    def forget(self) -> None:
        """Free what can be laid out again."""
        self._held.clear()

    def knows(self, resource: Resource) -> bool:
        """Return whether any data identify the resource."""
        return any(link.resource == resource for link in self.demand.links)

    def monthly(self, resource: Resource, members: NDArray[np.bool_]) -> NDArray[np.float32]:
        """Return the peak of the sum over each group's members in every month, shape (groups, paths, months).

        `members` has shape (groups, tenants). Sums are taken path by path and moment by moment; only then comes the maximum. Like
        `PoolDemand.monthly`, up to the order in which tenants are added.
        """
        used = np.flatnonzero(members.any(axis=0))
        table = self._table(resource, used)
        total = members[:, used].astype(np.float32) @ table.reshape(len(used), -1)
        peaks: NDArray[np.float32] = total.reshape(len(members), *table.shape[1:]).max(axis=1)
        if self.demand.flowing(resource):
            largest = np.where(members, self.pools.largest_of(resource), -1.0).argmax(axis=1)
            own = self.pools.own_peaks(resource, largest)[:, :, : self.demand.months]
            np.maximum(peaks, own, out=peaks)
            alone = members.sum(axis=1) == 1
            peaks[alone] = own[alone]
        return peaks

    def _table(self, resource: Resource, used: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return (tenants, moments a month, paths, months); one moment for what no flow drives."""
        if resource in self._held:
            return self._held[resource] if len(used) == self.demand.tenants else self._held[resource][used]
        moments = len(self.slots) if self.demand.flowing(resource) else 1
        size = self.demand.tenants * self.demand.paths * moments * self.demand.months * 4
        if size > HELD_BYTES:
            return self._laid_out(resource, used)
        while self._held and sum(table.nbytes for table in self._held.values()) + size > HELD_BYTES:
            del self._held[next(iter(self._held))]
        self._held[resource] = self._laid_out(resource, np.arange(self.demand.tenants))
        return self._table(resource, used)

    def _laid_out(self, resource: Resource, tenants: NDArray[np.int64]) -> NDArray[np.float32]:
        values = self.demand.of_tenants(resource, tenants)
        if not self.demand.flowing(resource):
            return values[:, None]
        return np.ascontiguousarray(values[:, :, self.slots].transpose(0, 2, 1, 3))


def peaks_of(pools: PoolDemand) -> Peaks:
    """Return the peaks of a demand within its horizon."""
    cut = pools.demand.until(pools.demand.horizon_months)
    counts = np.bincount(cut.month_of, minlength=cut.months)
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    within = np.minimum(np.arange(counts.max())[:, None], counts[None] - 1)
    return Peaks(cut, pools, starts[None] + within)
