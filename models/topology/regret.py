"""How sorry one would be: the cost of a choice against the best choice of each future."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Regret:
    """Regret of choices over joint futures, in the unit of the costs."""

    expected: NDArray[np.float64]
    """Shape (choices,): mean over futures of cost minus the least cost in that future."""
    worst: NDArray[np.float64]
    """Shape (choices,): largest over futures."""
    best_share: NDArray[np.float64]
    """Shape (choices,): share of futures in which the choice is (among) the cheapest."""
    standard_error: NDArray[np.float64]
    """Shape (choices,): of `expected`, over futures; NaN with a single future."""

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        for array in (self.expected, self.worst, self.best_share, self.standard_error):
            array.flags.writeable = False


@dataclass(frozen=True, slots=True, eq=False)
class Differences:
    """Paired differences of costs between all choices (row minus column), over the same futures."""

    mean: NDArray[np.float64]
    """Shape (choices, choices)."""
    low: NDArray[np.float64]
    """Shape (choices, choices): 5 % quantile."""
    high: NDArray[np.float64]
    """Shape (choices, choices): 95 % quantile."""

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        for array in (self.mean, self.low, self.high):
            array.flags.writeable = False

    @property
    def clear(self) -> NDArray[np.bool_]:
        """Whether the 90 % range of the difference leaves out zero, shape (choices, choices)."""
        return np.asarray((self.low > 0) | (self.high < 0))


def regret(cost: NDArray[np.float64]) -> Regret:
    """Return the regret of each choice.

    Parameters
    ----------
    cost
        Shape (choices, futures): the same futures for all choices; every value known.

    """
    _check(cost)
    least = cost.min(axis=0)
    lost = cost - least
    futures = cost.shape[1]
    error = lost.std(axis=1, ddof=1) / np.sqrt(futures) if futures > 1 else np.full(len(cost), np.nan)
    return Regret(lost.mean(axis=1), lost.max(axis=1), (lost <= 1e-12 * np.abs(least)).mean(axis=1), np.asarray(error, dtype=np.float64))


def plan_regret(bought: NDArray[np.float64], needed: NDArray[np.float64], over_cost: float, under_cost: float) -> NDArray[np.float64]:
    """Return the mean cost of having bought the wrong amount, shape (plans,), over all futures.

    Buying too much costs `over_cost` a unit, too little `under_cost` a unit; the least regretted plan is the quantile
    under / (under + over) of the need (newsvendor, Arrow et al. 1951).

    Parameters
    ----------
    bought, needed
        Shapes (plans,) and (futures,), in the same unit.
    over_cost, under_cost
        Money per unit.

    """
    if not (over_cost >= 0 and under_cost >= 0):
        raise ValueError(f"over_cost is {over_cost} and under_cost {under_cost}: neither may be negative")
    if not (np.isfinite(bought).all() and np.isfinite(needed).all()):
        raise ValueError("bought and needed must be finite: an unknown need is not zero")
    gap = bought[:, None] - needed[None, :]
    return np.asarray((over_cost * np.maximum(gap, 0) + under_cost * np.maximum(-gap, 0)).mean(axis=1), dtype=np.float64)


def paired_differences(cost: NDArray[np.float64]) -> Differences:
    """Return the differences of cost between all pairs of choices over the same futures, with their 90 % range.

    `cost` (choices, futures). Common futures cancel: two choices may be clearly different although their own ranges overlap.
    """
    _check(cost)
    difference = cost[:, None, :] - cost[None, :, :]
    low, high = np.quantile(difference, [0.05, 0.95], axis=2)
    return Differences(difference.mean(axis=2), low, high)


def _check(cost: NDArray[np.float64]) -> None:
    if cost.ndim != 2 or not cost.size:
        raise ValueError(f"cost has shape {cost.shape}: give (choices, futures) with one of each at least")
    if not np.isfinite(cost).all():
        choice, future = np.argwhere(~np.isfinite(cost))[0]
        raise ValueError(f"cost of choice {choice} in future {future} is {cost[choice, future]}: leave choices without a total out")
