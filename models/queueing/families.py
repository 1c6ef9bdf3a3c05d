"""Families of service laws by unbounded parameters, for fitting many at once with the mean held."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from models.queueing.arrays import FloatArray
from models.queueing.laws import Gamma, Law, Lognormal, Mixture

_LOG_SHAPE = (-5.0, 6.0)
_LOG_SIGMA = (-4.0, 1.0)  # beyond, the scv is below 4e-4 or above 1600
_LOGIT = (-12.0, 12.0)
_LOG_RATIO = (-7.0, 7.0)


@dataclass(frozen=True, slots=True)
class Part:
    """One class of a family."""

    survival: Callable[[FloatArray, FloatArray, FloatArray], FloatArray]
    """P(X > t) by t in means (rows, times) and log shape (rows, 1), the t's logarithms between."""
    scv: Callable[[FloatArray], FloatArray]
    """Squared coefficient of variation by log shape, elementwise."""
    law: Callable[[float, float], Gamma | Lognormal]
    """The law by mean in seconds and log shape."""
    limits: tuple[float, float]
    """Range of the log shape; equal ends fix it."""

    @property
    def free(self) -> bool:
        """Whether the log shape is fitted."""
        return self.limits[0] < self.limits[1]


@dataclass(frozen=True, slots=True)
class Family:
    """Laws of one or two classes; parameters are logit of the first weight, log ratio of the means less 1, free log shapes."""

    name: str
    """Name of the family."""
    parts: tuple[Part, ...]
    """One or two classes, the shorter first."""
    starts: tuple[tuple[float, ...], ...]
    """Where the search begins."""

    @property
    def limits(self) -> FloatArray:
        """Range of each parameter, shape (parameters, 2)."""
        classes = (_LOGIT, _LOG_RATIO) if len(self.parts) == 2 else ()
        return np.array([*classes, *(part.limits for part in self.parts if part.free)]).reshape(-1, 2)

    def survival(self, parameters: FloatArray, t: FloatArray) -> FloatArray:
        """Return P(X > t) for t in means, shape (rows, times), from parameters of shape (rows, parameters)."""
        total = np.zeros((len(parameters), len(t)))
        for part, weight, mean, shape in zip(self.parts, *self._classes(parameters), strict=True):
            scaled = t / mean[:, None]
            total += weight[:, None] * part.survival(scaled, np.log(scaled), shape[:, None])
        return total

    def scv(self, parameters: FloatArray) -> FloatArray:
        """Return the squared coefficient of variation, shape (rows,)."""
        second = np.zeros(len(parameters))
        for part, weight, mean, shape in zip(self.parts, *self._classes(parameters), strict=True):
            second += weight * mean**2 * (1 + part.scv(shape))
        return second - 1

    def law(self, parameters: FloatArray, mean: float) -> Law:
        """Return the law with these parameters, shape (parameters,), and this mean in seconds."""
        weights, means, shapes = self._classes(parameters[None, :])
        laws = tuple(part.law(float(m[0]) * mean, float(s[0])) for part, m, s in zip(self.parts, means, shapes, strict=True))
        return laws[0] if len(laws) == 1 else Mixture((float(weights[0][0]), float(weights[1][0])), laws)

    def _classes(self, parameters: FloatArray) -> tuple[list[FloatArray], list[FloatArray], list[FloatArray]]:
        rows = len(parameters)
        columns = iter(parameters.T[2 * (len(self.parts) - 1) :])
        shapes = [next(columns) if part.free else np.full(rows, part.limits[0]) for part in self.parts]
        if len(self.parts) == 1:
            return [np.ones(rows)], [np.ones(rows)], shapes
        short = 1 / (1 + np.exp(-parameters[:, 0]))
        ratio = 1 + np.exp(parameters[:, 1])
        first = 1 / (short + (1 - short) * ratio)
        return [short, 1 - short], [first, first * ratio], shapes


def _lognormal_survival(t: FloatArray, log_t: FloatArray, log_sigma: FloatArray) -> FloatArray:
    from scipy.special import ndtr

    del t
    sigma = np.exp(log_sigma)
    return np.asarray(ndtr(-(log_t / sigma + sigma / 2)), dtype=float)


def _gamma_survival(t: FloatArray, log_t: FloatArray, log_shape: FloatArray) -> FloatArray:
    from scipy.special import gammaincc

    del log_t
    shape = np.exp(log_shape)
    return np.asarray(gammaincc(shape, t * shape), dtype=float)


def _exponential_survival(t: FloatArray, log_t: FloatArray, log_shape: FloatArray) -> FloatArray:
    del log_t, log_shape
    return np.exp(-t)


def _gamma(low: float, high: float) -> Part:
    survival = _exponential_survival if low == high == 0.0 else _gamma_survival
    return Part(survival, lambda shape: np.exp(-shape), lambda mean, shape: Gamma(mean, float(np.exp(shape))), (low, high))


_LOGNORMAL = Part(
    _lognormal_survival,
    lambda sigma: np.expm1(np.exp(2 * sigma)),
    lambda mean, sigma: Lognormal(mean, float(np.exp(sigma))),
    _LOG_SIGMA,
)
_GAMMA = _gamma(*_LOG_SHAPE)
_EXPONENTIAL = _gamma(0.0, 0.0)
_ERLANG_2 = Part(
    _gamma_survival, lambda shape: np.exp(-shape), lambda mean, shape: Gamma(mean, round(float(np.exp(shape)), 9)), (np.log(2.0),) * 2
)

FAMILIES = (
    Family("lognormal", (_LOGNORMAL,), ((0.0,),)),
    Family("gamma", (_GAMMA,), ((0.0,),)),
    Family("Erlang-2", (_ERLANG_2,), ((),)),
    Family("hyperexponential", (_EXPONENTIAL, _EXPONENTIAL), ((1.0, 1.0), (3.0, 3.0))),
    Family("two lognormal classes", (_LOGNORMAL, _LOGNORMAL), ((1.0, 1.0, -0.7, -0.7), (3.0, 3.0, -0.4, -0.4), (0.0, 0.5, -1.0, -1.0))),
    Family("gamma and lognormal classes", (_GAMMA, _LOGNORMAL), ((1.0, 1.0, 0.5, -0.5), (3.0, 2.5, 0.3, -0.4))),
    Family("two gamma classes", (_GAMMA, _GAMMA), ((1.0, 1.0, 0.5, 0.3), (3.0, 2.5, 0.3, 0.3))),
)
"""The families a histogram is fitted with."""
