"""The stationary state of one replica: its chain solved for open arrivals or for users who think."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.odoo_workers.inner import FlowEquivalent
from models.odoo_workers.shapes import Shape
from models.odoo_workers.waiting import state_weights

_ROUNDS = 200
_NEAR_SATURATION = 0.98
_LONG_ENOUGH = 3


@dataclass(frozen=True, slots=True, eq=False)
class Replica:
    """What of one replica stays the same at every load."""

    inner: FlowEquivalent
    """Completions per second by number in service."""
    shape: Shape
    """Law of the service time for the waiting."""
    room: int
    """Places of the accept queue."""

    @property
    def workers(self) -> int:
        """Requests that can be in service."""
        return self.inner.throughput.size - 1

    @property
    def full_rate(self) -> float:
        """Completions per second with every worker busy."""
        return float(self.inner.throughput[-1])


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """One replica in equilibrium."""

    attempt_rate: float
    """Attempts per second, retries included."""
    time_share: NDArray[np.float64]
    """Shape (workers + room + 1,): share of time with n requests in the pool."""
    seen: NDArray[np.float64]
    """Same shape: what an attempt meets."""

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        self.time_share.flags.writeable = False
        self.seen.flags.writeable = False

    def busy(self, workers: int) -> float:
        """Return the mean number of busy workers."""
        return float(self.time_share @ np.minimum(np.arange(self.time_share.size), workers))

    def queued(self, workers: int) -> float:
        """Return the mean number of requests in the accept queue."""
        return float(self.time_share @ np.maximum(np.arange(self.time_share.size) - workers, 0))

    def start_rate(self, workers: int) -> float:
        """Return the rate of starts that makes the waits agree with the mean queue (Little's law)."""
        places = np.arange(1, self.seen.size - workers)
        queued = self.queued(workers)
        met = float(self.seen[workers:-1] @ places)
        return self.attempt_rate * met / queued if queued > 0 and met > 0 else np.inf

    def seconds_to_overflow(self, replica: Replica) -> float:
        """Return the mean time from idle until a first attempt finds the queue full.

        First passage of the birth–death chain with these shares of time (Keilson 1979), exact for exponential service. For
        other laws that chain falls back from a long queue at another pace than the pool does, so overflows would come in
        clumps of the wrong size: the drift corrects it (simulated, scv 0.2 … 4: 0.64 … 1.06 of the true time).
        """
        if self.attempt_rate <= 0:
            return math.inf
        decay = self._decay(replica)
        shares = self.time_share.copy()
        shares[-1] = shares[-2] * decay
        below = np.cumsum(shares)
        load = self.attempt_rate / replica.full_rate
        pace = (1 - decay) / (1 - load) if max(load, decay) < _NEAR_SATURATION else 1.0
        with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
            steps = np.where(below > 0, below / (self.attempt_rate * shares), 0.0)
            return float(steps.sum()) * pace

    def _decay(self, replica: Replica) -> float:
        """Return by what the share of time falls from one long queue to the next."""
        if replica.room < _LONG_ENOUGH or self.time_share[-3] <= 0:
            return self.attempt_rate / replica.full_rate
        return float(self.time_share[-2] / self.time_share[-3])


def solve_open(replica: Replica, attempt_rate: float) -> State:
    """Return the equilibrium under Poisson attempts at `attempt_rate` per second."""
    if attempt_rate <= 0:
        empty = np.zeros(replica.workers + replica.room + 1)
        empty[0] = 1
        return State(0.0, empty, empty)
    share = state_weights(attempt_rate, replica.inner.throughput, replica.shape, replica.room)
    return State(attempt_rate, share, share)


def solve_users(replica: Replica, requests_at_large: float, think_s: float) -> State:
    """Return the equilibrium with a finite population.

    Parameters
    ----------
    replica
        The pool the users of this replica work on.
    requests_at_large
        Requests that can be outstanding: users times requests of an action.
    think_s
        Mean seconds between an answer and the next action.

    """
    states = np.arange(replica.workers + replica.room + 1)
    births = np.maximum(requests_at_large - states, 0.0) / think_s
    rate = min(births[0], replica.full_rate)
    state = solve_open(replica, float(rate))
    for _ in range(_ROUNDS):
        share = _finite_source(state, births)
        found = float(share @ births)
        if abs(found - rate) <= 1e-9 * rate:
            break
        rate = (rate + found) / 2
        state = solve_open(replica, float(rate))
    return State(found, share, share * births / found)


def _finite_source(state: State, births: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the shares of time when births depend on the state and deaths are those the open chain implies."""
    with np.errstate(divide="ignore"):
        logs = np.log(state.time_share)
        slower = np.concatenate(([0.0], np.cumsum(np.log(births[:-1] / state.attempt_rate))))
    total = logs + slower
    shares = np.exp(total - total.max())
    return np.asarray(shares / shares.sum())
