"""Survival functions of waits and responses, with their quantiles."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np

from models.queueing.arrays import FloatArray, frozen

_STEP_NORM = 1 / 16  # generator norm times the smallest step; eight Taylor terms are then exact to 1e-15
_TAYLOR = 8
_LAST_SURVIVAL = 1e-4  # the doubled steps reach to this probability; beyond, the longest is taken again
_DOUBLINGS = 80


class Curve(Protocol):
    """A non-negative time known by its survival function."""

    def __hash__(self) -> int:
        """Curves are values, told apart by identity."""

    def survival(self, t: FloatArray) -> FloatArray:
        """Return P(X > t) for seconds t, elementwise on a 1-D array."""

    def quantile(self, p: FloatArray) -> FloatArray:
        """Return the smallest seconds t with P(X <= t) >= p, elementwise on a 1-D array; infinite at 1."""


@dataclass(frozen=True, slots=True, eq=False)
class MatrixExponential:
    """The time with P(X > t) = start exp(generator t) 1."""

    start: FloatArray
    """Weights of the states at time 0, shape (states,); what they lack to 1 is at time 0."""
    generator: FloatArray
    """Rates per second between the states, shape (states, states)."""

    def survival(self, t: FloatArray) -> FloatArray:
        """Return P(X > t), elementwise."""
        course = _course(self)
        steps = np.minimum(np.maximum(t, 0.0) / course.step_s, 2.0 ** (len(course.powers) + 4))
        whole = np.floor(steps)
        rows = np.repeat(self.start[None, :], len(t), axis=0)
        left = whole.astype(np.int64)
        for j in range(len(course.powers) - 1, -1, -1):
            times = left >> j
            left -= times << j
            for repeat in range(int(times.max(initial=0))):
                chosen = times > repeat
                rows[chosen] = rows[chosen] @ course.powers[j]
        rest = (steps - whole) * course.step_s
        series = (rows @ course.columns) * rest[:, None] ** np.arange(course.columns.shape[1])
        return np.asarray(np.clip(series.sum(axis=1), 0.0, 1.0), dtype=float)

    def quantile(self, p: FloatArray) -> FloatArray:
        """Return the p-quantile, elementwise."""
        return np.array([self._quantile(1 - one) for one in p])

    def _quantile(self, target: float) -> float:
        row, passed = self.start, 0.0
        if row.sum() <= target:
            return 0.0
        if target <= 0:
            return np.inf
        course, ones = _course(self), np.ones(len(row))
        last = len(course.powers) - 1
        while (following := row @ course.powers[last]) @ ones > target:
            row, passed = following, passed + course.step_s * 2**last
        for j in range(last - 1, -1, -1):
            following = row @ course.powers[j]
            if following @ ones > target:
                row, passed = following, passed + course.step_s * 2**j
        return passed + _within(row @ course.columns, target, course.step_s)


@dataclass(frozen=True, slots=True, eq=False)
class _Course:
    columns: FloatArray  # generator^j 1 / j!, shape (states, terms): the Taylor series within the smallest step
    powers: tuple[FloatArray, ...]  # exp(generator step 2^j), each shape (states, states)
    step_s: float  # the smallest step


@lru_cache(maxsize=256)
def _course(time: MatrixExponential) -> _Course:
    """Powers of the generator's exponential by repeated squaring."""
    start, generator = time.start, time.generator
    step = _STEP_NORM / float(np.abs(generator).sum(axis=1).max())
    eye, scaled = np.eye(len(start)), generator * step
    power = eye + scaled / _TAYLOR
    for j in range(_TAYLOR - 1, 0, -1):
        power = eye + scaled @ power / j
    columns = [np.ones(len(start))]
    for j in range(1, _TAYLOR + 1):
        columns.append(generator @ columns[-1] / j)
    powers = [power]
    while (start @ powers[-1]) @ columns[0] > _LAST_SURVIVAL and len(powers) < _DOUBLINGS:
        powers.append(powers[-1] @ powers[-1])
    return _Course(np.stack(columns, axis=1), tuple(powers), step)


def _within(series: FloatArray, target: float, step_s: float) -> float:
    """Root of the Taylor series less the target inside the smallest step, by safeguarded Newton."""
    terms = series.tolist()
    low, high, rest = 0.0, step_s, 0.0
    for _ in range(8):
        value, slope = _horner(terms, rest)
        low, high = (rest, high) if value > target else (low, rest)
        newton = rest - (value - target) / slope if slope < 0 else high
        following = newton if low <= newton <= high else (low + high) / 2
        if abs(following - rest) <= 1e-15 * step_s:
            return following
        rest = following
    return rest


def _horner(terms: list[float], x: float) -> tuple[float, float]:
    """Value and slope of the polynomial with these coefficients, the constant first."""
    value = slope = 0.0
    for term in reversed(terms):
        slope = slope * x + value
        value = value * x + term
    return value, slope


def matrix_exponential(start: FloatArray, generator: FloatArray) -> MatrixExponential:
    """Return the curve of a phase-type (or matrix-exponential) time.

    `start` (states,), `generator` (states, states) per second with all eigenvalues in the left half-plane.
    """
    return MatrixExponential(frozen(start.copy()), frozen(generator.copy()))


@dataclass(frozen=True, slots=True, eq=False)
class Shifted:
    """A time with a constant added."""

    base: Curve
    """The time before the addition."""
    shift_s: float
    """What is added, in seconds."""

    def survival(self, t: FloatArray) -> FloatArray:
        """Return P(X > t), elementwise."""
        return np.where(t < self.shift_s, 1.0, self.base.survival(np.maximum(t - self.shift_s, 0.0)))

    def quantile(self, p: FloatArray) -> FloatArray:
        """Return the p-quantile, elementwise."""
        return self.base.quantile(p) + self.shift_s


@dataclass(frozen=True, slots=True)
class Never:
    """A time without end: the wait of an unstable queue."""

    def survival(self, t: FloatArray) -> FloatArray:
        """Return 1 everywhere."""
        return np.ones_like(t)

    def quantile(self, p: FloatArray) -> FloatArray:
        """Return infinity everywhere."""
        return np.full_like(p, np.inf)


@dataclass(frozen=True, slots=True, eq=False)
class Between:
    """The time whose quantiles lie between those of two others (Tijms' interpolation)."""

    low: Curve
    """The time at weight 0."""
    high: Curve
    """The time at weight 1."""
    weight: float
    """Share of `high` in every quantile; above 1 it extrapolates."""

    def quantile(self, p: FloatArray) -> FloatArray:
        """Return the p-quantile, elementwise."""
        return np.maximum((1 - self.weight) * self.low.quantile(p) + self.weight * self.high.quantile(p), 0.0)

    def survival(self, t: FloatArray) -> FloatArray:
        """Return P(X > t), elementwise."""
        return np.array([self._survival(one) for one in t])

    def _survival(self, t: float) -> float:
        low, high = -40.0, 0.0  # natural logarithm of the survival probability
        for _ in range(50):
            middle = (low + high) / 2
            later = float(self.quantile(np.array([-np.expm1(middle)]))[0]) > t
            low, high = (middle, high) if later else (low, middle)
        return float(np.exp((low + high) / 2))


@dataclass(frozen=True, slots=True, eq=False)
class WaitPlusService:
    """The sum of an independent wait and service, the wait taken at many of its quantiles."""

    waits_s: FloatArray
    """Representative waits in seconds, shape (points,)."""
    weights: FloatArray
    """Probability of each, shape (points,)."""
    service_survival: Callable[[FloatArray], FloatArray]
    """P(S > t) of the service."""
    scale_s: float
    """Mean of the sum in seconds."""

    def survival(self, t: FloatArray) -> FloatArray:
        """Return P(X > t), elementwise."""
        rest = t[:, None] - self.waits_s[None, :]
        later = np.where(rest < 0, 1.0, self.service_survival(np.maximum(rest, 0.0)))
        return np.asarray(later @ self.weights, dtype=float)

    def quantile(self, p: FloatArray) -> FloatArray:
        """Return the p-quantile, elementwise."""
        return invert(self.survival, p, self.scale_s)


def wait_plus_service(
    wait: Curve, wait_probability: float, service_survival: Callable[[FloatArray], FloatArray], scale_s: float
) -> WaitPlusService:
    """Return wait + service, the wait split into strata that become fine towards its tail."""
    edges = np.concatenate([np.linspace(0, 0.8, 17)[:-1], 1 - np.geomspace(0.2, 1e-7, 41)])
    middles, weights = (edges[1:] + edges[:-1]) / 2, np.diff(edges)
    waits = wait.quantile(1 - wait_probability * (1 - middles))
    return WaitPlusService(
        frozen(np.concatenate([[0.0], waits])),
        frozen(np.concatenate([[1 - wait_probability], wait_probability * weights])),
        service_survival,
        scale_s,
    )


def invert(survival: Callable[[FloatArray], FloatArray], p: FloatArray, scale_s: float) -> FloatArray:
    """Return the p-quantiles of a survival function by bracketing from `scale_s` and Brent's method."""
    return np.array([_invert_one(survival, 1 - one, scale_s) for one in p])


def _invert_one(survival: Callable[[FloatArray], FloatArray], target: float, scale_s: float) -> float:
    from scipy.optimize import brentq

    def excess(t: float) -> float:
        return float(np.log(max(float(survival(np.array([t]))[0]), 1e-300))) - float(np.log(target))

    if target <= 0:
        return np.inf
    if excess(0.0) <= 0:
        return 0.0
    high = scale_s
    while excess(high) > 0:
        high *= 2
    return float(brentq(excess, 0.0, high, xtol=1e-12 * high, rtol=1e-12))
