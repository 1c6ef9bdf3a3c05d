"""Queues whose arrival rate changes within the day."""

from dataclasses import dataclass

import numpy as np

from models.queueing.arrays import FloatArray, frozen
from models.queueing.birth_death import advanced
from models.queueing.multiserver import MultiServerQueue
from models.queueing.service import ServiceTime

_LOST_MASS = 1e-9  # probability allowed above the largest number counted
_CALM = 0.95  # share of capacity up to which the queue settles within an interval
_DEVIATIONS = 7.0  # of the backlog, counted above its mean


@dataclass(frozen=True, slots=True, eq=False)
class TransientQueue:
    """M(t)/M(n)/c over time, at the middle of each interval, as the arrivals of that moment meet it."""

    times_s: FloatArray
    """Middle of each interval in seconds, shape (intervals,)."""
    arrivals: FloatArray
    """Expected arrivals in each interval, lost ones included, shape (intervals,)."""
    wait_probability: FloatArray
    """Share of the accepted arrivals that wait, shape (intervals,)."""
    mean_queue_length: FloatArray
    """Mean number waiting, shape (intervals,)."""
    mean_wait_s: FloatArray
    """Mean wait in seconds of the accepted arrivals, shape (intervals,)."""
    lost: FloatArray
    """Share of the arrivals that find no room, shape (intervals,)."""
    late: FloatArray
    """Share of the arrivals whose response exceeds the objective; lost ones count as late, shape (intervals,)."""
    lost_mass: float
    """Largest probability that lay beyond the counted states without a limit to the room; above 1e-6 the peak's figures are too low."""
    probabilities: FloatArray
    """Probabilities of 0, 1, … in the system after the last interval, shape (states,)."""

    @property
    def late_share(self) -> float:
        """Share of all arrivals whose response exceeds the objective."""
        return float(self.late @ self.arrivals / self.arrivals.sum())

    @property
    def lost_share(self) -> float:
        """Share of all arrivals that find no room."""
        return float(self.lost @ self.arrivals / self.arrivals.sum())

    @property
    def arrival_wait_probability(self) -> float:
        """Share of all arrivals that wait, with a limit to the room of the accepted ones."""
        accepted = self.arrivals * (1 - self.lost)
        return float(self.wait_probability @ accepted / accepted.sum())


def transient_queue(
    arrival_rates: FloatArray,
    *,
    interval_s: float,
    service_s: float,
    servers: int,
    within_s: float,
    start: FloatArray | None = None,
    completions: FloatArray | None = None,
    room: int | None = None,
) -> TransientQueue:
    """Follow M(t)/M(n)/c through intervals of constant rate; overload is allowed, its backlog is carried on.

    `arrival_rates` per second, shape (intervals,), each lasting `interval_s` seconds, short against changes of the rate; `within_s` is
    the objective for wait plus service; `start` the probabilities of 0, 1, … in the system before the first interval, the stationary
    ones of the first rate when absent (empty when that has none). `completions`, shape (servers,), are the completions a second of 1, 2,
    … customers in service, as where they share processors; absent, each is served in `service_s` seconds on average. A customer is then
    taken to keep the speed at which it started. At most `room` are in the system. Source: Ingolfsson et al. 2007.
    """
    rates = np.asarray(arrival_rates, dtype=float)
    _check(rates, interval_s, service_s, servers, room)
    served = _completions(completions, service_s, servers)
    states = _states(rates, interval_s, served) if room is None else room + 1
    empty = room is None and rates[0] >= served[-1]
    p = _start(np.ones(1) if start is None and empty else start, float(rates[0]), served, states)
    speeds = served[np.minimum(np.arange(states), servers)]
    seen = _Seen.by(states, served, within_s, room)
    rows = np.empty((5, len(rates)))
    beyond = 0.0
    for k, rate in enumerate(rates):
        middle = advanced(p, rate, speeds, interval_s / 2)
        p = advanced(middle, rate, speeds, interval_s / 2)
        rows[:, k] = seen.at(middle)
        beyond = max(beyond, float(p[-1])) if room is None else 0.0
    times = np.asarray((np.arange(len(rates)) + 0.5) * interval_s, dtype=float)
    waits, queue, ahead, lost, late = (frozen(row.copy()) for row in rows)
    return TransientQueue(frozen(times), frozen(rates * interval_s), waits, queue, ahead, lost, late, beyond, frozen(p))


def late_share(
    arrival_rates: FloatArray,
    *,
    weights: FloatArray,
    service: ServiceTime,
    servers: int,
    within_s: float,
    arrival_scv: float = 1.0,
    room: int | None = None,
) -> float:
    """Return the share of arrivals whose response exceeds `within_s` seconds when each rate holds long enough to settle.

    `arrival_rates` per second and `weights` (how long each rate holds, any unit) have shape (intervals,). Near exact for services of
    less than a second while no rate comes close to saturation; a rate beyond it counts all its arrivals as late. With `room` the lost
    are late.
    """
    rates, spans = np.asarray(arrival_rates, dtype=float), np.asarray(weights, dtype=float)
    if rates.shape != spans.shape or rates.ndim != 1 or not np.all(spans >= 0):
        raise ValueError(f"arrival_rates {rates.shape} and weights {spans.shape} must be lists of one length, weights at least 0")
    arrivals = rates * spans
    if not arrivals.sum() > 0:
        raise ValueError("arrival_rates times weights sum to 0: there is no arrival to be late")
    late = [settled_lateness(MultiServerQueue(float(rate), service, servers, arrival_scv, room), within_s) for rate in rates]
    return float(np.array(late) @ arrivals / arrivals.sum())


def settled_lateness(queue: MultiServerQueue, within_s: float) -> float:
    """Return the share of the queue's arrivals that are lost or exceed `within_s` seconds of response."""
    lost = queue.loss_probability
    return lost + (1 - lost) * queue.response_survival(within_s)


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """What an arrival that finds n in the system meets, each of shape (states,)."""

    waiting: FloatArray
    ahead_s: FloatArray
    late: FloatArray
    accepted: FloatArray
    waits: FloatArray

    @classmethod
    def by(cls, states: int, served: FloatArray, within_s: float, room: int | None) -> "_Seen":
        servers, n = len(served) - 1, np.arange(states)
        accepted = np.ones(states) if room is None else (n < room).astype(float)
        late = np.where(accepted > 0, _late_by_state(states, served, within_s), 1.0)
        ahead = np.maximum(n - servers + 1, 0.0) / served[-1]
        return cls(np.maximum(n - servers, 0.0), ahead, late, accepted, (n >= servers).astype(float))

    def at(self, p: FloatArray) -> tuple[float, float, float, float, float]:
        """Wait probability, number waiting, mean wait, loss and lateness."""
        met = p * self.accepted
        taken = max(float(met.sum()), 1e-300)
        return float(met @ self.waits) / taken, float(p @ self.waiting), float(met @ self.ahead_s) / taken, 1 - taken, float(p @ self.late)


def _completions(completions: FloatArray | None, service_s: float, servers: int) -> FloatArray:
    """Completions a second with 0 … servers in service, shape (servers + 1,)."""
    if completions is None:
        return np.arange(servers + 1) / service_s
    given = np.asarray(completions, dtype=float)
    if given.shape != (servers,) or not np.all((given > 0) & np.isfinite(given)):
        raise ValueError(f"completions={completions!r} must hold {servers} finite rates above 0, one for each number in service")
    return np.concatenate([[0.0], given])


def _states(rates: FloatArray, interval_s: float, served: FloatArray) -> int:
    """How many states hold all but a negligible probability: the stationary tail of calm rates, overload's backlog and its spread."""
    servers, capacity = len(served) - 1, float(served[-1])
    load = rates / capacity
    calm = float(load[load <= _CALM].max(initial=0.5))
    backlog = peak = variance = widest = 0.0
    for busy in load:
        backlog = max(backlog + (busy - 1) * capacity * interval_s, 0.0)
        variance = variance + 2 * capacity * interval_s if busy > _CALM or backlog > 0 else 0.0
        peak, widest = max(peak, backlog), max(widest, variance)
    tail, spread = _tail(calm), _DEVIATIONS * np.sqrt(widest)
    if peak == 0 and load.max() < 1:
        spread = min(spread, _tail(float(load.max())))
    return int(servers + max(tail, spread) + peak + _DEVIATIONS * np.sqrt(peak + servers) + 20)


def _tail(load: float) -> float:
    """Return how many wait with a probability of one in a thousand million."""
    return float(np.log(_LOST_MASS) / np.log(load))


def _start(start: FloatArray | None, rate: float, served: FloatArray, states: int) -> FloatArray:
    p = np.zeros(states)
    if start is not None:
        given = np.asarray(start, dtype=float)
        if given.ndim != 1 or len(given) > states or abs(given.sum() - 1) > 1e-6 or np.any(given < 0):
            raise ValueError(f"start={given!r} must be probabilities of 0, 1, … in the system that sum to 1, at most {states} of them")
        p[: len(given)] = given
        return p
    speeds = served[np.minimum(np.arange(1, states), len(served) - 1)]
    logs = np.concatenate([[0.0], np.cumsum(np.log(max(rate, 1e-300)) - np.log(speeds))])
    p[:] = np.exp(logs - logs.max())
    return np.asarray(p / p.sum(), dtype=float)


def _late_by_state(states: int, served: FloatArray, within_s: float) -> FloatArray:
    """P(wait + service > within_s) of an arrival that finds n in the system, shape (states,)."""
    from scipy.special import gammainc, gammaincc

    servers, capacity = len(served) - 1, float(served[-1])
    n = np.arange(states)
    inside = np.minimum(n + 1, servers)
    own = served[inside] / inside
    alone = np.exp(-within_s * own)
    stages = np.maximum(n - servers + 1, 1).astype(float)
    if servers == 1:
        return np.where(n < 1, alone, gammaincc(stages + 1, within_s * capacity))
    wait_longer = gammaincc(stages, within_s * capacity)
    tilt = capacity - own
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        shrink = np.exp(-within_s * own + stages * np.log(capacity / tilt)) * gammainc(stages, within_s * tilt)
    served_late = np.where(wait_longer > 1 - 1e-15, 0.0, np.nan_to_num(shrink))
    return np.asarray(np.where(n < servers, alone, np.minimum(wait_longer + served_late, 1.0)), dtype=float)


def _check(rates: FloatArray, interval_s: float, service_s: float, servers: int, room: int | None) -> None:
    if rates.ndim != 1 or not len(rates) or not np.all(np.isfinite(rates) & (rates >= 0)):
        raise ValueError(f"arrival_rates has shape {rates.shape}; it must be a list of finite rates of at least 0 a second")
    if not (0 < interval_s < np.inf and 0 < service_s < np.inf):
        raise ValueError(f"interval_s={interval_s!r} and service_s={service_s!r} must be finite and above 0 seconds")
    if servers != int(servers) or servers < 1:
        raise ValueError(f"servers={servers!r} must be a whole number of at least 1")
    if room is not None and (room != int(room) or room < servers):
        raise ValueError(f"room={room!r} must be a whole number of at least servers={servers}, or None")
