"""Queues whose arrival rate changes within the day."""

from dataclasses import dataclass

import numpy as np

from models.queueing.arrays import FloatArray, frozen
from models.queueing.multiserver import MultiServerQueue
from models.queueing.service import ServiceTime

_LOST_MASS = 1e-9  # probability allowed above the largest number counted
_SETTLED = 1e-16  # change of every probability by one event below which nothing moves any more
_POISSON_TAIL = 8.0  # standard deviations of uniformisation events counted


@dataclass(frozen=True, slots=True, eq=False)
class TransientQueue:
    """M(t)/M/c over time, at the middle of each interval, seen by the arrivals of that moment."""

    times_s: FloatArray
    """Middle of each interval in seconds, shape (intervals,)."""
    arrivals: FloatArray
    """Expected arrivals in each interval, shape (intervals,)."""
    wait_probability: FloatArray
    """Share of the arrivals that wait, shape (intervals,)."""
    mean_queue_length: FloatArray
    """Mean number waiting, shape (intervals,)."""
    mean_wait_s: FloatArray
    """Mean wait in seconds of the arrivals, shape (intervals,)."""
    late: FloatArray
    """Share of the arrivals whose response exceeds the objective, shape (intervals,)."""
    lost_mass: float
    """Largest probability that lay beyond the counted states; above 1e-6 the figures of the peak are too low."""

    @property
    def late_share(self) -> float:
        """Share of all arrivals whose response exceeds the objective."""
        return float(self.late @ self.arrivals / self.arrivals.sum())

    @property
    def arrival_wait_probability(self) -> float:
        """Share of all arrivals that wait."""
        return float(self.wait_probability @ self.arrivals / self.arrivals.sum())


def transient_queue(
    arrival_rates: FloatArray, *, interval_s: float, service_s: float, servers: int, within_s: float, start: FloatArray | None = None
) -> TransientQueue:
    """Follow M(t)/M/c through intervals of constant rate by uniformisation; overload is allowed, its backlog is carried on.

    `arrival_rates` per second, shape (intervals,), each lasting `interval_s` seconds; `within_s` is the objective for wait plus
    service; `start` the probabilities of 0, 1, … in the system before the first interval, the stationary ones of the first rate when
    absent (empty when that has none). Intervals should be short against changes of the rate (Jensen 1953; Ingolfsson et al. 2007).
    """
    rates = np.asarray(arrival_rates, dtype=float)
    _check(rates, interval_s, service_s, servers)
    states = _states(rates, interval_s, service_s, servers)
    p = _start(start, float(rates[0]) * service_s, servers, states)
    late = _late_by_state(states, service_s, servers, within_s)
    waiting = np.maximum(np.arange(states) - servers, 0.0)
    ahead = np.maximum(np.arange(states) - servers + 1, 0.0) * service_s / servers
    rows = np.empty((4, len(rates)))
    lost = 0.0
    for k, rate in enumerate(rates):
        middle = _advance(p, rate, interval_s / 2, service_s, servers)
        p = _advance(middle, rate, interval_s / 2, service_s, servers)
        rows[:, k] = middle[servers:].sum(), middle @ waiting, middle @ ahead, middle @ late
        lost = max(lost, float(p[-1]))
    times = np.asarray((np.arange(len(rates)) + 0.5) * interval_s, dtype=float)
    waits, queue, ahead_s, late_now = (frozen(row.copy()) for row in rows)
    return TransientQueue(frozen(times), frozen(rates * interval_s), waits, queue, ahead_s, late_now, lost)


def late_share(
    arrival_rates: FloatArray, *, weights: FloatArray, service: ServiceTime, servers: int, within_s: float, arrival_scv: float = 1.0
) -> float:
    """Return the share of arrivals whose response exceeds `within_s` seconds when each rate holds long enough to settle.

    `arrival_rates` per second and `weights` (how long each rate holds, any unit) have shape (intervals,). Near exact for services of
    less than a second while no rate comes close to saturation; a rate beyond it counts all its arrivals as late.
    """
    rates, spans = np.asarray(arrival_rates, dtype=float), np.asarray(weights, dtype=float)
    if rates.shape != spans.shape or rates.ndim != 1 or not np.all(spans >= 0):
        raise ValueError(f"arrival_rates {rates.shape} and weights {spans.shape} must be lists of one length, weights at least 0")
    arrivals = rates * spans
    if not arrivals.sum() > 0:
        raise ValueError("arrival_rates times weights sum to 0: there is no arrival to be late")
    queues = [MultiServerQueue(float(rate), service, servers, arrival_scv) for rate in rates]
    late = np.array([queue.response_survival(within_s) for queue in queues])
    return float(late @ arrivals / arrivals.sum())


def _advance(p: FloatArray, rate: float, span_s: float, service_s: float, servers: int) -> FloatArray:
    """Probabilities after `span_s` seconds at one rate."""
    completions = np.minimum(np.arange(len(p)), servers) / service_s
    events = rate + servers / service_s
    up, down = rate / events, completions / events
    stay = 1 - up - down
    stay[-1] += up
    mean = events * span_s
    steps = int(np.ceil(mean + _POISSON_TAIL * np.sqrt(mean) + 20))
    weights = _poisson(mean, steps)
    answer = weights[0] * p
    left = 1 - weights[0]
    for weight in weights[1:]:
        following = stay * p
        following[1:] += up * p[:-1]
        following[:-1] += down[1:] * p[1:]
        if float(np.abs(following - p).max()) < _SETTLED:
            return np.asarray(answer + left * p, dtype=float)
        p = following
        answer += weight * p
        left -= weight
    return np.asarray(answer, dtype=float)


def _poisson(mean: float, steps: int) -> FloatArray:
    k = np.arange(steps)
    logs = k * np.log(max(mean, 1e-300)) - mean - np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, steps)))])
    weights = np.exp(logs)
    return np.asarray(weights / weights.sum(), dtype=float)


def _states(rates: FloatArray, interval_s: float, service_s: float, servers: int) -> int:
    """How many states hold all but a negligible probability: the stationary tail of the busiest stable rate, plus overload's backlog."""
    load = rates * service_s / servers
    stable = min(float(load[load < 1].max(initial=0.5)), 0.995)
    growth = (load - 1) * servers / service_s * interval_s
    backlog = peak = 0.0
    for step in growth:
        backlog = max(backlog + step, 0.0)
        peak = max(peak, backlog)
    tail = np.log(_LOST_MASS) / np.log(stable)
    return int(servers + tail + peak + 8 * np.sqrt(peak + servers) + 20)


def _start(start: FloatArray | None, load: float, servers: int, states: int) -> FloatArray:
    p = np.zeros(states)
    if start is not None:
        given = np.asarray(start, dtype=float)
        if given.ndim != 1 or len(given) > states or abs(given.sum() - 1) > 1e-6 or np.any(given < 0):
            raise ValueError(f"start={given!r} must be probabilities of 0, 1, … in the system that sum to 1, at most {states} of them")
        p[: len(given)] = given
        return p
    if load >= servers or load == 0:
        p[0] = 1.0
        return p
    logs = np.concatenate([[0.0], np.cumsum(np.log(load) - np.log(np.minimum(np.arange(1, states), servers)))])
    p[:] = np.exp(logs - logs.max())
    return np.asarray(p / p.sum(), dtype=float)


def _late_by_state(states: int, service_s: float, servers: int, within_s: float) -> FloatArray:
    """P(wait + service > within_s) of an arrival that finds n in the system, shape (states,)."""
    from scipy.special import gammainc, gammaincc

    n = np.arange(states)
    alone = np.exp(-within_s / service_s)
    stages = np.maximum(n - servers + 1, 1).astype(float)
    if servers == 1:
        return np.where(n < 1, alone, gammaincc(stages + 1, within_s / service_s))
    wait_longer = gammaincc(stages, within_s * servers / service_s)
    tilt = (servers - 1) / service_s
    with np.errstate(over="ignore", invalid="ignore"):
        shrink = np.exp(-within_s / service_s + stages * np.log(servers / (servers - 1))) * gammainc(stages, within_s * tilt)
    served = np.where(wait_longer > 1 - 1e-15, 0.0, np.nan_to_num(shrink))
    return np.asarray(np.where(n < servers, alone, np.minimum(wait_longer + served, 1.0)), dtype=float)


def _check(rates: FloatArray, interval_s: float, service_s: float, servers: int) -> None:
    if rates.ndim != 1 or not len(rates) or not np.all(np.isfinite(rates) & (rates >= 0)):
        raise ValueError(f"arrival_rates has shape {rates.shape}; it must be a list of finite rates of at least 0 a second")
    if not (0 < interval_s < np.inf and 0 < service_s < np.inf):
        raise ValueError(f"interval_s={interval_s!r} and service_s={service_s!r} must be finite and above 0 seconds")
    if servers != int(servers) or servers < 1:
        raise ValueError(f"servers={servers!r} must be a whole number of at least 1")
