"""Non-negative demand per unit of driver, with an uncertainty that respects days."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

GROUPS = 20
"""Groups of whole days left out in turn: enough for a standard error, few enough to be quick."""
FLOOR = 0.005
"""Smallest relative standard error that is believed: measurements of a live system never agree better."""


@dataclass(frozen=True, slots=True, eq=False)
class PerUnit:
    """What one unit of each driver takes of a resource."""

    value: NDArray[np.float64]
    """Shape (drivers,): demand per unit, at least 0."""
    relative_se: NDArray[np.float64]
    """Shape (drivers,): standard error over the value."""
    base: float
    """What is used when nothing is driven, per second."""
    hours: int
    """Hours behind the fit."""
    explained: float
    """Share of the variance explained, 0 to 1."""
    covariance: NDArray[np.float64]
    """Shape (drivers + 1, drivers + 1): of the demands per unit and the base, jackknifed over days; no base, no error of it."""

    def draws(self, paths: int, seed: int) -> NDArray[np.float64]:
        """Return demand per unit of each driver and the base drawn jointly, shape (paths, drivers + 1), at least 0.

        Row k depends on the seed and on k alone.
        """
        values, vectors = np.linalg.eigh(self.covariance)
        normal = np.random.Generator(np.random.Philox(key=seed)).standard_normal((paths, values.size))
        moved = (normal * np.sqrt(np.maximum(values, 0.0))) @ vectors.T
        return np.asarray(np.maximum(np.append(self.value, self.base) + moved, 0.0))


def fit_per_unit(amount: NDArray[np.float64], drivers: NDArray[np.float64], *, with_base: bool = True) -> PerUnit:
    """Return the non-negative demand per unit of each driver, by weighted least squares.

    Weights are one over the fitted level, since hourly noise grows with load; standard errors are a delete-a-group
    jackknife over whole days (Kott 2001), so that dependence within a day does not make them too small.

    Parameters
    ----------
    amount
        Shape (hours,): what was used, per second; NaN is missing.
    drivers
        Shape (drivers, hours), per second; NaN is missing.
    with_base
        Whether something may be used when nothing is driven.

    Raises
    ------
    ValueError
        If no hour has all values.

    """
    columns = np.vstack([drivers, np.ones((1, drivers.shape[1]))]) if with_base else drivers
    known = np.isfinite(amount) & np.isfinite(columns).all(axis=0)
    if not known.any():
        raise ValueError(f"none of {amount.size} hours has both a demand and its drivers: nothing to fit")
    y, x, day = amount[known], columns[:, known], np.flatnonzero(known) // 24
    weight = _weights(y)
    group = np.unique(day, return_inverse=True)[1] % GROUPS
    gram = np.stack([_gram(x[:, group == g], y[group == g], weight[group == g]) for g in np.unique(group)])
    total = gram.sum(axis=0)
    value = _solve(total)
    left_out = np.stack([_solve(total - part) for part in gram]) if len(gram) > 1 else np.stack([value])
    count = len(gram)
    away = left_out - left_out.mean(axis=0)
    covariance = (count - 1) / count * away.T @ away
    se = np.sqrt(np.diag(covariance))
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = np.where(value > 0, se / value, 0.0)
    relative = np.maximum(relative, FLOOR) if count > 1 else np.full(len(value), 0.5)
    fitted = value @ x
    spread = float(np.sum(weight * (y - np.average(y, weights=weight)) ** 2))
    explained = 1 - float(np.sum(weight * (y - fitted) ** 2)) / spread if spread > 0 else 1.0
    size = len(drivers)
    base = float(value[size]) if with_base else 0.0
    joint = _believed(covariance, value, relative, size)
    return PerUnit(value[:size], relative[:size], base, int(known.sum()), max(explained, 0.0), joint)


def _believed(covariance: NDArray[np.float64], value: NDArray[np.float64], relative: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    """Return the covariance widened to the relative errors that are believed, with a place for the base."""
    joint = np.zeros((size + 1, size + 1))
    shown = np.sqrt(np.diag(covariance))
    wanted = np.maximum(relative * value, shown)
    joint[: value.size, : value.size] = covariance + np.diag(wanted**2 - shown**2)
    joint.flags.writeable = False
    return joint


def _weights(y: NDArray[np.float64]) -> NDArray[np.float64]:
    level = np.maximum(np.abs(y), 0.1 * float(np.mean(np.abs(y))))
    return np.where(level > 0, 1 / np.where(level > 0, level, 1.0), 1.0)


def _gram(x: NDArray[np.float64], y: NDArray[np.float64], weight: NDArray[np.float64]) -> NDArray[np.float64]:
    rows = np.vstack([x, y])
    return (rows * weight) @ rows.T


def _solve(gram: NDArray[np.float64]) -> NDArray[np.float64]:
    """Solve non-negative least squares from the Gram matrix of (drivers, amount) by coordinate descent on its exact faces."""
    from scipy.optimize import nnls

    size = len(gram) - 1
    a, b = gram[:size, :size], gram[:size, size]
    scale = np.sqrt(np.maximum(np.diag(a), 1e-300))
    unit = a / np.outer(scale, scale) + 1e-12 * np.eye(size)
    root = np.linalg.cholesky(unit)
    solution: NDArray[np.float64] = nnls(root.T, np.linalg.solve(root, b / scale))[0] / scale
    return solution
