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

    begin: FloatArray
    """Phases of the busy servers after another one starts, shape (servers + 1, servers + 1)."""
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
    waits = np.eye(servers + 1)
    begin, arrive = _product(waits, arrival.start[None, :]), _product(waits, arrival.exits[:, None])
    sojourns = _over(begin, -(levels.local[servers] + levels.join @ first_passage(levels, servers)))
    embedded = sojourns @ arrive
    visits = _over(waits, waits - embedded)
    above = visits @ sojourns.sum(axis=1)  # the rate matrix is arrive @ sojourns
    full = _full_level(levels, arrive @ (sojourns @ levels.replace), arrive @ above, arrival)
    met = (full @ arrive) @ visits
    start, generator = met * arrival.mean, levels.service_local + embedded @ levels.service_replace
    mean = -float(_over(start[None, :], generator).sum())
    queue = float(met @ (sojourns.sum(axis=1) + embedded @ above))
    residual = abs(queue * arrival.mean - mean) / mean if mean > 0 else 0.0
    return PhaseWait(start, generator, mean, residual)


def build_levels(arrival: Phases, service: Phases, servers: int) -> Levels:
    """Return the transition rates of the levels 0 … servers and of those above."""
    n, i = np.arange(servers + 1.0)[:, None], np.arange(servers + 1.0)
    first, second = i * (i <= n), np.maximum(n - i, 0.0)
    rates, exits, start = service.generator, service.exits, service.start
    stay = first * rates[0, 0] + second * rates[1, 1] - (i > n)  # rows beyond the level's states are never read
    phases = len(arrival.start)
    local = _diagonals(first * rates[0, 1], stay, second * rates[1, 0], phases)
    for (here, there), rate in np.ndenumerate(arrival.generator):
        _diagonal(local, 0, here, there, phases)[...] += rate
    one, two = first[servers:], second[servers:]
    both = one * exits[0] * start[0] + two * exits[1] * start[1]
    replace = _diagonals(one * exits[0] * start[1], both, two * exits[1] * start[0], 1)[0]
    begin = start[1] * np.eye(servers + 1) + start[0] * np.eye(servers + 1, k=1)
    renew = np.outer(arrival.exits, arrival.start)
    return Levels(
        begin=begin,
        up=_product(begin, renew),
        local=local,
        down=_diagonals(first * exits[0], second * exits[1], np.zeros_like(second), phases),
        replace=_product(replace, np.eye(phases)),
        join=_product(np.eye(servers + 1), renew),
        service_local=_diagonals(one * rates[0, 1], stay[servers:], two * rates[1, 0], 1)[0],
        service_replace=replace,
    )


def first_passage(levels: Levels, servers: int) -> FloatArray:
    """Return the phase probabilities G at the first passage one level down, above `servers`, by logarithmic reduction."""
    up, down = _under(-levels.local[servers], levels.join, levels.replace)
    passage, reach = down.copy(), up.copy()
    eye = np.eye(len(up))
    for _ in range(_REDUCTIONS):
        up, down = _under(eye - up @ down - down @ up, up @ up, down @ down)
        step = reach @ down
        passage += step
        if step.max() < _LAST_STEP:
            break
        reach = reach @ up
    return passage


def _full_level(levels: Levels, falls: FloatArray, above: FloatArray, arrival: Phases) -> FloatArray:
    """Stationary probabilities of the states of the level with all servers busy and nobody waiting.

    `falls` are the returns from higher levels, shape (states, states), `above` the time there per visit of a state, shape (states,).
    """
    phases, exits = len(arrival.start), arrival.exits
    starts = _product(levels.begin, arrival.start[None, :])
    sojourns: list[FloatArray] = []
    for n in range(len(levels.local) - 1, 0, -1):
        size = (n + 1) * phases
        sojourns.append(_over(starts[:n, :size], -(levels.local[n, :size, :size] + falls[:size, :size])))
        returns = sojourns[-1] @ levels.down[n, :size, : n * phases]
        falls = (returns[:, None, :] * exits[:, None]).reshape(n * phases, n * phases)
    level = null_vector(levels.local[0, :phases, :phases] + falls)
    total = float(level.sum())
    for sojourn in reversed(sojourns):
        level = (level.reshape(-1, phases) @ exits) @ sojourn
        total += float(level.sum())
        level, total = level / total, 1.0
    return np.asarray(level / (1 + float(level @ above)), dtype=float)


def null_vector(generator: FloatArray) -> FloatArray:
    """Return the positive left null vector, up to a factor, of a generator of one or two states."""
    if len(generator) == 1:
        return np.ones(1)
    return np.array([generator[1, 0], generator[0, 1]])


def _diagonals(below: FloatArray, middle: FloatArray, above: FloatArray, phases: int) -> FloatArray:
    """Matrices with the given first lower, main and first upper diagonals, each entry times the identity of the arrival phases.

    Entry (k, i, i - 1) is below[k, i], and so on.
    """
    size = middle.shape[1] * phases
    matrices = np.zeros((len(middle), size, size))
    for phase in range(phases):
        _diagonal(matrices, -1, phase, phase, phases)[...] = below[:, 1:]
        _diagonal(matrices, 0, phase, phase, phases)[...] = middle
        _diagonal(matrices, 1, phase, phase, phases)[...] = above[:, :-1]
    return matrices


def _diagonal(matrices: FloatArray, offset: int, here: int, there: int, phases: int) -> FloatArray:
    """View of the entries between service states i and i + offset and these arrival phases, shape (matrices, entries)."""
    size = matrices.shape[1]
    first = (max(-offset, 0) * phases + here) * size + max(offset, 0) * phases + there
    entries = size // phases - abs(offset)
    return matrices.reshape(len(matrices), -1)[:, first :: phases * (size + 1)][:, :entries]


def _product(service: FloatArray, arrival: FloatArray) -> FloatArray:
    """Kronecker product of a service matrix with an arrival matrix."""
    rows, columns = service.shape[0] * arrival.shape[0], service.shape[1] * arrival.shape[1]
    return np.asarray((service[:, None, :, None] * arrival[:, None, :]).reshape(rows, columns), dtype=float)


def _over(rows: FloatArray, matrix: FloatArray) -> FloatArray:
    """Rows times the inverse of the matrix; LAPACK itself, as numpy's own checks cost as much as a small solution."""
    from scipy.linalg.lapack import dgesv

    return np.asarray(dgesv(matrix.T, rows.T)[2].T, dtype=float)


def _under(matrix: FloatArray, one: FloatArray, other: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The inverse of the matrix times each of two others."""
    from scipy.linalg.lapack import dgetrf, dgetri

    factors, pivots, _ = dgetrf(matrix.T, overwrite_a=True)
    inverse = dgetri(factors, pivots, overwrite_lu=True)[0].T
    return inverse @ one, inverse @ other
