"""A figure that two causes add up to, with the error of a single new value."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.intervals import Interval, student_90

_FEWEST = 3


@dataclass(frozen=True, slots=True)
class TwoCauses:
    """figure = first × one cause + second × the other; neither is negative, 90 % intervals."""

    first: Interval
    """What one unit of the first cause takes."""
    second: Interval
    """What one unit of the second cause takes."""
    covariance: tuple[tuple[float, float], tuple[float, float]]
    """Of both, in units of their squares."""
    relative_scatter: float
    """Standard deviation of a figure around its sum, over the sum."""
    freedom: int
    """Degrees of freedom left."""

    def expected(self, first: float, second: float) -> Interval:
        """Return the figure of one moment with so much of each cause: the error of the line and the scatter of a moment."""
        if first < 0 or second < 0:
            raise ValueError(f"causes of {first} and {second}: give amounts of at least 0")
        mid = self.first.mid * first + self.second.mid * second
        cause = np.array([first, second])
        variance = float(cause @ np.array(self.covariance) @ cause) + (self.relative_scatter * mid) ** 2
        width = student_90(self.freedom) * float(np.sqrt(max(variance, 0.0)))
        return Interval(max(mid - width, 0.0), mid, mid + width)

    def draws(self, paths: int, seed: int) -> NDArray[np.float64]:
        """Return both coefficients drawn jointly, shape (paths, 2): row k depends on the seed and on k alone."""
        values, vectors = np.linalg.eigh(np.array(self.covariance))
        normal = np.random.Generator(np.random.Philox(key=seed)).standard_normal((paths, 2))
        return np.asarray(np.maximum((self.first.mid, self.second.mid) + (normal * np.sqrt(np.maximum(values, 0))) @ vectors.T, 0.0))


def fit_two_causes(
    first: NDArray[np.float64], second: NDArray[np.float64], figure: NDArray[np.float64], *, least_scatter: float = 0.0
) -> TwoCauses:
    """Fit by non-negative least squares of relative errors, shape (moments,) each, NaN = missing.

    `least_scatter` is a relative scatter below which no moment is believed, however well a few of them agree.

    Raises
    ------
    ValueError
        If the shapes differ, a value is negative, or fewer than 3 moments have all three and a figure above 0.

    """
    columns = np.array([np.asarray(column, float) for column in (first, second, figure)])
    if columns.ndim != 2:
        raise ValueError(f"causes and figure have shapes {np.shape(first)}, {np.shape(second)}, {np.shape(figure)}: give equal series")
    columns = columns[:, np.isfinite(columns).all(axis=0) & ~(columns[2] <= 0)]
    if (columns < 0).any():
        raise ValueError("a cause is negative: causes are amounts of at least 0")
    if columns.shape[1] < _FEWEST:
        raise ValueError(f"{columns.shape[1]} moments hold both causes and a figure above 0: at least {_FEWEST} are needed")
    return _fit(columns[:2].T / columns[2][:, None], least_scatter)


def _fit(design: NDArray[np.float64], least_scatter: float) -> TwoCauses:
    """Fit design × coefficients = 1; a cause that takes nothing is left out of the errors."""
    from scipy.optimize import nnls

    scale = np.maximum(np.sqrt((design**2).sum(axis=0)), 1e-300)
    found = nnls(design / scale, np.ones(design.shape[0]))[0] / scale
    freedom = max(design.shape[0] - int((found > 0).sum()), 1)
    scatter = max(float(np.sqrt(((1 - design @ found) ** 2).sum() / freedom)), least_scatter)
    covariance = scatter**2 * np.linalg.pinv((design / scale).T @ (design / scale)) / np.outer(scale, scale)
    width = student_90(freedom) * np.sqrt(np.diag(covariance))
    low, high = np.maximum(found - width, 0.0), found + width
    (a, b), (_, d) = covariance
    return TwoCauses(
        Interval(low[0], found[0], high[0]),
        Interval(low[1], found[1], high[1]),
        ((float(a), float(b)), (float(b), float(d))),
        scatter,
        freedom,
    )
