"""Joint draws of a fitted pool: path k of a study carries draw k."""

from dataclasses import replace

import numpy as np

from models.odoo_workers.classes import RequestClass
from models.odoo_workers.fit import LEAST_SHARE, PoolFit
from models.odoo_workers.pool import WorkerPool


def draw_pools(fit: PoolFit, count: int, seed: int) -> tuple[WorkerPool, ...]:
    """Return `count` pools drawn from the joint error of unloaded time and CPU share; the same seed gives the same pools.

    Draws are normal with the covariance of the fit, cut at what is possible. Draw k does not depend on `count`.

    Raises
    ------
    ValueError
        If `count` is below 1.

    """
    if count < 1:
        raise ValueError(f"count is {count}: draw at least one pool")
    (variance, joint), (_, share_variance) = fit.covariance
    unloaded, share = fit.unloaded_s.mid, fit.cpu_s.mid / fit.unloaded_s.mid
    slope = joint / variance if variance > 0 else 0.0
    rest = np.sqrt(max(share_variance - slope * joint, 0.0))
    pools = []
    for draw in range(count):
        first, second = np.random.Generator(np.random.Philox(key=seed, counter=[0, 0, 0, draw])).standard_normal(2)
        moved = np.sqrt(variance) * first
        drawn = min(max(share + slope * moved + rest * second, LEAST_SHARE), 1.0)
        pools.append(_with(fit.pool, max(unloaded + moved, unloaded / 4) / unloaded, drawn / share))
    return tuple(pools)


def _with(pool: WorkerPool, longer: float, busier: float) -> WorkerPool:
    return replace(pool, classes=tuple(_scaled(pool, kind, longer, busier) for kind in pool.classes))


def _scaled(pool: WorkerPool, kind: RequestClass, longer: float, busier: float) -> RequestClass:
    total = kind.unloaded_s(pool.read_s) * longer
    cpu = kind.cpu_s * longer * busier
    database = kind.database_s * longer * (busier if pool.database == "same_host" else 1.0)
    return replace(kind, cpu_s=min(cpu, total), database_s=min(database, total - min(cpu, total)), delay_s=max(total - cpu - database, 0.0))
