"""How often a request meets a worker that does not hold its tenant: the price of sharing workers.

A worker keeps the registries of the tenants it served last; a tenant it has forgotten is loaded again.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.odoo_workers.classes import RequestClass
from models.odoo_workers.memory import WorkerMemory

REGISTRY_VIRTUAL_BYTES = 15 * 2**20
"""Odoo sizes its list of registries as `limit_memory_soft` over this (odoo/modules/registry.py, 18.0, read 2026)."""
_HALVINGS = 80
_ENDLESS_S = 1e300


@dataclass(frozen=True, slots=True, eq=False)
class ColdShare:
    """Which requests find their tenant's registry missing."""

    share: NDArray[np.float64]
    """Shape (tenants,): share of each tenant's requests that load it first."""
    mean_share: float
    """Share over all requests."""
    registries_per_worker: float
    """Mean registries a worker holds: what its memory is sized for."""


def registries_held(memory: WorkerMemory, soft_limit_bytes: float) -> int:
    """Return how many registries one worker can hold, at least one: the smaller of Odoo's own list and of what its memory allows."""
    by_list = int(soft_limit_bytes // REGISTRY_VIRTUAL_BYTES)
    if memory.registry_bytes <= 0:
        return max(by_list, 1)
    by_memory = int((soft_limit_bytes - memory.worker_bytes) // memory.registry_bytes)
    return max(min(by_list, by_memory), 1)


def cold_share(rate_per_s: NDArray[np.float64], workers: int, registries: int, requests_per_recycle: float = math.inf) -> ColdShare:
    """Return the cold share of tenants that share `workers` workers over all replicas.

    Each worker sees every tenant at its rate divided by the workers and keeps the `registries` used last; the time one
    survives follows from Che, Tung and Wang (2002). After each recycle every active tenant misses once more in that worker.

    Parameters
    ----------
    rate_per_s
        Shape (tenants,): requests per second of each.
    workers, registries
        Workers of the pool, and registries one of them holds.
    requests_per_recycle
        Requests a worker serves before it is replaced (`limit_request`, memory); infinite: never.

    Raises
    ------
    ValueError
        If a rate is negative or missing, or a count is below 1.

    """
    rates = np.asarray(rate_per_s, float)
    if rates.ndim != 1 or not np.isfinite(rates).all() or (rates < 0).any():
        raise ValueError("rate_per_s holds missing or negative rates: give one finite rate of at least 0 for each tenant")
    if workers < 1 or registries < 1 or not requests_per_recycle >= 1:
        raise ValueError(
            f"{workers} workers, {registries} registries, {requests_per_recycle} requests per recycle: give at least 1 of each"
        )
    seen = rates / workers
    forgotten = np.exp(-seen * _survival_s(seen, registries))
    total = float(seen.sum())
    life = requests_per_recycle / total if total > 0 else math.inf
    share = forgotten + (1 - forgotten) * _first_after_recycle(seen, life)
    share.flags.writeable = False
    mean = float(share @ seen) / total if total > 0 else 0.0
    return ColdShare(share, mean, float((1 - forgotten).sum()))


def _first_after_recycle(seen: NDArray[np.float64], life_s: float) -> NDArray[np.float64]:
    """Return the share of a tenant's requests in a worker's life that are its first there."""
    if life_s == math.inf:
        return np.zeros_like(seen)
    expected = np.maximum(seen * life_s, 1e-12)
    return np.asarray(-np.expm1(-expected) / expected)


def _survival_s(seen: NDArray[np.float64], registries: int) -> float:
    """Return the seconds a registry stays without being used; endless in effect when all fit."""
    if int((seen > 0).sum()) <= registries:
        return _ENDLESS_S
    low, high = math.log(1e-9), math.log(1e15)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if float(-np.expm1(-seen * math.exp(middle)).sum()) < registries:
            low = middle
        else:
            high = middle
    return math.exp(high)


def with_cold_requests(kinds: tuple[RequestClass, ...], mean_share: float, cold_s: float) -> tuple[RequestClass, ...]:
    """Return the kinds with the loading of registries as one more: warm demands, and `cold_s` CPU seconds on top for some.

    A cold request is an average warm one that loads its tenant first.
    """
    if not 0 <= mean_share < 1 or not cold_s >= 0:
        raise ValueError(f"mean_share {mean_share} and cold_s {cold_s}: give a share from 0 to below 1 and seconds of at least 0")
    if mean_share == 0:
        return kinds
    warm = tuple(RequestClass(k.name, k.share * (1 - mean_share), k.cpu_s, k.database_s, k.io_reads, k.delay_s, k.scv) for k in kinds)
    cpu, database, reads, delay = (
        sum(k.share * getattr(k, name) for k in kinds) for name in ("cpu_s", "database_s", "io_reads", "delay_s")
    )
    return (*warm, RequestClass("cold", mean_share, cpu + cold_s, database, reads, delay, 0.25))
