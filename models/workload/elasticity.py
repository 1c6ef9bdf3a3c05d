"""How a technical demand moves with the business drivers behind it: requests with orders, sessions with users."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BLOCK_DAYS = 28
"""Days of one point of the fit: whole weeks, long enough that the noise of daily counts is small beside the season."""
LEAST_BLOCKS = 3
"""With fewer points the data say nothing about an elasticity: the prior stands."""
SUM_PRIOR_SD = 0.2
"""Standard deviation of the summed elasticity around 1 before any data: as much more work as business (judgement, 2026-11)."""
SHARE_PRIOR_SD = 0.3
"""Standard deviation of how it is split between several drivers (judgement, 2026-11)."""
NOISE_PRIOR, NOISE_PRIOR_POINTS = 0.03, 4.0
"""Noise of the log of a four-week mean before any data, and how many differences that belief is worth (judgement, 2026-11)."""
DRIFT_PER_ROOT_YEAR = 0.10
"""Standard deviation of the log demand per driver unit after a year: releases and habits change it (judgement, 2026-11)."""
DAYS_PER_YEAR = 365.25


@dataclass(frozen=True, slots=True, eq=False)
class Elasticity:
    """Demand ∝ ∏ driver^elasticity, with a joint normal uncertainty."""

    mean: NDArray[np.float64]
    """Shape (drivers,)."""
    root: NDArray[np.float64]
    """Shape (drivers, drivers): square root of the covariance."""
    points: int
    """Four-week means behind the fit; below LEAST_BLOCKS it is the prior."""

    @property
    def sd(self) -> NDArray[np.float64]:
        """Standard deviation of each elasticity, shape (drivers,)."""
        return np.asarray(np.linalg.norm(self.root, axis=1))

    @property
    def assumed(self) -> bool:
        """Whether it rests on the prior alone."""
        return self.points < LEAST_BLOCKS

    def draws(self, normals: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return elasticities (drivers, paths) from standard normal numbers of that shape; never below zero."""
        return np.asarray(np.maximum(self.mean[:, None] + self.root @ normals, 0.0))


def fit_elasticity(demand: NDArray[np.float64], drivers: NDArray[np.float64]) -> Elasticity:
    """Return the elasticity of a demand to its drivers.

    Generalised least squares of log four-week means with a free level. Deviations are noise plus a demand per unit that wanders
    (a random walk of DRIFT_PER_ROOT_YEAR), so that two lines which both happen to rise prove little. The prior says that the
    elasticities sum to one: as much more work as there is more business. Whole blocks are counted back from the last day.

    Parameters
    ----------
    demand
        Shape (days,): daily mean demand; NaN is missing.
    drivers
        Shape (drivers, days): daily counts; NaN is missing.

    Raises
    ------
    ValueError
        If there is no driver, or the days do not agree.

    """
    if drivers.ndim != 2 or not len(drivers) or drivers.shape[1] != demand.size:
        raise ValueError(f"drivers have shape {drivers.shape}: give (drivers, days) with at least one driver and {demand.size} days")
    count = len(drivers)
    mean, precision = _prior(count)
    levels = np.vstack([_blocks(demand, drivers), *(_blocks(one, drivers * demand) for one in drivers)])
    known = np.isfinite(levels).all(axis=0)
    points = int(known.sum())
    if points < LEAST_BLOCKS:
        return Elasticity(mean, np.linalg.cholesky(np.linalg.inv(precision)), 0)
    years = np.flatnonzero(known) * BLOCK_DAYS / DAYS_PER_YEAR
    y, x = levels[0, known], levels[1:, known].T
    covariance = _noise(y - x @ mean) ** 2 * np.eye(points) + DRIFT_PER_ROOT_YEAR**2 * np.minimum.outer(years, years)
    design = np.linalg.solve(np.linalg.cholesky(covariance), np.column_stack([np.ones(points), x, y]))
    # The level is free: what it explains is taken out of drivers and demand.
    level = design[:, 0] / np.linalg.norm(design[:, 0])
    rest = design[:, 1:] - np.outer(level, level @ design[:, 1:])
    information = rest[:, :-1].T @ rest[:, :-1] + precision
    posterior = np.linalg.inv(information)
    found = posterior @ (rest[:, :-1].T @ rest[:, -1] + precision @ mean)
    return Elasticity(np.maximum(found, 0.0), np.linalg.cholesky(posterior), points)


def demand_per_unit(demand: NDArray[np.float64], driver: NDArray[np.float64]) -> tuple[float, float]:
    """Return demand per unit of a driver and its relative standard error, from whole days, shape (days,) each; NaN is missing.

    The ratio of sums with its linearised error (Cochran 1977, eq. 6.12); (nan, nan) without three common days or without a count.
    """
    known = np.isfinite(demand) & np.isfinite(driver)
    days = int(known.sum())
    if days < 3 or not driver[known].sum() > 0 or not demand[known].sum() > 0:
        return float("nan"), float("nan")
    ratio = float(demand[known].sum() / driver[known].sum())
    residual = demand[known] - ratio * driver[known]
    return ratio, float(np.sqrt(days / (days - 1) * (residual**2).sum()) / demand[known].sum())


def _prior(drivers: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return mean and precision of the elasticities before any data."""
    together = np.full((drivers, drivers), 1 / drivers)
    covariance = SUM_PRIOR_SD**2 / drivers * together + SHARE_PRIOR_SD**2 / drivers * (np.eye(drivers) - together)
    return np.full(drivers, 1 / drivers), np.linalg.inv(covariance)


def _blocks(values: NDArray[np.float64], mask: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return log means of whole blocks in time order; NaN where fewer than half of the days are known to all."""
    common = np.where(np.isfinite(values) & np.isfinite(mask).all(axis=0), values, np.nan)
    whole = common[common.size % BLOCK_DAYS :].reshape(-1, BLOCK_DAYS)
    known = np.isfinite(whole).sum(axis=1)
    total = np.nansum(whole, axis=1)
    usable = (known * 2 >= BLOCK_DAYS) & (total > 0)
    means = np.divide(total, known, out=np.full(known.size, np.nan), where=usable)
    return np.asarray(np.log(means))


def _noise(residual: NDArray[np.float64]) -> float:
    """Return the noise of one point: half the mean squared difference of neighbours, with a prior for few of them."""
    squares = np.diff(residual) ** 2 / 2
    return float(np.sqrt((NOISE_PRIOR_POINTS * NOISE_PRIOR**2 + squares.sum()) / (NOISE_PRIOR_POINTS + squares.size)))
