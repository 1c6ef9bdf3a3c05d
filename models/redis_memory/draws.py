"""Joint draws of a store: path k carries one creation rate, one division into classes, one sweep, one line of bytes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.redis_memory.bytes import table_bytes
from models.redis_memory.expiry import keys_met_per_s
from models.redis_memory.lifetimes import Creations

_MODEL_ERROR = 0.02
"""Relative error of a count foreseen one life ahead, on top of what chance adds."""
_MOST_STALE = 0.5
_MOST_SPLIT_VARIANCE = 0.25
"""Variance of which class a key belongs to: at most a quarter."""


@dataclass(frozen=True, slots=True, eq=False)
class StoreDraws:
    """Parameters drawn together, and what they mean for keys and memory."""

    created_per_s: NDArray[np.float64]
    """Shape (paths, classes): keys created per second."""
    efficiency: NDArray[np.float64]
    """Shape (paths,): speed of the sweep over its formula."""
    base_bytes: NDArray[np.float64]
    """Shape (paths,): memory without keys."""
    per_key_bytes: NDArray[np.float64]
    """Shape (paths,): bytes of a key beside the tables."""
    chance: NDArray[np.float64]
    """Shape (paths, 3): standard normal draws of what chance adds to the last count of keys, to the memory and to the largest count."""
    past: Creations
    """What was observed."""
    residual_bytes: float
    """Standard deviation of memory around its line."""
    dispersion: float
    """Variance of a count of creations over its mean; 1 is Poisson."""

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        for name in ("created_per_s", "efficiency", "base_bytes", "per_key_bytes", "chance"):
            getattr(self, name).flags.writeable = False

    @property
    def steady_keys(self) -> NDArray[np.float64]:
        """Shape (paths,): mean keys once each class has filled its life (Little 1961), expired ones not yet removed included."""
        total = self.created_per_s.sum(axis=1)
        stale = np.minimum(total / (2 * keys_met_per_s(total, 1.0) * self.efficiency), _MOST_STALE)
        return np.asarray(self.created_per_s @ np.array(self.past.lives_s) / (1 - stale))

    def keys_after(self, time_s: float) -> NDArray[np.float64]:
        """Return keys `time_s` seconds after the last sample, shape (paths,), with what chance adds; never a straight line.

        Keys of the past leave when their own life is over; new ones come at the present rate and leave in turn.

        Raises
        ------
        ValueError
            If the time is below zero.

        """
        mean, scatter = self._mean_and_scatter(time_s)
        return np.asarray(np.maximum(mean + scatter * self.chance[:, 0], 0.0))

    def used_bytes_after(self, time_s: float) -> NDArray[np.float64]:
        """Return used memory `time_s` seconds after the last sample, shape (paths,).

        Hash tables that grew for the largest count on the way do not shrink; it is the largest of as many counts as there were
        mean lives, twice over.
        """
        from scipy.special import ndtr, ndtri

        keys = self.keys_after(time_s)
        mean, scatter = self._mean_and_scatter(time_s)
        rates = self.created_per_s.sum(axis=1)
        counts = 1 + 2 * time_s * rates / np.maximum(self.steady_keys, 1.0)
        highest = mean + scatter * ndtri(np.clip(ndtr(self.chance[:, 2]) ** (1 / counts), 1e-12, 1 - 1e-12))
        most = np.maximum.reduce([keys, highest, np.full(keys.shape, self.past.keys.max())])
        tables = np.array([table_bytes(float(count)) for count in most])
        return np.asarray(self.base_bytes + self.per_key_bytes * keys + tables + self.residual_bytes * self.chance[:, 1])

    def _mean_and_scatter(self, time_s: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the mean count of keys after so many seconds and the standard deviation that chance gives it."""
        if not time_s >= 0:
            raise ValueError(f"time_s is {time_s}: give seconds of at least 0 after the last sample")
        lives = np.array(self.past.lives_s) + self._late_s()[:, None]
        new = (self.created_per_s * np.minimum(time_s, lives)).sum(axis=1)
        now, left = self._of_the_past(lives, 0.0), self._of_the_past(lives, time_s)
        # What the windows miss of the keys of now is taken to leave as the others do.
        left = left * np.where(now > 0, self.past.keys[-1] / np.maximum(now, 1.0), 1.0)
        mean, gone = left + new, min(time_s / max(self.past.lives_s), 1.0)
        variance = self.dispersion * new + _MOST_SPLIT_VARIANCE * left * gone + (_MODEL_ERROR * mean * gone) ** 2
        return mean, np.sqrt(variance)

    def _late_s(self) -> NDArray[np.float64]:
        """Return how long an expired key stays on average once the store is steady."""
        return np.asarray(self.steady_keys / (2 * keys_met_per_s(self.created_per_s.sum(axis=1), 1.0) * self.efficiency))

    def _of_the_past(self, lives: NDArray[np.float64], time_s: float) -> NDArray[np.float64]:
        """Return keys created before the last sample that are left after so many seconds, shape (paths,)."""
        past, rates = self.past, self.created_per_s
        shares = rates / np.maximum(rates.sum(axis=1, keepdims=True), 1e-300)
        ends = np.minimum(past.time[-1] + time_s - lives, past.time[-1])
        gone = past.created_until(ends.T, shares.T, lives.T).T
        return np.asarray((shares * (past.total[-1] - gone)).sum(axis=1))
