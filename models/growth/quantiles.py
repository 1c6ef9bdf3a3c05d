"""Quantiles of sample paths as order statistics: monotone in p, and exact for probabilities read from the same paths."""

import numpy as np
from numpy.typing import NDArray


def ordered_quantile(samples: NDArray[np.floating], p: float, *, axis: int) -> NDArray[np.float64]:
    """Return the smallest sample with at least a share p of the samples at or below it (Hyndman & Fan 1996, type 1)."""
    if not 0 <= p <= 1:
        raise ValueError(f"p={p}: a probability between 0 and 1 is needed")
    count = samples.shape[axis]
    rank = min(max(int(np.ceil(p * count - 1e-9)) - 1, 0), count - 1)
    return np.asarray(np.take(np.partition(samples, rank, axis=axis), rank, axis=axis), dtype=np.float64)


def ordered_quantiles(samples: NDArray[np.floating], levels: tuple[float, ...], *, axis: int) -> NDArray[np.float64]:
    """Return the quantiles (levels, …) of one set of samples, sorted once."""
    for p in levels:
        if not 0 <= p <= 1:
            raise ValueError(f"p={p}: a probability between 0 and 1 is needed")
    count = samples.shape[axis]
    ranks = [min(max(int(np.ceil(p * count - 1e-9)) - 1, 0), count - 1) for p in levels]
    ordered = np.sort(samples, axis=axis)
    return np.stack([np.take(ordered, rank, axis=axis) for rank in ranks]).astype(np.float64)
