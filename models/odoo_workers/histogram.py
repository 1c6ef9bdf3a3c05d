"""Kinds of requests from a histogram of service times: each bucket becomes one."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models.odoo_workers.classes import RequestClass

_LEAST_LAST = 1.05
"""Mean of the unbounded bucket relative to its bound when the sum leaves nothing for it."""


def classes_of_histogram(
    upper_bounds_s: Sequence[float], cumulative_counts: Sequence[float], total_s: float, *, database_share: float = 0.0
) -> tuple[RequestClass, ...]:
    """Return request classes that have the histogram's shares and exactly its mean.

    Two moments alone give a law with a long tail, and the accept queue feels the tail. A bucket bounds it. Where a mean
    lies in its bucket is the same fraction in all bounded buckets, chosen so that the sum comes out; what no fraction
    explains belongs to the unbounded bucket.

    Parameters
    ----------
    upper_bounds_s
        Rising bounds in seconds, the last one infinite, of a histogram of time in a worker (not of the response).
    cumulative_counts
        Requests at or below each bound.
    total_s
        Sum of all durations.
    database_share
        Share of the time that is database CPU; the rest is application CPU until a fit says otherwise.

    Raises
    ------
    ValueError
        If bounds or counts do not rise, the last bound is finite, nothing was counted, or the sum contradicts the buckets.

    """
    bounds, counts = _checked(upper_bounds_s, cumulative_counts, total_s, database_share)
    low, high = np.concatenate(([0.0], bounds[:-1])), bounds
    bounded, beyond = slice(0, -1), float(counts[-1])
    fraction, last = _place(low, high, counts, total_s)
    means = np.append(low[bounded] + (high[bounded] - low[bounded]) * fraction, last)
    variances = np.append((means[bounded] - low[bounded]) * (high[bounded] - means[bounded]) / 3, (last - low[-1]) ** 2)
    used = (counts > 0) & (means > 0)
    if beyond == 0:
        used[-1] = False
    shares = counts[used] / counts[used].sum()
    means = means[used] * (total_s / counts.sum()) / float(shares @ means[used])
    return tuple(
        RequestClass(f"to {bound:g} s", float(share), mean * (1 - database_share), mean * database_share, scv=variance / mean**2)
        for bound, share, mean, variance in zip(high[used], shares, means.tolist(), variances[used].tolist(), strict=True)
    )


def _checked(
    upper_bounds_s: Sequence[float], cumulative_counts: Sequence[float], total_s: float, database_share: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    bounds, cumulative = np.asarray(upper_bounds_s, float), np.asarray(cumulative_counts, float)
    if bounds.ndim != 1 or bounds.shape != cumulative.shape or bounds.size < 2:
        raise ValueError(f"{bounds.size} bounds and {cumulative.size} counts: give one count a bound, two at least")
    if not (np.diff(bounds) > 0).all() or bounds[0] <= 0 or bounds[-1] != math.inf:
        raise ValueError(f"upper_bounds_s are {bounds.tolist()}: give rising bounds above 0 that end with infinity")
    counts = np.diff(cumulative, prepend=0.0)
    if not np.isfinite(cumulative).all() or (counts < 0).any() or cumulative[-1] <= 0:
        raise ValueError(f"cumulative_counts are {cumulative.tolist()}: they must rise and end above 0; a fall is a counter reset")
    if not (math.isfinite(total_s) and total_s > 0):
        raise ValueError(f"total_s is {total_s}: give finite seconds above 0")
    if not 0 <= database_share <= 1:
        raise ValueError(f"database_share is {database_share}: give a share between 0 and 1")
    return bounds, counts


def _place(low: NDArray[np.float64], high: NDArray[np.float64], counts: NDArray[np.float64], total_s: float) -> tuple[float, float]:
    """Return the common fraction of the bounded buckets and the mean of the unbounded one, seconds."""
    least = float(counts[:-1] @ low[:-1])
    width = float(counts[:-1] @ (high[:-1] - low[:-1]))
    beyond, floor = float(counts[-1]), float(low[-1]) * _LEAST_LAST
    middle = least + 0.4 * width
    if beyond > 0 and total_s - middle > beyond * floor:
        return 0.4, (total_s - middle) / beyond
    fraction = (total_s - beyond * floor - least) / width if width > 0 else 0.0
    if not -0.01 <= fraction <= 1.01:
        raise ValueError(
            f"total_s {total_s:g} contradicts the buckets: their sum lies between {least + beyond * low[-1]:g} and "
            f"{least + width:g} s without the unbounded one; take counts and sum from the same scrapes"
        )
    return min(max(fraction, 0.02), 0.98), floor
