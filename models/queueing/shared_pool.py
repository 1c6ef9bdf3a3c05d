"""Simulation of workers that share cores: tokens, processor sharing, finite room, retries, any stream of arrivals."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from models.queueing.arrays import FloatArray, IntArray, frozen
from models.queueing.simulation import FAST, SLOW, WARM_UP, Simulation

_NextArrival = Callable[[FloatArray, int, FloatArray, IntArray, IntArray], tuple[float, int]]
_Soonest = Callable[[FloatArray, int], int]
_Kernel = Callable[[FloatArray, FloatArray, int, float, int, FloatArray, _NextArrival, _Soonest], FloatArray]

_NOBODY, _FRESH = -2, -1  # where the next arrival comes from, if not from a rank of retries


@dataclass(frozen=True, slots=True)
class SharedPool:
    """Workers that take one customer each and share the cores among the active ones."""

    tokens: int
    """Largest number served at once."""
    cores: float
    """Speed of the whole pool in services' own seconds a second; each customer gets at most 1."""
    room: int | None = None
    """Largest number in the pool, served and waiting; None: no limit."""
    retry_after_s: tuple[float, ...] = ()
    """Seconds until the first, second, … retry of a customer who found no room; after the last it is lost."""

    def __post_init__(self) -> None:
        if self.tokens < 1 or not self.cores > 0:
            raise ValueError(f"tokens={self.tokens!r} must be at least 1 and cores={self.cores!r} above 0")
        if self.room is not None and self.room < self.tokens:
            raise ValueError(f"room={self.room!r} must be at least tokens={self.tokens}, or None")
        if any(not delay > 0 for delay in self.retry_after_s):
            raise ValueError(f"retry_after_s={self.retry_after_s!r} must be above 0 seconds each")


def simulate_pool(pool: SharedPool, arrivals_s: FloatArray, services_s: FloatArray) -> Simulation:
    """Simulate ascending first attempts with unloaded services, both in seconds of one shape; the first tenth warms up.

    Waits run from the first attempt to the start in a worker; services stretch as active customers outnumber the cores.
    """
    times, engine = pool_times(pool, arrivals_s, services_s)
    kept = times[:, int(times.shape[1] * WARM_UP) :]
    accepted = ~np.isnan(kept[0])
    return Simulation(frozen(kept[0][accepted]), frozen(kept[1][accepted]), float(1 - accepted.mean()), engine)


def pool_times(pool: SharedPool, arrivals_s: FloatArray, services_s: FloatArray) -> tuple[FloatArray, str]:
    """Return the waits and responses of all customers in seconds, shape (2, customers), NaN for lost ones, and the engine.

    Arguments as `simulate_pool`; the pool is empty before the first arrival.
    """
    arrivals, services = np.ascontiguousarray(arrivals_s, dtype=float), np.ascontiguousarray(services_s, dtype=float)
    if arrivals.ndim != 1 or arrivals.shape != services.shape or not np.all(np.diff(arrivals) >= 0):
        raise ValueError(f"arrivals_s {arrivals.shape} and services_s {services.shape} must be lists of one length, arrivals ascending")
    kernel, next_arrival, soonest, engine = _kernels()
    room = len(arrivals) + pool.tokens if pool.room is None else pool.room
    delays = np.array(pool.retry_after_s, dtype=float)
    return kernel(arrivals, services, pool.tokens, float(pool.cores), room, delays, next_arrival, soonest), engine


@lru_cache(maxsize=1)
def _kernels() -> tuple[_Kernel, _NextArrival, _Soonest, str]:
    try:
        import numba
    except ImportError:
        return _run, _next_arrival, _soonest, SLOW
    compiled = numba.njit(cache=False, nogil=True)
    return compiled(_run), compiled(_next_arrival), compiled(_soonest), FAST


def _run(
    arrivals: FloatArray,
    services: FloatArray,
    tokens: int,
    cores: float,
    room: int,
    retry_after: FloatArray,
    next_arrival: _NextArrival,
    soonest: _Soonest,
) -> FloatArray:
    """Waits and responses, shape (2, customers), NaN for lost ones.

    Attained service runs in virtual time, at which all active customers progress alike; retries of one rank come in order.
    """
    count, ranks = len(arrivals), len(retry_after)
    times, due = np.full((2, count), np.nan), np.empty((ranks, count))
    active, ends, line = np.empty(tokens, dtype=np.int64), np.empty(tokens), np.empty(count, dtype=np.int64)
    retries, heads, tails = np.empty((ranks, count), dtype=np.int64), np.zeros(ranks, dtype=np.int64), np.zeros(ranks, dtype=np.int64)
    busy = first = last = coming = 0
    now = virtual = 0.0
    while True:
        arrival, source = next_arrival(arrivals, coming, due, heads, tails)
        if source == _NOBODY and not busy:
            return times
        slot = soonest(ends, busy)
        speed = min(1.0, cores / busy) if busy else 1.0
        completion = now + (ends[slot] - virtual) / speed if busy else np.inf
        if completion <= arrival:
            virtual, now = ends[slot], completion
            times[1, active[slot]] = now - arrivals[active[slot]]
            if first < last:
                active[slot], first = line[first], first + 1
                times[0, active[slot]] = now - arrivals[active[slot]]
                ends[slot] = virtual + services[active[slot]]
            else:
                busy -= 1
                active[slot], ends[slot] = active[busy], ends[busy]
            continue
        virtual, now = virtual + (arrival - now) * speed, arrival
        if source == _FRESH:
            who, coming = coming, coming + 1
        else:
            who, heads[source] = retries[source, heads[source]], heads[source] + 1
        if busy < tokens:
            active[busy], ends[busy], busy = who, virtual + services[who], busy + 1
            times[0, who] = now - arrivals[who]
        elif busy + last - first < room:
            line[last], last = who, last + 1
        elif source + 1 < ranks:
            retries[source + 1, tails[source + 1]], due[source + 1, tails[source + 1]] = who, now + retry_after[source + 1]
            tails[source + 1] += 1


def _next_arrival(arrivals: FloatArray, coming: int, due: FloatArray, heads: IntArray, tails: IntArray) -> tuple[float, int]:
    """Time of the next attempt and its source: a fresh customer, a rank of retries, or nobody."""
    arrival, source = np.inf, _NOBODY
    if coming < len(arrivals):
        arrival, source = arrivals[coming], _FRESH
    for rank in range(len(heads)):
        if heads[rank] < tails[rank] and due[rank, heads[rank]] < arrival:
            arrival, source = due[rank, heads[rank]], rank
    return arrival, source


def _soonest(ends: FloatArray, busy: int) -> int:
    """Place of the active customer that ends first."""
    soonest = 0
    for k in range(1, busy):
        if ends[k] < ends[soonest]:
            soonest = k
    return soonest
