"""A factory for other edits takes over what they do not touch: sums of demand, plans, sized pools."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.topology.demand import Demand
from models.topology.pool_demand import PoolDemand, pool_demand
from workbench.pipeline.calendar_months import Window
from workbench.pipeline.estate_rows import scaled_rows
from workbench.pipeline.factory import PoolFactory
from workbench.pipeline.sizer import Sizer
from workbench.study.edits import Adjustments
from workbench.study.estate import Study

FactoryKey = tuple[Study, Adjustments]


@dataclass(frozen=True, slots=True, eq=False)
class _Near:
    """A factory that sizes the same paths."""

    factory: PoolFactory
    changed: NDArray[np.int64]
    """Tenants whose demand differs."""
    same_rules: bool
    """Whether nothing but demand differs."""


def factory_key(study: Study, adjustments: Adjustments) -> FactoryKey:
    """Return what sized pools depend on: partitions, and sizes set by hand, are asked for pool by pool."""
    return replace(study, topologies=(), scenarios=()), replace(adjustments, partition_edits=(), pinned={}, workers={}, replicas={})


def factory_for(
    key: FactoryKey,
    demand: Demand,
    window: Window,
    known: Sequence[tuple[FactoryKey, PoolFactory]],
    make_sizer: Callable[[PoolDemand], Sizer],
) -> PoolFactory:
    """Return a factory for a demand, with what the known ones have in common with it; digit by digit like one made afresh."""
    near = _nearest(key, demand, window, known)
    if near is None:
        return PoolFactory(make_sizer(pool_demand(demand)), window)
    older = near.factory.sizer
    pools = older.pools.scaled(demand, frozenset(near.changed.tolist()))
    if near.same_rules:
        return near.factory.scaled(older.scaled(pools, scaled_rows(older.rows, pools, near.changed)), near.changed)
    sizer = make_sizer(pools)
    same_plans = sizer.steps == older.steps and np.array_equal(sizer.rows.plan_at, older.rows.plan_at)
    return near.factory.replanned(sizer, near.changed) if same_plans else PoolFactory(sizer, window)


def _nearest(key: FactoryKey, demand: Demand, window: Window, known: Sequence[tuple[FactoryKey, PoolFactory]]) -> _Near | None:
    found = []
    for (study, adjustments), factory in known:
        changed = demand.changed_from(factory.sizer.demand)
        if changed is not None and factory.window == window:
            same = _rules(adjustments) == _rules(key[1]) and study == key[0]
            found.append(_Near(factory, np.flatnonzero(changed), same))
    return min(found, key=lambda one: (not one.same_rules, len(one.changed)), default=None)


def _rules(adjustments: Adjustments) -> Adjustments:
    """Return the adjustments without those that change demand alone."""
    return replace(adjustments, driver_factors=(), cache_bytes={}, ttl_s={})
