"""The result of sizing rows of one layer: what to buy at each step."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.topology.resources import Layer, Resource
from workbench.pipeline.sizing.needs import Steps


@dataclass(frozen=True, slots=True, eq=False)
class SizedRows:
    """Purchases of many groups (or of one group on many paths), all arrays by row and step."""

    layer: Layer
    steps: Steps
    offer: NDArray[np.int64]
    """Shape (rows, steps): index of the machine option; -1 where the layer has no machine."""
    count: NDArray[np.int64]
    """Shape (rows, steps): machines alive in normal times, standbys not counted."""
    standby: NDArray[np.int64]
    """Shape (rows, steps): standbys beside them."""
    quantity: Mapping[str, NDArray[np.float64]]
    """Metered part to (rows, steps): volume_gib, iops, mbps, file_gib, recent_gib, lasting_gib, lb, gb …, of one copy."""
    workers: NDArray[np.int64]
    """Shape (rows,): workers per replica; 0 in other layers."""
    usable: Mapping[Resource, NDArray[np.float64]]
    """Resource to (rows, steps): what all parts together carry while alive; NaN is an unknown limit."""
    usable_after_loss: Mapping[Resource, NDArray[np.float64]]
    monthly: NDArray[np.float64]
    """Shape (rows, steps): price of a month in each step, study currency; NaN where a price is missing."""
    feasible: NDArray[np.bool_]
    """Shape (rows,): whether some allowed offer carries the group."""

    def total(self) -> NDArray[np.float64]:
        """Return the price of the whole horizon, shape (rows,)."""
        months = np.array([len(self.steps.months_of(step)) for step in range(self.steps.count)], float)
        return np.asarray(self.monthly @ months, float)
