"""How far a bad release gets when it goes out ring by ring."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class RingReach:
    """Where a bad release is stopped, and how likely that is."""

    share: NDArray[np.float64]
    """Shape (rings,): share of users reached when the release is stopped in that ring; the last is all of them."""
    probability: NDArray[np.float64]
    """Shape (rings,): of being stopped there (in the last: found too late, sent as an emergency fix, or common cause)."""

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        self.share.flags.writeable = False
        self.probability.flags.writeable = False

    @property
    def expected_share(self) -> float:
        """Expected share of users hit by a bad release."""
        return float(self.share @ self.probability)


def ring_reach(sizes: Sequence[float], detection: float, emergency: float, common_cause: float) -> RingReach:
    """Return how far a bad release gets through rings of the given sizes.

    Each ring finds the defect with probability `detection` before the next one follows. Emergency fixes bypass the rings,
    and a common cause (shared code or configuration that breaks on a date, a shared service) hits all rings at once.

    Parameters
    ----------
    sizes
        Users (or share of users) in each ring, in the order of the roll-out.
    detection, emergency, common_cause
        Probabilities between 0 and 1: a ring finds the defect; a release bypasses the rings; a defect ignores them.

    """
    for name, value in (("detection", detection), ("emergency", emergency), ("common_cause", common_cause)):
        if not 0 <= value <= 1:
            raise ValueError(f"{name} is {value}: it is a probability between 0 and 1")
    size = np.asarray(sizes, dtype=np.float64)
    if not len(size) or not (size >= 0).all() or not np.isfinite(size).all() or size.sum() == 0:
        raise ValueError(f"ring sizes are {tuple(sizes)}: give one ring at least, sizes not negative and not all zero")
    stopped = detection * (1 - detection) ** np.arange(len(size))
    stopped[-1] = (1 - detection) ** (len(size) - 1)
    careful = (1 - emergency) * (1 - common_cause)
    probability = np.asarray(careful * stopped, dtype=np.float64)
    probability[-1] += 1 - careful
    return RingReach(np.asarray(np.cumsum(size) / size.sum(), dtype=np.float64), probability)


def ring_domains(rings: NDArray[np.bool_], reach: RingReach, rate_per_year: float) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return releases as failure domains: events a year (rings,) and the tenants each takes down (rings, tenants).

    `rings` (rings, tenants) says who is in which ring; domain j is a release stopped in ring j, so it holds all rings up to j.
    """
    if len(rings) != len(reach.share):
        raise ValueError(f"{len(rings)} rings of tenants for a reach over {len(reach.share)}: they must agree")
    return rate_per_year * reach.probability, np.logical_or.accumulate(rings, axis=0)
