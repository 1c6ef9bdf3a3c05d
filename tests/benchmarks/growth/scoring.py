"""Tables of pinball loss and paired intervals that several benchmarks share."""

import numpy as np
from numpy.typing import NDArray

from models.growth.scores import LEVELS, pinball

Array = NDArray[np.float64]

RESAMPLES = 2000


def peak_quantiles(paths: Array) -> Array:
    """Return quantiles (series, levels) of the maximum of paths (series, paths, steps)."""
    return np.quantile(paths.max(axis=2), LEVELS, axis=1, method="inverted_cdf").T


def summed(actual: Array, stated: Array) -> Array:
    """Return pinball losses summed over levels; `actual` (...,), `stated` (..., levels)."""
    return np.asarray(pinball(actual, stated, LEVELS).sum(axis=-1))


def resampled(values: Array, seed: int = 2) -> tuple[float, float]:
    """Return the 95 % interval of the mean of `values` (blocks, …), drawing blocks (series) with replacement."""
    drawn = np.random.default_rng(seed).integers(0, values.shape[0], (RESAMPLES, values.shape[0]))
    by_block = values.reshape(values.shape[0], -1).mean(axis=1)
    low, high = np.quantile(by_block[drawn].mean(axis=1), [0.025, 0.975])
    return float(low), float(high)


def paired(name: str, gap: Array, loss: float) -> str:
    """Return a sentence on ours minus a baseline; `gap` (series, …)."""
    low, high = resampled(gap)
    return f"forecast - {name}: {gap.mean():.3f} ({100 * gap.mean() / loss:+.1f} %; 95 % by series {low:.3f} … {high:.3f})"
