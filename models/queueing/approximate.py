"""Two-moment approximations of G/G/c, for sizes and laws beyond the exact solvers."""

from collections.abc import Callable

import numpy as np

from models.queueing.arrays import FloatArray
from models.queueing.constant_service import constant_service_means
from models.queueing.erlang import mean_wait_mmc
from models.queueing.laws import Deterministic, Law, Mixture


def approximate_mean_wait(arrival_rate: float, service: Law, servers: int, arrival_scv: float) -> float:
    """Return the mean wait in seconds of a stable G/G/c from two moments of each law.

    Poisson arrivals: Tijms' interpolation between exact M/D/c and M/M/c below service scv 1, Kimura (1994) above, both with exact
    M/D/c. Other arrivals: Whitt, Production and Operations Management, 1993, equation 2.24.
    """
    exponential = mean_wait_mmc(arrival_rate, service.mean, servers)
    if exponential == 0:
        return 0.0
    if arrival_scv != 1:
        return exponential * _whitt_factor(arrival_rate * service.mean, servers, arrival_scv, service.scv)
    constant = constant_service_means(arrival_rate * service.mean, servers, service.mean).mean_wait_s
    if service.scv <= 1 or constant == 0:
        return (1 - service.scv) * constant + service.scv * exponential if service.scv <= 1 else exponential * (1 + service.scv) / 2
    return (1 + service.scv) / (2 * service.scv / exponential + (1 - service.scv) / constant)


def decay_rate(arrival: Law, service: Law, servers: int) -> float:
    """Return the rate per second at which the tail of the wait dies out: the root d > 0 of E[exp(-d A)] E[exp(d S / servers)] = 1.

    Source: Abate, Choudhury & Whitt 1995. Needs a stable queue of gamma, constant or mixed gamma laws.
    """

    def log_product(rate: float) -> float:
        return _log_transform(arrival, -rate) + _log_transform(service, rate / servers)

    high = _pole(service) * servers
    if not np.isfinite(high):
        high = 1 / service.mean
        while log_product(high) < 0:
            high *= 2
    return _bisect(log_product, high)


def conditional_wait(mean_s: float, decay_per_s: float, spread_per_s: float) -> tuple[FloatArray, FloatArray]:
    """Return start and generator of a two-phase wait, given that there is one, with this mean and this decay.

    Longer than its decay alone: a second phase in series. Shorter: a share of short waits at `spread_per_s` or twice the mean's rate.
    """
    if mean_s * decay_per_s >= 1:
        first = 1 / max(mean_s - 1 / decay_per_s, 1e-9 / decay_per_s)
        return np.array([1.0, 0.0]), np.array([[-first, first], [0.0, -decay_per_s]])
    short = max(spread_per_s, 2 / mean_s)
    weight = (mean_s - 1 / short) / (1 / decay_per_s - 1 / short)
    return np.array([weight, 1 - weight]), np.diag([-decay_per_s, -short])


def _whitt_factor(load: float, servers: int, arrival_scv: float, service_scv: float) -> float:
    rho, m = load / servers, servers
    g = min(0.24, (1 - rho) * (m - 1) * (np.sqrt(4 + 5 * m) - 2) / (16 * m * rho))
    p1, p3 = 1 + g, (1 - 4 * g) * np.exp(-2 * (1 - rho) / (3 * rho))
    p4 = min(1.0, (p1 + p3) / 2)
    s = (arrival_scv + service_scv) / 2
    psi = 1.0 if s >= 1 else p4 ** (2 * (1 - s))
    if s == 0:
        return 0.0
    if arrival_scv >= service_scv:
        total = 4 * arrival_scv - 3 * service_scv
        phi = 4 * (arrival_scv - service_scv) / total * p1 + service_scv / total * psi
    else:
        total = 2 * (arrival_scv + service_scv)
        phi = (service_scv - arrival_scv) / total * p3 + (service_scv + 3 * arrival_scv) / total * psi
    return float(phi * s)


def _log_transform(law: Law, theta: float) -> float:
    """Logarithm of E[exp(theta X)]; infinite at and beyond the pole."""
    if isinstance(law, Deterministic):
        return theta * law.mean
    if isinstance(law, Mixture):
        return float(np.log(sum(w * np.exp(_log_transform(part, theta)) for w, part in zip(law.weights, law.parts, strict=True))))
    if theta >= _pole(law):
        return np.inf
    shape = 1 / law.scv
    return float(-shape * np.log1p(-theta * law.mean / shape))


def _pole(law: Law) -> float:
    if isinstance(law, Deterministic):
        return np.inf
    if isinstance(law, Mixture):
        return min(_pole(part) for part in law.parts)
    return 1 / (law.scv * law.mean)


def _bisect(function: Callable[[float], float], high: float) -> float:
    low = 0.0
    for _ in range(200):
        middle = (low + high) / 2
        if function(middle) < 0:
            low = middle
        else:
            high = middle
        if high - low <= 1e-14 * high:
            break
    return (low + high) / 2
