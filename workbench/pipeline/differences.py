"""Paired differences between topologies: the same joint paths for both, so that what they share cancels."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.topology.regret import paired_differences as pairs_of
from workbench.pipeline.comparison import Comparison
from workbench.pipeline.figures import Result


@dataclass(frozen=True, slots=True)
class Range:
    """Mean and 90 % range over joint paths, study currency."""

    p05: float
    mean: float
    p95: float

    @property
    def clear(self) -> bool:
        """Whether the range leaves out zero."""
        return self.p05 > 0 or self.p95 < 0


@dataclass(frozen=True, slots=True)
class PairedDifference:
    """How much more one topology costs than another over the horizon, path by path."""

    one: str
    other: str
    cash: Range
    """What is paid."""
    with_loss: Range | None
    """The same with the weighted expected loss of the horizon; None if a downtime cost is unknown."""

    def reversed(self) -> "PairedDifference":
        """Return the difference the other way round."""
        loss = None if self.with_loss is None else _turned(self.with_loss)
        return PairedDifference(self.other, self.one, _turned(self.cash), loss)


def paired_differences(comparison: Comparison) -> tuple[PairedDifference, ...]:
    """Return the difference of every two topologies that both have a total, in the order of the comparison."""
    priced = [result for result in comparison.results if result.total_range is not None]
    if len(priced) < 2:
        return ()
    cash = _ranges(np.stack([result.total_paths for result in priced]))
    known = [result for result in priced if loss_of_horizon(comparison, result) is not None]
    weighed = np.array([result.total_paths + (loss_of_horizon(comparison, result) or 0.0) for result in known])
    losses = {(known[i].name, known[j].name): found for (i, j), found in _ranges(weighed).items()} if len(known) > 1 else {}
    return tuple(
        PairedDifference(priced[i].name, priced[j].name, cash[i, j], losses.get((priced[i].name, priced[j].name)))
        for i in range(len(priced))
        for j in range(i + 1, len(priced))
    )


def loss_of_horizon(comparison: Comparison, result: Result) -> float | None:
    """Return the risk weight times the expected loss of all months of the horizon; None if it is unknown."""
    loss = result.expected_loss_monthly
    return None if loss is None else float(result.risk_weight * loss * comparison.horizon_months)


def between(found: Sequence[PairedDifference], one: str, other: str) -> PairedDifference | None:
    """Return the difference of one less another; None if one of them has no total."""
    for difference in found:
        if (difference.one, difference.other) == (one, other):
            return difference
        if (difference.one, difference.other) == (other, one):
            return difference.reversed()
    return None


def _ranges(costs: NDArray[np.float64]) -> dict[tuple[int, int], Range]:
    found = pairs_of(costs)
    return {
        (i, j): Range(float(found.low[i, j]), float(found.mean[i, j]), float(found.high[i, j]))
        for i in range(len(costs))
        for j in range(len(costs))
    }


def _turned(one: Range) -> Range:
    return Range(-one.p95, -one.mean, -one.p05)
