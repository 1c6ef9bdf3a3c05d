"""Calibration moves the paths, not the numbers read from them: widths learned on past origins, ranks and dates kept."""

import numpy as np
from numpy.typing import NDArray

from models.growth.grid import frozen
from models.growth.scores import LEVELS, NORMAL, pinball

Matrix = NDArray[np.float64]

SCALE_DAYS = np.array([28.0, 91.0, 364.0])
"""Last days of the horizon blocks whose width is learned apart."""
SCALES = np.exp(np.linspace(np.log(0.6), np.log(3.0), 25))
"""Widths that are tried."""
SCALE_PRIOR_ORIGINS = 2.0
"""Origins at which learned and unchanged width weigh the same (judgement, 2026-10)."""


def stretched(level: Matrix, days: NDArray[np.int64], below: Matrix, above: Matrix) -> Matrix:
    """Return levels with their deviations from the pointwise median scaled as past origins taught; ranks stay."""
    if np.all(below == 1) and np.all(above == 1):
        return level
    block = np.minimum(np.searchsorted(SCALE_DAYS, days), SCALE_DAYS.size - 1)
    middle = np.median(level, axis=0)
    deviation = level - middle
    return middle + deviation * np.where(deviation < 0, below[block], above[block])


def widths(errors: Matrix, days: Matrix, origin: NDArray[np.int64]) -> tuple[Matrix, Matrix]:
    """Return the scales below and above the median by horizon block, shrunk to 1 for few origins; the last never shrinks.

    `errors` (rows,) past errors over the stated standard deviation, `days` (rows,) ahead, `origin` (rows,) which origin they belong to.
    """
    scales = np.ones((2, SCALE_DAYS.size))
    lower = 0.0
    for block, upper in enumerate(SCALE_DAYS):
        rows = (days > lower) & (days <= upper)
        z, origins = errors[rows], np.unique(origin[rows]).size
        lower = float(upper)
        share = origins / (origins + SCALE_PRIOR_ORIGINS)
        if z.size:
            scales[0, block] = np.exp(share * np.log(_best_scale(-z)))
            scales[1, block] = np.exp(share * np.log(_best_scale(z)))
        elif block:
            scales[:, block] = np.maximum(scales[:, block - 1], 1.0)
    scales[:, -1] = np.maximum(scales[:, -1], 1.0)
    return frozen(scales[0]), frozen(scales[1])


def _best_scale(z: Matrix) -> float:
    """Return the scale whose upper quantiles lose least on standardised errors."""
    losses = [float(pinball(z, scale * NORMAL[1:], LEVELS[1:]).sum()) for scale in SCALES]
    return float(SCALES[int(np.argmin(losses))])
