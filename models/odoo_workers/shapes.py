"""Laws of a service time with mean one, from its squared coefficient of variation alone."""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincc

FEWEST_SCV = 0.01
"""Below this the law is taken as constant: an Erlang law would need more than a hundred phases."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A mixture of Erlang laws with mean one; no phases at all means the constant one."""

    weights: tuple[float, ...]
    """Probability of each part."""
    phases: tuple[int, ...]
    """Number of exponential phases of each part."""
    rates: tuple[float, ...]
    """Rate of a phase of each part."""

    @property
    def balanced(self) -> bool:
        """Whether these are two exponentials that carry half of the mean each."""
        if self.phases != (1, 1):
            return False
        return math.isclose(self.weights[0] * self.rates[1], self.weights[1] * self.rates[0], rel_tol=1e-12)

    def survival(self, time: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return P(S > time) for times relative to the mean; same shape as `time`."""
        time = np.asarray(time, float)
        if not self.phases:
            return np.where(time < 1, 1.0, 0.0)
        positive = np.maximum(time, 0)
        total = np.zeros_like(positive)
        for weight, phases, rate in zip(self.weights, self.phases, self.rates, strict=True):
            total += weight * _erlang_survival(rate * positive, phases)
        return total

    def excess_survival(self, time: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return P(rest of a service seen at a random moment > time); an Erlang law leaves any number of its phases."""
        time = np.asarray(time, float)
        if not self.phases:
            return np.clip(1 - time, 0.0, 1.0)
        total = np.zeros_like(time)
        for weight, phases, rate in zip(self.weights, self.phases, self.rates, strict=True):
            term = np.exp(-rate * time)
            for left in range(phases, 0, -1):
                total += weight / rate * left * term
                term = term * rate * time / (phases - left + 1)
        return total


Parts = tuple[tuple[float, float, Shape], ...]
"""Share, mean relative to the mean of all, and shape of each kind of request."""


@lru_cache(maxsize=1024)
def shape_of(scv: float) -> Shape:
    """Return the law with this squared coefficient of variation.

    Above one: hyperexponential with balanced means; below: two Erlang laws of neighbouring order with one rate
    (Tijms, A First Course in Stochastic Models, 2003, appendix B).
    """
    if scv < FEWEST_SCV:
        return Shape((), (), ())
    if scv >= 1:
        first = (1 + math.sqrt((scv - 1) / (scv + 1))) / 2
        return Shape((first, 1 - first), (1, 1), (2 * first, 2 * (1 - first)))
    order = math.ceil(1 / scv - 1e-12)
    fewer = (order * scv - math.sqrt(max(order * (1 + scv) - order * order * scv, 0.0))) / (1 + scv)
    rate = order - fewer
    return Shape((fewer, 1 - fewer), (order - 1, order), (rate, rate))


def law_of(parts: Parts) -> Shape:
    """Return the kinds of requests as one law with mean one; a constant kind becomes the most regular Erlang law."""
    if len(parts) == 1:
        return parts[0][2]
    regular = shape_of(FEWEST_SCV)
    phased = [(share, mean, shape if shape.phases else regular) for share, mean, shape in parts]
    return Shape(
        tuple(share * weight for share, _, shape in phased for weight in shape.weights),
        tuple(count for _, _, shape in phased for count in shape.phases),
        tuple(rate / mean for _, mean, shape in phased for rate in shape.rates),
    )


def _erlang_survival(x: NDArray[np.float64], phases: int) -> NDArray[np.float64]:
    if phases == 0:
        return np.where(x < 0, 1.0, 0.0)
    if phases == 1:
        return np.exp(-x)
    return np.asarray(gammaincc(phases, x), float)
