"""Families of service laws by unbounded parameters, for fitting with the mean held."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from models.queueing.arrays import FloatArray
from models.queueing.laws import Gamma, Law, Lognormal, Mixture, exponential


@dataclass(frozen=True, slots=True)
class Family:
    """Laws of one shape, by unbounded parameters and the mean."""

    name: str
    """Name of the family."""
    law: Callable[[FloatArray, float], Law]
    """The law with these parameters, shape (parameters,), and this mean in seconds."""
    starts: tuple[tuple[float, ...], ...]
    """Where the search begins."""


def _lognormal(parameters: FloatArray, mean: float) -> Law:
    return Lognormal(mean, _sigma(parameters[0]))


def _gamma(parameters: FloatArray, mean: float) -> Law:
    return Gamma(mean, math.exp(parameters[0]))


def _erlang2(parameters: FloatArray, mean: float) -> Law:
    del parameters
    return Gamma(mean, 2.0)


def _hyperexponential(parameters: FloatArray, mean: float) -> Law:
    weights, means = _classes(parameters[0], parameters[1], mean)
    return Mixture(weights, (exponential(means[0]), exponential(means[1])))


def _two_lognormals(parameters: FloatArray, mean: float) -> Law:
    weights, means = _classes(parameters[0], parameters[1], mean)
    return Mixture(weights, (Lognormal(means[0], _sigma(parameters[2])), Lognormal(means[1], _sigma(parameters[3]))))


def _sigma(logarithm: float) -> float:
    return math.exp(min(max(logarithm, -5.0), 1.0))  # beyond, the scv is below 1e-4 or above 1000


def _classes(logit: float, log_ratio: float, mean: float) -> tuple[tuple[float, float], tuple[float, float]]:
    short = 1 / (1 + math.exp(-logit))
    ratio = 1 + math.exp(log_ratio)
    first = mean / (short + (1 - short) * ratio)
    return (short, 1 - short), (first, first * ratio)


FAMILIES = (
    Family("lognormal", _lognormal, ((0.0,),)),
    Family("gamma", _gamma, ((0.0,),)),
    Family("Erlang-2", _erlang2, ((),)),
    Family("hyperexponential", _hyperexponential, ((1.0, 1.0), (3.0, 3.0))),
    Family("two lognormal classes", _two_lognormals, ((1.0, 1.0, -0.7, -0.7), (3.0, 3.0, -0.4, -0.4), (0.0, 0.5, -1.0, -1.0))),
)
"""The families a histogram is fitted with."""
