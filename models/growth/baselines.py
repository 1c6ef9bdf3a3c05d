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
MOST_ERROR_COURSES = 20
"""Past error courses that the naive forecast's paths repeat."""


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


def naive_paths(values: Matrix, horizon: int, period: int, random: Matrix) -> Matrix:
    """Return paths (paths, horizon) of the seasonal naive forecast with drift, spread by whole error courses of its own past.

    `values` (steps,) without gaps, `random` (paths,) uniform numbers that choose the course; a history too short to have erred gives
    the bare line.
    """
    point = seasonal_naive(values, horizon, period)
    least = 2 * period + horizon
    last = [values.size - horizon - lag * period for lag in range(MOST_ERROR_COURSES)]
    courses = [values[at : at + horizon] - seasonal_naive(values[:at], horizon, period) for at in last if at + horizon >= least]
    if not courses:
        return np.repeat(np.maximum(point, 0.0)[None, :], random.size, axis=0)
    table = np.stack(courses)
    return np.asarray(np.maximum(point + table[(random * table.shape[0]).astype(np.int64)], 0.0))


def bootstrap_paths(values: Matrix, horizon: int, period: int, random: Matrix) -> Matrix:
    """Return paths (paths, horizon) that bootstrap past log changes of the cycle's mean and repeat the shapes of past cycles.

    `values` (steps,) without gaps; `random` (2, paths, cycles ahead) uniform numbers for changes and shapes.
    """
    count = max(values.size // period, 1)
    cycles = values[-count * period :].reshape(count, -1) if values.size >= period else values[None, -1:]
    means = cycles.mean(axis=1)
    floor = 0.01 * float(means.mean()) or 1.0
    changes = np.diff(np.log(means[-BOOTSTRAP_STEPS - 1 :] + floor))
    ahead = random.shape[2]
    moved = path_bootstrap(changes, ahead, random[0]) if changes.size else np.zeros(random.shape[1:])
    level = np.maximum((means[-1] + floor) * np.exp(np.clip(moved, -50, 50)) - floor, 0.0)
    shapes = np.divide(cycles, means[:, None], out=np.ones_like(cycles), where=means[:, None] > 0)
    drawn = shapes[count - 1 - (random[1] * min(count, BOOTSTRAP_STEPS)).astype(np.int64)]
    return np.asarray((level[:, :, None] * drawn).reshape(level.shape[0], -1)[:, :horizon])
