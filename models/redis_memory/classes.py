"""How many keys live: creation rate times mean residence, never a straight line."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ANONYMOUS_TTL_S = 3 * 3600.0
"""Life of an anonymous session in camptocamp's session_redis (source read 2026)."""
USER_TTL_S = 7 * 24 * 3600.0
"""Life of a logged-in session in camptocamp's session_redis (source read 2026)."""


@dataclass(frozen=True, slots=True)
class KeyClass:
    """Keys that live alike."""

    created_per_s: float
    """New keys per second."""
    residence_s: float
    """Mean life of a key, refreshes included: active span plus time to live."""

    def __post_init__(self) -> None:
        """Refuse rates below zero and lives that are not finite and above zero."""
        if not (math.isfinite(self.created_per_s) and self.created_per_s >= 0):
            raise ValueError(f"created_per_s is {self.created_per_s}: give a finite rate of at least 0")
        if not (math.isfinite(self.residence_s) and self.residence_s > 0):
            raise ValueError(f"residence_s is {self.residence_s}: give finite seconds above 0")

    @property
    def steady_keys(self) -> float:
        """Keys once as many expire as are created (Little 1961)."""
        return self.created_per_s * self.residence_s

    def keys_after(self, time_s: float, keys_now: float = 0.0) -> float:
        """Return the keys after `time_s` seconds: the ones of now leave within one residence, their ages spread evenly."""
        if time_s < 0 or keys_now < 0:
            raise ValueError(f"time_s {time_s} and keys_now {keys_now} must be at least 0")
        return keys_now * max(1 - time_s / self.residence_s, 0.0) + self.created_per_s * min(time_s, self.residence_s)


def living_keys(created: NDArray[np.float64], step_s: float, residence_s: float) -> NDArray[np.float64]:
    """Return the keys alive at the end of each step when each lives `residence_s` seconds.

    Parameters
    ----------
    created
        Shape (..., steps): keys created in each step; start it one residence before the first step that matters.
    step_s
        Seconds of a step.
    residence_s
        Life of a key; a fraction of a step counts in proportion.

    """
    if not (step_s > 0 and residence_s > 0):
        raise ValueError(f"step_s {step_s} and residence_s {residence_s} must be above 0")
    total = np.concatenate((np.zeros((*created.shape[:-1], 1)), np.cumsum(created, axis=-1)), axis=-1)
    ends = np.arange(1, created.shape[-1] + 1, dtype=float)
    starts = np.maximum(ends - residence_s / step_s, 0.0)
    whole = np.floor(starts).astype(int)
    after = np.minimum(whole + 1, created.shape[-1])
    gone = total[..., whole] + (starts - whole) * (total[..., after] - total[..., whole])
    return np.asarray(total[..., 1:] - gone)
