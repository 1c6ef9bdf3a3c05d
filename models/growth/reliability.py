"""Whether stated probabilities come true: reliability with consistency bands, Brier score and its parts."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.growth.grid import frozen
from models.growth.randomness import Stream, generator

Matrix = NDArray[np.float64]

BINS = 10
RESAMPLES = 500
"""Resamples behind a consistency band."""


@dataclass(frozen=True, slots=True, eq=False)
class Reliability:
    """Stated probabilities against what happened, in ten bins of equal width; empty bins are left out."""

    stated: Matrix
    """(bins,) mean probability stated in the bin."""
    observed: Matrix
    """(bins,) share that came true."""
    count: NDArray[np.int64]
    """(bins,) cases."""
    low: Matrix
    """(bins,) lower end of the 90 % consistency band: where `observed` would lie if every stated probability were right."""
    high: Matrix
    """(bins,) upper end."""
    brier: float
    """Mean squared error of the probabilities: uncertainty - resolution + reliability + what binning hides."""
    uncertainty: float
    """Variance of the outcome: the score of the base rate (Murphy 1973, eq. 8)."""
    resolution: float
    """How far the bins' shares lie from the base rate; more is better."""
    miscalibration: float
    """Mean squared distance of stated and observed (Murphy's reliability term); less is better."""
    mean_calibration_error: float
    """Mean |stated - observed|, weighted by cases."""

    @property
    def inside(self) -> NDArray[np.bool_]:
        """Whether each bin's share lies in its consistency band, (bins,)."""
        return np.asarray((self.observed >= self.low) & (self.observed <= self.high))


def reliability(stated: Matrix, happened: Matrix, *, seed: int = 1) -> Reliability:
    """Return the reliability of probabilities `stated` (cases,) for outcomes `happened` (cases,) of 0 and 1.

    Bands by consistency resampling: cases are drawn again and outcomes drawn from the stated probabilities (Bröcker & Smith 2007, §3).
    They take cases for independent; tenants of one origin are not, so real bands are wider. A ValueError says when there is no case.
    """
    if stated.size == 0 or stated.shape != happened.shape:
        raise ValueError(f"reliability needs as many outcomes as probabilities and at least one: got {stated.shape} and {happened.shape}")
    place = _place(stated)
    shares, middles, counts = _by_bin(place, stated, happened)
    random = generator(seed, Stream.FILL)
    drawn = np.full((RESAMPLES, BINS), np.nan)
    for resample in range(RESAMPLES):
        again = stated[random.integers(0, stated.size, stated.size)]
        drawn[resample] = _by_bin(_place(again), again, (random.random(again.size) < again).astype(np.float64))[0]
    kept = np.flatnonzero(counts)
    bands = np.array([np.quantile(column[np.isfinite(column)], [0.05, 0.95]) for column in drawn.T[kept]])
    base = float(happened.mean())
    weight = counts[kept] / stated.size
    gap = middles[kept] - shares[kept]
    return Reliability(
        stated=frozen(middles[kept]),
        observed=frozen(shares[kept]),
        count=frozen(counts[kept]),
        low=frozen(bands[:, 0].copy()),
        high=frozen(bands[:, 1].copy()),
        brier=float(np.mean((stated - happened) ** 2)),
        uncertainty=base * (1 - base),
        resolution=float(weight @ (shares[kept] - base) ** 2),
        miscalibration=float(weight @ gap**2),
        mean_calibration_error=float(weight @ np.abs(gap)),
    )


def _place(stated: Matrix) -> NDArray[np.int64]:
    return np.minimum((stated * BINS).astype(np.int64), BINS - 1)


def _by_bin(place: NDArray[np.int64], stated: Matrix, happened: Matrix) -> tuple[Matrix, Matrix, NDArray[np.int64]]:
    """Return share that happened, mean stated and count of each bin; NaN where empty."""
    count = np.bincount(place, minlength=BINS).astype(np.int64)
    parts = [np.bincount(place, weights=values, minlength=BINS) for values in (happened, stated)]
    share, middle = (np.divide(part, count, out=np.full(BINS, np.nan), where=count > 0) for part in parts)
    return share, middle, count
