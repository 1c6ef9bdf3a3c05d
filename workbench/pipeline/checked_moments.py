"""Whether the hours that demand keeps decide: sized pools against every hour of their paths."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.topology.demand import DRIVERS, FLOWS
from models.topology.pool_demand import Group, over_paths
from models.topology.resources import Resource
from workbench.pipeline.calendar_months import Window
from workbench.pipeline.factory import PoolFactory
from workbench.pipeline.growth import Growth
from workbench.pipeline.moments import TOLERANCE
from workbench.pipeline.monthly import by_month
from workbench.pipeline.plan import Plan

CHECKED = (Resource.WORKER_TIME, Resource.CPU, Resource.DATABASE_CPU, Resource.POSTGRES_IOPS, Resource.POSTGRES_THROUGHPUT)
"""Resources that peak within a day and decide what is bought."""


@dataclass(frozen=True, slots=True)
class Shortfall:
    """How far a pool's planned peak at the kept hours lies below that over all hours."""

    topology: str
    pool: str
    resource: Resource
    month: int
    share: float
    """Share of the true peak that is missed; 0 = nothing."""


@dataclass(frozen=True, slots=True)
class Shortfalls:
    """What was found, largest first."""

    found: tuple[Shortfall, ...]

    @property
    def largest(self) -> float:
        """The largest share of a true peak that is missed."""
        return max((one.share for one in self.found), default=0.0)

    def warnings(self) -> tuple[str, ...]:
        """Return a sentence for every pool that misses more than the tolerance."""
        worst: dict[str, Shortfall] = {}
        for one in self.found:
            if one.share > TOLERANCE:
                worst.setdefault(one.pool, one)
        return tuple(
            f"planned {one.resource.value} of {one.topology}'s {pool} is up to {one.share:.1%} below what every hour of its paths asks"
            for pool, one in worst.items()
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    topology: str
    pool: str
    resource: Resource
    group: Group
    level: float


def checked_months(window: Window) -> tuple[int, ...]:
    """Return the months whose hours are looked at: the first, the middle and the last of the horizon."""
    last = window.horizon_months - 1
    return tuple(sorted({0, last // 2, last}))


def moment_shortfalls(factory: PoolFactory, growth: Growth, plans: Sequence[Plan]) -> tuple[Shortfall, ...]:
    """Return what every production pool's peak is short of, largest first; hours are streamed once for all pools, on all paths.

    Three months of the horizon are read; pools of equal members and resource are read once.
    """
    asked = _asked(factory, plans)
    if not asked:
        return ()
    window, flows = factory.window, growth.of(flows=True)
    found = []
    for month in checked_months(window):
        bounds = [window.month_hours(month)]
        hours = [next(by_month(part.forecast, bounds, 24)) for part in flows]
        drivers = np.zeros((len(FLOWS), len(factory.sizer.demand.flows[0]), *hours[0].shape[1:]), np.float32)
        for part, paths in zip(flows, hours, strict=True):
            drivers[FLOWS.index(part.driver), list(part.rows)] = paths
        found += [Shortfall(one.topology, one.pool, one.resource, month, _short(factory, one, drivers, month)) for one in asked]
    return tuple(sorted(found, key=lambda one: (-one.share, one.topology, one.pool, one.resource, one.month)))


def _asked(factory: PoolFactory, plans: Sequence[Plan]) -> list[_Asked]:
    demand = factory.sizer.demand
    found: dict[tuple[Resource, Group], _Asked] = {}
    known = {link.resource for link in demand.links}
    for plan in plans:
        for pool in plan.pools:
            for resource in pool.planned if pool.production else ():
                if resource in CHECKED and resource in known and demand.flowing(resource):
                    level = float(factory.sizer.rows.plan_at[list(pool.tenants)].max())
                    found.setdefault((resource, pool.tenants), _Asked(plan.name, pool.name, resource, pool.tenants, level))
    return list(found.values())


def _short(factory: PoolFactory, one: _Asked, drivers: NDArray[np.float32], month: int) -> float:
    demand = factory.sizer.demand
    total: NDArray[np.float32] | None = None
    for tenant in one.group:
        measured = int(demand.source[tenant])
        for link in demand.links_of(one.resource):
            factor = np.float32(demand.factors[DRIVERS.index(link.driver), tenant, month])
            if not link.driver.flow or not factor or not link.per_unit[measured].any():
                continue
            part = drivers[FLOWS.index(link.driver), measured] * (link.per_unit[measured] * factor)[:, None]
            total = part if total is None else np.add(total, part, out=total)
    if total is None:
        return 0.0
    true = float(over_paths(total.max(axis=1)[:, None], one.level)[0])
    kept = float(over_paths(factory.sizer.pools.monthly(one.resource, one.group)[:, month : month + 1], one.level)[0])
    return max(1 - kept / true, 0.0) if true > 0 else 0.0
