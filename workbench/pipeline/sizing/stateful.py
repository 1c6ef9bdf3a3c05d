"""Size database servers and caches: one primary, standbys by the loss to survive, and the volume under a database."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from models.queueing import erlang_c
from models.topology.resources import Layer, Resource
from workbench.pipeline.sizing.needs import Needs
from workbench.pipeline.sizing.options import Machines, Rates
from workbench.pipeline.sizing.sized import SizedRows

GIB = float(2**30)
SLOWDOWN = 1.25
"""A query may take this many times its unloaded time when the database's processors are shared at the planned peak; a belief."""
STORAGE_RESERVE = 0.15
"""Share of a volume kept for WAL, temporary files and bloat between vacuums; a belief."""
CACHE_MEMORY_RESERVE = 0.25
"""Share of a cache machine's memory that fork copy-on-write, client buffers and the system take; Redis' documentation advises a
spare of up to the data set for write-heavy use, sessions are light."""
CONNECTION_BYTES = 10e6
"""Memory of one PostgreSQL backend beside the shared buffers; a belief."""
SMALLEST_GIB = 4.0
"""A database's volume is never bought smaller than this."""
IOPS_STEP = 100.0
MBPS_STEP = 10.0
REGION = 3


@dataclass(frozen=True, slots=True)
class Volume:
    """A metered volume: prices a month of one copy, and its limits (NaN: unknown)."""

    offer_id: str
    per_gib: float
    per_iops: float
    per_mbps: float
    free_iops: float
    free_mbps: float
    most_iops: float
    most_mbps: float
    most_gib: float
    iops_per_gib: float
    """Most operations per second that each GiB allows; NaN: not stated."""


def volume(rates: Rates, offer_id: str) -> Volume:
    """Return a metered volume of the price book."""
    offer = rates.book.offer(offer_id, rates.region)
    iops, throughput, storage = (offer.limit(name) for name in ("postgres_iops", "postgres_throughput", "storage"))
    return Volume(
        offer_id,
        rates.unit(offer_id, "GiB-month"),
        rates.unit(offer_id, "IOPS-month"),
        rates.unit(offer_id, "MBps-month"),
        rates.included(offer_id, "IOPS-month"),
        rates.included(offer_id, "MBps-month"),
        float("nan") if iops is None else float(iops),
        float("nan") if throughput is None else float(throughput) / 1e6,
        float("nan") if storage is None else float(storage) / GIB,
        float(offer.number("iops_per_gib") or "nan"),
    )


@lru_cache(maxsize=4096)
def processor_load(cores: float) -> float:
    """Return the largest mean busy processors at which sharing slows a query by no more than SLOWDOWN (M/M/c, processor sharing).

    Mean slowdown of processor sharing on c processors equals that of M/M/c: 1 + C(c, a) / (c - a) (Kleinrock 1976, chapter 4).
    """
    low, high = 0.0, cores
    whole = max(int(np.floor(cores)), 1)
    for _ in range(50):
        middle = (low + high) / 2
        slowdown = 1 + float(erlang_c(offered_load=middle * whole / cores, servers=whole)) / (whole - middle * whole / cores)
        low, high = (middle, high) if slowdown <= SLOWDOWN else (low, middle)
    return low


def size_databases(needs: Needs, machines: Machines, disk: Volume, pinned: int | None = None) -> SizedRows:
    """Return the cheapest machine that carries each step, with volume and standbys; volumes never shrink.

    Memory is chosen so that a stored byte keeps the cache it has today; that is a rule of buying, not a limit that a server runs into,
    so no headroom is stated for it.
    """
    amounts = {r: needs.amount(r) for r in _DATABASE}
    fits, checked = _fits(needs, machines, amounts)
    if pinned is not None:
        fits[np.arange(len(machines.offers)) != pinned] = False
    offer, feasible = _cheapest(fits, machines)
    copies = np.where(needs.survives == 0, 1, np.where(needs.survives == REGION, 3, 2))[:, None]
    amount = _volume(needs, amounts, disk)
    feasible &= _volume_fits(amount, disk)
    metered = _volume_price(amount, disk)
    monthly = copies * (machines.monthly[offer] * needs.awake_share[:, None] + metered)
    usable: dict[Resource, NDArray[np.float64]] = {
        resource: limit[offer] for resource, limit in checked.items() if resource is not Resource.DATABASE_MEMORY
    }
    usable[Resource.STORAGE] = amount["volume_gib"] * GIB * (1 - STORAGE_RESERVE)
    usable[Resource.POSTGRES_IOPS] = np.fmin(amount["iops"], machines.iops[offer])
    usable[Resource.POSTGRES_THROUGHPUT] = np.fmin(amount["mbps"] * 1e6, machines.throughput[offer])
    return SizedRows(
        layer=Layer.DATABASE,
        steps=needs.steps,
        offer=offer,
        count=np.ones(offer.shape, np.int64),
        standby=np.broadcast_to(copies - 1, offer.shape).copy(),
        quantity=amount,
        workers=np.zeros(needs.rows, np.int64),
        usable=usable,
        usable_after_loss=usable,
        monthly=monthly,
        feasible=feasible,
    )


_DATABASE = (
    Resource.DATABASE_CPU,
    Resource.DATABASE_MEMORY,
    Resource.POSTGRES_IOPS,
    Resource.POSTGRES_THROUGHPUT,
    Resource.CONNECTIONS,
    Resource.STORAGE,
)


def _fits(
    needs: Needs, machines: Machines, amounts: Mapping[Resource, NDArray[np.float64] | None]
) -> tuple[NDArray[np.bool_], dict[Resource, NDArray[np.float64]]]:
    """Return whether each machine carries each row and step, (options, rows, steps), and the machines' usable capacities."""
    connections = amounts[Resource.CONNECTIONS]
    held = 0.0 if connections is None else connections * CONNECTION_BYTES
    usable = {
        Resource.DATABASE_CPU: np.array([processor_load(float(cores)) for cores in machines.cores]),
        Resource.DATABASE_MEMORY: machines.memory_bytes,
    }
    caps = {Resource.POSTGRES_IOPS: machines.iops, Resource.POSTGRES_THROUGHPUT: machines.throughput}
    fits = np.ones((len(machines.offers), needs.rows, needs.steps.count), bool)
    for resource, limit in {**usable, **caps}.items():
        wanted = amounts[resource]
        if wanted is not None:
            total = wanted + (held if resource is Resource.DATABASE_MEMORY else 0.0)
            room = limit[:, None, None] * (1 - needs.headroom[None, :, None])
            fits &= np.isnan(room) | (total[None] <= room)
    return fits, {resource: limit for resource, limit in usable.items() if amounts[resource] is not None}


def _cheapest(fits: NDArray[np.bool_], machines: Machines) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the first (cheapest) option that fits, (rows, steps), and whether each row has one at every step."""
    priced = fits & np.isfinite(machines.monthly)[:, None, None]
    found: NDArray[np.bool_] = np.asarray(priced.any(axis=0))
    return np.where(found, np.argmax(priced, axis=0), max(len(machines.offers) - 1, 0)), np.asarray(found.all(axis=1))


def _volume(needs: Needs, amounts: Mapping[Resource, NDArray[np.float64] | None], disk: Volume) -> dict[str, NDArray[np.float64]]:
    free = 1 - needs.headroom[:, None]
    storage, iops, throughput = (amounts[r] for r in (Resource.STORAGE, Resource.POSTGRES_IOPS, Resource.POSTGRES_THROUGHPUT))
    shape = (needs.rows, needs.steps.count)
    gib = np.ceil((np.zeros(shape) if storage is None else storage) / GIB / (1 - STORAGE_RESERVE) / free)
    operations = np.zeros(shape) if iops is None else np.ceil(iops / free / IOPS_STEP) * IOPS_STEP
    mbps = np.zeros(shape) if throughput is None else np.ceil(throughput / 1e6 / free / MBPS_STEP) * MBPS_STEP
    for_iops = np.nan_to_num(np.ceil(operations / disk.iops_per_gib))
    grown = {
        "volume_gib": np.maximum(np.maximum(gib, for_iops), SMALLEST_GIB),
        "iops": np.maximum(operations, disk.free_iops),
        "mbps": np.maximum(mbps, disk.free_mbps),
    }
    return {name: np.maximum.accumulate(values, axis=1) for name, values in grown.items()}


def _volume_fits(amount: Mapping[str, NDArray[np.float64]], disk: Volume) -> NDArray[np.bool_]:
    limits = {"volume_gib": disk.most_gib, "iops": disk.most_iops, "mbps": disk.most_mbps}
    fits: NDArray[np.bool_] = np.all([np.isnan(most) | (amount[name] <= most).all(axis=1) for name, most in limits.items()], axis=0)
    return fits


def _volume_price(amount: Mapping[str, NDArray[np.float64]], disk: Volume) -> NDArray[np.float64]:
    extra_iops, extra_mbps = np.maximum(amount["iops"] - disk.free_iops, 0.0), np.maximum(amount["mbps"] - disk.free_mbps, 0.0)
    price: NDArray[np.float64] = amount["volume_gib"] * disk.per_gib + extra_iops * disk.per_iops + extra_mbps * disk.per_mbps
    return price


def size_caches(needs: Needs, machines: Machines, pinned: int | None = None) -> SizedRows:
    """Return the cheapest machine that holds each step's keys, with a replica where a loss must be survived."""
    wanted = needs.amount(Resource.REDIS_MEMORY)
    shape = (needs.rows, needs.steps.count)
    needed = np.zeros(shape) if wanted is None else wanted
    usable = machines.memory_bytes * (1 - CACHE_MEMORY_RESERVE)
    fits = needed[None] <= usable[:, None, None] * (1 - needs.headroom[None, :, None])
    if pinned is not None:
        fits[np.arange(len(machines.offers)) != pinned] = False
    offer, feasible = _cheapest(fits, machines)
    copies = np.where(needs.survives == 0, 1, np.where(needs.survives == REGION, 3, 2))[:, None]
    held = {} if wanted is None else {Resource.REDIS_MEMORY: usable[offer]}
    return SizedRows(
        layer=Layer.CACHE,
        steps=needs.steps,
        offer=offer,
        count=np.ones(shape, np.int64),
        standby=np.broadcast_to(copies - 1, shape).copy(),
        quantity={},
        workers=np.zeros(needs.rows, np.int64),
        usable=held,
        usable_after_loss=held,
        monthly=copies * machines.monthly[offer] * needs.awake_share[:, None],
        feasible=feasible,
    )
