"""A flow that was never anything but zero: nothing to scale, nothing to grow."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.growth.blocks import Draws


@dataclass(frozen=True, slots=True)
class StillModel:
    """Paths that stay at zero; the reason `all_zero` says that this is an absence of evidence."""

    def scaffold(self, draws: Draws, _drawn: NDArray[np.int16], /) -> NDArray[np.float32]:
        """Return the level (paths, 1)."""
        return np.zeros((draws.paths, 1), dtype=np.float32)

    def paths(
        self, scaffold: NDArray[np.float32], _draws: Draws, _drawn: NDArray[np.int16], first: int, stop: int, /
    ) -> NDArray[np.float32]:
        """Return zeros (paths, stop - first)."""
        return np.repeat(scaffold, stop - first, axis=1)
