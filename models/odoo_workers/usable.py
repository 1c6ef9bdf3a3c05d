"""The largest load a pool carries: the response objective and the accept queue, whichever comes first."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from models.odoo_workers.chain import Replica, State, solve_open
from models.odoo_workers.equilibrium import others_in_database, replica_of
from models.odoo_workers.load import HOUR_S, assumptions, met
from models.odoo_workers.pool import WorkerPool
from models.topology.resources import Resource
from models.topology.verdict import Reason, ReasonCode

_PRECISION = 1e-4
_ROUNDS = 40
_ALMOST_FULL = 0.9999
_QUIET, _ALMOST_IDLE = 0.05, 1e-4


@dataclass(frozen=True, slots=True)
class UsableLoad:
    """The largest arrival rate with the two bounds it comes from; requests per second over all replicas."""

    arrival_rate: float
    """What may be planned: the smaller of the two."""
    keeps_response: float
    """Largest rate that keeps the response objective."""
    keeps_queue: float
    """Largest rate that keeps the accept queue from overflowing more often than allowed; beyond it the pool may not recover."""
    largest_completion_rate: float
    """Completions per second with every worker busy."""
    reasons: tuple[Reason, ...]
    """What bounds the load and what was assumed."""


def usable_load(pool: WorkerPool, percentile: float, response_s: float, overflow_per_hour: float) -> UsableLoad:
    """Return the usable load of a pool; see `WorkerPool.capacity`.

    Raises
    ------
    ValueError
        If the percentile or the overflow probability is not strictly between 0 and 1 or the response time not above 0.

    """
    for name, value in (("percentile", percentile), ("overflow_per_hour", overflow_per_hour)):
        if not 0 < value < 1:
            raise ValueError(f"{name} is {value}: give a probability strictly between 0 and 1")
    if not response_s > 0:
        raise ValueError(f"response_s is {response_s}: give seconds above 0")
    seconds = HOUR_S * pool.replicas / -math.log1p(-overflow_per_hour)
    first = _Solved(replica_of(pool), {})
    queue = _bound(pool, first, lambda replica, state: _log(state.seconds_to_overflow(replica) / seconds))
    response = _bound(pool, first, lambda replica, state: _response_margin(pool, replica, state, percentile, response_s))
    return _describe(pool, queue, response)


Margin = Callable[[Replica, State], float]


def _bound(pool: WorkerPool, first: "_Solved", margin: Margin) -> tuple["_Solved", float]:
    """Return the largest attempt rate of a replica with a margin of at least 0, and the replica as the others' work leaves it there."""
    solved, others, low, high = first, 0.0, 0.0, math.inf
    before: tuple[float, float] | None = None
    for _ in range(_ROUNDS):
        rate = _largest(solved, margin)
        excess = others_in_database(pool, solved.replica, solved.at(rate)) - others if rate > 0 else -others
        if abs(excess) <= _PRECISION * (1 + others):
            break
        low, high = (others, high) if excess > 0 else (low, others)
        others, before = _next_guess((others, excess), before, low, high), (others, excess)
        solved = _Solved(replica_of(pool, others), {})
    return solved, rate


def _next_guess(here: tuple[float, float], before: tuple[float, float] | None, low: float, high: float) -> float:
    """Return where a falling excess is next looked for its zero: by the secant inside the bracket, else half way."""
    at, excess = here
    half = (low + high) / 2 if math.isfinite(high) else at + excess / 2
    if before is None or before[1] == excess:
        return half
    secant = at - excess * (at - before[0]) / (excess - before[1])
    return secant if low < secant < high else half


def _describe(pool: WorkerPool, by_queue: "tuple[_Solved, float]", by_response: "tuple[_Solved, float]") -> UsableLoad:
    queue, response = (_offered(pool, solved, rate) for solved, rate in (by_queue, by_response))
    largest = (by_queue if queue < response else by_response)[0].replica.full_rate * pool.replicas
    figures = {"keeps_response_per_s": response, "keeps_queue_per_s": queue, "largest_completion_rate_per_s": largest}
    if response <= 0:
        bound = Reason(ReasonCode.TOO_SMALL, Resource.WORKER_TIME, figures={"unloaded_s": pool.unloaded_s, **figures})
    elif queue < response:
        bound = Reason(ReasonCode.OVERFLOW, Resource.WORKER_TIME, figures=figures)
    else:
        bound = Reason(ReasonCode.BINDING, Resource.WORKER_TIME, figures=figures)
    return UsableLoad(min(queue, response), response, queue, largest, (bound, *assumptions(pool)))


def _offered(pool: WorkerPool, solved: "_Solved", attempt_rate: float) -> float:
    """Return the requests per second whose attempts and retries make this attempt rate on each replica."""
    if attempt_rate <= 0:
        return 0.0
    full = float(solved.at(attempt_rate).seen[-1])
    return pool.replicas * attempt_rate / sum(full**attempt for attempt in range(len(pool.attempts_s)))


def _response_margin(pool: WorkerPool, replica: Replica, state: State, percentile: float, response_s: float) -> float:
    missed = 1 - met(pool, replica, state).answered_within(response_s, pool.mixture.parts)
    return _log((1 - percentile) / max(missed, 1e-12))


def _log(ratio: float) -> float:
    """Return the logarithm, finite whatever the ratio."""
    return math.log(min(max(ratio, 1e-300), 1e300))


@dataclass(frozen=True, slots=True, eq=False)
class _Solved:
    """States of one replica already solved: what one bound has looked at, the other need not solve again."""

    replica: Replica
    states: dict[float, State]

    def at(self, rate: float) -> State:
        """Return the equilibrium at a rate."""
        if rate not in self.states:
            self.states[rate] = solve_open(self.replica, rate)
        return self.states[rate]

    def bracket(self, margin: Callable[[Replica, State], float]) -> tuple[float, float, float, float]:
        """Return the neighbouring rates known so far between which the margin changes its sign, with the margins there."""
        low, high = _QUIET * self.replica.full_rate, _ALMOST_FULL * self.replica.full_rate
        at_low, at_high = margin(self.replica, self.at(low)), margin(self.replica, self.at(high))
        if at_low < 0:
            low = _ALMOST_IDLE * self.replica.full_rate
            at_low = margin(self.replica, self.at(low))
        known = sorted(rate for rate in self.states if low < rate < high)
        while known and at_low >= 0 > at_high:
            middle = known.pop(len(known) // 2)
            value = margin(self.replica, self.at(middle))
            if value >= 0:
                low, at_low = middle, value
            else:
                high, at_high = middle, value
            known = [rate for rate in known if low < rate < high]
        return low, high, at_low, at_high


def _largest(solved: _Solved, margin: Callable[[Replica, State], float]) -> float:
    """Return the largest attempt rate with a margin of at least 0, to 1e-4 of itself: false position that halves a stuck end (Illinois).

    In the logarithm of the rate, in which the logarithm of a time to overflow is all but a line.
    """
    low, high, at_low, at_high = solved.bracket(margin)
    if at_low < 0:
        return 0.0
    if at_high >= 0:
        return high
    kept = 0
    for _ in range(_ROUNDS):
        middle = math.exp((math.log(low) * at_high - math.log(high) * at_low) / (at_high - at_low))
        value = margin(solved.replica, solved.at(middle))
        steep = (at_low - at_high) / math.log(high / low)
        if abs(value) <= _PRECISION * steep:
            return middle
        if high - low <= _PRECISION * high:
            return low
        if value > 0:
            low, at_low, at_high, kept = middle, value, at_high / (2 if kept > 0 else 1), 1
        else:
            high, at_high, at_low, kept = middle, value, at_low / (2 if kept < 0 else 1), -1
    return low
