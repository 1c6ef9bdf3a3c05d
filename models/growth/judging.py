"""Judge forecasts of past origins: pinball and coverage with intervals, and the paired difference to each baseline."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.growth.grid import frozen
from models.growth.randomness import Stream, generator
from models.growth.scores import LEVELS, pinball

Matrix = NDArray[np.float64]

RESAMPLES = 2000
LEAST_SERIES = 8
"""Series from which blocks are series; below, blocks are origins."""


@dataclass(frozen=True, slots=True, eq=False)
class Score:
    """How one method did."""

    method: str
    pinball: Matrix
    """(levels,) mean pinball loss over the series' usual change, so that series of any size weigh alike."""
    coverage: Matrix
    """(levels,) share of what came that lies at or below the stated quantile."""
    coverage_low: Matrix
    """(levels,) lower end of the 95 % interval of the coverage, from resampled blocks."""
    coverage_high: Matrix
    """(levels,) upper end."""

    @property
    def summed_pinball(self) -> float:
        """Pinball loss summed over the levels."""
        return float(self.pinball.sum())


@dataclass(frozen=True, slots=True)
class Gap:
    """The forecast's summed pinball loss less a baseline's, case by case; negative: the forecast is better."""

    baseline: str
    mean: float
    low: float
    """Lower end of the 95 % interval, from resampled blocks."""
    high: float
    """Upper end."""
    relative: float
    """Mean over the baseline's loss."""

    @property
    def clear(self) -> bool:
        """Whether the interval leaves out 0."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Scores of the forecast (first) and of the baselines on the same cases."""

    levels: Matrix
    """(levels,) probabilities of the quantiles."""
    scores: tuple[Score, ...]
    gaps: tuple[Gap, ...]
    """The forecast against each baseline."""
    cases: int
    """Series-origins that could be judged."""
    blocks: str
    """What was resampled for the intervals: "series" or "origins"; a case says little that its neighbour does not."""


def judged(quantiles: Mapping[str, Matrix], actual: Matrix, scale: Matrix) -> Judged:
    """Return the scores of methods.

    `quantiles` by method (origins, series, times, levels), the forecast first; `actual` (origins, series, times), NaN where unknown;
    `scale` (origins, series) by which losses are divided. Intervals resample whole series, with all their origins, or whole origins
    when there are few series.
    """
    by_series = actual.shape[1] >= LEAST_SERIES
    names = list(quantiles)
    seen = np.isfinite(actual)
    known: NDArray[np.bool_] = np.any(seen, axis=2)
    losses = {name: _mean(pinball(actual, found, LEVELS) / scale[..., None, None], seen) for name, found in quantiles.items()}
    below = {name: _mean((actual[..., None] <= found).astype(np.float64), seen) for name, found in quantiles.items()}
    drawn = _resamples(known.shape[1 if by_series else 0])
    scores = []
    for name in names:
        spread = _resampled(below[name], known, drawn, by_series)
        low, high = np.quantile(spread, [0.025, 0.975], axis=0)
        scores.append(
            Score(name, frozen(_over(losses[name], known)), frozen(_over(below[name], known)), frozen(low.copy()), frozen(high.copy()))
        )
    gaps = []
    for name, score in zip(names[1:], scores[1:], strict=True):
        apart = losses[names[0]].sum(axis=2, keepdims=True) - losses[name].sum(axis=2, keepdims=True)
        low, high = np.quantile(_resampled(apart, known, drawn, by_series)[:, 0], [0.025, 0.975])
        mean = float(_over(apart, known)[0])
        gaps.append(Gap(name, mean, float(low), float(high), mean / score.summed_pinball if score.summed_pinball > 0 else 0.0))
    return Judged(frozen(LEVELS.copy()), tuple(scores), tuple(gaps), int(known.sum()), "series" if by_series else "origins")


def _mean(values: Matrix, seen: NDArray[np.bool_]) -> Matrix:
    """Return the mean (origins, series, levels) over the times that are known; 0 where none is."""
    total = np.where(seen[..., None], values, 0.0).sum(axis=2)
    return np.asarray(total / np.maximum(seen.sum(axis=2), 1)[..., None])


def _over(values: Matrix, known: NDArray[np.bool_]) -> Matrix:
    return np.asarray(values[known].mean(axis=0))


def _resamples(blocks: int) -> NDArray[np.int64]:
    return generator(1, Stream.FILL).integers(0, blocks, (RESAMPLES, blocks))


def _resampled(values: Matrix, known: NDArray[np.bool_], drawn: NDArray[np.int64], by_series: bool) -> Matrix:
    """Return means (resamples, levels) of resampled blocks."""
    axis = 0 if by_series else 1
    total = np.where(known[..., None], values, 0.0).sum(axis=axis)
    count = known.sum(axis=axis)
    return np.asarray(total[drawn].sum(axis=1) / np.maximum(count[drawn].sum(axis=1), 1)[:, None])
