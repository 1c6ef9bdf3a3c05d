"""How likely a year loses more than an amount, for charts."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.pipeline.comparison import Comparison

SHARES = np.concatenate([np.linspace(1.0, 0.1, 91), np.geomspace(0.1, 0.001, 80)[1:]])
"""Probabilities at which a curve has a point: even down to one year in ten, then by ratio down to one in a thousand."""


@dataclass(frozen=True, slots=True, eq=False)
class Exceedance:
    """One topology's curve."""

    topology: str
    loss: NDArray[np.float64]
    """Shape (points,): a year's loss, study currency, ascending."""
    probability: NDArray[np.float64]
    """Shape (points,): that a year loses more."""
    mean: float
    p95: float

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        self.loss.flags.writeable = False
        self.probability.flags.writeable = False


def exceedances(comparison: Comparison) -> tuple[Exceedance, ...]:
    """Return the curve of every topology whose downtime costs are known, thinned to few points."""
    found = []
    for result in comparison.results:
        loss = None if result.risk is None else result.risk.loss
        if loss is None:
            continue
        above = np.clip(1.0 - np.cumsum(loss.probability), 0.0, 1.0)
        at = np.unique(np.searchsorted(-above, -SHARES).clip(max=len(above) - 1))
        found.append(Exceedance(result.name, loss.loss[at], above[at], loss.mean, loss.p95))
    return tuple(found)
