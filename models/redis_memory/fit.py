"""Fit a session store from its exported series, and forecast keys and memory.

Keys created = growth of keys + expired + evicted, an identity of counters. Each class of keys lives for its time to live;
what share of creations belongs to which follows from how many of them are still alive.
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.intervals import Interval, student_90
from models.redis_memory.bytes import BytesFit, fit_bytes
from models.redis_memory.classes import KeyClass
from models.redis_memory.lifetimes import Shares, fit_shares
from models.topology.resources import Resource
from models.topology.verdict import Reason, ReasonCode

_FEWEST = 12
_BATCHES = 12


@dataclass(frozen=True, slots=True)
class RedisFit:
    """A store whose keys expire; intervals are 90 %."""

    classes: tuple[KeyClass, ...]
    """Classes with their present creation rates."""
    created_per_s: Interval
    """Keys created per second, all classes, over the time observed."""
    shares: tuple[Interval, ...]
    """Share of creations of each class."""
    stale: Interval
    """Keys expired but not yet removed, relative to the living ones."""
    memory: BytesFit
    """Bytes of keys."""
    observed_s: float
    """Time observed."""
    keys_now: float
    """Keys at the end."""
    reasons: tuple[Reason, ...]
    """What the series does not identify."""

    @property
    def steady_keys(self) -> Interval:
        """Keys once each class has filled its life at the present creation rate, stale ones included."""
        lives = [kind.residence_s for kind in self.classes]
        mid = sum(kind.steady_keys for kind in self.classes) * (1 + self.stale.mid)
        low, high = self._mean_life(lives)
        least = min(self.created_per_s.low * low * (1 + self.stale.low), mid)
        return Interval(least, mid, max(self.created_per_s.high * high * (1 + self.stale.high), mid))

    def keys_after(self, time_s: float) -> Interval:
        """Return the keys `time_s` seconds after the end of the series at the present creation rate; never beyond the steady ones for long.

        The keys of now leave evenly over the life of their class; each class holds the part its creations account for.
        """
        steady = self.steady_keys
        weights = [kind.steady_keys for kind in self.classes]
        total = sum(weights) or 1.0
        mid = sum(
            kind.keys_after(time_s, self.keys_now / (1 + self.stale.mid) * w / total) for kind, w in zip(self.classes, weights, strict=True)
        )
        mid *= 1 + self.stale.mid
        settled = min(time_s / max(kind.residence_s for kind in self.classes), 1.0)
        return Interval(min(mid + settled * (steady.low - steady.mid), mid), mid, max(mid + settled * (steady.high - steady.mid), mid))

    def used_bytes_after(self, time_s: float) -> Interval:
        """Return used memory `time_s` seconds after the end of the series."""
        return self.memory.used_bytes(self.keys_after(time_s))

    def _mean_life(self, lives: list[float]) -> tuple[float, float]:
        """Return the smallest and largest mean life that the shares allow."""
        if len(lives) == 1:
            return lives[0], lives[0]
        longest = int(np.argmax(lives))
        others = [kind for place, kind in enumerate(self.classes) if place != longest]
        rest = sum(kind.created_per_s for kind in others) or 1.0
        short = sum(kind.created_per_s * kind.residence_s for kind in others) / rest
        share = self.shares[longest]
        return (share.low * lives[longest] + (1 - share.low) * short, share.high * lives[longest] + (1 - share.high) * short)


def fit_redis(
    time_s: NDArray[np.float64],
    keys: NDArray[np.float64],
    used_bytes: NDArray[np.float64],
    expired_keys: NDArray[np.float64],
    evicted_keys: NDArray[np.float64] | None = None,
    *,
    lives_s: Sequence[float],
) -> RedisFit:
    """Fit a store from series of equal shape (samples,), NaN = missing.

    Parameters
    ----------
    time_s
        Seconds, rising.
    keys, used_bytes
        Gauges: keys that exist, used_memory.
    expired_keys, evicted_keys
        Cumulative counters without resets: cut the series at a restart, the store is then another one.
    lives_s
        Mean life of each class of keys: its time to live plus the span over which it is refreshed.

    Raises
    ------
    ValueError
        If series differ in shape, time does not rise, a counter falls, a life is not above 0, or fewer than 12 samples are whole.

    """
    evicted = np.zeros_like(keys, dtype=float) if evicted_keys is None else np.asarray(evicted_keys, float)
    columns = [np.asarray(column, float) for column in (time_s, keys, used_bytes, expired_keys, evicted)]
    time, count, used, expired, evicted = _whole(columns, lives_s)
    created = np.diff(count) + np.diff(expired) + np.diff(evicted)
    shares = fit_shares(time, count, np.maximum(created, 0.0), tuple(lives_s))
    rate = _rate(time, created)
    present = rate.mid
    return RedisFit(
        classes=tuple(KeyClass(present * share.mid, life) for share, life in zip(shares.of_class, lives_s, strict=True)),
        created_per_s=rate,
        shares=shares.of_class,
        stale=shares.stale,
        memory=fit_bytes(count, used),
        observed_s=float(time[-1] - time[0]),
        keys_now=float(count[-1]),
        reasons=_reasons(time, shares, evicted, lives_s),
    )


def _whole(columns: list[NDArray[np.float64]], lives_s: Sequence[float]) -> list[NDArray[np.float64]]:
    if len({column.shape for column in columns}) != 1 or columns[0].ndim != 1:
        raise ValueError(f"series have shapes {[column.shape for column in columns]}: give series of one length")
    if not lives_s or any(not (math.isfinite(life) and life > 0) for life in lives_s):
        raise ValueError(f"lives_s is {list(lives_s)}: give finite seconds above 0, one for each class")
    whole = np.logical_and.reduce([np.isfinite(column) for column in columns])
    columns = [column[whole] for column in columns]
    if columns[0].size < _FEWEST:
        raise ValueError(f"{columns[0].size} samples hold all series: at least {_FEWEST} are needed")
    if (np.diff(columns[0]) <= 0).any():
        raise ValueError("time_s does not rise: sort the samples and drop doubles")
    for name, column in (("expired_keys", columns[3]), ("evicted_keys", columns[4])):
        if (np.diff(column) < 0).any():
            raise ValueError(f"{name} falls: a counter was reset; cut the series there")
    return columns


def _rate(time: NDArray[np.float64], created: NDArray[np.float64]) -> Interval:
    """Return creations per second with the error of batch means."""
    edges = np.linspace(0, created.size, min(_BATCHES, created.size // 2) + 1).astype(int)
    batches = np.array([created[a:b].sum() / (time[b] - time[a]) for a, b in itertools.pairwise(edges)])
    mid = max(float(created.sum() / (time[-1] - time[0])), 0.0)
    width = student_90(batches.size - 1) * float(batches.std(ddof=1)) / math.sqrt(batches.size)
    return Interval(max(mid - width, 0.0), mid, mid + width)


def _reasons(time: NDArray[np.float64], shares: Shares, evicted: NDArray[np.float64], lives_s: Sequence[float]) -> tuple[Reason, ...]:
    reasons = list(shares.reasons)
    observed = float(time[-1] - time[0])
    if observed < max(lives_s):
        figures = {"observed_s": observed, "longest_life_s": max(lives_s)}
        reasons.append(Reason(ReasonCode.EXTRAPOLATED, Resource.REDIS_MEMORY, figures=figures))
    lost = float(evicted[-1] - evicted[0])
    if lost > 0:
        reasons.append(Reason(ReasonCode.BINDING, Resource.REDIS_MEMORY, figures={"evicted_keys": lost}))
    return tuple(reasons)
