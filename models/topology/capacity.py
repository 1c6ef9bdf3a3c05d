"""What an instance of an offer can carry."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.topology.resources import Resource
from models.topology.verdict import Reason


@dataclass(frozen=True, slots=True, eq=False)
class Capacity:
    """Usable capacity of one instance (or pool) per resource."""

    resources: tuple[Resource, ...]
    """What is looked at."""
    usable: NDArray[np.float64]
    """Shape (resources,): largest demand that keeps the objective (soft) or the limit minus reserves (hard); NaN = unknown."""
    reasons: tuple[Reason, ...] = ()
    """What bounds each, and what was not checked."""

    def __post_init__(self) -> None:
        """Freeze the array."""
        if self.usable.shape != (len(self.resources),):
            raise ValueError(f"usable has shape {self.usable.shape}, not one value for each of {len(self.resources)} resources")
        self.usable.flags.writeable = False

    def of(self, resource: Resource) -> float:
        """Return the usable capacity of one resource; NaN if unknown."""
        return float(self.usable[self.resources.index(resource)])
