"""What it costs to serve a load by several queues instead of one."""

from dataclasses import dataclass, replace

from models.odoo_workers.pool import OVERFLOW_LIMIT_PER_HOUR, WorkerPool


@dataclass(frozen=True, slots=True)
class SplittingPrice:
    """Usable load of the same workers and processors, as they are split and as one; requests per second."""

    split: float
    """All replicas behind their balancer."""
    whole: float
    """One replica with all their workers, processors and places of the accept queues."""
    share: float
    """Part of the whole that splitting costs; 0 with one replica."""


def price_of_splitting(
    pool: WorkerPool, percentile: float = 0.95, response_s: float = 0.8, overflow_per_hour: float = OVERFLOW_LIMIT_PER_HOUR
) -> SplittingPrice:
    """Return what the replicas of a pool lose because a request waits at one while another is idle; see `WorkerPool.capacity`.

    The database stays as it is: one for each replica becomes one with the cores of all.
    """
    count = pool.replicas
    cores = pool.database_cores
    if cores is not None and pool.database == "dedicated":
        cores *= count
    whole = replace(
        pool,
        workers=pool.workers * count,
        cores=pool.cores * count,
        quota_cores=None if pool.quota_cores is None else pool.quota_cores * count,
        batch_jobs=pool.batch_jobs * count,
        backlog=None if pool.backlog is None else pool.backlog * count,
        database_cores=cores,
        replicas=1,
    )
    one, all_ = (each.capacity(percentile, response_s, overflow_per_hour) for each in (pool, whole))
    return SplittingPrice(one, all_, max(1 - one / all_, 0.0) if all_ > 0 else 0.0)
