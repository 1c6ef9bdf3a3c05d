"""Memory of keys: a slope for the keys and a staircase for the hash tables."""

import itertools
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.intervals import Interval, student_90
from models.topology.resources import Resource
from models.topology.verdict import Reason, ReasonCode

SLOT_BYTES = 8
"""One slot of a hash table: a pointer (Redis 7 source, dict.c; Valkey 8.1 keeps other tables)."""
TABLES_WITH_TTL = 2
"""A key with a time to live stands in the main table and in that of expiries."""
_SMALLEST_TABLE = 4
_FEWEST = 12
_LEAST_SPREAD = 0.1
_KEYS_PART = 0.8
_BLOCKS = 12


@dataclass(frozen=True, slots=True)
class BytesFit:
    """used_memory = base + per_key × keys + hash tables; 90 % intervals."""

    base_bytes: Interval
    """Memory without keys: start-up, clients, buffers."""
    per_key_bytes: Interval
    """Memory of one key beside its slots in the tables."""
    residual_bytes: float
    """Standard deviation of what the line leaves over."""
    most_keys: float
    """Largest number of keys observed; beyond it the line is extrapolated."""
    reasons: tuple[Reason, ...]
    """What the series does not identify."""
    covariance: tuple[tuple[float, float], tuple[float, float]] = ((0.0, 0.0), (0.0, 0.0))
    """Of base and bytes of a key, jackknifed; they make up for each other."""

    def used_bytes(self, keys: Interval) -> Interval:
        """Return used memory with so many keys, once the tables have settled."""
        return self._with(keys, [table_bytes(count) for count in (keys.low, keys.mid, keys.high)])

    def peak_bytes(self, keys: Interval) -> Interval:
        """Return used memory while the tables for so many keys are doubled: the old and the new ones both exist."""
        return self._with(keys, [1.5 * table_bytes(count) for count in (keys.low, keys.mid, keys.high)])

    def _with(self, keys: Interval, tables: list[float]) -> Interval:
        return Interval(
            self.base_bytes.low + self.per_key_bytes.low * keys.low + tables[0],
            self.base_bytes.mid + self.per_key_bytes.mid * keys.mid + tables[1],
            self.base_bytes.high + self.per_key_bytes.high * keys.high + tables[2],
        )


def table_bytes(keys: float) -> float:
    """Return the bytes of both hash tables for so many keys: the next power of two, a staircase."""
    slots = _SMALLEST_TABLE if keys <= _SMALLEST_TABLE else 2.0 ** np.ceil(np.log2(keys))
    return float(slots * SLOT_BYTES * TABLES_WITH_TTL)


def fit_bytes(keys: NDArray[np.float64], used_bytes: NDArray[np.float64]) -> BytesFit:
    """Fit memory to counts of keys, shape (samples,) each in time order, NaN = missing.

    The tables are known and taken off first; they do not shrink while keys leave, so each sample has those of the most
    keys so far. Totals are never divided: what Redis needs without keys would land on the keys.

    Raises
    ------
    ValueError
        If the series differ in shape or fewer than 12 samples hold both.

    """
    keys, used = np.asarray(keys, float), np.asarray(used_bytes, float)
    if keys.shape != used.shape or keys.ndim != 1:
        raise ValueError(f"keys have shape {keys.shape}, used_bytes {used.shape}: give two equal series")
    both = np.isfinite(keys) & np.isfinite(used)
    keys, used = keys[both], used[both]
    if keys.size < _FEWEST:
        raise ValueError(f"{keys.size} samples hold both keys and used bytes: at least {_FEWEST} are needed")
    rest = used - np.array([table_bytes(count) for count in np.maximum.accumulate(keys)])
    if np.ptp(keys) < _LEAST_SPREAD * keys.max():
        return _unidentified(keys, rest)
    base, slope = _line(keys, rest)
    covariance = _jackknife(keys, rest)
    widths = [student_90(_BLOCKS - 1) * math.sqrt(covariance[place][place]) for place in (0, 1)]
    left = rest - base - slope * keys
    return BytesFit(
        Interval(max(base - widths[0], 0.0), base, base + widths[0]),
        Interval(max(slope - widths[1], 0.0), slope, slope + widths[1]),
        float(left.std()),
        float(keys.max()),
        (),
        covariance,
    )


def _line(keys: NDArray[np.float64], rest: NDArray[np.float64]) -> tuple[float, float]:
    spread = keys - keys.mean()
    slope = max(float(spread @ rest) / float(spread @ spread), 0.0) if spread.any() else 0.0
    base = float(rest.mean() - slope * keys.mean())
    if base < 0:
        return 0.0, float(keys @ rest / (keys @ keys))
    return base, slope


def _jackknife(keys: NDArray[np.float64], rest: NDArray[np.float64]) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the covariance of base and slope by leaving out stretches of time: neighbouring samples are alike."""
    edges = np.linspace(0, keys.size, _BLOCKS + 1).astype(int)
    fits = []
    for first, last in itertools.pairwise(edges):
        kept = np.r_[0:first, last : keys.size]
        fits.append(_line(keys[kept], rest[kept]))
    (base, joint), (_, slope) = (_BLOCKS - 1) * np.cov(np.array(fits).T, bias=True)
    return (float(base), float(joint)), (float(joint), float(slope))


def _unidentified(keys: NDArray[np.float64], rest: NDArray[np.float64]) -> BytesFit:
    """Bound the slope when the keys hardly moved: at most everything is keys, at least nothing."""
    most = float(rest.mean() / max(keys.mean(), 1.0))
    figures = {"relative_spread_of_keys": float(np.ptp(keys) / max(keys.max(), 1.0)), "needed": _LEAST_SPREAD}
    reason = Reason(ReasonCode.NOT_IDENTIFIED, Resource.REDIS_MEMORY, figures=figures)
    base = Interval(0.0, float(rest.mean()) * (1 - _KEYS_PART), float(rest.mean()))
    slope = most * (1 - _KEYS_PART)
    mean = float(keys.mean())
    covariance = ((slope * mean) ** 2, -(slope**2) * mean), (-(slope**2) * mean, slope**2)
    return BytesFit(base, Interval(0.0, most * _KEYS_PART, most), float(rest.std()), float(keys.max()), (reason,), covariance)
