"""The planted service time: light pages by an inverse Gaussian law, heavy reports by a lognormal one."""

import math

import numpy as np

from data.generator.estate import Service
from data.generator.noise import Floats

BOUNDS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, math.inf)
"""Upper bounds of the histogram's buckets."""
_LIGHT_SCV = 0.45
_HEAVY_SIGMA = 0.7


def scv(service: Service) -> float:
    """Return the squared coefficient of variation of the whole service time."""
    light = _light_mean(service) ** 2 * (1 + _LIGHT_SCV)
    heavy = (service.heavy_factor * service.mean_s) ** 2 * math.exp(_HEAVY_SIGMA**2)
    second = (1 - service.heavy_share) * light + service.heavy_share * heavy
    return second / service.mean_s**2 - 1


def cumulative_shares(service: Service) -> Floats:
    """Return the share of requests not above each bound, shape (bounds,), the last one 1."""
    mean = _light_mean(service)
    middle = math.log(service.heavy_factor * service.mean_s) - _HEAVY_SIGMA**2 / 2
    light = [_inverse_gaussian(bound / mean, 1 / _LIGHT_SCV) for bound in BOUNDS_S]
    heavy = [_normal((math.log(bound) - middle) / _HEAVY_SIGMA) for bound in BOUNDS_S]
    return (1 - service.heavy_share) * np.array(light) + service.heavy_share * np.array(heavy)


def _inverse_gaussian(x: float, shape: float) -> float:
    """Return the distribution function of the inverse Gaussian law of mean 1 (Chhikara and Folks 1974)."""
    if math.isinf(x):
        return 1.0
    root = math.sqrt(shape / x)
    return _normal(root * (x - 1)) + math.exp(2 * shape) * _normal(-root * (x + 1))


def _normal(z: float) -> float:
    return math.erfc(-z / math.sqrt(2)) / 2


def _light_mean(service: Service) -> float:
    return service.mean_s * (1 - service.heavy_share * service.heavy_factor) / (1 - service.heavy_share)
