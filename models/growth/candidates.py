"""Short-term candidates, each computed for many forecast origins at once: profiles, lag regressions, naive lines."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]

CYCLES = 8
"""Past cycles that a profile averages at most."""
PROFILE_HALF_LIVES = (1.0, 3.0)
"""Half-lives of the weight of past cycles, in cycles."""
LEVEL_WEIGHTS = (0.02, 0.15)
"""Exponential weights of the newest value in the level beside a profile."""
RIDGE = 0.0003
"""Penalty of lag regressions as a share of the sample count, on standardised values."""
NAIVE_DRIFTS = (0.0, 0.5, 1.0)
"""Shares of the mean past change that a naive line carries on."""
SMOOTHING = (0.3, 0.6)
"""Weights of the newest value in exponential smoothing of series without a season."""


@dataclass(frozen=True, slots=True)
class Season:
    """What candidates are told about cycles."""

    periods: tuple[int, ...]
    """Cycle lengths in steps, ascending; empty: none."""
    regressions: tuple["Lags", ...]
    """Lag regressions to fit."""


@dataclass(frozen=True, slots=True)
class Lags:
    """A regression of each value on earlier ones."""

    steps: tuple[int, ...]
    difference: int = 0
    """Lag of the difference that is regressed instead of the value; 0: the value."""


HOURLY = Season(
    (24, 168),
    (
        Lags((1, 2, 3, 23, 24, 25, 48, 72, 96, 120, 144, 167, 168, 169)),
        Lags((*range(1, 27), 47, 48, 49, 72, 96, 120, 143, 144, 145, 167, 168, 169)),
        Lags((1, 2, 3, 23, 24, 25, 167, 168, 169), difference=168),
    ),
)
"""Chosen on the last 48 hours of the training part of M4 Hourly, never on its test part (2026-11)."""
DAILY = Season((7,), (Lags((1, 2, 3, 6, 7, 8, 14, 21, 28)), Lags((1, 2, 3, 7, 8), difference=7)))
WEEKLY = Season((), (Lags((1, 2, 3, 4), difference=1),))


def forecasts(values: Matrix, origins: NDArray[np.int64], horizon: int, season: Season) -> Matrix:
    """Return (candidates, origins, horizon) forecasts of `values` (steps,) made with what lies before each origin."""
    found = []
    for period in season.periods:
        if period * 2 <= origins.min():
            found += _profiles(values, origins, horizon, period)
            found.append(_same_as_last_cycle(values, origins, horizon, period))
    if not season.periods:
        found += _lines(values, origins, horizon)
    for lags in season.regressions:
        if origins.min() >= 2 * (max(lags.steps) + lags.difference) + 3 * len(lags.steps):
            found.append(_regression(values, origins, horizon, lags))
    if not found:
        found += _lines(values, origins, horizon)
    return np.stack(found)


def _profiles(values: Matrix, origins: NDArray[np.int64], horizon: int, period: int) -> list[Matrix]:
    """Return weighted mean cycles plus an exponential level plus what is left of the last deviation."""
    cycles = min(CYCLES, int(origins.min()) // period)
    window = values[origins[:, None] - cycles * period + np.arange(cycles * period)].reshape(origins.size, cycles, period)
    ahead = np.arange(1, horizon + 1)
    found = []
    for half_life in PROFILE_HALF_LIVES:
        weight = 0.5 ** (np.arange(cycles - 1, -1, -1) / half_life)
        shape = np.einsum("okp,k->op", window - window.mean(axis=2, keepdims=True), weight / weight.sum())
        rest = (window - shape[:, None, :]).reshape(origins.size, -1)
        for alpha in LEVEL_WEIGHTS:
            fading = (1 - alpha) ** np.arange(rest.shape[1] - 1, -1, -1)
            level = rest @ (fading / fading.sum())
            error = rest - level[:, None]
            power = np.einsum("oi,oi->o", error[:, :-1], error[:, :-1])
            carried = np.einsum("oi,oi->o", error[:, :-1], error[:, 1:]) / np.maximum(power, 1e-12)
            decay = np.clip(carried, 0.0, 0.97)[:, None] ** ahead
            found.append(shape[:, (ahead - 1) % period] + level[:, None] + decay * error[:, -1:])
    return found


def _same_as_last_cycle(values: Matrix, origins: NDArray[np.int64], horizon: int, period: int) -> Matrix:
    return np.asarray(values[origins[:, None] - period + np.arange(horizon) % period])


def _lines(values: Matrix, origins: NDArray[np.int64], horizon: int) -> list[Matrix]:
    """Return naive lines with a share of the past drift, and exponentially smoothed levels."""
    ahead = np.arange(1, horizon + 1)
    last = values[origins - 1]
    drift = (last - values[0]) / np.maximum(origins - 1, 1)
    found = [last[:, None] + share * drift[:, None] * ahead for share in NAIVE_DRIFTS]
    for alpha in SMOOTHING:
        level = np.array([_smoothed(values[max(0, at - 60) : at], alpha) for at in origins])
        found.append(level[:, None] + 0.5 * drift[:, None] * ahead)
    return found


def _smoothed(values: Matrix, alpha: float) -> float:
    fading = (1 - alpha) ** np.arange(values.size - 1, -1, -1)
    return float(values @ fading / fading.sum())


def _regression(values: Matrix, origins: NDArray[np.int64], horizon: int, lags: Lags) -> Matrix:
    """Return iterated forecasts of a ridge regression on lagged values, fitted anew at each origin."""
    apart = lags.difference
    series = values[apart:] - values[:-apart] if apart else values
    reach, steps = max(lags.steps), np.array(lags.steps)
    rows = series[np.arange(reach, series.size)[:, None] - steps]
    buffer = np.empty((origins.size, reach + horizon))
    weights = np.empty((origins.size, steps.size))
    centre = np.zeros(origins.size)
    for index, at in enumerate(origins - apart):
        past, target = rows[: at - reach], series[reach:at]
        centre[index] = 0.0 if apart else target.mean()
        spread = max(float(target.std()), 1e-12)
        design = (past - centre[index]) / spread
        gram = design.T @ design + (RIDGE * target.size + 1e-9) * np.eye(steps.size)
        weights[index] = np.linalg.solve(gram, design.T @ ((target - centre[index]) / spread))
        buffer[index, :reach] = series[at - reach : at] - centre[index]
    limit = 4 * np.abs(buffer[:, :reach]).max(axis=1)
    for step in range(horizon):
        # An explosive fit must not overflow; the backtest gives it no weight.
        buffer[:, reach + step] = np.clip(np.einsum("ol,ol->o", buffer[:, reach + step - steps], weights), -limit, limit)
    ahead = buffer[:, reach:] + centre[:, None]
    return _integrated(ahead, values, origins, apart) if apart else ahead


def _integrated(changes: Matrix, values: Matrix, origins: NDArray[np.int64], apart: int) -> Matrix:
    """Return values whose differences at lag `apart` are `changes`."""
    whole = changes.copy()
    for step in range(changes.shape[1]):
        whole[:, step] += values[origins - apart + step] if step < apart else whole[:, step - apart]
    return whole
