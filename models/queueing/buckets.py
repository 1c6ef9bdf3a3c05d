"""Read the buckets of a histogram, and refuse those that contradict themselves."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.queueing.arrays import FloatArray, frozen

_ROUNDING = 0.01  # sums and counts may be rounded to three digits, and be rates extrapolated to a window


@dataclass(frozen=True, slots=True, eq=False)
class Histogram:
    """Counts between bounds, the last bucket open."""

    edges_s: FloatArray
    """Bounds from 0 to the last finite one, in seconds, shape (buckets,)."""
    counts: FloatArray
    """Observations above each edge and at most the next, shape (buckets,)."""
    mean_s: float
    """Mean of all observations in seconds."""


def read_histogram(
    upper_bounds: Sequence[float] | FloatArray, cumulative_counts: Sequence[float] | FloatArray, total_seconds: float
) -> Histogram:
    """Return checked buckets; ValueError names the bucket that is wrong and the rule."""
    bounds, cumulative = np.asarray(upper_bounds, dtype=float), np.asarray(cumulative_counts, dtype=float)
    _check_buckets(bounds, cumulative)
    counts = np.diff(cumulative, prepend=0.0)
    mean = total_seconds / cumulative[-1]
    lowest = float(counts[1:] @ bounds[:-1]) if bounds[0] > 0 else float(counts[2:] @ bounds[1:-1])
    if not (np.isfinite(total_seconds) and total_seconds > 0):
        raise ValueError(f"total_seconds={total_seconds!r} must be finite and above 0 seconds")
    highest = float(counts[:-1] @ np.maximum(bounds[:-1], 0)) if counts[-1] == 0 else np.inf
    if not lowest * (1 - _ROUNDING) <= total_seconds <= highest * (1 + _ROUNDING):
        raise ValueError(
            f"total_seconds={total_seconds!r} does not fit the buckets, which allow {lowest:g} to {highest:g} s: "
            "take sum and buckets from the same series and the same window"
        )
    keep = bounds[:-1] > 0
    inside = counts[:-1][keep]
    inside[0] += counts[:-1][~keep].sum()
    edges = np.concatenate([[0.0], bounds[:-1][keep]])
    return Histogram(frozen(edges), frozen(np.concatenate([inside, counts[-1:]])), float(mean))


def _check_buckets(bounds: FloatArray, cumulative: FloatArray) -> None:
    if bounds.ndim != 1 or bounds.shape != cumulative.shape or len(bounds) < 2:
        raise ValueError(
            f"upper_bounds {bounds.shape} and cumulative_counts {cumulative.shape} must be two lists of one length, at least 2"
        )
    if bounds[-1] != np.inf:
        raise ValueError(f"upper_bounds ends in {bounds[-1]:g}: the last bucket must be +Inf; add it with the total count")
    for k in range(1, len(bounds)):
        if not bounds[k] > bounds[k - 1]:
            raise ValueError(f"upper_bounds[{k}]={bounds[k]:g} must be above upper_bounds[{k - 1}]={bounds[k - 1]:g}: sort the buckets")
        if not cumulative[k] >= cumulative[k - 1]:
            raise ValueError(
                f"cumulative_counts[{k}]={cumulative[k]:g} is below cumulative_counts[{k - 1}]={cumulative[k - 1]:g}: counts of one "
                "scrape never decrease over the bounds; sum rates per bound before, over the same window"
            )
    if not (np.all(np.isfinite(cumulative)) and cumulative[0] >= 0):
        raise ValueError(f"cumulative_counts={cumulative.tolist()!r} must be finite and at least 0")
    if cumulative[-1] <= 0:
        raise ValueError("cumulative_counts ends in 0: the histogram is empty, choose a window with requests")
    if not np.any(bounds[:-1] > 0):
        raise ValueError(f"upper_bounds={bounds.tolist()!r} must hold a finite bound above 0 seconds")
