"""The law of the response time of a request: a mixture over the state it meets on arrival."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.odoo_workers.processors import running_s
from models.odoo_workers.shapes import Parts

_POINTS, _SIZES = np.polynomial.legendre.leggauss(48)

_NEVER = 1e-15
_PHASES = 16
"""Places in a quota period at which a request may start."""


@dataclass(frozen=True, slots=True, eq=False)
class Arrivals:
    """What an attempt meets, and how long it then takes."""

    seen: NDArray[np.float64]
    """Shape (workers + room + 1,): probability of each number of requests met by an attempt."""
    residence_s: NDArray[np.float64]
    """Shape (workers + 1,): mean time in service with n in service."""
    start_rate: float
    """Starts per second that a waiting request sees (Little's law on the queue makes wait and queue agree)."""
    retry_s: tuple[float, ...]
    """When an attempt that found the queue full is repeated, seconds after the first; the first entry is 0."""
    stalled: NDArray[np.float64]
    """Shape (workers + 1,): share of each quota period in which a request stands still with n in service; 0 without a quota."""

    @property
    def full(self) -> float:
        """Probability that an attempt finds the queue full."""
        return float(self.seen[-1])

    def answered_within(self, time_s: float, parts: Parts) -> float:
        """Return the probability that a request is answered within `time_s` of its first attempt.

        `parts` holds share, relative mean and shape of the classes looked at. Requests that give up never are. Attempts are
        taken as independent: a queue that was full is likelier full a second later, so lateness by retries is a floor
        (simulated at loads of 0.6 to 0.8: 70 to 96 % of it).
        """
        return sum(
            self.full**attempt * self._accepted_within(time_s - start, parts)
            for attempt, start in enumerate(self.retry_s)
            if time_s > start
        )

    def _accepted_within(self, time_s: float, parts: Parts) -> float:
        workers = self.residence_s.size - 1
        direct = self.seen[:workers] @ self._served(np.full(workers, time_s), slice(1, None), parts)
        queued = self.seen[workers:-1]
        if queued.sum() < _NEVER:
            return float(direct)
        times = (_POINTS + 1) / 2 * time_s
        density = _start_density(times * self.start_rate, queued) * self.start_rate
        after = self._served(time_s - times, slice(-1, None), parts)
        return float(direct + (_SIZES / 2 * time_s * density) @ after)

    def _served(self, elapsed_s: NDArray[np.float64], levels: slice, parts: Parts) -> NDArray[np.float64]:
        """Return P(service ≤ elapsed) at these numbers in service; under a quota it comes in stretches between stops."""
        stalled, residence_s = self.stalled[levels], self.residence_s[levels]
        if not stalled.any():
            return np.asarray(1 - survival(elapsed_s / residence_s, parts))
        running = running_s(np.broadcast_to(stalled, elapsed_s.shape), elapsed_s, _PHASES)
        return np.asarray(1 - survival(running / ((1 - stalled) * residence_s), parts).mean(axis=0))


def survival(relative: NDArray[np.float64], parts: Parts) -> NDArray[np.float64]:
    """Return P(service > relative × mean service of the mixture), same shape."""
    total = np.zeros_like(relative)
    for share, mean, shape in parts:
        total += share * shape.survival(relative / mean)
    return total


def _start_density(starts: NDArray[np.float64], queued: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the density (per mean start) of the wait, summed over the queue met: Erlang of one phase more than are waiting."""
    relevant = max(int(np.searchsorted(-np.cumsum(queued[::-1])[::-1], -1e-12)), 1)
    numbers = np.arange(relevant)
    log_factorials = np.concatenate(([0.0], np.cumsum(np.log(np.arange(1, relevant)))))
    powers = np.exp(numbers[None, :] * np.log(starts)[:, None] - starts[:, None] - log_factorials[None, :])
    return np.asarray(powers @ queued[:relevant])
