"""How many workers the memory of a machine carries."""

import math
from dataclasses import dataclass

from models.topology.resources import Resource
from models.topology.verdict import Reason, ReasonCode

_QUANTILE_99 = 2.3263478740408408
"""99 % quantile of the standard normal law."""


@dataclass(frozen=True, slots=True)
class WorkerMemory:
    """Proportional set size of the processes of one replica, bytes."""

    base_bytes: float
    """Master, gevent and cron processes together."""
    worker_bytes: float
    """One HTTP worker without any registry."""
    registry_bytes: float
    """What a worker adds for each tenant it has served since it started."""
    worker_spread_bytes: float = 0.0
    """Standard deviation between workers (reports, exports)."""
    soft_limit_bytes: float = math.inf
    """`limit_memory_soft`: a worker beyond it is recycled between requests. It compares virtual size, so it bounds PSS from above."""


@dataclass(frozen=True, slots=True)
class MemoryFit:
    """How many workers fit, and what that needs."""

    workers: int
    """Largest number of workers whose memory fits; 0 when even one does not."""
    needed_bytes: float
    """99th percentile of the sum over all processes with that many workers."""
    reasons: tuple[Reason, ...]
    """What bounds the number."""


def needed_bytes(memory: WorkerMemory, workers: int, tenants_per_worker: float) -> float:
    """Return the 99th percentile of the summed memory of one replica, bytes.

    `tenants_per_worker` is the number of registries a worker holds. Workers are taken as independent, so the sum spreads
    with the square root of their number; a quantile of each worker is never added up.
    """
    if workers < 0 or tenants_per_worker < 0:
        raise ValueError(f"{workers} workers with {tenants_per_worker} tenants each: give numbers of at least 0")
    one = min(memory.worker_bytes + memory.registry_bytes * tenants_per_worker, memory.soft_limit_bytes)
    return memory.base_bytes + workers * one + _QUANTILE_99 * memory.worker_spread_bytes * math.sqrt(workers)


def workers_that_fit(memory: WorkerMemory, available_bytes: float, tenants_per_worker: float, reserve_bytes: float = 0.0) -> MemoryFit:
    """Return how many workers a machine with `available_bytes` carries after `reserve_bytes` for the rest of it.

    Memory is a hard limit: the first process beyond it fails, so nothing is averaged.
    """
    if available_bytes < 0 or reserve_bytes < 0:
        raise ValueError(f"available_bytes {available_bytes} and reserve_bytes {reserve_bytes} must be at least 0")
    free = available_bytes - reserve_bytes
    least = min(memory.worker_bytes + memory.registry_bytes * tenants_per_worker, memory.soft_limit_bytes)
    if least <= 0:
        raise ValueError("a worker of 0 bytes fits any number of times: give worker_bytes above 0")
    workers = max(int((free - memory.base_bytes) / least) + 1, 0)
    while workers > 0 and needed_bytes(memory, workers, tenants_per_worker) > free:
        workers -= 1
    needed = needed_bytes(memory, workers, tenants_per_worker)
    code = ReasonCode.BINDING if workers else ReasonCode.TOO_SMALL
    figures = {"needed_bytes": needed, "free_bytes": free, "worker_bytes": least, "tenants_per_worker": tenants_per_worker}
    return MemoryFit(workers, needed, (Reason(code, Resource.MEMORY, figures=figures),))
