"""Closed networks: a fixed population that circulates between stations and thinking."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.queueing.arrays import FloatArray, frozen

EXACT_POPULATION = 2000
"""Largest population solved exactly; the cost grows with its square."""


@dataclass(frozen=True, slots=True, eq=False)
class ClosedNetwork:
    """The stationary behaviour of a closed network."""

    throughput: float
    """Circulations a second, each making `visits` visits to the stations."""
    response_s: FloatArray
    """Mean time of one visit, waiting included, in seconds, shape (stations,)."""
    queue_lengths: FloatArray
    """Mean number at each station, in service included, shape (stations,)."""
    utilization: FloatArray
    """Mean share of busy servers (mean number of busy ones where there is no limit), shape (stations,)."""
    system_response_s: float
    """Mean time of one circulation without thinking, in seconds."""
    method: str
    """Exact or approximate."""


def closed_network(
    *,
    service_s: Sequence[float] | FloatArray,
    visits: Sequence[float] | FloatArray,
    servers: Sequence[float] | FloatArray,
    population: int,
    think_s: float = 0.0,
) -> ClosedNetwork:
    """Return throughput and queues of `population` customers who think `think_s` seconds between circulations.

    Per station: mean service of a visit in seconds, visits a circulation, servers (inf: a delay without waiting). Exact for
    exponential first-come services and for processor sharing: product form by convolution in log space, which has no
    cancellation (Buzen 1973). Above 2000 customers the Bard-Schweitzer approximation with Seidmann's multi-server station.
    """
    stations = _stations(service_s, visits, servers)
    _check_population(population, think_s)
    if population > EXACT_POPULATION:
        return approximate_network(service_s=service_s, visits=visits, servers=servers, population=population, think_s=think_s)
    n = np.arange(1, population + 1)
    rates = [np.minimum(n, m) / s for s, m in zip(stations.service_s, stations.servers, strict=True)]
    solved = _convolution(rates, stations.visits, population, think_s)
    return _result(stations, solved.throughput[-1], solved.queue_lengths, "exact convolution")


def load_dependent_throughput(
    rates: Sequence[FloatArray], visits: Sequence[float] | FloatArray, population: int, think_s: float = 0.0
) -> FloatArray:
    """Return the throughput X(n) per second of the network with n = 1 … population customers, shape (population,).

    `rates[i][n - 1]` is the completion rate per second of station i with n customers, shape (population,), above 0.
    Flow-equivalent aggregation takes this curve as one station (Chandy, Herzog & Woo 1975).
    """
    _check_population(population, think_s)
    given = np.asarray(visits, dtype=float)
    if len(rates) != len(given):
        raise ValueError(f"rates has {len(rates)} stations and visits {len(given)}; one list of rates per station")
    checked = [np.asarray(rate, dtype=float) for rate in rates]
    for i, rate in enumerate(checked):
        if rate.shape != (population,) or not np.all(rate > 0):
            raise ValueError(f"rates[{i}] must hold {population} rates above 0, one per number of customers")
    return frozen(_convolution(checked, given, population, think_s).throughput)


def approximate_network(
    *,
    service_s: Sequence[float] | FloatArray,
    visits: Sequence[float] | FloatArray,
    servers: Sequence[float] | FloatArray,
    population: int,
    think_s: float = 0.0,
) -> ClosedNetwork:
    """Return the Bard-Schweitzer approximation, of a cost that does not depend on the population (arguments as `closed_network`).

    A station of m servers becomes one server of speed m and a delay (Seidmann, Schweitzer & Shalev-Oren 1987).
    """
    stations = _stations(service_s, visits, servers)
    _check_population(population, think_s)
    queueing = np.isfinite(stations.servers)
    fast = np.where(queueing, stations.service_s / stations.servers, 0.0)
    fixed = stations.service_s - fast
    queue = np.full(len(fast), population / len(fast)) * queueing
    throughput = 0.0
    for _ in range(100_000):
        visit = fast * (1 + queue * (population - 1) / population)
        throughput = population / (think_s + float(stations.visits @ (visit + fixed)))
        updated = throughput * stations.visits * visit
        settled = float(np.abs(updated - queue).max()) <= 1e-12 * population
        queue = updated
        if settled:
            break
    return _result(stations, throughput, queue + throughput * stations.visits * fixed, "Bard-Schweitzer approximation")


@dataclass(frozen=True, slots=True, eq=False)
class _Stations:
    service_s: FloatArray
    visits: FloatArray
    servers: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class _Convolved:
    throughput: FloatArray  # (population,)
    queue_lengths: FloatArray  # (stations,) with the whole population


def _convolution(rates: Sequence[FloatArray], visits: FloatArray, population: int, think_s: float) -> _Convolved:
    factors = [_log_factors(visit, rate) for visit, rate in zip(visits, rates, strict=True)]
    n = np.arange(population + 1)
    thinking = n * np.log(think_s) - _log_factorials(population) if think_s > 0 else np.where(n == 0, 0.0, -np.inf)
    before = [thinking]
    for factor in factors:
        before.append(_log_convolve(before[-1], factor))
    after = np.where(n == 0, 0.0, -np.inf)
    queues = np.zeros(len(factors))
    for i in range(len(factors) - 1, -1, -1):
        others = _log_convolve(before[i], after)
        queues[i] = float(n @ np.exp(factors[i] + others[::-1] - before[-1][-1]))
        after = _log_convolve(after, factors[i])
    return _Convolved(np.exp(before[-1][:-1] - before[-1][1:]), queues)


def _log_factors(visit: float, rates: FloatArray) -> FloatArray:
    if visit == 0:
        return np.concatenate([[0.0], np.full(len(rates), -np.inf)])
    return np.concatenate([[0.0], np.cumsum(np.log(visit) - np.log(rates))])


def _log_convolve(one: FloatArray, other: FloatArray) -> FloatArray:
    answer = np.empty(len(one))
    for n in range(len(one)):
        terms = one[: n + 1] + other[n::-1]
        top = terms.max()
        answer[n] = top + np.log(np.exp(terms - top).sum()) if top > -np.inf else -np.inf
    return answer


def _log_factorials(n: int) -> FloatArray:
    return np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, n + 1)))])


def _result(stations: _Stations, throughput: float, queues: FloatArray, method: str) -> ClosedNetwork:
    visited = stations.visits > 0
    rates = np.where(visited, throughput * stations.visits, 1.0)
    response = np.where(visited, queues / rates, stations.service_s)
    busy = throughput * stations.visits * stations.service_s
    utilization = np.where(np.isfinite(stations.servers), busy / stations.servers, busy)
    system = float(stations.visits @ response)
    return ClosedNetwork(float(throughput), frozen(response), frozen(np.array(queues)), frozen(utilization), system, method)


def _stations(
    service_s: Sequence[float] | FloatArray, visits: Sequence[float] | FloatArray, servers: Sequence[float] | FloatArray
) -> _Stations:
    service, visit, count = (np.asarray(values, dtype=float) for values in (service_s, visits, servers))
    if service.ndim != 1 or not service.shape == visit.shape == count.shape or not len(service):
        raise ValueError(
            f"service_s {service.shape}, visits {visit.shape} and servers {count.shape} must be lists of one length, a station each"
        )
    if not np.all((service > 0) & np.isfinite(service)):
        raise ValueError(f"service_s={service.tolist()!r} must be finite and above 0 seconds")
    if not (np.all((visit >= 0) & np.isfinite(visit)) and np.any(visit > 0)):
        raise ValueError(f"visits={visit.tolist()!r} must be finite, at least 0, and not all 0")
    if not np.all((count >= 1) & ((count == np.floor(count)) | np.isinf(count))):
        raise ValueError(f"servers={count.tolist()!r} must be whole numbers of at least 1, or inf for a delay")
    return _Stations(service, visit, count)


def _check_population(population: int, think_s: float) -> None:
    if population != int(population) or population < 1:
        raise ValueError(f"population={population!r} must be a whole number of at least 1")
    if not 0 <= think_s < np.inf:
        raise ValueError(f"think_s={think_s!r} must be finite and at least 0 seconds")
