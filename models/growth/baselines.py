"""Baselines: what every candidate must beat, and what carries the paths where nothing does."""

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]

BOOTSTRAP_STEPS = 156
"""Newest changes that the path bootstrap draws from: three years of weeks."""
BOOTSTRAP_BLOCK = 4
"""Neighbouring changes drawn together."""
DRIFT_KEPT = 0.5
"""Share of the mean past change that is carried on: drift halved (judgement, 2026-10)."""


def seasonal_naive(values: Matrix, horizon: int, period: int) -> Matrix:
    """Return the last cycle of `values` (steps,) repeated with the drift between the last two cycles, (horizon,)."""
    if values.size < 2 * period:
        return np.full(horizon, float(values[-1]))
    last = values[-period:]
    drift = float(np.mean(last - values[-2 * period : -period])) / period
    ahead = np.arange(horizon)
    return last[ahead % period] + drift * period * (ahead // period + 1)


def recent_changes(values: Matrix) -> Matrix:
    """Return the newest changes of log(values), at most 156."""
    return np.diff(np.log(values[-BOOTSTRAP_STEPS - 1 :]))


def path_bootstrap(changes: Matrix, horizon: int, starts: Matrix) -> Matrix:
    """Return (paths, horizon) log changes since the last value, from blocks of four past changes.

    `changes` (n,) newest last; `starts` (paths, blocks) uniform numbers in [0, 1) that choose where blocks begin, counted back from the
    newest, so that series of equal length repeat the same dates. (Moving blocks: Künsch 1989.)
    """
    block = min(BOOTSTRAP_BLOCK, changes.size)
    first = changes.size - block - (starts * (changes.size - block + 1)).astype(np.int64)
    drawn = changes[first[:, :, None] + np.arange(block)].reshape(starts.shape[0], -1)[:, :horizon]
    return np.asarray(np.cumsum(drawn - (1 - DRIFT_KEPT) * changes.mean(), axis=1))
