"""Single-server queues of any laws on a fine lattice, and queues with constant service, which are single-server queues in turn.

With constant service every server takes each c-th arrival, so the wait is that of one server whose interarrival time is the sum of c.
The wait is the maximum of a random walk; its distribution follows by Wiener-Hopf factorisation with fast Fourier transforms
(Grubel, Applied Statistics, 1991).
"""

from dataclasses import dataclass

import numpy as np

from models.queueing.approximate import decay_rate
from models.queueing.arrays import FloatArray, frozen
from models.queueing.laws import Deterministic, Gamma, Law, Mixture, three_moment_hyperexponential

_STEPS_PER_SERVICE = 256
_STEPS_PER_ARRIVAL = 8
_LARGEST = 1 << 20
_TAIL = 32.0  # the lattice reaches to a survival of about exp(-32)
_HEAVY_TAIL = 1e-10
_BLUR = 1.4  # ln(1e12) / (2 pi^2): steps, per squared drift over variance, until a ripple of one step's length is below 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class LatticeWait:
    """A wait known by its survival at points of time."""

    times_s: FloatArray
    """Ascending from 0, in seconds, shape (points,)."""
    log_survival: FloatArray
    """ln P(W > time), descending, shape (points,)."""
    mean_s: float
    """Mean wait in seconds."""
    step_s: float
    """Step of the lattice in seconds."""

    @property
    def wait_probability(self) -> float:
        """Share of arrivals that wait."""
        return float(np.exp(self.log_survival[0]))

    def survival(self, t: FloatArray) -> FloatArray:
        """Return P(W > t), elementwise."""
        return np.asarray(np.exp(np.interp(t, self.times_s, self.log_survival, right=-np.inf)), dtype=float)

    def quantile(self, p: FloatArray) -> FloatArray:
        """Return the p-quantile, elementwise."""
        targets = np.log(np.maximum(1 - p, 1e-300))
        found = np.interp(-targets, -self.log_survival, self.times_s)
        return np.where(p >= 1, np.inf, np.where(targets >= self.log_survival[0], 0.0, found))


def lattice_wait(arrival: Law, service: Law, turns: int) -> LatticeWait:
    """Return the wait at a single stable server that takes every `turns`-th arrival."""
    step, size = _lattice(arrival, service, turns)
    walk = np.fft.rfft(_on_lattice(service, step, size)) * np.conj(np.fft.rfft(_on_lattice(arrival, step, size)) ** turns)
    z = np.exp(-2j * np.pi * np.arange(1, len(walk)) / size)
    drift = (turns * arrival.mean - service.mean) / step
    factor = np.concatenate([[drift], (1 - walk[1:]) / (1 - 1 / z)])
    logarithm = np.log(np.abs(factor)) + 1j * np.unwrap(np.angle(factor))
    coefficients = np.fft.irfft(logarithm, size)
    ascending = np.where(np.arange(size) < size // 2, coefficients, 0.0)
    ascending[0] = 0.0
    waits = np.fft.irfft(np.exp(ascending.sum() - np.fft.rfft(ascending)), size)
    waiting = -np.expm1(ascending.sum() + min(coefficients[0], 0.0) / 2)
    return _curve(waits, float(waiting), step, float(-(np.arange(size) * ascending).sum() * step))


def _curve(waits: FloatArray, waiting: float, step: float, mean: float) -> LatticeWait:
    survival = 1 - np.cumsum(waits)
    usable = int(np.argmax(survival < 1e-12)) if np.any(survival < 1e-12) else len(survival)
    values = np.concatenate([[waiting], np.minimum(survival[: max(usable, 1)], waiting)])
    times = np.concatenate([[0.0], (np.arange(len(values) - 1) + 0.5) * step])
    falling = np.minimum.accumulate(np.maximum(values, 1e-300))
    keep = np.concatenate([[True], np.diff(falling) < 0])
    return LatticeWait(frozen(times[keep]), frozen(np.log(falling[keep])), max(mean, 0.0), step)


def _lattice(arrival: Law, service: Law, turns: int) -> tuple[float, int]:
    """Step in seconds and number of points; the step grows where the times between arrivals are long against the service."""
    light = [
        law if _is_light(law) else three_moment_hyperexponential(law.mean, max(law.scv, 1.01), law.third_moment)
        for law in (arrival, service)
    ]
    reach = _TAIL / decay_rate(light[0], light[1], turns)
    reach = max(reach, _longest(arrival) + turns * arrival.mean, _longest(service), _blurred(arrival, service, turns))
    finest = 2.1 * reach / _LARGEST
    step = service.mean / max(_STEPS_PER_SERVICE, np.ceil(_STEPS_PER_ARRIVAL * service.mean / arrival.mean))
    if step < finest:
        step = service.mean / np.floor(service.mean / finest) if finest < service.mean else finest
    return float(step), min(1 << int(np.ceil(np.log2(2.1 * reach / step))), _LARGEST)


def _blurred(arrival: Law, service: Law, turns: int) -> float:
    """Length in seconds after which the walk's steps down, at first one by one, have blurred into an even course."""
    drift = turns * arrival.mean - service.mean
    variance = turns * arrival.scv * arrival.mean**2 + service.scv * service.mean**2
    return drift * _BLUR * drift**2 / max(variance, 1e-6 * drift**2)


def _on_lattice(law: Law, step: float, size: int) -> FloatArray:
    """Probabilities of the multiples of `step` that keep the mean: each time is split between its two neighbours."""
    mass = np.zeros(size)
    if isinstance(law, Deterministic):
        place, part = divmod(law.mean / step, 1.0)
        mass[int(place)], mass[int(place) + 1] = 1 - part, part
        return mass
    excess = law.excess(np.arange(size // 2 + 2, dtype=float) * step)
    before = np.concatenate([[law.mean + step], excess[:-1]])
    mass[: size // 2] = ((before - 2 * excess)[: size // 2] + excess[1 : size // 2 + 1]) / step
    return mass


def _longest(law: Law) -> float:
    """A time in seconds that the law almost never exceeds."""
    high = law.mean
    while float(law.survival(np.array([high]))[0]) > _HEAVY_TAIL and high < 1e5 * law.mean:
        high *= 1.5
    return high


def _is_light(law: Law) -> bool:
    parts = law.parts if isinstance(law, Mixture) else (law,)
    return all(isinstance(part, Gamma | Deterministic) for part in parts)
