"""Simulation of a queue: the oracle that shares no formula with the solvers."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, overload

import numpy as np

from models.queueing.arrays import FloatArray, frozen
from models.queueing.laws import Law, balanced_hyperexponential, two_moment_law

if TYPE_CHECKING:
    from models.queueing.multiserver import MultiServerQueue

WARM_UP = 0.1
"""Share of the customers left out at the start."""
SLOW = "numba is not installed: the same digits from the slower Python loop; install capacity-workbench[fast]"
"""Engine of a run without the compiler."""
FAST = "numba"
"""Engine of a compiled run."""

_BATCHES = 20

_Kernel = Callable[[FloatArray, FloatArray, int, int], FloatArray]


@dataclass(frozen=True, slots=True, eq=False)
class Simulation:
    """Waits and responses of simulated arrivals after the warm-up, with standard errors by batch means."""

    waits_s: FloatArray
    """Wait of each accepted arrival in seconds, in order of arrival, shape (customers,)."""
    responses_s: FloatArray
    """Wait plus service of each accepted arrival in seconds, shape (customers,)."""
    loss_probability: float
    """Share of arrivals that found no room."""
    engine: str
    """What ran the loop; says so when it was the slow path."""

    @property
    def mean_wait(self) -> float:
        """Mean wait in seconds."""
        return float(self.waits_s.mean())

    @property
    def mean_wait_error(self) -> float:
        """Standard error of the mean wait in seconds."""
        return _standard_error(np.array([batch.mean() for batch in _batches(self.waits_s)]))

    @property
    def wait_probability(self) -> float:
        """Share of arrivals that wait."""
        return float((self.waits_s > 0).mean())

    @property
    def mean_response(self) -> float:
        """Mean of wait and service in seconds."""
        return float(self.responses_s.mean())

    @property
    def mean_response_error(self) -> float:
        """Standard error of the mean response in seconds."""
        return _standard_error(np.array([batch.mean() for batch in _batches(self.responses_s)]))

    @overload
    def wait_quantile(self, p: float) -> float: ...
    @overload
    def wait_quantile(self, p: FloatArray) -> FloatArray: ...
    def wait_quantile(self, p: float | FloatArray) -> float | FloatArray:
        """Return the p-quantile of the wait in seconds."""
        return _quantile(self.waits_s, p)

    @overload
    def response_quantile(self, p: float) -> float: ...
    @overload
    def response_quantile(self, p: FloatArray) -> FloatArray: ...
    def response_quantile(self, p: float | FloatArray) -> float | FloatArray:
        """Return the p-quantile of wait plus service in seconds."""
        return _quantile(self.responses_s, p)

    def wait_quantile_error(self, p: float) -> float:
        """Return the standard error of the p-quantile of the wait in seconds."""
        return _standard_error(np.array([np.quantile(batch, p) for batch in _batches(self.waits_s)]))

    def response_quantile_error(self, p: float) -> float:
        """Return the standard error of the p-quantile of wait plus service in seconds."""
        return _standard_error(np.array([np.quantile(batch, p) for batch in _batches(self.responses_s)]))


def simulate(queue: MultiServerQueue, *, customers: int = 1_000_000, seed: int = 1) -> Simulation:
    """Simulate that many arrivals one by one (Kiefer & Wolfowitz 1955) and return what they met; the first tenth warms up.

    The same seed gives the same digits, with and without numba. ValueError below 200 customers or without arrivals.
    """
    if customers < 10 * _BATCHES:
        raise ValueError(f"customers={customers!r} must be at least {10 * _BATCHES} for standard errors")
    if not queue.arrival_rate > 0:
        raise ValueError(f"arrival_rate={queue.arrival_rate!r} must be above 0 to simulate arrivals")
    interarrivals = _arrival_law(queue).sample(_stream(seed, 0), customers)
    services = queue.service.distribution.sample(_stream(seed, 1), customers)
    kernel, engine = _kernel()
    room = customers + queue.servers if queue.room is None else queue.room
    waits = kernel(np.cumsum(interarrivals), services, queue.servers, room)
    kept = slice(int(customers * WARM_UP), None)
    lost = np.isnan(waits[kept])
    accepted = waits[kept][~lost]
    return Simulation(frozen(accepted), frozen(accepted + services[kept][~lost]), float(lost.mean()), engine)


def _arrival_law(queue: MultiServerQueue) -> Law:
    mean = 1 / queue.arrival_rate
    return two_moment_law(mean, queue.arrival_scv) if queue.arrival_scv <= 1 else balanced_hyperexponential(mean, queue.arrival_scv)


def _stream(seed: int, index: int) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, index])))


@lru_cache(maxsize=1)
def _kernel() -> tuple[_Kernel, str]:
    try:
        import numba
    except ImportError:
        return _first_come_python, SLOW
    return numba.njit(cache=False, nogil=True)(_first_come), FAST


def _first_come(arrivals: FloatArray, services: FloatArray, servers: int, room: int) -> FloatArray:
    """Waits in order of arrival, NaN for lost ones; the starts of the last `room` accepted say who is still inside."""
    free = np.zeros(servers)
    waits = np.empty(len(arrivals))
    limited = room <= len(arrivals)
    departures = np.zeros(room if limited else 1)
    inside = 0
    for k in range(len(arrivals)):
        now = arrivals[k]
        if limited:
            left = 0
            for j in range(inside):
                if departures[j] > now:
                    departures[left] = departures[j]
                    left += 1
            inside = left
            if inside >= room:
                waits[k] = np.nan
                continue
        first = 0
        for j in range(1, servers):
            if free[j] < free[first]:
                first = j
        start = max(now, free[first])
        free[first] = start + services[k]
        waits[k] = start - now
        if limited:
            departures[inside] = free[first]
            inside += 1
    return waits


def _first_come_python(arrivals: FloatArray, services: FloatArray, servers: int, room: int) -> FloatArray:
    free = [0.0] * servers
    inside: list[float] = []
    waits = np.empty(len(arrivals))
    for k, (now, service) in enumerate(zip(arrivals.tolist(), services.tolist(), strict=True)):
        while inside and inside[0] <= now:
            heapq.heappop(inside)
        if len(inside) >= room:
            waits[k] = np.nan
            continue
        start = max(now, free[0])
        heapq.heapreplace(free, start + service)
        heapq.heappush(inside, start + service)
        waits[k] = start - now
    return waits


def _batches(values: FloatArray) -> list[FloatArray]:
    return np.array_split(values, _BATCHES)


def _standard_error(values: FloatArray) -> float:
    return float(values.std(ddof=1) / np.sqrt(len(values)))


def _quantile(values: FloatArray, p: float | FloatArray) -> float | FloatArray:
    answer = np.quantile(values, p)
    return float(answer) if np.ndim(p) == 0 else np.asarray(answer, dtype=float)
