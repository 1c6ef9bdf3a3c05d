"""The distribution of a year's loss: a good year, a usual one, a bad one."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_POINTS = 1 << 14
_SPREADS_COVERED = 12.0
_TILT = 10.0
"""Exponential tilting that makes what wraps around weigh exp(-10) (Grübel and Hermesmeier 1999)."""


@dataclass(frozen=True, slots=True, eq=False)
class AnnualLoss:
    """Compound Poisson distribution of the loss in a year."""

    loss: NDArray[np.float64]
    """Shape (points,): grid of losses, in the unit of the events' losses."""
    probability: NDArray[np.float64]
    """Shape (points,): of each loss."""
    mean: float
    """Exact expected loss a year."""
    standard_deviation: float
    """Exact."""
    none: float
    """Probability of a year without any loss."""
    p95: float
    """Loss that 19 years in 20 stay below, to one step of the grid."""
    cvar95: float
    """Mean loss of the worst year in 20 (conditional value at risk)."""

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        self.loss.flags.writeable = False
        self.probability.flags.writeable = False


def annual_loss(rate_per_year: NDArray[np.float64], loss_per_event: NDArray[np.float64]) -> AnnualLoss:
    """Return the distribution of the yearly loss from independent Poisson events of fixed loss.

    Events with random losses are given as several rows. Computed by the fast Fourier transform of the compound Poisson law on
    a grid that keeps the mean of every event (Embrechts and Frei 2009).

    Parameters
    ----------
    rate_per_year, loss_per_event
        Shape (events,): finite and not negative.

    """
    for name, values in (("rate_per_year", rate_per_year), ("loss_per_event", loss_per_event)):
        wrong = np.flatnonzero(~(np.isfinite(values) & (values >= 0)))
        if len(wrong):
            raise ValueError(f"{name}[{wrong[0]}] is {values[wrong[0]]}: it must be a finite number, not negative")
    costly = (rate_per_year > 0) & (loss_per_event > 0)
    rate, loss = rate_per_year[costly], loss_per_event[costly]
    mean, spread = float(rate @ loss), float(np.sqrt(rate @ loss**2))
    if not len(rate):
        return AnnualLoss(np.zeros(1), np.ones(1), 0.0, 0.0, 1.0, 0.0, 0.0)
    step = (mean + _SPREADS_COVERED * spread + float(loss.max())) / (_POINTS - 2)
    probability = _compound(rate, loss / step)
    grid = step * np.arange(_POINTS, dtype=np.float64)
    p95, cvar95 = _tail(grid, probability, 0.95)
    return AnnualLoss(grid, probability, mean, spread, float(np.exp(-rate.sum())), p95, cvar95)


def _compound(rate: NDArray[np.float64], steps: NDArray[np.float64]) -> NDArray[np.float64]:
    below = np.floor(steps).astype(np.int64)
    part = steps - below
    intensity = np.zeros(_POINTS)
    np.add.at(intensity, below, rate * (1 - part))
    np.add.at(intensity, below + 1, rate * part)
    tilt = np.exp(-_TILT * np.arange(_POINTS) / _POINTS)
    transform = np.exp(np.fft.rfft(intensity * tilt) - rate.sum())
    tilted = np.maximum(np.fft.irfft(transform, _POINTS), 0.0)
    probability = np.asarray(tilted / tilt, dtype=np.float64)
    noise = probability * tilt < 1e-15
    probability[noise] = 0.0
    return np.asarray(probability / probability.sum(), dtype=np.float64)


def _tail(grid: NDArray[np.float64], probability: NDArray[np.float64], level: float) -> tuple[float, float]:
    cumulative = np.cumsum(probability)
    at = min(int(np.searchsorted(cumulative, level)), len(grid) - 1)
    beyond = float(probability[at + 1 :] @ grid[at + 1 :]) + (float(cumulative[at]) - level) * float(grid[at])
    return float(grid[at]), max(float(grid[at]), beyond / (1 - level))
