"""How fast a worker pool answers in its busiest hour, and how many requests of a month miss the objective."""

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from models.odoo_workers import WorkerPool
from models.topology.resources import Layer, Resource
from models.topology.verdict import Reason
from workbench.pipeline.factory import PoolFactory
from workbench.pipeline.plan import Plan
from workbench.pipeline.pools import Pool
from workbench.pipeline.sharing import members_of
from workbench.pipeline.show_parts import machine_of
from workbench.pipeline.sizing.options import cores
from workbench.pipeline.worker_servers import database_of, server_of

CURVE_POINTS = 12
"""Points of the load-duration curve: enough for the share of late requests, which comes from the top of it."""


@dataclass(frozen=True, slots=True)
class Performance:
    """Response of one pool."""

    pool: str
    response_p95_s: float
    """95 % quantile in the busiest hour at the planned percentile, all alive; infinite when unstable."""
    over_objective: float
    """Share of the requests of the tightest month that miss the strictest objective in the pool."""
    utilization: float
    """Mean share of busy workers in that hour."""
    overflow_in_an_hour: float = 0.0
    """Probability that the accept queue of any replica overflows in that hour; beyond it a pool may not recover by itself."""
    reasons: tuple[Reason, ...] = ()
    """What the model says of that hour: unstable, metastable, what is not checked, what is assumed."""


def performance_of(factory: PoolFactory, plan: Plan, load_curve: NDArray[np.float64]) -> tuple[Performance, ...]:
    """Return the performance of every production worker pool; `load_curve` is (tenants, hours): recent requests per second."""
    databases = {tenant: pool for pool in plan.of_layer(Layer.DATABASE) for tenant in pool.tenants}
    found = []
    for pool in plan.pools:
        if pool.production and pool.workers > 0 and pool.feasible:
            beside = {databases[tenant].name: databases[tenant] for tenant in pool.tenants if tenant in databases}
            compute = partial(pool_performance, factory, plan, pool, load_curve)
            found.append(factory.of_pool("performance", pool, compute, beside=tuple(beside.values())))
    return tuple(found)


def pool_performance(factory: PoolFactory, plan: Plan, pool: Pool, load_curve: NDArray[np.float64]) -> Performance:
    """Return the performance of one worker pool in the month in which it is tightest."""
    sizer = factory.sizer
    month = pool.tightest()[2]
    law = sizer.rows.law(pool.tenants)
    each = cores(sizer.book.offer(machine_of(pool, month), sizer.rates.region))
    replicas = max(pool.replicas[month], 1)
    server = server_of(law, database_of(factory, plan, pool, month), pool.workers, each, replicas)
    rate = float(pool.planned[Resource.WORKER_TIME][month]) / law.service_s
    within = float(sizer.rows.smallest(sizer.rows.within_s, members_of([pool.tenants], len(sizer.rows.names)))[0])
    busiest = server.at(rate)
    late = _late(server, rate, _curve(load_curve, pool.tenants), within)
    return Performance(pool.name, busiest.response_quantile(0.95), late, busiest.utilization, busiest.overflow_in_an_hour, busiest.reasons)


def _curve(load_curve: NDArray[np.float64], tenants: tuple[int, ...]) -> NDArray[np.float64]:
    """Return hourly loads of the group over their largest, with NaN hours left out; one point if nothing is known."""
    total = load_curve[list(tenants)].sum(axis=0)
    known = total[np.isfinite(total)]
    return known / known.max() if known.size and known.max() > 0 else np.ones(1)


def _late(server: WorkerPool, peak_rate: float, curve: NDArray[np.float64], within_s: float) -> float:
    """Return the share of requests late over the hours of a month, on quantile points of the load-duration curve."""
    points = np.quantile(curve, (np.arange(CURVE_POINTS) + 0.5) / CURVE_POINTS)
    points = np.append(points, 1.0)
    weight = np.append(points[:-1], 1.0 / max(len(curve), 1) * CURVE_POINTS)
    late = np.array([1 - server.at(peak_rate * float(point)).answered_within(within_s) if point > 0 else 0.0 for point in points])
    return float(np.clip((weight * late).sum() / max(weight.sum(), 1e-30), 0.0, 1.0))
