"""What the buckets of a histogram say of the variation whatever the family of the law.

Between two bounds the share P(X > t) runs between its values there. It is further held by the bends of its course at the bounds: seen
as log share over log time, as log share over time and as share over time, a course that bends one way at both ends of a bucket and at
the next bounds is taken to bend that way inside, so it lies between its chord and the neighbours' chords drawn on. Together with the
mean, which is the area below the course, this limits E[X^2], twice its first moment.
"""

import math

import numpy as np

from models.queueing.arrays import FloatArray
from models.queueing.buckets import Histogram

_PLACES = np.linspace(0, 1, 129) ** 2  # in a bucket, dense where a steep course has its area
_HALF_A_COUNT = 0.5  # stands for an empty tail, so that its logarithm exists
_HEAVIEST_TAIL = 3.0  # Pareto index of the tail above the last bound, at least; at 2 its variance is infinite
_NORMAL_95 = 1.645
_SMALLEST_SCV = 1e-6
_FEWEST_BOUNDS = 4
_LARGEST_ERROR = 3.0  # of the logarithm of the scv; more says the same


def scv_limits(histogram: Histogram) -> tuple[float, float] | None:
    """Return the least and the largest scv that the buckets, their mean and the sampling of both (90 %) leave room for.

    None: too few buckets to see a bend.
    """
    total = float(histogram.counts.sum())
    bounds, share = _known(histogram, total)
    if len(bounds) < _FEWEST_BOUNDS:
        return None
    t = bounds[:-1, None] + np.diff(bounds)[:, None] * _PLACES
    low, high = _courses(bounds, share, t, len(bounds) - 1 - int(share[-1] * total <= _HALF_A_COUNT))
    tail_area, tail_square = _tail(bounds, share, total)
    room, more = np.append(_cells(high - low, t), tail_area), np.append(_cells(2 * t * (high - low), t), tail_square)
    areas, squares = (_cells(values, t).reshape(len(t), -1).sum(axis=1) for values in (low, 2 * t * low))
    first, last = _shared_out(room, histogram.mean_s - float(areas.sum()))
    ends = [max(float(squares.sum() + more @ filled) / histogram.mean_s**2 - 1, _SMALLEST_SCV) for filled in (first, last)]
    middle = (first + last) / 2
    error = _sampling_error(bounds, share, _filled(squares, more, middle), _filled(areas, room, middle), mean=histogram.mean_s, total=total)
    widening = math.exp(min(_NORMAL_95 * error / math.sqrt(ends[0] * ends[1]), _LARGEST_ERROR))
    return ends[0] / widening, ends[1] * widening


def _known(histogram: Histogram, total: float) -> tuple[FloatArray, FloatArray]:
    """Return the bounds up to the first above which nothing was seen, and the share above each."""
    share = histogram.counts[::-1].cumsum()[::-1] / total
    least = _HALF_A_COUNT / total
    kept = min(int((share > least).sum()) + 1, len(share))
    return histogram.edges_s[:kept], np.maximum(share[:kept], least)


def _courses(bounds: FloatArray, share: FloatArray, t: FloatArray, last: int) -> tuple[FloatArray, FloatArray]:
    """Return the lowest and the highest course of P(X > t) between the bounds, each of shape (buckets, points)."""
    low, high = np.broadcast_to(share[1:, None], t.shape), np.broadcast_to(share[:-1, None], t.shape)
    later = np.maximum(t, 1e-9 * bounds[1])
    log_bounds = np.log(np.maximum(bounds, 1e-9 * bounds[1]))
    for x, at, y in ((log_bounds, np.log(later), np.log(share)), (bounds, t, np.log(share)), (bounds, t, share)):
        lower, upper = _between_chords(x, at, y, last)
        if y is not share:
            lower, upper = np.exp(np.minimum(lower, 0.0)), np.exp(np.minimum(upper, 0.0))
        low, high = np.clip(lower, low, high), np.clip(upper, low, high)
    low[0], high[0] = share[1], share[0]
    low[last:] = share[-1]
    return low, high


def _between_chords(x: FloatArray, at: FloatArray, y: FloatArray, last: int) -> tuple[FloatArray, FloatArray]:
    """Return the limits of a course through (x, y), shape (knots,), at points of shape (knots - 1, points).

    Where the bends around a bucket and the next on either side differ, the course may turn inside: chord and continuations span it.
    The knot `last` is the last whose height is known.
    """
    slopes = np.diff(y) / np.diff(x)
    bends = np.sign(np.diff(slopes[:last]))
    around = np.concatenate([bends[:1], bends[:1], bends, np.repeat(bends[-1:], len(x) - last + 1)])
    bend = np.lib.stride_tricks.sliding_window_view(around, 4)[: len(slopes)].sum(axis=1)[:, None] / 4
    chord = y[:-1, None] + slopes[:, None] * (at - x[:-1, None])
    before = y[:-1, None] + np.append(slopes[:1], slopes[:-1])[:, None] * (at - x[:-1, None])
    after = y[1:, None] + np.append(slopes[1:], np.nan)[:, None] * (at - x[1:, None])
    after[last - 1 :] = np.nan
    least, most = np.fmin(before, after), np.fmax(before, after)
    low = np.where(bend == 1, most, np.where(bend == -1, chord, np.minimum(chord, least)))
    high = np.where(bend == 1, chord, np.where(bend == -1, least, np.maximum(chord, most)))
    return low, high


def _tail(bounds: FloatArray, share: FloatArray, total: float) -> tuple[float, float]:
    """Return area and E[X^2] share of a Pareto tail that carries the last bucket's slope on."""
    if share[-1] * total <= _HALF_A_COUNT:
        return 0.0, 0.0
    slope = -math.log(share[-1] / share[-2]) / math.log(bounds[-1] / bounds[-2])
    index = max(slope, _HEAVIEST_TAIL)
    return float(share[-1] * bounds[-1]) / (index - 1), float(2 * share[-1] * bounds[-1] ** 2) / (index - 2)


def _cells(values: FloatArray, t: FloatArray) -> FloatArray:
    """Return the integral between neighbouring points of all buckets in turn, shape (buckets * (points - 1),)."""
    return np.asarray(((values[:, 1:] + values[:, :-1]) / 2 * np.diff(t, axis=1)).ravel(), dtype=float)


def _shared_out(room: FloatArray, spare: float) -> tuple[FloatArray, FloatArray]:
    """Return how full each cell is when the spare mean lies as early and as late as possible."""
    if not 0 <= spare <= room.sum():
        return np.zeros_like(room), np.ones_like(room)  # the course bends otherwise somewhere: the mean then limits nothing
    return _fill(room, spare), _fill(room[::-1], spare)[::-1]


def _fill(room: FloatArray, amount: float) -> FloatArray:
    """Return the share of each room that is full when `amount` is poured in from the first on."""
    before = np.concatenate([[0.0], room.cumsum()[:-1]])
    return np.clip((amount - before) / np.maximum(room, 1e-300), 0.0, 1.0)


def _filled(least: FloatArray, cells: FloatArray, share: FloatArray) -> FloatArray:
    """Return the values of the buckets and of the tail with this share of each cell, shape (buckets + 1,)."""
    poured = np.asarray(cells * share, dtype=float)
    return np.append(least + poured[:-1].reshape(len(least), -1).sum(axis=1), poured[-1])


def _sampling_error(bounds: FloatArray, share: FloatArray, squares: FloatArray, areas: FloatArray, mean: float, total: float) -> float:
    """Return the standard error of the scv of `total` observations, by its influence per bucket (delta method)."""
    above, high = np.append(share[1:], 0.0), np.append(bounds[1:], 0.0)
    inside = share - above
    seen = inside > 0
    firsts = (areas + bounds * share - high * above)[seen] / inside[seen]
    seconds = (squares + bounds**2 * share - high**2 * above)[seen] / inside[seen]
    influence = seconds / mean**2 - 2 * float(squares.sum()) / mean**3 * firsts
    variance = float(inside[seen] @ influence**2) - float(inside[seen] @ influence) ** 2
    return math.sqrt(max(variance, 0.0) / total)
