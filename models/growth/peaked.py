"""Paths of a short history whose peaks are moved to what the fleet's past says; ranks and shared dates stay."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.growth.blocks import Draws
from models.growth.flow import FlowModel
from models.growth.grid import clock
from models.growth.peaks import PeakLesson

Paths = NDArray[np.float32]

LEAST_STRETCH, MOST_STRETCH = 0.05, 50.0
"""Bounds of the factor on what lies above the level."""


@dataclass(frozen=True, slots=True, eq=False)
class PeakedModel:
    """A flow whose deviations above the level are scaled path by path, so that maxima follow the class."""

    flow: FlowModel
    lesson: PeakLesson

    def scaffold(self, draws: Draws, drawn: NDArray[np.int16], /) -> Paths:
        """Return the levels (paths, periods), with each path's stretch as the last column."""
        levels = self.flow.scaffold(draws, drawn)
        demand = self.flow.paths(levels, draws, drawn, 0, draws.horizon)
        level = levels[:, self._period(draws, 0, draws.horizon)]
        at = np.argmax(demand, axis=1)[:, None]
        top, base = (np.take_along_axis(part, at, axis=1)[:, 0].astype(np.float64) for part in (demand, level))
        rank = np.empty(draws.paths)
        rank[np.argsort(top, kind="stable")] = (np.arange(draws.paths) + 0.5) / draws.paths
        stretch = np.divide(self.lesson.at(rank) - base, top - base, out=np.ones(draws.paths), where=top > base)
        return np.column_stack((levels, np.clip(stretch, LEAST_STRETCH, MOST_STRETCH).astype(np.float32)))

    def paths(self, scaffold: Paths, draws: Draws, drawn: NDArray[np.int16], first: int, stop: int, /) -> Paths:
        """Return demand (paths, stop - first) of steps first … stop."""
        demand = self.flow.paths(scaffold[:, :-1], draws, drawn, first, stop)
        level = scaffold[:, self._period(draws, first, stop)]
        return np.where(demand > level, level + (demand - level) * scaffold[:, -1:], demand)

    def _period(self, draws: Draws, first: int, stop: int) -> NDArray[np.int64]:
        day = clock(draws.grid, self.flow.fit.zone, 0, draws.horizon).day
        return np.asarray((day[first:stop] - day[0]) // draws.grid.period_days, dtype=np.int64)
