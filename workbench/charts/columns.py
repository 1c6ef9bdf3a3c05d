"""Fold a series into columns: the maximum of what falls into each, never the mean and never every n-th."""

import numpy as np

from workbench.charts.canvas import Flags, Floats, Ints

GAP_STEPS = 2.5
"""Neighbouring samples further apart than so many median steps are not joined: missing is drawn as missing."""


def column_maxima(x: Floats, values: Floats, low: float, high: float, columns: int) -> Floats:
    """Return the maximum per column (columns,) of samples at ascending `x` (n,) over [low, high]; NaN where nothing is known.

    A column between two neighbouring samples gets their linear interpolation. NaN values and gaps of more than GAP_STEPS median steps
    stay gaps.
    """
    peaks = np.full(columns, -np.inf)
    seen = np.zeros(columns, dtype=np.bool_)
    width = (high - low) / columns
    known = ~np.isnan(values) & (x >= low) & (x <= high)
    place = np.minimum(((x[known] - low) / width).astype(np.int64), columns - 1)
    np.maximum.at(peaks, place, values[known])
    seen[place] = True
    empty = np.flatnonzero(~seen)
    peaks[empty] = _between(x, values, np.asarray(low + (empty + 0.5) * width, dtype=np.float64))
    return peaks


def column_steps(x: Floats, values: Floats, low: float, high: float, columns: int) -> Floats:
    """Return the minimum per column (columns,) of a step function that takes values[i] from x[i] on; NaN before the first step.

    The minimum, because the function is a limit: where it changes within a column, the tighter one binds.
    """
    edges = low + (high - low) * np.arange(columns + 1) / columns
    before = np.searchsorted(x, edges[:-1], side="right") - 1
    until = np.maximum(np.searchsorted(x, edges[1:], side="left"), before + 1)
    out = np.full(columns, np.nan)
    for column in range(columns):
        held = values[max(before[column], 0) : until[column]]
        finite = held[np.isfinite(held)]
        if finite.size:
            out[column] = finite.min()
    return out


def trace(quarters: Ints, height: int) -> Flags:
    """Return the dots (4 × height, columns) of a joined line at depths (columns,) in quarters of a row; negative depths are gaps."""
    known = quarters >= 0
    top, bottom = quarters.copy(), quarters.copy()
    joined = known[1:] & known[:-1]
    middle = (quarters[1:] + quarters[:-1]) // 2
    for part in (slice(1, None), slice(None, -1)):
        top[part] = np.where(joined, np.minimum(top[part], middle), top[part])
        bottom[part] = np.where(joined, np.maximum(bottom[part], middle), bottom[part])
    rows = np.arange(4 * height)[:, None]
    return known & (rows >= top) & (rows <= bottom)


def _between(x: Floats, values: Floats, at: Floats) -> Floats:
    out = np.full(len(at), np.nan)
    if len(x) < 2:
        return out
    right = np.searchsorted(x, at)
    inner = np.flatnonzero((right > 0) & (right < len(x)))
    right = right[inner]
    left = right - 1
    step = x[right] - x[left]
    near = (step > 0) & (step <= GAP_STEPS * np.median(np.diff(x)))
    out[inner[near & np.isposinf(values[left]) & np.isposinf(values[right])]] = np.inf
    usable = near & np.isfinite(values[left]) & np.isfinite(values[right])
    inner, left, right, step = inner[usable], left[usable], right[usable], step[usable]
    share = (at[inner] - x[left]) / step
    joined = values[left] + (values[right] - values[left]) * share
    out[inner] = np.minimum(joined, np.maximum(values[left], values[right]))
    return out
