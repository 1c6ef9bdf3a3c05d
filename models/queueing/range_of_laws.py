"""How far the answer of a queue depends on what two moments leave open."""

import math
from dataclasses import dataclass

import numpy as np

from models.queueing.laws import Gamma, Law, Lognormal, two_moment_law
from models.queueing.solution import solve


@dataclass(frozen=True, slots=True)
class LawRange:
    """Waits under several laws with the same mean and scv, in seconds."""

    laws: tuple[str, ...]
    """The families compared."""
    mean_wait_low: float
    """Smallest mean wait."""
    mean_wait_high: float
    """Largest mean wait."""
    wait_p95_low: float
    """Smallest 95 % quantile of the wait."""
    wait_p95_high: float
    """Largest 95 % quantile of the wait."""
    wait_p99_low: float
    """Smallest 99 % quantile of the wait."""
    wait_p99_high: float
    """Largest 99 % quantile of the wait."""


def law_range(arrival: Law, mean_s: float, scv: float, servers: int) -> LawRange:
    """Return the range over the two-phase, gamma and lognormal laws with these moments."""
    laws: list[Law] = [two_moment_law(mean_s, scv)]
    if scv > 0:
        laws += [Gamma(mean_s, 1 / scv), Lognormal(mean_s, math.sqrt(math.log1p(scv)))]
    solutions = [solve(arrival, law, servers) for law in laws]
    means = [solution.mean_wait_s for solution in solutions]
    p95, p99 = np.array([solution.wait.quantile(np.array([0.95, 0.99])) for solution in solutions]).T.tolist()
    return LawRange(tuple(dict.fromkeys(law.name for law in laws)), min(means), max(means), min(p95), max(p95), min(p99), max(p99))
