"""Queues with finite room: arrivals that find it full are lost."""

from dataclasses import dataclass

import numpy as np

from models.queueing.arrays import FloatArray, frozen
from models.queueing.curves import invert
from models.queueing.laws import Law
from models.queueing.phases import Phases, phases_of
from models.queueing.quasi_birth_death import build_levels, null_vector

LARGEST_LINE = 5000
"""Largest number of waiting places."""

_LAST = 1e-14
_STEPS = 50_000
_LONGEST_SERVICE = 32.0  # the slowest phase lasts longer with probability exp(-32)


@dataclass(frozen=True, slots=True, eq=False)
class UniformizedTime:
    """A time that ends at one of the events of a Poisson process."""

    rate: float
    """Events a second."""
    survivals: FloatArray
    """Probability of lasting beyond the k-th event, shape (events,)."""

    @property
    def mean_s(self) -> float:
        """Mean in seconds."""
        return float(self.survivals.sum()) / self.rate

    def survival(self, t: FloatArray) -> FloatArray:
        """Return P(X > t), elementwise."""
        from scipy.special import gammaln

        k = np.arange(len(self.survivals))
        events = np.maximum(t, 0.0)[:, None] * self.rate
        log_poisson = k * np.log(np.maximum(events, 1e-300)) - events - gammaln(k + 1)
        return np.asarray(np.exp(log_poisson) @ self.survivals, dtype=float)

    def quantile(self, p: FloatArray) -> FloatArray:
        """Return the p-quantile, elementwise."""
        return invert(self.survival, p, 1 / self.rate)


@dataclass(frozen=True, slots=True, eq=False)
class FiniteQueue:
    """A queue with finite room as its arrivals meet it."""

    loss_probability: float
    """Share of arrivals that find no room."""
    wait_probability: float
    """Share of accepted arrivals that wait."""
    wait: UniformizedTime
    """Wait of an accepted arrival."""
    response: UniformizedTime | None
    """Wait plus service of an accepted arrival; None where services last too many events to follow."""


def finite_queue(arrival: Phases, service: Phases, servers: int, room: int) -> FiniteQueue:
    """Solve a queue with two-phase services and arrivals of one or two phases exactly, at most `room` in the system."""
    levels = build_levels(arrival, service, servers)
    probabilities = _level_probabilities(arrival, service, servers, room)
    exits = np.kron(np.eye(servers + 1), arrival.exits[:, None])
    met = [level @ exits[: len(level)] * arrival.mean for level in probabilities]
    loss = float(met[-1].sum())
    waiting = np.zeros((room - servers, servers + 1))
    for n in range(servers, room):
        waiting[n - servers] = met[n] / (1 - loss)
    return _times(loss, waiting, levels.service_local[: servers + 1, : servers + 1], levels.service_replace, service)


def finite_exponential_queue(load: float, service: Law, servers: int, room: int) -> FiniteQueue:
    """Solve M/M/c/K of any size in closed form (Gross & Harris 1985, section 2.4)."""
    n = np.arange(1, room + 1)
    logs = np.concatenate([[0.0], np.cumsum(np.log(load) - np.log(np.minimum(n, servers)))])
    states = np.exp(logs - logs.max())
    states /= states.sum()
    rate = np.array([[servers / service.mean]])
    phases = phases_of(service)
    if phases is None:
        raise ValueError(f"service={service!r} must be exponential")
    waiting = states[servers:room, None] / (1 - states[-1])
    return _times(float(states[-1]), waiting, -rate, rate, phases)


def _times(loss: float, waiting: FloatArray, local: FloatArray, replace: FloatArray, service: Phases) -> FiniteQueue:
    """Wait and response from the states met by accepted arrivals: row k still has k + 1 completions before it starts."""
    rate = float(-np.diag(local).min()) * (1 + 1e-9)
    rate = max(rate, float(-np.diag(service.generator).min()))
    stay, move = np.eye(len(local)) + local / rate, replace / rate
    serve = np.eye(len(service.start)) + service.generator / rate
    wait_probability = float(waiting.sum())
    serving = (1 - wait_probability) * service.start
    waits, responses = [wait_probability], [1.0]
    follow = _LONGEST_SERVICE * rate / float(-np.diag(service.generator).max()) <= _STEPS
    while waits[-1] > _LAST or (follow and responses[-1] > _LAST):
        moved = waiting @ move
        started = float(moved[0].sum()) if len(moved) else 0.0
        waiting = waiting @ stay
        waiting[:-1] += moved[1:]
        serving = serving @ serve + started * service.start
        waits.append(float(waiting.sum()))
        responses.append(waits[-1] + float(serving.sum()))
    wait = UniformizedTime(rate, frozen(np.array(waits)))
    response = UniformizedTime(rate, frozen(np.array(responses))) if responses[-1] <= _LAST else None
    return FiniteQueue(loss, wait_probability, wait, response)


def _level_probabilities(arrival: Phases, service: Phases, servers: int, room: int) -> list[FloatArray]:
    """Stationary probabilities of the states of each level 0 … room."""
    levels = build_levels(arrival, service, servers)
    phases = len(arrival.start)
    ratios: list[FloatArray] = []
    above = levels.join  # at the last level an arrival is lost and the next one begins its phases
    for n in range(room, 0, -1):
        size, below = (min(n, servers) + 1) * phases, (min(n - 1, servers) + 1) * phases
        up = levels.join if n > servers else levels.up[:below, :size]
        down = levels.replace if n > servers else levels.down[n, :size, :below]
        inside = -(levels.local[min(n, servers), :size, :size] + above[:size, :size])
        ratio = np.asarray(np.linalg.solve(inside.T, up.T).T, dtype=float)
        ratios.append(ratio)
        above = ratio @ down
    found = [null_vector(levels.local[0, :phases, :phases] + above)]
    for ratio in reversed(ratios):
        found.append(found[-1] @ ratio)
        if found[-1].sum() > 1e200:
            found = [level / 1e200 for level in found]
    total = sum(float(level.sum()) for level in found)
    return [level / total for level in found]
