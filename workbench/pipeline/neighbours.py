"""Noisy neighbours: how likely a shared pool runs over in a month, who makes it so and who suffers."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.topology.demand import Demand
from models.topology.noisy_neighbour import overload
from models.topology.resources import Layer, Resource
from workbench.pipeline.factory import PoolFactory
from workbench.pipeline.plan import Plan
from workbench.pipeline.pools import Pool

LAYERS = (Layer.WORKERS, Layer.DATABASE, Layer.CACHE)
"""Layers in which tenants take from each other."""
AT_ONCE = 32
"""Tenants whose hours are looked at together."""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """One shared pool in the month in which it is likeliest to run over."""

    pool: str
    resource: Resource
    month: int
    """Of the horizon."""
    probability: float
    """That the pool's demand exceeds what it carries at least once in that month, over joint paths."""
    now: float
    """The same in the first month."""
    standard_error: float
    """Of `probability`, over paths."""
    culprits: tuple[tuple[int, float], ...]
    """(tenant, by how much the probability falls when it leaves), the one that helps most first."""
    victims: tuple[tuple[int, float], ...]
    """(tenant, probability that the others alone overload the pool), most users first."""


def neighbours_of(factory: PoolFactory, plan: Plan) -> tuple[Neighbours, ...]:
    """Return every shared production pool with a known limit, the likeliest to run over first."""
    found = []
    for pool in plan.pools:
        if pool.production and len(pool.tenants) > 1 and pool.layer in LAYERS and pool.feasible:
            one = _of_pool(factory, pool)
            if one is not None:
                found.append(one)
    return tuple(sorted(found, key=lambda one: (-one.probability, one.pool)))


def _of_pool(factory: PoolFactory, pool: Pool) -> Neighbours | None:
    """Return the resource and month in which the pool is likeliest to run over; None if no limit is known."""
    best: tuple[float, float, Resource, int] | None = None
    for resource in sorted(pool.planned):
        usable = pool.usable.get(resource)
        if usable is None or not np.isfinite(usable).any() or not _comes_and_goes(factory.sizer.demand, resource):
            continue
        limit = usable - _base(factory, pool, resource)
        peaks = factory.sizer.pools.monthly(resource, pool.tenants)[:, : len(limit)]
        share = np.where(np.isfinite(limit), (peaks > limit).mean(axis=0), 0.0)
        month = int(np.argmax(share))
        if best is None or share[month] > best[0]:
            best = (float(share[month]), float(share[0]), resource, month)
    if best is None:
        return None
    probability, now, resource, month = best
    culprits, victims = _blame(factory, pool, resource, month) if probability > 0 else ((), ())
    error = float(np.sqrt(probability * (1 - probability) / factory.sizer.demand.paths))
    return Neighbours(pool.name, resource, month, probability, now, error, culprits, victims)


def _blame(
    factory: PoolFactory, pool: Pool, resource: Resource, month: int
) -> tuple[tuple[tuple[int, float], ...], tuple[tuple[int, float], ...]]:
    """Return culprits and victims by leaving one out, on the hours that decide for the whole pool."""
    limit = float(pool.usable[resource][month]) - _base(factory, pool, resource)
    found = overload(month_demand(factory.sizer.demand, resource, pool.tenants, month), limit)
    relief = sorted(zip(pool.tenants, found.ever_relief, strict=True), key=lambda one: (-one[1], one[0]))
    users = factory.sizer.rows.users
    suffered = sorted(zip(pool.tenants, found.suffered, strict=True), key=lambda one: (-users[one[0]], one[0]))
    return (
        tuple((tenant, float(fall)) for tenant, fall in relief if fall > 0),
        tuple((tenant, float(chance)) for tenant, chance in suffered if chance > 0),
    )


def month_demand(demand: Demand, resource: Resource, tenants: tuple[int, ...], month: int) -> NDArray[np.float32]:
    """Return the demand of tenants in the hours that decide in one month, shape (tenants, paths, moments)."""
    columns = demand.month_of if demand.flowing(resource) else np.arange(demand.months)
    mine = np.flatnonzero(columns == month)
    cut = demand.until(month + 1)
    parts = [cut.of_tenants(resource, np.array(tenants[first : first + AT_ONCE]))[:, :, mine] for first in range(0, len(tenants), AT_ONCE)]
    return np.concatenate(parts)


def _comes_and_goes(demand: Demand, resource: Resource) -> bool:
    """Return whether one tenant's moment hurts another; what only grows is a matter of exhaustion."""
    return demand.flowing(resource) or resource == Resource.REDIS_MEMORY


def _base(factory: PoolFactory, pool: Pool, resource: Resource) -> float:
    return factory.sizer.base.get(resource, 0.0) if pool.layer == Layer.DATABASE else 0.0
