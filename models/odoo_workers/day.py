"""A pool through a day: load that changes while queues fill and drain, and the share of requests that miss the objective."""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.odoo_workers.chain import Replica, State, solve_open
from models.odoo_workers.equilibrium import others_in_database, replica_of
from models.odoo_workers.load import assumptions, stalled_share
from models.odoo_workers.pool import WorkerPool
from models.odoo_workers.response import Arrivals
from models.odoo_workers.transient import MOMENTS, Chain
from models.topology.resources import Resource
from models.topology.verdict import Reason, ReasonCode

_FLOODED = 3.0
"""Load beyond which the completion rates of the flooded pool are kept."""
_NEVER = 1e-290
_SETTLED = 1e-5
_ROUNDS = 6


@dataclass(frozen=True, slots=True, eq=False)
class DayLoad:
    """A pool over intervals of constant load; over all replicas."""

    times_s: NDArray[np.float64]
    """Shape (intervals,): middle of each, seconds from the start."""
    arrivals: NDArray[np.float64]
    """Shape (intervals,): expected requests."""
    late: NDArray[np.float64]
    """Shape (intervals,): share of the requests of each that miss the objective."""
    utilization: NDArray[np.float64]
    """Shape (intervals,): mean share of busy workers."""
    mean_queue: NDArray[np.float64]
    """Shape (intervals,): mean requests in the accept queues."""
    overflows: NDArray[np.float64]
    """Shape (intervals,): expected attempts that find an accept queue full, retries included."""
    overflow_probability: float
    """Probability that any accept queue overflows at all; from then on the steady figures promise nothing."""
    reasons: tuple[Reason, ...]
    """What was assumed, and whether the pool may not recover by itself."""

    @property
    def late_share(self) -> float:
        """Share of all requests that miss the objective."""
        return float(self.late @ self.arrivals / self.arrivals.sum())


@dataclass(frozen=True, slots=True, eq=False)
class _Interval:
    share: NDArray[np.float64]
    """Mean probability of each number of requests in one replica."""
    after: NDArray[np.float64]
    untouched: NDArray[np.float64]
    """Probabilities at the end without any overflow so far."""
    attempt_rate: float
    start_rate: float


def day_load(
    pool: WorkerPool,
    arrival_rates: NDArray[np.float64],
    *,
    interval_s: float,
    within_s: float,
    class_shares: NDArray[np.float64] | None = None,
    overflow_limit: float = 0.5,
) -> DayLoad:
    """Follow a pool through intervals of constant load; a backlog is carried from one into the next.

    The birth–death chain of the pool is integrated over time (M(t)/M(n)/c with room; Jensen 1953, Ingolfsson et al. 2007), its
    completion rates being those that give the stationary law of the pool at the load of the interval. Refused attempts
    come back at once in the mean, which is short against an interval. Starts empty.

    Parameters
    ----------
    arrival_rates
        Shape (intervals,): offered requests per second over all replicas.
    interval_s
        Seconds each rate lasts.
    within_s
        Objective of the response, seconds.
    class_shares
        Shape (intervals, classes): share of each class of the pool in each interval; None: those of the pool.
    overflow_limit
        Probability of any overflow beyond which a reason says that the pool may not recover by itself.

    Raises
    ------
    ValueError
        If rates, shares or times are negative, missing or of unequal length.

    """
    rates = np.asarray(arrival_rates, float)
    _check(pool, rates, interval_s, within_s, class_shares)
    states = pool.workers + pool.room + 1
    state, untouched, others = np.eye(1, states)[0], np.eye(1, states)[0], 0.0
    rows = []
    for place, rate in enumerate(rates.tolist()):
        now = pool if class_shares is None else _with_shares(pool, class_shares[place])
        replica = replica_of(now, others)
        passed = _pass(now, replica, rate / pool.replicas, state, untouched, interval_s)
        state, untouched = passed.after, passed.untouched
        occupied = State(passed.attempt_rate, passed.share, passed.share)
        others = others_in_database(now, replica, occupied)
        residence = replica.inner.residence_s(now.unloaded_s)
        met = Arrivals(passed.share, residence, passed.start_rate, now.attempts_s, stalled_share(now, residence))
        missed = 1 - met.answered_within(within_s, now.mixture.parts) if rate > 0 else 0.0
        full = passed.attempt_rate * float(passed.share[-1]) * interval_s * pool.replicas
        rows.append((missed, occupied.busy(pool.workers) / pool.workers, occupied.queued(pool.workers) * pool.replicas, full))
    never = float(untouched.sum()) ** pool.replicas
    late, utilization, queue, overflows = np.array(rows, dtype=np.float64).T
    times = np.asarray((np.arange(rates.size) + 0.5) * interval_s, float)
    reasons = (*assumptions(pool), *_may_stay(1 - never, overflow_limit, overflows, times))
    return DayLoad(times, rates * interval_s, late, utilization, queue, overflows, max(1 - never, 0.0), reasons)


def _pass(
    pool: WorkerPool, replica: Replica, rate: float, start: NDArray[np.float64], untouched: NDArray[np.float64], interval_s: float
) -> _Interval:
    """Integrate one interval; retries follow from how often the queue is full in it."""
    full, attempts = float(start[-1]), rate
    share, after = start, start
    for _ in range(_ROUNDS):
        attempts = rate * sum(full**attempt for attempt in range(len(pool.attempts_s)))
        moments = _chain(replica, attempts)[0].over(start, interval_s)
        share, after = (moments[1:-1].sum(axis=0) + (moments[0] + moments[-1]) / 2) / MOMENTS, moments[-1]
        found = float(share[-1])
        if abs(found - full) <= _SETTLED:
            break
        full = found
    chain, start_rate = _chain(replica, attempts)
    return _Interval(share, after, replace(chain, leak=attempts).over(untouched, interval_s)[-1], attempts, start_rate)


def _chain(replica: Replica, attempt_rate: float) -> tuple[Chain, float]:
    """Return the chain at a load, and the rate of starts a waiting request sees in it."""
    workers, states = replica.workers, replica.workers + replica.room + 1
    completions = np.append(replica.inner.throughput[1:], np.full(replica.room, replica.full_rate))
    births = np.full(states - 1, attempt_rate)
    if attempt_rate <= 0:
        return Chain(births, completions), replica.full_rate
    steady = solve_open(replica, min(attempt_rate, _FLOODED * replica.full_rate))
    before, here = steady.time_share[:-1], steady.time_share[1:]
    known = (before > _NEVER) & (here > _NEVER)
    known[: workers - 1] = False
    completions = np.where(known, steady.attempt_rate * before / np.where(known, here, 1.0), completions)
    found = steady.start_rate(workers)
    return Chain(births, completions), found if math.isfinite(found) and attempt_rate < replica.full_rate else replica.full_rate


def _with_shares(pool: WorkerPool, shares: NDArray[np.float64]) -> WorkerPool:
    total = float(shares.sum())
    if total <= 0:
        return pool
    kinds = tuple(replace(kind, share=float(share) / total) for kind, share in zip(pool.classes, shares, strict=True))
    return replace(pool, classes=kinds)


def _may_stay(probability: float, limit: float, overflows: NDArray[np.float64], times: NDArray[np.float64]) -> tuple[Reason, ...]:
    if probability <= limit:
        return ()
    figures = {"overflow_probability": probability, "expected_overflows": float(overflows.sum())}
    figures["worst_at_s"] = float(times[int(overflows.argmax())])
    return (Reason(ReasonCode.METASTABLE, Resource.WORKER_TIME, figures=figures),)


def _check(
    pool: WorkerPool, rates: NDArray[np.float64], interval_s: float, within_s: float, class_shares: NDArray[np.float64] | None
) -> None:
    if rates.ndim != 1 or not rates.size or not (np.isfinite(rates) & (rates >= 0)).all() or not rates.sum() > 0:
        raise ValueError(f"arrival_rates has shape {rates.shape}: give a list of finite rates of at least 0, not all of them 0")
    if not (0 < interval_s < math.inf and 0 < within_s < math.inf):
        raise ValueError(f"interval_s is {interval_s} and within_s is {within_s}: give finite seconds above 0")
    if class_shares is not None and np.shape(class_shares) != (rates.size, len(pool.classes)):
        expected = (rates.size, len(pool.classes))
        raise ValueError(f"class_shares has shape {np.shape(class_shares)}: give {expected}, one row an interval, one column a class")
    if class_shares is not None and not (np.asarray(class_shares) >= 0).all():
        raise ValueError("class_shares holds negative or missing shares: give shares of at least 0")
