"""The share of a month's requests that miss the objective, hour by hour."""

from dataclasses import dataclass, replace

import numpy as np

from models.queueing.arrays import BoolArray, FloatArray, frozen
from models.queueing.multiserver import MultiServerQueue
from models.queueing.service import ServiceTime
from models.queueing.timevarying import settled_lateness, transient_queue

RELAXATIONS = 20.0
"""An hour shorter than this many relaxation times of the queue is followed rather than taken as settled."""

_PARTS = 30  # of an hour that is followed


@dataclass(frozen=True, slots=True, eq=False)
class LateMonth:
    """What share of the requests are late, and when."""

    late: FloatArray
    """Share of each hour's arrivals that are lost or exceed the objective, shape (hours,)."""
    arrivals: FloatArray
    """Expected arrivals of each hour, shape (hours,)."""
    followed: FloatArray
    """1 where the hour's backlog was followed through time, 0 where the settled queue was taken, shape (hours,)."""

    @property
    def late_share(self) -> float:
        """Share of all arrivals that are lost or exceed the objective."""
        return float(self.late @ self.arrivals / self.arrivals.sum())


def late_month(
    hourly_rates: FloatArray, *, service: ServiceTime, servers: int, within_s: float, room: int | None = None, hour_s: float = 3600.0
) -> LateMonth:
    """Return the lateness of a sequence of hours, `hourly_rates` per second of shape (hours,), each lasting `hour_s` seconds.

    An hour in which the queue has time to settle takes the stationary solution with the service's law; it relaxes in
    1 / (sqrt(capacity) - sqrt(rate))^2 (Morse 1958). So near saturation, beyond it, and until the backlog is gone, M(t)/M/c carries the
    backlog on with exponential services of the same mean: in overload the mean decides, and what the law adds to the settled lateness
    is added where there is one. `within_s` is the objective for wait plus service.
    """
    rates = np.asarray(hourly_rates, dtype=float)
    if rates.ndim != 1 or not np.all(np.isfinite(rates) & (rates >= 0)) or not rates.sum() > 0:
        raise ValueError(f"hourly_rates has shape {rates.shape}; it must be a list of finite rates of at least 0 a second, not all 0")
    queues = [MultiServerQueue(rate, service, servers, room=room) for rate in rates.tolist()]
    settled = {queue.arrival_rate: settled_lateness(queue, within_s) for queue in set(queues)}
    late = np.array([settled[rate] for rate in rates.tolist()])
    followed = _followed(rates, service, servers, room, hour_s)
    for first, last in _runs(followed):
        lead = max(first - 1, 0)
        through = _through(rates[lead:last], service.mean, servers, within_s, room, hour_s)[first - lead :]
        late[first:last] = np.clip(through + _excess(queues[first:last], late[first:last], within_s), 0.0, 1.0)
    return LateMonth(frozen(late), frozen(rates * hour_s), frozen(followed.astype(float)))


def _followed(rates: FloatArray, service: ServiceTime, servers: int, room: int | None, hour_s: float) -> BoolArray:
    """Which hours are near saturation, carry the backlog of one that was, or are the first after it."""
    capacity = servers / service.mean
    slow = hour_s * (np.sqrt(capacity) - np.sqrt(np.minimum(rates, capacity))) ** 2 < RELAXATIONS * (1 + service.scv) / 2
    followed: BoolArray = slow.copy()
    backlog = 0.0
    for hour, rate in enumerate(rates):
        before = backlog
        backlog = min(max(backlog + (rate - capacity) * hour_s, 0.0), np.inf if room is None else float(room))
        followed[hour] |= before > 0 or (hour > 0 and slow[hour - 1])
    return followed


def _runs(marked: BoolArray) -> list[tuple[int, int]]:
    """First hour and the one after the last of each stretch."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], marked.astype(np.int8), [0]])))
    return [(int(first), int(last)) for first, last in edges.reshape(-1, 2)]


def _through(rates: FloatArray, service_s: float, servers: int, within_s: float, room: int | None, hour_s: float) -> FloatArray:
    """Lateness of each hour with its backlog carried on."""
    minutes = np.repeat(rates, _PARTS)
    queue = transient_queue(minutes, interval_s=hour_s / _PARTS, service_s=service_s, servers=servers, within_s=within_s, room=room)
    return np.asarray(queue.late.reshape(-1, _PARTS).mean(axis=1), dtype=float)


def _excess(queues: list[MultiServerQueue], settled: FloatArray, within_s: float) -> FloatArray:
    """What the law adds to the settled lateness of exponential services; nothing beyond saturation, where the mean decides."""
    plain = [replace(queue, service=ServiceTime(queue.service.mean, 1.0)) for queue in queues]
    added = [
        0.0 if queue.offered_utilization >= 1 else late - settled_lateness(queue, within_s)
        for queue, late in zip(plain, settled, strict=True)
    ]
    return np.array(added)
