"""Exact queues with two-phase services and arrivals of at most two phases, solved as a quasi-birth-death process.

A level is the number in the system, a state within it how many busy servers are in phase one and the phase of the next arrival.
Above `servers` levels repeat: rate matrix by logarithmic reduction (Latouche & Ramaswami 1993); below, levels are eliminated one
by one. The wait of an arrival is phase type of order servers + 1 (Asmussen & Moller, Queueing Systems, 2001; Sengupta 1990).
"""

from dataclasses import dataclass

import numpy as np

from models.queueing.arrays import FloatArray
from models.queueing.phases import Phases

_REDUCTIONS = 64
_LAST_STEP = 1e-9  # convergence is quadratic: the next step would be below 1e-16


@dataclass(frozen=True, slots=True, eq=False)
class Levels:
    """Transition rates between and within levels, states ordered service-major."""

    up: FloatArray
    """Arrivals that find a free server, shape (states, states); level n uses its first rows and columns."""
    local: FloatArray
    """Rates within levels 0 … servers, shape (servers + 1, states, states)."""
    down: FloatArray
    """Completions with nobody waiting, from levels 0 … servers, shape (servers + 1, states, states)."""
    replace: FloatArray
    """Completions after which a waiting customer starts, shape (states, states)."""
    join: FloatArray
    """Arrivals that find all servers busy, shape (states, states)."""
    service_local: FloatArray
    """Rates without completion among busy servers alone, shape (servers + 1, servers + 1)."""
    service_replace: FloatArray
    """Completions among busy servers alone, shape (servers + 1, servers + 1)."""


@dataclass(frozen=True, slots=True, eq=False)
class PhaseWait:
    """The stationary wait of an arrival: P(W > t) = start exp(generator t) 1."""

    start: FloatArray
    """Weights at time 0, shape (servers + 1,); their sum is the probability of waiting."""
    generator: FloatArray
    """Rates per second, shape (servers + 1, servers + 1)."""
    mean_s: float
    """Mean wait in seconds."""
    residual: float
    """Relative difference between the mean wait and the one from the mean queue by Little's law."""


def phase_wait(arrival: Phases, service: Phases, servers: int) -> PhaseWait:
    """Solve the stable queue exactly and return the wait of its arrivals.

    `service` needs two phases (`two_phases`), `arrival` one or two; the cost grows with servers^4.
    """
    levels = build_levels(arrival, service, servers)
    inner = np.linalg.inv(-(levels.local[servers] + levels.join @ first_passage(levels, servers)))
    rate = levels.join @ inner
    visits = np.asarray(np.linalg.inv(np.eye(len(rate)) - rate), dtype=float)
    full = _full_level(levels, rate, visits, servers, len(arrival.start))
    waits = np.eye(servers + 1)
    arrive = _product(waits, arrival.exits[:, None])
    embedded = _product(waits, arrival.start[None, :]) @ inner @ arrive
    arrival_rate = 1 / arrival.mean
    start = np.linalg.solve((waits - embedded).T, full @ arrive) / arrival_rate
    generator = levels.service_local + embedded @ levels.service_replace
    mean = float(-np.linalg.solve(generator.T, start).sum())
    queue = float((full @ visits @ rate @ visits).sum())
    residual = abs(queue / arrival_rate - mean) / mean if mean > 0 else 0.0
    return PhaseWait(np.asarray(start, dtype=float), np.asarray(generator, dtype=float), mean, residual)


def build_levels(arrival: Phases, service: Phases, servers: int) -> Levels:
    """Return the transition rates of the levels 0 … servers and of those above."""
    n = np.arange(servers + 1)[:, None]
    i = np.arange(servers + 1)[None, :]
    first, second = np.where(i <= n, i, 0) + 0.0, np.maximum(n - i, 0) + 0.0
    rates, exits, start = service.generator, service.exits, service.start
    stay = np.where(i <= n, first * rates[0, 0] + second * rates[1, 1], -1.0)
    local = _diagonals(first * rates[0, 1], stay, second * rates[1, 0])
    down = _diagonals(first * exits[0], second * exits[1], np.zeros_like(second))
    one, two = first[servers], second[servers]
    both = one * exits[0] * start[0] + two * exits[1] * start[1]
    replace = _diagonals(one[None] * exits[0] * start[1], both[None], two[None] * exits[1] * start[0])[0]
    begin = _diagonals(np.zeros((1, servers + 1)), np.full((1, servers + 1), start[1]), np.full((1, servers + 1), start[0]))[0]
    waits = np.eye(len(arrival.start))
    renew = np.outer(arrival.exits, arrival.start)
    eye = np.eye(servers + 1)
    return Levels(
        up=_product(begin, renew),
        local=_product(local, waits) + _product(np.where((i <= n)[:, :, None], eye, 0.0), arrival.generator),
        down=_product(down, waits),
        replace=_product(replace, waits),
        join=_product(eye, renew),
        service_local=local[servers],
        service_replace=replace,
    )


def first_passage(levels: Levels, servers: int) -> FloatArray:
    """Return the phase probabilities G at the first passage one level down, above `servers`, by logarithmic reduction."""
    leave = np.linalg.inv(-levels.local[servers])
    up, down = leave @ levels.join, leave @ levels.replace
    passage, reach = down.copy(), up.copy()
    eye = np.eye(len(up))
    for _ in range(_REDUCTIONS):
        both = np.linalg.inv(eye - up @ down - down @ up)
        up, down = both @ up @ up, both @ down @ down
        step = reach @ down
        passage += step
        if step.max() < _LAST_STEP:
            break
        reach = reach @ up
    return passage


def _full_level(levels: Levels, rate: FloatArray, visits: FloatArray, servers: int, arrival_phases: int) -> FloatArray:
    """Stationary probabilities of the states of the level `servers`."""
    ratios: list[FloatArray] = []
    above = rate @ levels.replace
    for n in range(servers, 0, -1):
        size, below = (n + 1) * arrival_phases, n * arrival_phases
        inside = -(levels.local[n, :size, :size] + above[:size, :size])
        ratio = np.asarray(np.linalg.solve(inside.T, levels.up[:below, :size].T).T, dtype=float)
        ratios.append(ratio)
        above = ratio @ levels.down[n, :size, :below]
    level = null_vector(levels.local[0, :arrival_phases, :arrival_phases] + above)
    total = float(level.sum())
    for ratio in reversed(ratios):
        level = level @ ratio
        total += float(level.sum())
        level, total = level / total, 1.0
    return np.asarray(level / (1 + float((level @ rate @ visits).sum())), dtype=float)


def null_vector(generator: FloatArray) -> FloatArray:
    """Return the positive left null vector, up to a factor, of a generator of one or two states."""
    if len(generator) == 1:
        return np.ones(1)
    return np.array([generator[1, 0], generator[0, 1]])


def _diagonals(below: FloatArray, middle: FloatArray, above: FloatArray) -> FloatArray:
    """Matrices with the given first lower, main and first upper diagonals: entry (k, i, i-1) is below[k, i], and so on."""
    count, size = middle.shape
    matrices = np.zeros((count, size, size))
    i = np.arange(size)
    matrices[:, i, i] = middle
    matrices[:, i[1:], i[:-1]] = below[:, 1:]
    matrices[:, i[:-1], i[1:]] = above[:, :-1]
    return matrices


def _product(service: FloatArray, arrival: FloatArray) -> FloatArray:
    """Kronecker product of (a stack of) service matrices with an arrival matrix."""
    rows, columns = service.shape[-2] * arrival.shape[0], service.shape[-1] * arrival.shape[1]
    stacked = service[..., :, None, :, None] * arrival[:, None, :]
    return np.asarray(stacked.reshape(*service.shape[:-2], rows, columns), dtype=float)
