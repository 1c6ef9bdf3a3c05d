"""Which solver answers for which queue."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from models.queueing.approximate import approximate_mean_wait, conditional_wait, decay_rate
from models.queueing.arrays import FloatArray
from models.queueing.constant_service import constant_service_means, constant_service_wait
from models.queueing.curves import Between, Curve, MatrixExponential, Never, Shifted, matrix_exponential, wait_plus_service
from models.queueing.erlang import erlang_c
from models.queueing.lattice import lattice_wait
from models.queueing.laws import Deterministic, Gamma, Law, Mixture, exponential, three_moment_hyperexponential, two_moment_law
from models.queueing.phases import phases_of, two_phases
from models.queueing.quasi_birth_death import phase_wait
from models.queueing.stand_in import queueing_stand_in

EXACT_SERVERS = 64
"""Largest number of servers the phase-type solver takes; beyond it the cost, which grows with servers^4, is above a second."""
CONSTANT_SERVERS = 1000
"""Largest number of servers for the full M/D/c distribution; its means are exact at any size."""

LARGEST_CONSTANT = 100_000
"""Largest servers over idle share for it: the work grows with that times the servers."""
STAND_IN_ERROR = (0.12, 0.04)
"""Relative error of quantiles, at scv 0 and per unit of it, of a law replaced by two exponential classes; means are within 8 %."""
CONSTANTS_ERROR = 0.5
"""The same for mixtures with constants, whose waits have corners; means are within 15 %."""
INTERPOLATION_ERROR = 0.02
"""Relative error of a gamma law interpolated between the nearest laws with exact solutions."""
OTHER_SHAPE_ERROR = 0.4
"""Relative error of quantiles of another law of scv below 1 treated like the gamma law; means are within 7 %."""
WHITT_ERROR = 0.16
"""Largest relative error of Whitt's formula on the grid of exact values, rounded up."""

_LATTICE_LOAD = 0.02  # below, the lattice that holds an interarrival time is too coarse for the service
_LATTICE_ERROR = 0.002
_KIMURA_ERROR = 0.15  # mean within 6 %, p99 within 13 % of the exact values at c = 32, scv 4


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """The stationary behaviour of a queue."""

    wait_probability: float
    """Share of arrivals that wait."""
    mean_wait_s: float
    """Mean wait in seconds over all arrivals."""
    wait: Curve
    """Wait of an arrival."""
    service: Law
    """Law of the service that was solved for."""
    method: str
    """What was computed, in words."""
    numerical_error: float
    """Relative error of the method's mean and quantiles, as far as it is known."""
    loss_probability: float = 0.0
    """Share of arrivals that find no room."""
    finite_response: Curve | None = None
    """Wait plus service where the room is finite."""

    @property
    def response(self) -> Curve:
        """Wait plus service of an arrival."""
        return self.finite_response or _response(self.wait, self.wait_probability, self.mean_wait_s, self.service)


@lru_cache(maxsize=1024)
def solve(arrival: Law, service: Law, servers: int) -> Solution:
    """Return the stationary solution of the queue without a limit to its room, by the most exact solver that takes it."""
    load = service.mean / arrival.mean
    if load >= servers:
        return Solution(1.0, np.inf, Never(), service, "no steady state", 0.0)
    if load < servers * 1e-12:
        return Solution(0.0, 0.0, _exponential_wait(0.0, 1 / service.mean), service, "no load", 0.0)
    poisson = arrival == exponential(arrival.mean)
    if poisson and service == exponential(service.mean):
        return _memoryless(load, service, servers)
    if poisson and isinstance(service, Deterministic) and servers <= CONSTANT_SERVERS:
        return _constant(load, service, servers)
    if phases_of(arrival) is not None and servers <= EXACT_SERVERS:
        return _by_phases(arrival, service, servers) or _by_neighbours(arrival, service, servers)
    return _by_moments(arrival, service, servers)


@lru_cache(maxsize=1024)
def _response(wait: Curve, wait_probability: float, mean_wait_s: float, service: Law) -> Curve:
    if isinstance(wait, Never):
        return wait
    if isinstance(service, Deterministic):
        return Shifted(wait, service.mean)
    phases = phases_of(service)
    if isinstance(wait, MatrixExponential) and phases is not None:
        return _joined(wait, phases.start, phases.generator)
    return wait_plus_service(wait, wait_probability, service.survival, mean_wait_s + service.mean)


def _joined(wait: MatrixExponential, start: FloatArray, generator: FloatArray) -> MatrixExponential:
    """Wait, then service, in one block matrix."""
    inside = wait.generator
    leave = -inside.sum(axis=1)
    waits = len(inside)
    blocks = np.zeros((waits + len(start), waits + len(start)))  # np.block costs as much as a small solution
    blocks[:waits, :waits], blocks[:waits, waits:], blocks[waits:, waits:] = inside, leave[:, None] * start, generator
    return matrix_exponential(np.concatenate([wait.start, (1 - wait.start.sum()) * start]), blocks)


def _exponential_wait(probability: float, rate: float) -> MatrixExponential:
    return matrix_exponential(np.array([probability]), np.array([[-rate]]))


def _memoryless(load: float, service: Law, servers: int) -> Solution:
    waiting = erlang_c(load, servers)
    rate = (servers - load) / service.mean
    return Solution(waiting, waiting / rate, _exponential_wait(waiting, rate), service, "M/M/c closed form", 1e-12)


def _constant(load: float, service: Law, servers: int) -> Solution:
    means = constant_service_means(load, servers, service.mean)
    if servers / (1 - load / servers) <= LARGEST_CONSTANT:
        wait: Curve = constant_service_wait(load, servers, service.mean)
        return Solution(means.wait_probability, means.mean_wait_s, wait, service, "M/D/c exact", 1e-9)
    decay = decay_rate(exponential(service.mean / load), service, servers)
    start, generator = conditional_wait(means.mean_wait_s / means.wait_probability, decay, np.inf)
    wait = matrix_exponential(means.wait_probability * start, generator)
    return Solution(means.wait_probability, means.mean_wait_s, wait, service, "M/D/c, exact mean and decay rate", INTERPOLATION_ERROR)


def _by_phases(arrival: Law, service: Law, servers: int) -> Solution | None:
    interarrival, phases = phases_of(arrival), two_phases(service)
    if interarrival is None or phases is None:
        return None
    solved = phase_wait(interarrival, phases, servers)
    wait = matrix_exponential(solved.start, solved.generator)
    method = f"{arrival.name} arrivals, {service.name} service: exact phase-type solution"
    return Solution(float(solved.start.sum()), solved.mean_s, wait, service, method, max(solved.residual, 1e-10))


def _by_neighbours(arrival: Law, service: Law, servers: int) -> Solution:
    """Answer for a law without phases from laws that have them."""
    shaped = service.scv > 1 or not isinstance(service, Gamma)
    if isinstance(service, Deterministic) or (servers == 1 and shaped and service.mean > _LATTICE_LOAD * arrival.mean):
        return _by_lattice(arrival, service, servers)
    if service.scv > 1:
        solution = solve(arrival, queueing_stand_in(service), servers)
        return _renamed(solution, service, "exact for two exponential classes that queue alike", stand_in_error(service))
    if service.scv >= 0.5:
        return _renamed(
            solve(arrival, two_moment_law(service.mean, service.scv), servers),
            service,
            "exact for two phases with its two moments",
            shape_error(service),
        )
    low, high = solve(arrival, Deterministic(service.mean), servers), solve(arrival, Gamma(service.mean, 2.0), servers)
    weight = 2 * service.scv
    return Solution(
        (1 - weight) * low.wait_probability + weight * high.wait_probability,
        (1 - weight) * low.mean_wait_s + weight * high.mean_wait_s,
        Between(low.wait, high.wait, weight),
        service,
        "interpolated between constant and Erlang-2 service",
        max(shape_error(service), low.numerical_error),
    )


def _by_lattice(arrival: Law, service: Law, servers: int) -> Solution:
    wait = lattice_wait(arrival, service, servers)
    return Solution(
        wait.wait_probability, wait.mean_s, wait, service, "exact on a lattice of time", max(_LATTICE_ERROR, 2 * wait.step_s / service.mean)
    )


def stand_in_error(service: Law) -> float:
    """Return the relative error of a law above scv 1 that is replaced by two exponential classes, at most 1/2."""
    if isinstance(service, Mixture) and any(isinstance(part, Deterministic) for part in service.parts):
        return CONSTANTS_ERROR
    return min(STAND_IN_ERROR[0] + STAND_IN_ERROR[1] * service.scv, 0.5)


def shape_error(service: Law) -> float:
    """Return the relative error of a law of scv below 1 that is interpolated by its two moments."""
    return INTERPOLATION_ERROR if isinstance(service, Gamma) else OTHER_SHAPE_ERROR


def _renamed(solution: Solution, service: Law, note: str, error: float) -> Solution:
    return Solution(solution.wait_probability, solution.mean_wait_s, solution.wait, service, f"{service.name} service: {note}", error)


def _by_moments(arrival: Law, service: Law, servers: int) -> Solution:
    arrival_rate, load = 1 / arrival.mean, service.mean / arrival.mean
    mean = approximate_mean_wait(arrival_rate, service, servers, arrival.scv)
    waiting = erlang_c(load, servers)
    if mean <= 0 or waiting <= 0:
        return Solution(0.0, 0.0, _exponential_wait(0.0, 1 / service.mean), service, "two moments: nobody waits", WHITT_ERROR)
    tail = service if service.scv <= 1 else three_moment_hyperexponential(service.mean, service.scv, service.third_moment)
    if not isinstance(tail, Deterministic | Gamma | Mixture) or _has_heavy_part(tail):
        tail = two_moment_law(service.mean, service.scv)
    start, generator = conditional_wait(mean / waiting, decay_rate(arrival, tail, servers), 2 * (servers - load) / service.mean)
    wait = matrix_exponential(waiting * start, generator)
    poisson = arrival.scv == 1
    method = "Kimura's mean, exact decay rate" if poisson else "Whitt's two-moment mean, exact decay rate"
    return Solution(waiting, mean, wait, service, method, _KIMURA_ERROR if poisson else WHITT_ERROR)


def _has_heavy_part(law: Law) -> bool:
    return isinstance(law, Mixture) and not all(isinstance(part, Gamma | Deterministic) for part in law.parts)
