"""Which solver answers for a queue with finite room."""

from dataclasses import replace
from functools import lru_cache

import numpy as np

from models.queueing.constant_service import constant_service_wait
from models.queueing.curves import Between
from models.queueing.finite import LARGEST_LINE, FiniteQueue, finite_exponential_queue, finite_queue
from models.queueing.laws import Gamma, Law, exponential, two_moment_law
from models.queueing.phases import phases_of, two_phases
from models.queueing.solution import EXACT_SERVERS, LARGEST_CONSTANT, WHITT_ERROR, Solution, shape_error, solve, stand_in_error
from models.queueing.stand_in import queueing_stand_in

_EXTRAPOLATION_ERROR = 0.3  # waits of constant service against simulation, load 0.8 to 1.25, arrival scv 0.5 to 4


@lru_cache(maxsize=1024)
def solve_with_room(arrival: Law, service: Law, servers: int, room: int) -> Solution:
    """Return the stationary solution with at most `room` in the system; waits are those of accepted arrivals.

    ValueError beyond 5000 waiting places.
    """
    if room - servers > LARGEST_LINE:
        raise ValueError(f"room={room!r} leaves more than {LARGEST_LINE} waiting places to servers={servers}: pass room=None instead")
    if service.mean / arrival.mean < servers * 1e-12:
        return solve(arrival, service, servers)
    if service == exponential(service.mean) and arrival == exponential(arrival.mean):
        return _memoryless(arrival, service, servers, room)
    if servers > EXACT_SERVERS:
        plain = _memoryless(exponential(arrival.mean), exponential(service.mean), servers, room)
        return _for_service(plain, service, f"M/M/c/K in place of {service.name} service", WHITT_ERROR)
    if phases_of(arrival) is None:
        near = solve_with_room(two_moment_law(arrival.mean, 0.5), service, servers, room)
        return replace(near, method=f"{near.method}, Erlang-2 arrivals in place of {arrival.name}", numerical_error=WHITT_ERROR)
    return _by_phases(arrival, service, servers, room) or _by_neighbours(arrival, service, servers, room)


def _memoryless(arrival: Law, service: Law, servers: int, room: int) -> Solution:
    queue = finite_exponential_queue(service.mean / arrival.mean, service, servers, room)
    return _solution(queue, service, "M/M/c/K closed form", 1e-10)


def _by_phases(arrival: Law, service: Law, servers: int, room: int) -> Solution | None:
    interarrival, phases = phases_of(arrival), two_phases(service)
    if interarrival is None or phases is None:
        return None
    return _solution(finite_queue(interarrival, phases, servers, room), service, "exact phase-type solution with finite room", 1e-9)


def _by_neighbours(arrival: Law, service: Law, servers: int, room: int) -> Solution:
    if service.scv > 1:
        found = solve_with_room(arrival, queueing_stand_in(service), servers, room)
        return _for_service(found, service, "finite room, exact for two exponential classes that queue alike", stand_in_error(service))
    if service.scv >= 0.5:
        found = solve_with_room(arrival, two_moment_law(service.mean, service.scv), servers, room)
        return _for_service(found, service, "finite room, exact for two phases with its two moments", shape_error(service))
    return _extrapolated(arrival, service, servers, room)


def _extrapolated(arrival: Law, service: Law, servers: int, room: int) -> Solution:
    """Continue the line from exponential through Erlang-2 service; the loss geometrically, so that it stays a probability."""
    far = solve_with_room(arrival, exponential(service.mean), servers, room)
    near = solve_with_room(arrival, Gamma(service.mean, 2.0), servers, room)
    weight = 2 * (1 - service.scv)
    return Solution(
        min(max((1 - weight) * far.wait_probability + weight * near.wait_probability, 0.0), 1.0),
        max((1 - weight) * far.mean_wait_s + weight * near.mean_wait_s, 0.0),
        Between(far.wait, near.wait, weight),
        service,
        "finite room, extrapolated from exponential and Erlang-2 service",
        _EXTRAPOLATION_ERROR,
        _loss(arrival, service, servers, room, (far.loss_probability, near.loss_probability)),
    )


def _loss(arrival: Law, service: Law, servers: int, room: int, known: tuple[float, float]) -> float:
    """Loss below scv 1/2, from the losses of exponential and of Erlang-2 service.

    The line of the two goes on, geometrically. For Poisson arrivals at a stable queue that is too high by about what the loss from the
    queue without limit (Tijms, A First Course in Stochastic Models, 2003, section 9.8.2) is too low for constant service: the
    mean of both logarithms is within 12 % of simulations of 2 to 32 servers, load 0.5 to 0.95.
    """
    load, weight = service.mean / arrival.mean, 2 * service.scv
    exponential_loss, erlang_loss = known
    line = float(erlang_loss ** (2 - weight) * exponential_loss ** (weight - 1))
    stable = load < servers and servers / (1 - load / servers) <= LARGEST_CONSTANT
    if arrival != exponential(arrival.mean) or not stable or room == servers:
        return line
    at_most = constant_service_wait(load, servers, service.mean).at_most
    fuller = 1 - float(at_most[min(room - servers, len(at_most)) - 1])
    idle = 1 - load / servers
    constant = idle * fuller / (1 - (1 - idle) * fuller)
    corrected = max(constant, 0.0) ** (1 - weight) * erlang_loss**weight
    return float(np.sqrt(line * corrected))


def _solution(queue: FiniteQueue, service: Law, method: str, error: float) -> Solution:
    return Solution(queue.wait_probability, queue.wait.mean_s, queue.wait, service, method, error, queue.loss_probability, queue.response)


def _for_service(solution: Solution, service: Law, note: str, error: float) -> Solution:
    return replace(solution, service=service, method=f"{service.name} service: {note}", numerical_error=error, finite_response=None)
