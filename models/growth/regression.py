"""Gaussian regression with absolute priors and first-order correlated noise: the algebra under trend and shifts."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Posterior:
    """Coefficients of a linear model given data and priors."""

    mean: Matrix
    """(columns,)"""
    root: Matrix
    """(columns, columns) L with L Lᵀ = covariance."""
    noise: float
    """Standard deviation of the whitened residual."""
    log_evidence: float
    """Log density of the data with coefficients integrated out."""


def whiten(rows: Matrix, times: NDArray[np.int64], rho: float) -> Matrix:
    """Return rows (n, k) made independent under AR(1) noise of correlation `rho` per unit time, gaps included.

    Row t becomes (x_t - r x_(t-g)) / sqrt((1 - r²)/(1 - rho²)) with r = rho^g, g the gap in time units.
    """
    if rho == 0 or rows.shape[0] < 2:
        return rows
    carried = rho ** np.diff(times).astype(np.float64)
    scale = np.sqrt((1 - rho**2) / (1 - carried**2))
    first = rows[:1] * np.sqrt(1 - rho**2)
    return np.concatenate((first, (rows[1:] - carried[:, None] * rows[:-1]) * scale[:, None]))


def solve(design: Matrix, target: Matrix, precision: Matrix, noise: float) -> Posterior:
    """Return the posterior of coefficients with prior N(0, 1/precision) and noise N(0, noise²).

    `design` (n, k), `target` (n,), `precision` (k,) with 0 for a flat prior. (Bishop 2006, eq. 3.49–3.86.)
    """
    return solve_each(design, target, precision[None, :], noise)[0]


def solve_each(design: Matrix, target: Matrix, precisions: Matrix, noise: float) -> list[Posterior]:
    """Return the posterior under each prior of `precisions` (m, k)."""
    scaled = design / noise
    observed = target / noise
    shared, moved = scaled.T @ scaled, scaled.T @ observed
    return [_posterior(scaled, observed, shared, moved, precision, noise) for precision in precisions]


def _posterior(scaled: Matrix, observed: Matrix, shared: Matrix, moved: Matrix, precision: Matrix, noise: float) -> Posterior:
    # A column that was never observed keeps a tiny precision, so that the factorisation exists.
    gram = shared + np.diag(precision + 1e-9)
    chol = np.linalg.cholesky(gram)
    inverse = np.linalg.inv(chol)
    mean = inverse.T @ (inverse @ moved)
    residual = observed - scaled @ mean
    misfit = residual @ residual + (precision * mean) @ mean
    log_prior = 0.5 * np.log(precision[precision > 0]).sum()
    evidence = -0.5 * misfit - observed.size * np.log(noise) - np.log(np.diag(chol)).sum() + log_prior
    spread = noise * float(np.sqrt(np.mean(residual**2))) if observed.size else noise
    return Posterior(mean, inverse.T, spread, float(evidence))


def lag_one_correlation(residual: Matrix, times: NDArray[np.int64]) -> float:
    """Return the correlation of neighbouring residuals, between 0 and 0.95; 0 with fewer than 20 pairs."""
    together = np.diff(times) == 1
    if np.count_nonzero(together) < 20:
        return 0.0
    left, right = residual[:-1][together], residual[1:][together]
    power = float(np.sqrt((left @ left) * (right @ right)))
    return float(np.clip((left @ right) / power, 0.0, 0.95)) if power > 0 else 0.0


def robust_spread(residual: Matrix) -> float:
    """Return 1.4826 times the median absolute deviation from the median."""
    if residual.size == 0:
        return 0.0
    return float(1.4826 * np.median(np.abs(residual - np.median(residual))))
