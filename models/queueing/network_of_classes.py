"""Closed networks with several classes of customers."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.queueing.arrays import FloatArray, frozen

EXACT_STATES = 50_000
"""Largest product of (population + 1) over the classes that is solved exactly."""

_ROUNDS = 100_000


@dataclass(frozen=True, slots=True, eq=False)
class NetworkOfClasses:
    """The stationary behaviour of a closed network with several classes."""

    throughput: FloatArray
    """Circulations a second, shape (classes,)."""
    response_s: FloatArray
    """Mean time of one visit in seconds, shape (classes, stations)."""
    queue_lengths: FloatArray
    """Mean number at each station, in service included, shape (classes, stations)."""
    method: str
    """Exact or approximate."""


def network_of_classes(
    *, service_s: FloatArray, visits: FloatArray, population: Sequence[int], think_s: Sequence[float], delays: Sequence[bool] | None = None
) -> NetworkOfClasses:
    """Return throughput and queues of classes that share single-server stations and delays.

    `service_s` and `visits` have shape (classes, stations), `population` and `think_s` one entry a class, `delays` marks the stations
    where nobody waits. Exact mean value analysis (Reiser & Lavenberg 1980) for processor sharing and for first come, first served
    with equal exponential services; beyond 50,000 population states Schweitzer's approximation.
    """
    visit, counts, think = np.asarray(visits, dtype=float), np.asarray(population, dtype=np.int64), np.asarray(think_s, dtype=float)
    demand = visit * np.asarray(service_s, dtype=float)
    _check(np.asarray(service_s, dtype=float), visit, counts.astype(float), think)
    waiting = np.ones(visit.shape[1]) if delays is None else 1.0 - np.asarray(delays, dtype=float)
    if np.prod(counts + 1.0) <= EXACT_STATES:
        throughput, queues = _exact(demand, counts.tolist(), think, waiting)
        method = "exact mean value analysis"
    else:
        throughput, queues = _approximate(demand, counts.astype(float), think, waiting)
        method = "Schweitzer approximation"
    visited = throughput[:, None] * visit
    response = np.where(visited > 0, queues / np.where(visited > 0, visited, 1.0), 0.0)
    return NetworkOfClasses(frozen(throughput), frozen(response), frozen(queues), method)


def _exact(demand: FloatArray, counts: list[int], think: FloatArray, waiting: FloatArray) -> tuple[FloatArray, FloatArray]:
    lengths = np.zeros((*(count + 1 for count in counts), demand.shape[1]))
    throughput, queues = np.zeros(len(counts)), np.zeros_like(demand)
    for state in itertools.product(*(range(count + 1) for count in counts)):
        throughput, queues = np.zeros(len(counts)), np.zeros_like(demand)
        for k, inside in enumerate(state):
            if inside:
                before = (*state[:k], inside - 1, *state[k + 1 :])
                times = demand[k] * (1 + waiting * lengths[before])
                throughput[k] = inside / (think[k] + times.sum())
                queues[k] = throughput[k] * times
        lengths[state] = queues.sum(axis=0)
    return throughput, queues


def _approximate(demand: FloatArray, counts: FloatArray, think: FloatArray, waiting: FloatArray) -> tuple[FloatArray, FloatArray]:
    present = np.maximum(counts, 1.0)[:, None]
    queues = counts[:, None] * demand / np.maximum(demand.sum(axis=1) + think, 1e-300)[:, None]
    throughput = np.zeros(len(counts))
    for _ in range(_ROUNDS):
        seen = queues.sum(axis=0) - queues / present
        times = demand * (1 + waiting * seen)
        throughput = counts / (think + times.sum(axis=1))
        updated = throughput[:, None] * times
        settled = float(np.abs(updated - queues).max()) <= 1e-12 * float(counts.sum())
        queues = updated
        if settled:
            break
    return np.asarray(throughput, dtype=float), np.asarray(queues, dtype=float)


def _check(service: FloatArray, visits: FloatArray, counts: FloatArray, think: FloatArray) -> None:
    if service.ndim != 2 or service.shape != visits.shape:
        raise ValueError(f"service_s {service.shape} and visits {visits.shape} must both have shape (classes, stations)")
    if not counts.shape == think.shape == (len(visits),):
        raise ValueError(f"population {counts.shape} and think_s {think.shape} must hold one entry for each of {len(visits)} classes")
    if not (np.all(service >= 0) and np.all(visits >= 0) and np.all(np.isfinite(service * visits))):
        raise ValueError("service_s and visits must be finite and at least 0")
    if not (np.all(counts >= 0) and counts.sum() > 0 and np.all(think >= 0)):
        raise ValueError(f"population={counts.tolist()!r} must be at least 0 with a customer in all, think_s={think.tolist()!r} at least 0")
    idle = (counts > 0) & ((service * visits).sum(axis=1) + think <= 0)
    if np.any(idle):
        raise ValueError(f"class {int(np.argmax(idle))} has neither service nor think time: its throughput would be infinite")
