"""What a worker pool does at a load."""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.odoo_workers.chain import Replica, State
from models.odoo_workers.equilibrium import OperatingPoint, highest, lowest, of_users
from models.odoo_workers.inner import flow_equivalent
from models.odoo_workers.pool import WorkerPool
from models.odoo_workers.processors import assumed_speed
from models.odoo_workers.response import Arrivals
from models.odoo_workers.shapes import Parts
from models.topology.resources import Resource
from models.topology.verdict import Reason, ReasonCode

HOUR_S = 3600.0
_DIFFERENT = 1e-3
_PASSING = (ReasonCode.UNSTABLE, ReasonCode.OVERFLOW, ReasonCode.METASTABLE)


@dataclass(frozen=True, slots=True, eq=False)
class PoolLoad:
    """The steady state of a pool at one load; over all replicas unless said otherwise."""

    arrival_rate: float
    """Offered requests per second, retries not counted."""
    throughput: float
    """Answered requests per second."""
    utilization: float
    """Mean share of busy workers."""
    offered_utilization: float
    """Offered rate over the largest completion rate; stability is judged on it."""
    cpu_utilization: float
    """Mean share of the application's processors in use."""
    wait_probability: float
    """Probability that a request does not start at once."""
    mean_wait_s: float
    """Mean seconds from the first attempt to the start, of answered requests."""
    mean_service_s: float
    """Mean seconds a worker is held by a request."""
    mean_response_s: float
    """Mean seconds from the first attempt to the answer, of answered requests."""
    loss_rate: float
    """Requests per second that give up."""
    overflow_rate: float
    """Attempts per second that find the accept queue full."""
    seconds_to_overflow: float
    """Mean seconds from idle until the accept queue of any replica first overflows."""
    overflow_in_an_hour: float
    """Probability that the accept queue of any replica overflows within an hour that starts idle."""
    reasons: tuple[Reason, ...]
    """What was assumed, what is beyond stability, what may last."""
    pool: WorkerPool
    """The pool asked."""
    arrivals: Arrivals
    """What an attempt meets in one replica."""

    @property
    def steady(self) -> bool:
        """Whether the figures hold for long: no reason says that the pool is flooded or may overflow and not recover."""
        return not any(reason.code in _PASSING for reason in self.reasons)

    def answered_within(self, time_s: float, request_class: str | None = None) -> float:
        """Return the share of offered requests answered within `time_s` seconds, of one class or of all."""
        return self.arrivals.answered_within(time_s, _parts(self.pool, request_class))

    def response_quantile(self, p: float, request_class: str | None = None) -> float:
        """Return the response time in seconds that the share `p` of offered requests keeps; infinite if so many give up.

        Raises
        ------
        ValueError
            If `p` is not strictly between 0 and 1, or the pool has no such class.

        """
        if not 0 < p < 1:
            raise ValueError(f"p is {p}: a quantile is asked for a probability strictly between 0 and 1")
        parts = _parts(self.pool, request_class)
        lost = self.arrivals.full ** len(self.arrivals.retry_s)
        if p >= 1 - lost:
            return math.inf
        high = max(self.mean_response_s, self.pool.unloaded_s)
        while self.arrivals.answered_within(high, parts) < p:
            high *= 2
            if high > 1e9:
                return math.inf
        return _invert(self.arrivals, parts, p, high)


def load_at(pool: WorkerPool, arrival_rate: float, overflow_per_hour: float) -> PoolLoad:
    """Return the load of a pool under Poisson arrivals; see `WorkerPool.at`."""
    _check_limit(overflow_per_hour)
    if not (math.isfinite(arrival_rate) and arrival_rate >= 0):
        raise ValueError(f"arrival_rate is {arrival_rate}: give a finite rate of at least 0 requests per second")
    rate = arrival_rate / pool.replicas
    point = lowest(pool, rate)
    return _describe(pool, point, arrival_rate, overflow_per_hour, _may_last(pool, point, rate))


def load_of_users(pool: WorkerPool, users: float, think_s: float, requests_per_action: float, overflow_per_hour: float) -> PoolLoad:
    """Return the load of a pool under users who think; see `WorkerPool.at`."""
    _check_limit(overflow_per_hour)
    for name, value in (("users", users), ("think_s", think_s), ("requests_per_action", requests_per_action)):
        if not (math.isfinite(value) and value > 0):
            raise ValueError(f"{name} is {value}: give a finite number above 0")
    point = of_users(pool, users * requests_per_action / pool.replicas, think_s)
    full = float(point.state.seen[-1])
    accepted = point.state.attempt_rate * (1 - full)
    rate = accepted / (1 - full ** len(pool.attempts_s)) * pool.replicas
    return _describe(pool, point, rate, overflow_per_hour, ())


def arrivals_of(pool: WorkerPool, point: OperatingPoint) -> Arrivals:
    """Return what an attempt meets at an operating point."""
    return met(pool, point.replica, point.state)


def met(pool: WorkerPool, replica: Replica, state: State) -> Arrivals:
    """Return what an attempt meets in a replica in this state."""
    residence = replica.inner.residence_s(pool.unloaded_s)
    return Arrivals(state.seen, residence, state.start_rate(pool.workers), pool.attempts_s, stalled_share(pool, residence))


def stalled_share(pool: WorkerPool, residence_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the share of time a quota stops requests, by number in service; zeros without one."""
    if pool.quota_cores is None:
        return np.zeros_like(residence_s)
    free = flow_equivalent(replace(pool, quota_cores=None).stations(), pool.workers).residence_s(pool.unloaded_s)
    return np.clip(1 - free / residence_s, 0.0, 1.0)


def _describe(
    pool: WorkerPool, point: OperatingPoint, arrival_rate: float, overflow_per_hour: float, reasons: tuple[Reason, ...]
) -> PoolLoad:
    state, replica, arrivals = point.state, point.replica, arrivals_of(pool, point)
    full, attempts = arrivals.full, len(arrivals.retry_s)
    throughput = state.attempt_rate * (1 - full) * pool.replicas
    busy = state.busy(pool.workers)
    service = busy * pool.replicas / throughput if throughput else pool.unloaded_s
    wait = state.queued(pool.workers) * pool.replicas / throughput + _mean_retry_s(arrivals) if throughput else 0.0
    cpu_s = pool.stations().cpu_s
    overflow = state.seconds_to_overflow(replica) / pool.replicas if throughput else math.inf
    return PoolLoad(
        arrival_rate=arrival_rate,
        throughput=throughput,
        utilization=busy / pool.workers,
        offered_utilization=arrival_rate / (replica.full_rate * pool.replicas),
        cpu_utilization=throughput * cpu_s / (pool.processors.most * pool.replicas),
        wait_probability=float(state.seen[pool.workers :].sum()),
        mean_wait_s=wait,
        mean_service_s=service,
        mean_response_s=wait + service,
        loss_rate=arrival_rate * full**attempts,
        overflow_rate=state.attempt_rate * full * pool.replicas,
        seconds_to_overflow=overflow,
        overflow_in_an_hour=-math.expm1(-HOUR_S / overflow),
        reasons=(*_reasons(pool, point, arrival_rate), *_may_overflow(overflow, overflow_per_hour), *reasons),
        pool=pool,
        arrivals=arrivals,
    )


def _check_limit(overflow_per_hour: float) -> None:
    if not 0 < overflow_per_hour < 1:
        raise ValueError(f"overflow_per_hour is {overflow_per_hour}: give a probability strictly between 0 and 1")


def _may_overflow(seconds: float, limit: float) -> tuple[Reason, ...]:
    """Say that the load lies beyond usable capacity: once the queue overflows the pool may not recover by itself."""
    probability = -math.expm1(-HOUR_S / seconds)
    if probability <= limit:
        return ()
    figures = {"overflow_in_an_hour": probability, "allowed_in_an_hour": limit, "seconds_to_overflow": seconds}
    return (Reason(ReasonCode.OVERFLOW, Resource.WORKER_TIME, figures=figures),)


def _mean_retry_s(arrivals: Arrivals) -> float:
    """Return the mean seconds between the first and the accepted attempt, of requests that were accepted at all."""
    chances = [arrivals.full**attempt for attempt in range(len(arrivals.retry_s))]
    return sum(chance * start for chance, start in zip(chances, arrivals.retry_s, strict=True)) / sum(chances)


def _reasons(pool: WorkerPool, point: OperatingPoint, arrival_rate: float) -> tuple[Reason, ...]:
    reasons = list(assumptions(pool))
    largest = point.replica.full_rate * pool.replicas
    if arrival_rate >= largest:
        figures = {"arrival_rate_per_s": arrival_rate, "largest_completion_rate_per_s": largest}
        reasons.append(Reason(ReasonCode.UNSTABLE, Resource.WORKER_TIME, figures=figures))
    if not point.settled:
        reasons.append(Reason(ReasonCode.UNSTABLE, Resource.WORKER_TIME, figures={"iteration_settled": 0.0}))
    return tuple(reasons)


def assumptions(pool: WorkerPool) -> tuple[Reason, ...]:
    """Return what the figures of a pool rest on besides its numbers."""
    reasons = [assumed_speed()] if pool.core_speed is None else []
    if pool.database != "same_host" and pool.database_cores is None and pool.mixture.database_s > 0:
        figures = {"uncontended_database_s": pool.mixture.database_s}
        reasons.append(Reason(ReasonCode.NOT_CHECKED, Resource.DATABASE_CPU, figures=figures))
    if not pool.classes and pool.scv != 1:
        reasons.append(Reason(ReasonCode.ASSUMED, Resource.WORKER_TIME, figures={"law_from_scv_alone": pool.scv}))
    if pool.balancing != "random" and pool.replicas > 1:
        reasons.append(Reason(ReasonCode.ASSUMED, Resource.WORKER_TIME, figures={"even_balancing_of_replicas": float(pool.replicas)}))
    return tuple(reasons)


def _may_last(pool: WorkerPool, point: OperatingPoint, rate: float) -> tuple[Reason, ...]:
    """Look from a full pool: a second equilibrium may not recover by itself."""
    other = highest(pool, rate)
    busy, busy_there = point.state.busy(pool.workers), other.state.busy(pool.workers)
    full, full_there = float(point.state.seen[-1]), float(other.state.seen[-1])
    if abs(busy_there - busy) <= _DIFFERENT * pool.workers and abs(full_there - full) <= _DIFFERENT:
        return ()
    figures = {"metastable_busy_workers": busy_there, "metastable_full_probability": full_there}
    return (Reason(ReasonCode.METASTABLE, Resource.WORKER_TIME, figures=figures),)


def _parts(pool: WorkerPool, request_class: str | None) -> Parts:
    parts = pool.mixture.parts
    if request_class is None:
        return parts
    names = [kind.name for kind in pool.classes]
    if request_class not in names:
        raise ValueError(f"request_class is {request_class!r}: this pool has {', '.join(names) or 'one class without a name'}")
    _, mean, shape = parts[names.index(request_class)]
    return ((1.0, mean, shape),)


def _invert(arrivals: Arrivals, parts: Parts, p: float, high: float) -> float:
    low = 0.0
    for _ in range(60):
        middle = (low + high) / 2
        if arrivals.answered_within(middle, parts) < p:
            low = middle
        else:
            high = middle
        if high - low <= 1e-6 * high:
            break
    return high
