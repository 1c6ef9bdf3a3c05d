"""The operating point of a pool: retries and the shared database solved together."""

from collections.abc import Callable
from dataclasses import dataclass

from models.odoo_workers.chain import Replica, State, solve_open, solve_users
from models.odoo_workers.inner import flow_equivalent
from models.odoo_workers.pool import WorkerPool
from models.odoo_workers.shapes import Shape, shape_of

_ROUNDS = 400
_TOLERANCE = 1e-8


@dataclass(frozen=True, slots=True, eq=False)
class OperatingPoint:
    """One replica of a pool in equilibrium with its retries and with the other replicas."""

    replica: Replica
    """The replica at this load."""
    state: State
    """Its equilibrium."""
    others_in_database: float
    """Mean number of requests of the other replicas in the shared database."""
    settled: bool
    """Whether the iteration converged."""


def replica_of(pool: WorkerPool, others_in_database: float = 0.0) -> Replica:
    """Return the fixed part of one replica."""
    return Replica(flow_equivalent(pool.stations(others_in_database), pool.workers), waiting_shape(pool), pool.room)


def waiting_shape(pool: WorkerPool) -> Shape:
    """Return the law that moves the waiting; a balancer that spreads evenly counts as a smaller scv.

    Of every R-th arrival the scv is 1/R; only the sum of both variations moves the mean wait (Allen 1990, section 5.3).
    Least connections is taken half way between random and round robin.
    """
    saved = {"random": 0.0, "round_robin": 1.0, "least_connections": 0.5}[pool.balancing] * (1 - 1 / pool.replicas)
    return shape_of(max(pool.mixture.scv - saved, 0.0)) if saved else pool.mixture.law


def lowest(pool: WorkerPool, rate: float) -> OperatingPoint:
    """Return the operating point reached from an idle pool; `rate` is offered requests per second of one replica."""
    return _iterate(pool, rate, 0.0, 0.0)


def highest(pool: WorkerPool, rate: float) -> OperatingPoint:
    """Return the operating point reached from a full pool: another one than the lowest means that both can last."""
    return _iterate(pool, rate, 1.0, float(pool.workers * (pool.replicas - 1)))


def of_users(pool: WorkerPool, requests_at_large: float, think_s: float) -> OperatingPoint:
    """Return the operating point under a finite population of one replica."""
    return _settle(pool, lambda replica, _: solve_users(replica, requests_at_large, think_s), 0.0, 0.0)


def _iterate(pool: WorkerPool, rate: float, full: float, others: float) -> OperatingPoint:
    attempts = len(pool.attempts_s)

    def solve(replica: Replica, full: float) -> State:
        return solve_open(replica, rate * sum(full**attempt for attempt in range(attempts)))

    return _settle(pool, solve, full, others)


def _settle(pool: WorkerPool, solve: Callable[[Replica, float], State], full: float, others: float) -> OperatingPoint:
    """Iterate to a fixed point: the map rises in both arguments, so each start runs to its own end without turning back."""
    for _ in range(_ROUNDS):
        replica = replica_of(pool, others)
        state = solve(replica, full)
        found = float(state.seen[-1])
        beside = others_in_database(pool, replica, state)
        if abs(found - full) <= _TOLERANCE and abs(beside - others) <= _TOLERANCE * (1 + others):
            return OperatingPoint(replica, state, others, settled=True)
        full, others = found, beside
    return OperatingPoint(replica, state, others, settled=False)


def others_in_database(pool: WorkerPool, replica: Replica, state: State) -> float:
    """Return the mean number of requests of the other replicas in the database all share."""
    if pool.database != "shared" or pool.replicas == 1 or pool.database_cores is None:
        return 0.0
    inside = replica.inner.in_database
    waiting = float(state.time_share[pool.workers :].sum()) * float(inside[-1])
    return (pool.replicas - 1) * (float(state.time_share[: pool.workers] @ inside[:-1]) + waiting)
