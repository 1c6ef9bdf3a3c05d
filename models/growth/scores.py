"""Pinball loss: the score by which candidates are weighed and widths are chosen."""

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]

LEVELS = np.array([0.5, 0.8, 0.9, 0.95, 0.99])
"""Quantiles that planning reads (judgement, 2026-10)."""
NORMAL = np.array([0.0, 0.8416212, 1.2815516, 1.6448536, 2.3263479])
"""Standard normal quantiles at LEVELS (Abramowitz & Stegun 1964, table 26.1)."""


def pinball(actual: Matrix, quantiles: Matrix, levels: Matrix) -> Matrix:
    """Return the pinball loss max(p (y - q), (p - 1)(y - q)) (Koenker & Bassett 1978); `levels` broadcasts over the last axis."""
    short = actual[..., None] - quantiles
    return np.maximum(levels * short, (levels - 1) * short)


def normal_pinball(actual: Matrix, mean: Matrix, spread: Matrix) -> Matrix:
    """Return the pinball loss of normal forecasts summed over LEVELS, elementwise."""
    return np.asarray(pinball(actual, mean[..., None] + spread[..., None] * NORMAL, LEVELS).sum(axis=-1))
