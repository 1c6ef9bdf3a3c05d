"""Which choices are worth looking at when cost and risk pull apart, and where the bend is."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Frontier:
    """Choices of which none is at least as good in everything and better in something."""

    points: tuple[int, ...]
    """Indices of the choices kept, by ascending first objective; of equal choices the first."""
    knee: int | None
    """Index of the choice furthest below the line between the two ends; None with fewer than three, or if none lies below."""


def frontier(objectives: NDArray[np.float64]) -> Frontier:
    """Return the non-dominated choices and the knee of the first two objectives.

    The knee is the point with the largest distance to the chord after both axes are scaled to 0 … 1 (Das 1999).

    Parameters
    ----------
    objectives
        Shape (choices, objectives): less is better in each; NaN = unknown, such a choice is not ranked; inf = infeasible,
        left out.

    """
    if objectives.ndim != 2 or objectives.shape[1] < 2:
        raise ValueError(f"objectives have shape {objectives.shape}: give (choices, objectives) with two objectives at least")
    known = np.flatnonzero(np.isfinite(objectives).all(axis=1))
    order = known[np.lexsort(objectives[known].T[::-1])]
    kept: list[int] = []
    for choice in order:
        if not (objectives[kept] <= objectives[choice]).all(axis=1).any():
            kept.append(int(choice))
    return Frontier(tuple(kept), _knee(objectives[:, :2], kept))


def _knee(objectives: NDArray[np.float64], points: list[int]) -> int | None:
    if len(points) < 3:
        return None
    values = objectives[points]
    span = np.ptp(values, axis=0)
    if not (span > 0).all():
        return None
    scaled = (values - values.min(axis=0)) / span
    first, last = scaled[0], scaled[-1]
    below = (first[1] + (last[1] - first[1]) * (scaled[:, 0] - first[0]) / (last[0] - first[0])) - scaled[:, 1]
    best = int(np.argmax(below))
    return points[best] if below[best] > 1e-12 else None
