"""Phase-type laws of at most two phases: what the exact solvers can take."""

from dataclasses import dataclass

import numpy as np

from models.queueing.arrays import FloatArray, frozen
from models.queueing.laws import Gamma, Law, Mixture


@dataclass(frozen=True, slots=True, eq=False)
class Phases:
    """A time that runs through exponential phases."""

    start: FloatArray
    """Probability of starting in each phase, shape (phases,)."""
    generator: FloatArray
    """Rates per second between phases, what a row lacks to 0 ends the time, shape (phases, phases); no phase leads to one before."""

    @property
    def exits(self) -> FloatArray:
        """Rate per second at which each phase ends the time, shape (phases,)."""
        return np.asarray(-self.generator.sum(axis=1), dtype=float)

    @property
    def mean(self) -> float:
        """Mean in seconds."""
        left = 0.0  # mean time from the phase after this one; no phase leads back, and two numbers are not worth a call of LAPACK
        total = 0.0
        for phase in range(len(self.start) - 1, -1, -1):
            onward = float(self.generator[phase, phase + 1]) if phase + 1 < len(self.start) else 0.0
            left = (1.0 + onward * left) / -float(self.generator[phase, phase])
            total += float(self.start[phase]) * left
        return total


def phases_of(law: Law) -> Phases | None:
    """Return the law as phases (one for an exponential, else two), or None when two exponential phases cannot express it."""
    if isinstance(law, Gamma):
        return _of_gamma(law)
    if not isinstance(law, Mixture) or len(law.parts) != 2:
        return None
    one, other = law.parts
    if not isinstance(one, Gamma) or not isinstance(other, Gamma) or one.shape != 1.0:
        return None
    if other.shape == 1.0:
        return _phases(law.weights, [[-1 / one.mean, 0.0], [0.0, -1 / other.mean]])
    if other.shape == 2.0 and abs(other.mean - 2 * one.mean) <= 1e-12 * other.mean:
        rate = 1 / one.mean
        return _phases((1.0, 0.0), [[-rate, law.weights[1] * rate], [0.0, -rate]])
    return None


def two_phases(law: Law) -> Phases | None:
    """Return the law as exactly two phases, the second never entered by an exponential; None as in `phases_of`."""
    phases = phases_of(law)
    if phases is None or len(phases.start) == 2:
        return phases
    rate = float(phases.generator[0, 0])
    return _phases((1.0, 0.0), [[rate, 0.0], [0.0, rate]])


def _of_gamma(law: Gamma) -> Phases | None:
    if law.shape == 1.0:
        return _phases((1.0,), [[-1 / law.mean]])
    if law.shape == 2.0:
        rate = 2 / law.mean
        return _phases((1.0, 0.0), [[-rate, rate], [0.0, -rate]])
    return None


def _phases(start: tuple[float, ...], generator: list[list[float]]) -> Phases:
    return Phases(frozen(np.array(start)), frozen(np.array(generator)))
