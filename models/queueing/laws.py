"""Probability laws of a service or interarrival time, by mean and shape."""

import math
from dataclasses import dataclass

import numpy as np

from models.queueing.arrays import FloatArray


@dataclass(frozen=True, slots=True)
class Deterministic:
    """A time that never varies."""

    mean: float
    """Length in seconds."""

    @property
    def name(self) -> str:
        """Name of the family."""
        return "deterministic"

    @property
    def scv(self) -> float:
        """Squared coefficient of variation."""
        return 0.0

    @property
    def third_moment(self) -> float:
        """E[X^3] in s^3."""
        return self.mean**3

    def survival(self, t: FloatArray) -> FloatArray:
        """Return P(X > t), elementwise."""
        return np.where(t < self.mean, 1.0, 0.0)

    def excess(self, t: FloatArray) -> FloatArray:
        """Return E[(X - t)+] in seconds, elementwise."""
        return np.maximum(self.mean - t, 0.0)

    def sample(self, rng: np.random.Generator, size: int) -> FloatArray:
        """Draw `size` times in seconds."""
        del rng
        return np.full(size, self.mean)


@dataclass(frozen=True, slots=True)
class Gamma:
    """A gamma time; shape 1 is the exponential, whole shapes are Erlang."""

    mean: float
    """Mean in seconds."""
    shape: float
    """Shape parameter, 1 / scv."""

    @property
    def name(self) -> str:
        """Name of the family."""
        return {1.0: "exponential", 2.0: "Erlang-2"}.get(self.shape, "gamma")

    @property
    def scv(self) -> float:
        """Squared coefficient of variation."""
        return 1.0 / self.shape

    @property
    def third_moment(self) -> float:
        """E[X^3] in s^3."""
        return self.mean**3 * (1 + self.scv) * (1 + 2 * self.scv)

    def survival(self, t: FloatArray) -> FloatArray:
        """Return P(X > t), elementwise."""
        from scipy.special import gammaincc

        return np.asarray(gammaincc(self.shape, np.maximum(t, 0.0) * (self.shape / self.mean)), dtype=float)

    def excess(self, t: FloatArray) -> FloatArray:
        """Return E[(X - t)+] in seconds, elementwise."""
        from scipy.special import gammaincc

        x = np.maximum(t, 0.0)
        longer = np.asarray(gammaincc(self.shape + 1, x * (self.shape / self.mean)), dtype=float)
        return np.where(t <= 0, self.mean - t, np.maximum(self.mean * longer - x * self.survival(x), 0.0))

    def sample(self, rng: np.random.Generator, size: int) -> FloatArray:
        """Draw `size` times in seconds."""
        if self.shape == 1.0:
            return rng.standard_exponential(size) * self.mean
        return rng.standard_gamma(self.shape, size) * (self.mean / self.shape)


@dataclass(frozen=True, slots=True)
class Lognormal:
    """A lognormal time."""

    mean: float
    """Mean in seconds."""
    sigma: float
    """Standard deviation of the logarithm."""

    @property
    def name(self) -> str:
        """Name of the family."""
        return "lognormal"

    @property
    def scv(self) -> float:
        """Squared coefficient of variation."""
        return math.expm1(self.sigma**2)

    @property
    def third_moment(self) -> float:
        """E[X^3] in s^3."""
        return self.mean**3 * (1 + self.scv) ** 3

    def survival(self, t: FloatArray) -> FloatArray:
        """Return P(X > t), elementwise."""
        from scipy.special import ndtr

        return np.where(t > 0, ndtr(-self._standard(t)), 1.0)

    def excess(self, t: FloatArray) -> FloatArray:
        """Return E[(X - t)+] in seconds, elementwise."""
        from scipy.special import ndtr

        z = self._standard(t)
        return np.where(t > 0, np.maximum(self.mean * ndtr(self.sigma - z) - t * ndtr(-z), 0.0), self.mean - t)

    def sample(self, rng: np.random.Generator, size: int) -> FloatArray:
        """Draw `size` times in seconds."""
        return np.asarray(np.exp(rng.standard_normal(size) * self.sigma - self.sigma**2 / 2) * self.mean, dtype=float)

    def _standard(self, t: FloatArray) -> FloatArray:
        scaled = np.maximum(t, 1e-300) / self.mean
        return np.asarray((np.log(scaled) + self.sigma**2 / 2) / self.sigma, dtype=float)


@dataclass(frozen=True, slots=True)
class Mixture:
    """One of several classes of times, chosen at random."""

    weights: tuple[float, ...]
    """Probability of each class; they sum to 1."""
    parts: tuple[Deterministic | Gamma | Lognormal, ...]
    """The law of each class."""

    @property
    def name(self) -> str:
        """Name of the family."""
        if all(isinstance(part, Gamma) and part.shape == 1.0 for part in self.parts):
            return "hyperexponential"
        return " + ".join(part.name for part in self.parts)

    @property
    def mean(self) -> float:
        """Mean in seconds."""
        return sum(w * part.mean for w, part in zip(self.weights, self.parts, strict=True))

    @property
    def scv(self) -> float:
        """Squared coefficient of variation."""
        second = sum(w * part.mean**2 * (1 + part.scv) for w, part in zip(self.weights, self.parts, strict=True))
        return second / self.mean**2 - 1

    @property
    def third_moment(self) -> float:
        """E[X^3] in s^3."""
        return sum(w * part.third_moment for w, part in zip(self.weights, self.parts, strict=True))

    def survival(self, t: FloatArray) -> FloatArray:
        """Return P(X > t), elementwise."""
        return np.asarray(sum(w * part.survival(t) for w, part in zip(self.weights, self.parts, strict=True)), dtype=float)

    def excess(self, t: FloatArray) -> FloatArray:
        """Return E[(X - t)+] in seconds, elementwise."""
        return np.asarray(sum(w * part.excess(t) for w, part in zip(self.weights, self.parts, strict=True)), dtype=float)

    def sample(self, rng: np.random.Generator, size: int) -> FloatArray:
        """Draw `size` times in seconds."""
        chosen = rng.choice(len(self.parts), size=size, p=self.weights)
        drawn = np.stack([part.sample(rng, size) for part in self.parts])
        return np.asarray(drawn[chosen, np.arange(size)], dtype=float)


Law = Deterministic | Gamma | Lognormal | Mixture

_THIRD_MOMENT_MARGIN = 1.01  # keeps the short class of a three-moment fit from vanishing


def exponential(mean: float) -> Gamma:
    """Return the exponential law with this mean in seconds."""
    return Gamma(mean, 1.0)


def two_moment_law(mean: float, scv: float) -> Law:
    """Return the plainest law with these two moments.

    Deterministic at 0, gamma below 1/2, one or two exponential phases of one rate up to 1, hyperexponential with balanced
    means above 1 (Tijms, Stochastic Models, 1994, appendix B).
    """
    if scv == 0:
        return Deterministic(mean)
    if scv <= 0.5:
        return Gamma(mean, 1 / scv)
    if scv < 1:
        return _one_or_two_phases(mean, scv)
    return exponential(mean) if scv == 1 else balanced_hyperexponential(mean, scv)


def balanced_hyperexponential(mean: float, scv: float) -> Mixture:
    """Return two exponential classes that carry equal work; scv > 1."""
    p = (1 + math.sqrt((scv - 1) / (scv + 1))) / 2
    return Mixture((p, 1 - p), (exponential(mean / (2 * p)), exponential(mean / (2 * (1 - p)))))


def three_moment_hyperexponential(mean: float, scv: float, third_moment: float) -> Mixture:
    """Return the two exponential classes with these three moments (scv > 1, third moment in s^3).

    The class means solve the two-point moment problem (Whitt, Approximating a point process by a renewal process, 1982).
    A third moment too small for two exponential classes is raised to the least one that leaves no class without work.
    """
    second = (1 + scv) / 2
    third = max(third_moment / mean**3 / 6, second**2 * _THIRD_MOMENT_MARGIN)
    total = (third - second) / (second - 1)
    product = total - second
    root = math.sqrt(total * total - 4 * product)
    long, short = (total + root) / 2, (total - root) / 2
    p = (1 - short) / (long - short)
    return Mixture((p, 1 - p), (exponential(mean * long), exponential(mean * short)))


def _one_or_two_phases(mean: float, scv: float) -> Mixture:
    one = (2 * scv - math.sqrt(2 * (1 + scv) - 4 * scv)) / (1 + scv)
    phase = mean / (2 - one)
    return Mixture((one, 1 - one), (exponential(phase), Gamma(2 * phase, 2.0)))
