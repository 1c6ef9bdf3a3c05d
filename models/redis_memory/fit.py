"""Fit a session store from its exported series, and forecast keys and memory.

Keys created = growth of keys + expired + evicted, an identity of counters. Each class of keys lives for its time to live;
what share of creations belongs to which follows from how many of them are still alive.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.intervals import Interval, student_90
from models.redis_memory.bytes import BytesFit, fit_bytes
from models.redis_memory.classes import KeyClass
from models.redis_memory.draws import StoreDraws
from models.redis_memory.expiry import keys_met_per_s, stale_share
from models.redis_memory.lifetimes import Creations, Shares, creations_of, fit_shares
from models.topology.resources import Resource
from models.topology.verdict import Reason, ReasonCode

_FEWEST = 12
_BATCHES = 12
_PATHS, _SEED = 1000, 1
_CORNERS = 0.2


@dataclass(frozen=True, slots=True, eq=False)
class RedisFit:
    """A store whose keys expire; intervals are 90 %."""

    lives_s: tuple[float, ...]
    """Life of each class."""
    created_per_s: Interval
    """Keys created per second, all classes, over the time observed."""
    division: Shares
    """How the creations divide among the classes."""
    past: Creations
    """What was observed."""
    dispersion: float
    """Variance of the creations in a stretch of time over their mean; 1 is Poisson."""
    memory: BytesFit
    """Bytes of keys."""
    reasons: tuple[Reason, ...]
    """What the series does not identify."""

    @property
    def classes(self) -> tuple[KeyClass, ...]:
        """Classes with their present creation rates and lives, the time an expired key stays included."""
        late = self.steady_keys.mid / (2 * float(keys_met_per_s(np.array([self.created_per_s.mid]), self._efficiency)[0]))
        shares = self.division.best
        return tuple(KeyClass(self.created_per_s.mid * float(share), life + late) for share, life in zip(shares, self.lives_s, strict=True))

    @property
    def shares(self) -> tuple[Interval, ...]:
        """Share of creations of each class; anything from none to all where nothing tells."""
        if not np.isfinite(self.division.covariance).all():
            return tuple(Interval(0.0, float(best), 1.0) for best in self.division.best)
        rates = self.draws(_PATHS, _SEED).created_per_s
        parts = rates / np.maximum(rates.sum(axis=1, keepdims=True), 1e-300)
        return tuple(_interval(part, float(best)) for part, best in zip(parts.T, self.division.best, strict=True))

    @property
    def stale(self) -> float:
        """Share of a steady store's keys that expired but are still there."""
        return stale_share(self.created_per_s.mid, self._efficiency)

    @property
    def observed_s(self) -> float:
        """Time observed."""
        return float(self.past.time[-1] - self.past.time[0])

    @property
    def keys_now(self) -> float:
        """Keys at the end."""
        return float(self.past.keys[-1])

    @property
    def steady_keys(self) -> Interval:
        """Keys once each class has filled its life at the present creation rate, expired ones not yet removed included."""
        return _interval(self.draws(_PATHS, _SEED).steady_keys, float(self._central().steady_keys[0]))

    def keys_after(self, time_s: float) -> Interval:
        """Return the keys `time_s` seconds after the end of the series at the present creation rate, chance included."""
        return _interval(self.draws(_PATHS, _SEED).keys_after(time_s), float(self._central().keys_after(time_s)[0]))

    def used_bytes_after(self, time_s: float) -> Interval:
        """Return used memory `time_s` seconds after the end of the series, chance included."""
        return _interval(self.draws(_PATHS, _SEED).used_bytes_after(time_s), float(self._central().used_bytes_after(time_s)[0]))

    def draws(self, paths: int, seed: int) -> StoreDraws:
        """Return parameters drawn jointly; draw k depends on the seed and on k alone.

        Rate: Student's t of its batches. Shares: normal around the division that belongs to the drawn speed of the sweep, or
        anything where nothing tells. Bytes: normal with the covariance of base and slope.

        Raises
        ------
        ValueError
            If `paths` is below 1.

        """
        if paths < 1:
            raise ValueError(f"paths is {paths}: draw at least one")
        from scipy.special import ndtri, stdtrit

        uniform = _uniforms(seed, paths, 7 + len(self.lives_s))
        normal = ndtri(uniform)
        rate = self.created_per_s.mid + (self.created_per_s.high - self.created_per_s.mid) / student_90(_BATCHES - 1) * stdtrit(
            _BATCHES - 1, uniform[:, 0]
        )
        speed = np.minimum(np.searchsorted(np.cumsum(self.division.weight), uniform[:, 1]), self.division.weight.size - 1)
        factor = _root(np.array(self.memory.covariance))
        line = normal[:, 2:4] @ factor.T + (self.memory.base_bytes.mid, self.memory.per_key_bytes.mid)
        return StoreDraws(
            np.maximum(rate, self.created_per_s.mid / 10)[:, None] * self._drawn_shares(speed, uniform[:, 7:]),
            self.division.efficiency[speed],
            np.maximum(line[:, 0], 0.0),
            np.maximum(line[:, 1], 0.0),
            normal[:, 4:7].copy(),
            self.past,
            self.memory.residual_bytes,
            self.dispersion,
        )

    @property
    def _efficiency(self) -> float:
        return float(self.division.weight @ self.division.efficiency)

    def _central(self) -> StoreDraws:
        """Return the best parameters as a single path on which chance adds nothing."""
        line = (self.memory.base_bytes.mid, self.memory.per_key_bytes.mid)
        rates = self.created_per_s.mid * self.division.best
        parts = (np.array([self._efficiency]), np.array(line[:1]), np.array(line[1:]), np.zeros((1, 3)))
        return StoreDraws(rates[None, :], *parts, self.past, self.memory.residual_bytes, self.dispersion)

    def _drawn_shares(self, speed: NDArray[np.int64], uniform: NDArray[np.float64]) -> NDArray[np.float64]:
        from scipy.special import gammaincinv, ndtri

        covariance, classes = self.division.covariance, len(self.lives_s)
        if not np.isfinite(covariance).all():
            # Anything may be: a Dirichlet law that reaches into the corners, so that bounds hold nearly everything in one class.
            part = np.maximum(gammaincinv(_CORNERS, uniform[:, :classes]), 1e-300)
            return np.asarray(part / part.sum(axis=1, keepdims=True))
        moved = np.maximum(self.division.share[speed] + ndtri(uniform[:, :classes]) @ _root(covariance).T, 0.0)
        return np.asarray(moved / np.maximum(moved.sum(axis=1, keepdims=True), 1e-300))


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
    past = creations_of(time, count, expired - expired[0] + evicted - evicted[0], tuple(lives_s))
    rate, dispersion = _rate(past)
    return RedisFit(
        lives_s=tuple(lives_s),
        created_per_s=rate,
        division=fit_shares(past),
        past=past,
        dispersion=dispersion,
        memory=fit_bytes(count, used),
        reasons=_reasons(past, evicted),
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


def _rate(past: Creations) -> tuple[Interval, float]:
    """Return creations per second with the error of batch means, never below that of Poisson, and their dispersion."""
    time, total = past.time, past.total
    edges = np.linspace(0, time.size - 1, min(_BATCHES, time.size // 2) + 1).astype(int)
    spans, counts = np.diff(time[edges]), np.diff(total[edges])
    observed = float(time[-1] - time[0])
    mid = float(total[-1]) / observed
    scatter = float(((counts - mid * spans) ** 2 / spans).sum()) / (spans.size - 1)
    dispersion = max(scatter / mid, 1.0) if mid > 0 else 1.0
    width = student_90(spans.size - 1) * math.sqrt(dispersion * mid / observed)
    return Interval(max(mid - width, 0.0), mid, mid + width), dispersion


def _reasons(past: Creations, evicted: NDArray[np.float64]) -> tuple[Reason, ...]:
    reasons = []
    observed = float(past.time[-1] - past.time[0])
    if observed < max(past.lives_s):
        figures = {"observed_s": observed, "longest_life_s": max(past.lives_s)}
        reasons.append(Reason(ReasonCode.EXTRAPOLATED, Resource.REDIS_MEMORY, figures=figures))
    if observed < min(past.lives_s) and len(past.lives_s) > 1:
        figures = {"observed_s": observed, "shortest_life_s": min(past.lives_s)}
        reasons.append(Reason(ReasonCode.NO_DATA, Resource.REDIS_MEMORY, figures=figures))
    lost = float(evicted[-1] - evicted[0])
    if lost > 0:
        reasons.append(Reason(ReasonCode.BINDING, Resource.REDIS_MEMORY, figures={"evicted_keys": lost}))
    return tuple(reasons)


def _interval(drawn: NDArray[np.float64], best: float) -> Interval:
    low, high = np.quantile(drawn, (0.05, 0.95))
    return Interval(min(float(low), best), best, max(float(high), best))


def _uniforms(seed: int, paths: int, columns: int) -> NDArray[np.float64]:
    """Return uniform numbers inside (0, 1), shape (paths, columns); a row depends on the seed and its place alone."""
    drawn = np.random.Generator(np.random.Philox(key=seed)).random((paths, columns))
    return np.clip(drawn, 1e-12, 1 - 1e-12)


def _root(covariance: NDArray[np.float64]) -> NDArray[np.float64]:
    values, vectors = np.linalg.eigh(covariance)
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0.0)))
