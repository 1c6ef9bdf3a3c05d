"""How many requests are found in the pool: worker tokens, the accept queue behind them, its end.

States 0 … workers follow the flow-equivalent rates; the waiting states follow the recursion of Tijms, van Hoorn and
Federgruen (1981, Approximations for the steady-state probabilities in the M/G/c queue), exact for M/M/c and M/G/1;
the finite room follows Tijms (2003, section 9.8). The scv therefore moves the waiting and nothing else.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from models.odoo_workers.shapes import Shape

_NODES = 320
_SHORTEST, _LONGEST = 1e-7, 500.0
_MIDDLE = 0.5
_DEEPEST = 600.0
_FLOODED = 3.0
"""Load above which the places below the last hold next to nothing, so that a smaller load describes them as well."""
_LARGEST = 1e200
_DENSE = 600
"""Places up to which the recursion is solved as one triangular system."""


def state_weights(arrival_rate: float, throughput: NDArray[np.float64], shape: Shape, room: int) -> NDArray[np.float64]:
    """Return the probabilities of 0 … workers + room requests in the pool, shape (workers + room + 1,).

    Parameters
    ----------
    arrival_rate
        Poisson arrivals per second, retries included.
    throughput
        Shape (workers + 1,): completions per second with n in service.
    shape
        Law of the service time, mean one.
    room
        Places of the accept queue.

    """
    workers = throughput.size - 1
    serving = np.concatenate(([0.0], np.cumsum(np.log(arrival_rate / throughput[1:-1]))))
    waiting = _log_waiting_weights(arrival_rate / throughput[-1], workers, shape, room)
    logs = np.concatenate((serving, waiting + serving[-1]))
    weights = np.exp(logs - logs.max())
    weights[-1] = _weight_of_full(arrival_rate, throughput, weights)
    return np.asarray(weights / weights.sum())


def _log_waiting_weights(load: float, workers: int, shape: Shape, room: int) -> NDArray[np.float64]:
    """Return the logarithms of the weights of workers … workers + room requests, relative to that of workers − 1."""
    if shape.rates == (1.0, 1.0):
        return np.asarray(np.arange(1, room + 2) * np.log(load))
    if shape.balanced:
        return _log_exponential(load * workers, workers, shape, room + 1)
    return _log_general(load, workers, shape, room + 1)


def _log_exponential(rate: float, workers: int, shape: Shape, count: int) -> NDArray[np.float64]:
    """Run the recursion for a mixture of exponentials: its sums are two running totals, so a step costs no sum."""
    first_weights, first_rates, later_weights, later_rates = _exponential_parts(shape, workers)
    ratios = rate / (rate + first_rates)
    first = (first_weights @ ratios[:, None] ** np.arange(1, count + 1)[None, :]).tolist()
    one, other = (rate / (rate + later_rates)).tolist()
    weight_one, weight_other = later_weights[0] * one, later_weights[1] * other
    start = 1 - weight_one - weight_other
    sum_one = sum_other = 0.0
    scale, shrunk = 0.0, 1.0
    logs = []
    for fresh in first:
        weight = (fresh * shrunk + weight_one * sum_one + weight_other * sum_other) / start
        logs.append(math.log(weight) + scale if weight > 0 else -math.inf)
        sum_one, sum_other = one * (sum_one + weight), other * (sum_other + weight)
        if weight > _LARGEST:
            sum_one, sum_other, shrunk = sum_one / _LARGEST, sum_other / _LARGEST, shrunk / _LARGEST
            scale += math.log(_LARGEST)
    return np.array(logs)


def _log_general(load: float, workers: int, shape: Shape, count: int) -> NDArray[np.float64]:
    """Run the recursion for any law, its integrals by quadrature; time in mean services of one worker of a full pool."""
    load = min(load, _FLOODED)
    grid = _grid(shape, workers, count)
    powers = np.arange(count) * math.log(load / _MIDDLE)
    shift = np.minimum((_MIDDLE - load) * workers * grid.times, _DEEPEST)
    with np.errstate(divide="ignore"):
        first = load * workers * np.exp(powers + np.log((grid.first * np.exp(shift)) @ grid.first_terms))
        later = load * np.exp(powers + np.log((grid.later * np.exp((_MIDDLE - load) * grid.times)) @ grid.later_terms))
    if load < 1 and count <= _DENSE:
        with np.errstate(divide="ignore"):
            return np.asarray(np.log(_solve_recursion(first, later)))
    weights = np.empty(count)
    backwards = later[::-1]
    scale = 0.0
    for place in range(count):
        known = weights[:place] @ backwards[count - 1 - place : count - 1]
        weights[place] = (first[place] + known) / (1 - later[0])
        if weights[place] > _LARGEST:
            weights[: place + 1] /= _LARGEST
            first = first / _LARGEST
            scale += math.log(_LARGEST)
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(weights) + scale)


def _solve_recursion(first: NDArray[np.float64], later: NDArray[np.float64]) -> NDArray[np.float64]:
    """Solve w_k = first_k + Σ later_{k−j} w_j at once: a triangular system whose diagonals are constant."""
    from scipy.linalg.lapack import dtrtrs

    count = first.size
    diagonals = np.concatenate((np.zeros(count - 1), -later))
    diagonals[count - 1] += 1
    matrix = np.lib.stride_tricks.sliding_window_view(diagonals, count)[:, ::-1]
    return np.asarray(np.maximum(dtrtrs(matrix, first, lower=1)[0], 0.0))


@lru_cache(maxsize=512)
def _exponential_parts(shape: Shape, workers: int) -> tuple[NDArray[np.float64], ...]:
    """Write (1 − F_e)^(c−1)·(1 − F) and 1 − F(c·t) as sums of exponentials: balanced means make F_e an even mixture."""
    weights, rates = np.array(shape.weights), np.array(shape.rates)
    chosen = np.arange(workers)
    log_binomial = np.concatenate(([0.0], np.cumsum(np.log(np.arange(workers - 1, 0, -1) / np.arange(1, workers)))))
    even = np.exp(log_binomial - (workers - 1) * np.log(2.0))
    base = chosen * rates[0] + (workers - 1 - chosen) * rates[1]
    first_rates = (base[:, None] + rates[None, :]).ravel()
    first_weights = (even[:, None] * weights[None, :]).ravel()
    return first_weights, first_rates, weights, workers * rates


@dataclass(frozen=True, slots=True, eq=False)
class _Grid:
    """Quadrature of the two integrals; Poisson terms at a middle load, so that another load only rescales them."""

    times: NDArray[np.float64]
    first: NDArray[np.float64]
    later: NDArray[np.float64]
    first_terms: NDArray[np.float64]
    later_terms: NDArray[np.float64]


@lru_cache(maxsize=128)
def _grid(shape: Shape, workers: int, count: int) -> _Grid:
    times, sizes = _nodes(shape)
    survival = shape.survival(times)
    first = sizes * survival * np.clip(shape.excess_survival(times), 0, 1) ** (workers - 1)
    first[workers * _MIDDLE * times > _DEEPEST] = 0.0
    return _Grid(times, first, sizes * survival, _poisson(_MIDDLE * workers * times, count), _poisson(_MIDDLE * times, count))


def _nodes(shape: Shape) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return nodes and sizes: Legendre up to the one step of a constant law, else even steps of the logarithm."""
    if not shape.phases:
        points, sizes = np.polynomial.legendre.leggauss(_NODES)
        return (points + 1) / 2, sizes / 2
    logs = np.linspace(math.log(_SHORTEST), math.log(_LONGEST), _NODES)
    times = np.exp(logs)
    return times, times * (logs[1] - logs[0])


def _poisson(means: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    numbers = np.arange(count)
    log_factorials = np.concatenate(([0.0], np.cumsum(np.log(np.arange(1, count)))))
    return np.asarray(np.exp(numbers[None, :] * np.log(means)[:, None] - means[:, None] - log_factorials[None, :]))


def _weight_of_full(arrival_rate: float, throughput: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    """Return the weight of the last state from the balance of work; by the tail of the endless queue where that cancels."""
    full_rate = float(throughput[-1])
    rates = np.full(weights.size - 1, full_rate)
    rates[: throughput.size] = throughput[: rates.size]
    before = weights[:-1]
    balance = float(arrival_rate * before.sum() - before @ rates)
    if balance > 1e-7 * arrival_rate * float(before.sum()):
        return balance / full_rate
    ratio = float(weights[-1] / weights[-2]) if weights[-2] > 0 else 0.0
    return float(weights[-1]) * (1 - arrival_rate / full_rate) / (1 - min(ratio, 0.999999))
