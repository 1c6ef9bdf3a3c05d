"""The exact M/D/c queue: Poisson arrivals, constant service."""

from dataclasses import dataclass

import numpy as np

from models.queueing.arrays import FloatArray, frozen
from models.queueing.curves import invert

_ALIASING = 34.0  # the folded tail of the queue length is below exp(-34)


@dataclass(frozen=True, slots=True, eq=False)
class ConstantServiceWait:
    """The stationary wait of M/D/c (Franx, Operations Research Letters, 2001)."""

    load: float
    """Offered load in erlangs."""
    servers: int
    """Number of servers."""
    service_s: float
    """Constant service in seconds."""
    at_most: FloatArray
    """P(number waiting <= k), shape (lengths,)."""
    log_factorials: FloatArray
    """ln k!, shape (lengths,)."""
    decay_per_s: float
    """Rate at which the tail dies out."""

    def survival(self, t: FloatArray) -> FloatArray:
        """Return P(W > t), elementwise."""
        return np.array([self._survival(max(one / self.service_s, 0.0)) for one in t])

    def quantile(self, p: FloatArray) -> FloatArray:
        """Return the p-quantile, elementwise."""
        return invert(self.survival, p, 1 / self.decay_per_s)

    def _survival(self, services: float) -> float:
        k = int(services) + 1
        reach = min(k, (len(self.at_most) - 1) // self.servers)
        if reach < k:
            excess = (services - (reach - 0.5)) * self.service_s
            return self._survival(reach - 0.5) * float(np.exp(-self.decay_per_s * excess))
        arrivals = self.load * (k - services)
        j = np.arange(k * self.servers)
        poisson = np.exp(j * np.log(max(arrivals, 1e-300)) - arrivals - self.log_factorials[: len(j)])
        return min(max(1 - float(poisson @ self.at_most[k * self.servers - 1 - j]), 0.0), 1.0)


@dataclass(frozen=True, slots=True)
class ConstantServiceMeans:
    """Exact means of M/D/c."""

    wait_probability: float
    """Share of arrivals that wait."""
    mean_wait_s: float
    """Mean wait in seconds over all arrivals."""


def constant_service_means(load: float, servers: int, service_s: float) -> ConstantServiceMeans:
    """Return the exact means of a stable M/D/c from the roots of z^c = exp(-load (1 - z)) inside the unit circle.

    The product form of the generating function gives both without series (Crommelin 1932; roots by Lambert's function).
    """
    gaps = 1 - _roots(load, servers)
    log_none = np.log(servers - load) - float(np.log(gaps).sum().real)
    wait_probability = -float(np.expm1(min(log_none, 0.0)))
    queue = float((1 / gaps).sum().real) + (load**2 - servers * (servers - 1)) / (2 * (servers - load))
    return ConstantServiceMeans(wait_probability, max(queue, 0.0) * service_s / load)


def constant_service_wait(load: float, servers: int, service_s: float) -> ConstantServiceWait:
    """Return the exact wait of a stable M/D/c; the cost grows with servers times the length of the queue."""
    decay = _decay_per_customer(load / servers)
    size = 1 << int(np.ceil(np.log2(_ALIASING / decay + 4 * servers)))
    lengths = _waiting_probabilities(load, servers, size)
    return ConstantServiceWait(
        load,
        servers,
        service_s,
        frozen(np.minimum(np.cumsum(lengths), 1.0)),
        frozen(np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, size)))])),
        load * np.expm1(decay) / service_s,
    )


def _waiting_probabilities(load: float, servers: int, size: int) -> FloatArray:
    """P(k waiting), k = 0 … size - 1, by inverting the generating function on the unit circle."""
    roots = _roots(load, servers)
    z = np.exp(-2j * np.pi * np.arange(1, size // 2 + 1) / size)
    log_product = np.zeros(len(z), dtype=complex)
    for root in roots:
        log_product += np.log((z - root) / (1 - root))
    transform = (servers - load) * (z - 1) * np.exp(log_product) / (z**servers - np.exp(-load * (1 - z)))
    return np.maximum(np.fft.irfft(np.concatenate([[1.0], transform]), size), 0.0)


def _roots(load: float, servers: int) -> np.ndarray[tuple[int], np.dtype[np.complex128]]:
    from scipy.special import lambertw

    rho = load / servers
    unit = np.exp(2j * np.pi * np.arange(1, servers) / servers)
    return np.asarray(-lambertw(-rho * unit * np.exp(-rho)) / rho, dtype=complex)


def _decay_per_customer(rho: float) -> float:
    """Return the x > 0 with x = rho (e^x - 1): the tail of the queue falls by e^-x a customer."""
    x = 2 * (1 - rho) / rho if rho > 0.5 else np.log(2 / rho)
    for _ in range(60):
        step = (rho * np.expm1(x) - x) / (rho * np.exp(x) - 1)
        x -= step
        if abs(step) <= 1e-14 * x:
            break
    return float(x)
