"""Find the likeliest law of a family from bucket counts, and how far its variation can move before the buckets object."""

import math
from dataclasses import dataclass

import numpy as np

from models.queueing.arrays import FloatArray
from models.queueing.buckets import Histogram
from models.queueing.families import Family
from models.queueing.laws import Law

_NOTHING = 1e-12  # probability below which a bucket counts as impossible
_STEP = 1e-5
_DAMPINGS = np.array([1e-4, 1e-2, 1.0, 100.0])
_SMALLEST_GAIN = 1e-2
_FIRST_ROUNDS = 12  # from each start, before the best goes on
_ROUNDS = 40
_SECANTS = 8
_LEAST_REACH = 0.005  # in log scv
_PULL = 30.0  # strength of the pull to a scv, in curvatures of the likelihood along it
_STIFFNESSES = (0.1, 10.0)  # of the pull that holds a scv, per observation
_NEAR = 0.05  # share of its distance within which an end of an interval is found


SMALLEST_SCV = 1e-6
"""Least scv told from a constant."""
LARGEST_SCV = 500.0
"""Largest scv considered."""


@dataclass(frozen=True, slots=True)
class Pull:
    """A spring that draws the search to a variation."""

    log_scv: float
    """Logarithm of the scv it draws to."""
    strength: float
    """Log-likelihood it costs per squared unit of log scv."""


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """The likeliest law of one family."""

    family: Family
    """The family."""
    parameters: FloatArray
    """Shape (parameters,)."""
    log_likelihood: float
    """Of all observations."""
    scv: float
    """Squared coefficient of variation."""

    def criterion(self, histogram: Histogram) -> float:
        """Return Schwarz's criterion (1978), the smaller the better."""
        return len(self.parameters) * math.log(histogram.counts.sum()) - 2 * self.log_likelihood

    def law(self, histogram: Histogram) -> Law:
        """Return the law."""
        return self.family.law(self.parameters, histogram.mean_s)

    def misfit(self, histogram: Histogram) -> float:
        """Return chi-square per degree of freedom over the buckets where at least one observation is expected."""
        expected = histogram.counts.sum() * _Buckets(self.family, histogram).probabilities(self.parameters[None, :])[0]
        seen = expected >= 1
        freedom = max(int(seen.sum()) - 1 - len(self.parameters), 1)
        return float((((histogram.counts - expected) ** 2)[seen] / expected[seen]).sum()) / freedom


def likeliest(family: Family, histogram: Histogram) -> Fit:
    """Return the likeliest law of the family from all its starts."""
    buckets = _Buckets(family, histogram)
    reached = max((buckets.climb(np.array(start), None, _FIRST_ROUNDS) for start in family.starts), key=buckets.log_likelihood)
    found = buckets.climb(reached, None)
    return Fit(family, found, buckets.log_likelihood(found), buckets.scv(found))


def held(fit: Fit, histogram: Histogram, scv: float) -> Fit:
    """Return the likeliest law of the same family with hardly another scv than this one."""
    buckets, found = _Buckets(fit.family, histogram), fit.parameters
    for stiffness in _STIFFNESSES:
        found = buckets.climb(found, Pull(math.log(scv), stiffness * float(histogram.counts.sum())))
    return Fit(fit.family, found, buckets.log_likelihood(found), buckets.scv(found))


def scv_interval(fit: Fit, histogram: Histogram, drop: float, limits: tuple[float, float]) -> tuple[float, float]:
    """Return the scvs, none beyond the limits, at which the profile log-likelihood has fallen by `drop`."""
    if not len(fit.parameters):
        return (min(max(fit.scv, limits[0]), limits[1]),) * 2
    buckets = _Buckets(fit.family, histogram)
    reach = buckets.reach(fit.parameters, drop)
    return buckets.end(fit, drop, -reach, limits), buckets.end(fit, drop, reach, limits)


@dataclass(frozen=True, slots=True, eq=False)
class _Buckets:
    family: Family
    histogram: Histogram

    def probabilities(self, rows: FloatArray) -> FloatArray:
        inner = self.family.survival(rows, self.histogram.edges_s[1:] / self.histogram.mean_s)
        survival = np.zeros((len(rows), len(self.histogram.counts) + 1))
        survival[:, 0] = 1.0
        survival[:, 1:-1] = inner
        return np.maximum(survival[:, :-1] - survival[:, 1:], _NOTHING)

    def log_likelihood(self, parameters: FloatArray) -> float:
        return float(np.log(self.probabilities(parameters[None, :])[0]) @ self.histogram.counts)

    def scv(self, parameters: FloatArray) -> float:
        return float(self.family.scv(parameters[None, :])[0])

    def climb(self, start: FloatArray, pull: Pull | None, rounds: int = _ROUNDS) -> FloatArray:
        """Climb by damped Fisher scoring, of several dampings the best, until a round gains hardly anything."""
        low, high = self.family.limits.T
        here, value, damping = start, -math.inf, 1.0
        for _ in range(rounds if len(start) else 0):
            gradient, information, value = self._slopes(here, pull)
            scale = np.diag(information) + 1e-9 * information.max() + 1e-12
            steps = np.linalg.solve(information + (damping * _DAMPINGS)[:, None, None] * np.diag(scale), gradient[None, :, None])[..., 0]
            tried = np.clip(here + steps, low, high)
            values = self._values(tried, pull)
            best = int(np.argmax(values))
            if values[best] <= value:
                if damping > 1e6:
                    break
                damping *= 1e4
                continue
            gain, here = float(values[best]) - value, tried[best]
            damping = min(max(damping * _DAMPINGS[best], 1e-4), 1e4)
            if gain < _SMALLEST_GAIN:
                break
        return here

    def _values(self, rows: FloatArray, pull: Pull | None) -> FloatArray:
        values = np.asarray(np.log(self.probabilities(rows)) @ self.histogram.counts, dtype=float)
        return values if pull is None else values - pull.strength * (self._log_scv(rows) - pull.log_scv) ** 2

    def _log_scv(self, rows: FloatArray) -> FloatArray:
        return np.asarray(np.log(np.maximum(self.family.scv(rows), SMALLEST_SCV)), dtype=float)

    def _slopes(self, here: FloatArray, pull: Pull | None) -> tuple[FloatArray, FloatArray, float]:
        rows = _steps(here)
        probabilities = self.probabilities(rows)
        jacobian = (probabilities[1:] - probabilities[0]) / _STEP
        gradient = jacobian @ (self.histogram.counts / probabilities[0])
        information = (jacobian * (self.histogram.counts.sum() / probabilities[0])) @ jacobian.T
        value = float(np.log(probabilities[0]) @ self.histogram.counts)
        if pull is not None:
            logs = self._log_scv(rows)
            slope, off = (logs[1:] - logs[0]) / _STEP, float(logs[0]) - pull.log_scv
            gradient = gradient - 2 * pull.strength * off * slope
            information = information + 2 * pull.strength * np.outer(slope, slope)
            value -= pull.strength * off**2
        return gradient, information, value

    def end(self, fit: Fit, drop: float, reach: float, limits: tuple[float, float]) -> float:
        """Return the scv on one side at which the profile has fallen by `drop`, by secants on the root of the fall."""
        best = math.log(max(fit.scv, SMALLEST_SCV))
        low, high = math.log(limits[0]), math.log(limits[1])
        here, strength = fit.parameters, _PULL * drop / reach**2
        for _ in range(_SECANTS):
            if not low < best + reach < high:
                break
            here = self.climb(here, Pull(best + reach, strength))
            moved = math.log(max(self.scv(here), SMALLEST_SCV)) - best
            fall = fit.log_likelihood - self.log_likelihood(here)
            factor = min(max(math.sqrt(drop / max(fall, 1e-9)), 0.3), 3.0)
            reach = max(abs(moved), 0.3 * abs(reach)) * math.copysign(factor, reach)
            if abs(factor - 1) < _NEAR:
                break
        return math.exp(min(max(best + reach, low), high))

    def reach(self, parameters: FloatArray, drop: float) -> float:
        """Return how far in log scv the likelihood's curvature at its top lets the interval reach."""
        _, information, _ = self._slopes(parameters, None)
        logs = self._log_scv(_steps(parameters))
        slope = (logs[1:] - logs[0]) / _STEP
        variance = float(slope @ np.linalg.pinv(information, hermitian=True) @ slope)
        return min(max(math.sqrt(2 * drop * max(variance, 0.0)), _LEAST_REACH), 1.0)


def _steps(parameters: FloatArray) -> FloatArray:
    return np.asarray(parameters + np.concatenate([np.zeros((1, len(parameters))), _STEP * np.eye(len(parameters))]), dtype=float)
