"""When a limit is reached: the first crossing of hard resources, the third day within four weeks of soft ones."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from models.growth.grid import Grid, frozen
from models.growth.quantiles import ordered_quantile

Rule = Literal["first", "third day within 28"]
"""first: hard resources (storage, memory, connections); third day within 28: soft ones (workers, CPU, IOPS)."""

SOFT_DAYS = 3
SOFT_WINDOW_DAYS = 28


@dataclass(frozen=True, slots=True, eq=False)
class FirstPassage:
    """Distribution of the step at which demand first exceeds a limit."""

    steps: NDArray[np.float64]
    """(series, paths) step count of the crossing, 1 = the first step ahead, inf = not within the horizon."""
    grid: Grid
    horizon: int
    rule: Rule
    extrapolated_after: float
    """Steps beyond which no past origin checked the paths."""

    @property
    def never(self) -> NDArray[np.float64]:
        """Probability (series,) that the limit holds for the whole horizon."""
        return np.asarray(np.mean(np.isinf(self.steps), axis=1))

    def quantile(self, p: float) -> NDArray[np.float64]:
        """Return the p-quantile (series,) of the crossing in steps; inf = never."""
        return ordered_quantile(self.steps, p, axis=1)

    def probability_within(self, steps: float) -> NDArray[np.float64]:
        """Return the probability (series,) of a crossing within so many steps; equals P(maximum of these steps > limit) for "first"."""
        if steps > self.horizon:
            raise ValueError(f"probability_within({steps}): the forecast ends after {self.horizon} steps; forecast a longer horizon")
        return np.asarray(np.mean(self.steps <= steps, axis=1))

    def dates(self, p: float) -> NDArray[np.datetime64]:
        """Return the p-quantile (series,) as the UTC moment at which the crossing step begins; NaT = never."""
        if not self.grid.dated:
            raise ValueError("dates need the end of the history: call forecast(..., end=...)")
        found = self.quantile(p)
        whole = np.where(np.isfinite(found), found - 1, 0)
        moments = np.array([self.grid.moment(step) for step in whole], dtype="datetime64[s]")
        return np.where(np.isfinite(found), moments, np.datetime64("NaT", "s"))


@dataclass(frozen=True, slots=True)
class Crossing:
    """Finds crossings while paths stream by in time order."""

    rule: Rule
    horizon: int
    day_steps: int
    """Steps of a day; 1 for daily and weekly data."""
    day_length: float
    """Days that one counted day stands for: 7 for weekly data."""

    def of(self, breach: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return the crossing step (paths,) of breaches (paths, horizon)."""
        if self.rule == "first":
            return _first(breach)
        days = -(-self.horizon // self.day_steps)
        padded = np.zeros((breach.shape[0], days * self.day_steps), dtype=np.bool_)
        padded[:, : breach.shape[1]] = breach
        daily = padded.reshape(breach.shape[0], days, self.day_steps).any(axis=2)
        window = max(int(SOFT_WINDOW_DAYS // self.day_length), 1)
        count = np.cumsum(daily, axis=1, dtype=np.int32)
        before = np.zeros_like(count)
        before[:, window:] = count[:, :-window] if window < days else before[:, window:]
        third = daily & (count - before >= SOFT_DAYS)
        day = _first(third)
        # The crossing is dated at the first breach of the third bad day.
        found = np.isfinite(day)
        start = (np.where(found, day, 1).astype(np.int64) - 1) * self.day_steps
        inside = np.take_along_axis(
            padded.reshape(breach.shape[0], days, self.day_steps), (start // self.day_steps)[:, None, None], axis=1
        )[:, 0]
        return np.where(found, start + np.argmax(inside, axis=1) + 1, np.inf)


def passage(steps: NDArray[np.float64], grid: Grid, horizon: int, rule: Rule, extrapolated_after: float) -> FirstPassage:
    """Return the distribution of crossing steps (series, paths)."""
    return FirstPassage(frozen(steps), grid, horizon, rule, extrapolated_after)


def _first(breach: NDArray[np.bool_]) -> NDArray[np.float64]:
    return np.where(breach.any(axis=1), np.argmax(breach, axis=1) + 1.0, np.inf)
