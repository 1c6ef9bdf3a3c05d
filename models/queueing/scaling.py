"""The universal scalability law: throughput against concurrency."""

from dataclasses import dataclass

import numpy as np

from models.queueing.arrays import FloatArray

_T_95 = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228)  # Student's t, two-sided 95 %, 1 … 10 degrees of freedom
_NORMAL_95 = 1.96


@dataclass(frozen=True, slots=True)
class ScalabilityLaw:
    """X(N) = gamma N / (1 + alpha (N - 1) + beta N (N - 1)) with intervals of its parameters."""

    alpha: float
    """Contention: the serial share."""
    beta: float
    """Coherence: the cost of keeping parties in agreement."""
    gamma: float
    """Throughput at concurrency 1, in units of the data."""
    alpha_interval: tuple[float, float]
    """95 % interval of alpha, cut at 0."""
    beta_interval: tuple[float, float]
    """95 % interval of beta, cut at 0."""
    gamma_interval: tuple[float, float]
    """95 % interval of gamma."""
    residual_sum: float
    """Sum of squared residuals."""
    largest_observed: float
    """Largest concurrency in the data; beyond it the law extrapolates."""
    warnings: tuple[str, ...]
    """Bounds that were hit and what the data cannot show."""

    @property
    def peak(self) -> float:
        """Concurrency of the largest throughput; infinite without coherence cost."""
        if self.beta == 0:
            return np.inf
        return float(np.sqrt(max(1 - self.alpha, 0.0) / self.beta))

    @property
    def limit(self) -> float:
        """Largest throughput: at the peak, or gamma / alpha (Amdahl) without coherence cost; infinite without contention."""
        if self.beta == 0:
            return self.gamma / self.alpha if self.alpha > 0 else np.inf
        return float(self.throughput(np.array([max(self.peak, 1.0)]))[0])

    def throughput(self, concurrency: FloatArray) -> FloatArray:
        """Return X(N) in units of the data for concurrencies of any shape."""
        return _throughput(np.array([self.alpha, self.beta, self.gamma]), np.asarray(concurrency, dtype=float))


def fit_usl(concurrency: FloatArray, throughput: FloatArray) -> ScalabilityLaw:
    """Fit the law by least squares with alpha, beta >= 0 to at least four levels.

    `concurrency` >= 1 and `throughput` > 0 are 1-D of one length. A parameter at its bound is named in `warnings`.
    Source: Gunther, Guerrilla Capacity Planning, 2007, chapter 4.
    """
    n, x = _checked(concurrency, throughput)
    parameters = _least_squares(n, x)
    widths = _half_widths(parameters, n, x).tolist()
    alpha, beta, gamma = parameters.tolist()
    intervals = [(max(value - width, 0.0), value + width) for value, width in zip((alpha, beta, gamma), widths, strict=True)]
    residual = float(((x - _throughput(parameters, n)) ** 2).sum())
    return ScalabilityLaw(alpha, beta, gamma, intervals[0], intervals[1], intervals[2], residual, float(n.max()), _warnings(parameters, n))


def _throughput(parameters: FloatArray, n: FloatArray) -> FloatArray:
    alpha, beta, gamma = parameters
    return np.asarray(gamma * n / (1 + alpha * (n - 1) + beta * n * (n - 1)), dtype=float)


def _least_squares(n: FloatArray, x: FloatArray) -> FloatArray:
    from scipy.optimize import least_squares

    scale = float(x.max())

    def fitted(held: tuple[bool, bool]) -> tuple[float, FloatArray]:
        free = np.array([*held, True])
        start = np.array([0.02, 1e-4, float((x / scale / n).max())])[free]

        def residuals(values: FloatArray) -> FloatArray:
            return _throughput(_filled(values, free), n) - x / scale

        found = least_squares(
            residuals,
            start,
            bounds=(0.0, np.inf),
            x_scale=np.maximum(start, 1e-6),
            xtol=1e-15,
            ftol=1e-15,
            gtol=1e-15,
        )
        return float(found.cost), _filled(found.x, free)

    best_cost, best = fitted((True, True))
    for held in ((True, False), (False, True), (False, False)):
        cost, parameters = fitted(held)
        if cost < best_cost * (1 + 1e-9):
            best_cost, best = min(cost, best_cost), parameters
    return np.asarray(best * np.array([1.0, 1.0, scale]), dtype=float)


def _filled(values: FloatArray, free: FloatArray) -> FloatArray:
    full = np.zeros(3)
    full[free] = values
    return full


def _half_widths(parameters: FloatArray, n: FloatArray, x: FloatArray) -> FloatArray:
    """Half widths of the 95 % intervals; a parameter at its bound is left free, so that its upper end is not understated."""
    alpha, beta, gamma = parameters
    below = 1 + alpha * (n - 1) + beta * n * (n - 1)
    slopes = np.stack([-gamma * n * (n - 1) / below**2, -gamma * n**2 * (n - 1) / below**2, n / below], axis=1)
    freedom = len(n) - len(parameters)
    variance = float(((x - _throughput(parameters, n)) ** 2).sum()) / freedom
    factor = _T_95[freedom - 1] if freedom <= len(_T_95) else _NORMAL_95 * (1 + 1.2 / freedom)
    scale = np.sqrt((slopes**2).sum(axis=0))
    covariance = np.linalg.inv((slopes / scale).T @ (slopes / scale)) / np.outer(scale, scale)
    return np.asarray(factor * np.sqrt(variance * np.diag(covariance)), dtype=float)


def _warnings(parameters: FloatArray, n: FloatArray) -> tuple[str, ...]:
    notes = []
    if parameters[0] == 0:
        notes.append("alpha is at its bound 0: the data show no contention")
    if parameters[1] == 0:
        notes.append("beta is at its bound 0: the data show no coherence cost, so no peak; a peak beyond the data is not excluded")
    elif np.sqrt(max(1 - parameters[0], 0.0) / parameters[1]) > n.max():
        notes.append(f"the peak lies beyond the largest concurrency {n.max():g} in the data: it is extrapolated")
    return tuple(notes)


def _checked(concurrency: FloatArray, throughput: FloatArray) -> tuple[FloatArray, FloatArray]:
    n, x = np.asarray(concurrency, dtype=float), np.asarray(throughput, dtype=float)
    if n.ndim != 1 or n.shape != x.shape:
        raise ValueError(f"concurrency {n.shape} and throughput {x.shape} must be two lists of one length")
    if len(np.unique(n)) < 4:
        raise ValueError(f"concurrency has {len(np.unique(n))} levels; three parameters with intervals need at least 4 different ones")
    if not (np.all(np.isfinite(n)) and np.all(n >= 1)):
        raise ValueError(f"concurrency={n.tolist()!r} must be finite and at least 1")
    if not (np.all(np.isfinite(x)) and np.all(x > 0)):
        raise ValueError(f"throughput={x.tolist()!r} must be finite and above 0")
    return n, x
