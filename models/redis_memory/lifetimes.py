"""Which share of the created keys belongs to which class, from how many are still alive."""

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.intervals import Interval, student_90
from models.topology.resources import Resource
from models.topology.verdict import Reason, ReasonCode

STALE_LOW, STALE_MID, STALE_HIGH = 0.0, 0.05, 0.10
"""How late Redis removes expired keys, relative to their life, when it was not observed: sampled expiry tolerates about 10 %
(Redis 7 documentation, EXPIRE); 4.9 % measured on Redis 7.0.15 with one class of sessions (2026-11)."""
_LATENESS = np.linspace(0.0, 0.15, 16)
_BLOCKS = 10
_ROUNDS = 3
_SEEN_OUT = 1.15


@dataclass(frozen=True, slots=True)
class Shares:
    """Division of the creations; 90 % intervals."""

    of_class: tuple[Interval, ...]
    """Share of creations of each class."""
    stale: Interval
    """How late keys are removed, relative to their life."""
    reasons: tuple[Reason, ...]
    """What was not identified."""


def fit_shares(time: NDArray[np.float64], keys: NDArray[np.float64], created: NDArray[np.float64], lives_s: tuple[float, ...]) -> Shares:
    """Explain the counts of keys by windows over the creations, one as long as each life.

    Parameters
    ----------
    time, keys
        Shape (samples,): seconds and keys that exist.
    created
        Shape (samples − 1,): keys created between samples.
    lives_s
        Life of each class.

    """
    observed = float(time[-1] - time[0])
    late_seen = observed >= _SEEN_OUT * max(lives_s)
    if observed < min(lives_s):
        return _nothing_expired(observed, lives_s)
    windows = _Windows(time, keys, np.concatenate(([0.0], np.cumsum(created))), lives_s)
    lateness = tuple(_LATENESS) if late_seen else (STALE_LOW, STALE_MID, STALE_HIGH)
    everything = np.ones(time.size, bool)
    if not late_seen:
        fits = [_solve(windows, late, everything) for late in lateness]
        error = _jackknife(windows, (STALE_MID,), time.size)[:-1]
        shares = [_spread([fit[k] for fit in fits], fits[1][k], error[k]) for k in range(len(lives_s))]
        figures = {"observed_s": observed, "longest_life_s": max(lives_s), "lateness_assumed": STALE_MID}
        reason = Reason(ReasonCode.ASSUMED, Resource.REDIS_MEMORY, figures=figures)
        return Shares(tuple(shares), Interval(STALE_LOW, STALE_MID, STALE_HIGH), (reason,))
    best = _best(windows, lateness, everything)
    error = _jackknife(windows, lateness, time.size)
    shares = [_spread([], float(mid), float(width)) for mid, width in zip(best[:-1], error[:-1], strict=True)]
    late, width = float(best[-1]), float(error[-1])
    stale = Interval(max(late - width, 0.0), late, late + width)
    return Shares(tuple(shares), stale, ())


def _nothing_expired(observed: float, lives_s: tuple[float, ...]) -> Shares:
    figures = {"observed_s": observed, "shortest_life_s": min(lives_s)}
    code = ReasonCode.ASSUMED if len(lives_s) == 1 else ReasonCode.NO_DATA
    equal = 1 / len(lives_s)
    share = Interval(1.0, 1.0, 1.0) if len(lives_s) == 1 else Interval(0.0, equal, 1.0)
    reason = Reason(code, Resource.REDIS_MEMORY, figures=figures)
    return Shares((share,) * len(lives_s), Interval(STALE_LOW, STALE_MID, STALE_HIGH), (reason,))


def _spread(others: list[float], mid: float, width: float) -> Interval:
    return Interval(max(min([*others, mid]) - width, 0.0), mid, min(max([*others, mid]) + width, 1.0))


@dataclass(frozen=True, slots=True, eq=False)
class _Windows:
    time: NDArray[np.float64]
    keys: NDArray[np.float64]
    total: NDArray[np.float64]
    lives_s: tuple[float, ...]

    def alive(self, late: float, shares: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the keys each class would have if all creations were its own, shape (classes, samples).

        The keys of the start leave evenly over their life; the start is taken as divided like a steady store.
        """
        lives = np.array(self.lives_s) * (1 + late)
        held = shares @ lives
        since = self.time - self.time[0]
        rows = []
        for life in lives:
            before = np.interp(self.time - life, self.time, self.total)
            left = self.keys[0] * (life / held if held > 0 else 1.0) * np.maximum(1 - since / life, 0.0)
            rows.append(self.total - before + left)
        return np.array(rows)


def _solve(windows: _Windows, late: float, chosen: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return shares of at least zero that sum to one and explain the keys best, with their misfit as last entry."""
    from scipy.optimize import nnls

    classes = len(windows.lives_s)
    shares = np.full(classes, 1 / classes)
    for _ in range(_ROUNDS):
        alive = windows.alive(late, shares)[:, chosen].T
        heavy = 1e3 * float(np.abs(alive).max()) * np.sqrt(alive.shape[0])
        found, _ = nnls(np.vstack((alive, np.full(classes, heavy))), np.append(windows.keys[chosen], heavy))
        shares = found / found.sum() if found.sum() > 0 else shares
    rest = windows.keys[chosen] - windows.alive(late, shares)[:, chosen].T @ shares
    return np.append(shares, float(rest @ rest))


def _best(windows: _Windows, lateness: tuple[float, ...], chosen: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the shares and the lateness (last entry) with the least misfit."""
    fits = [_solve(windows, late, chosen) for late in lateness]
    place = int(np.argmin([fit[-1] for fit in fits]))
    return np.append(fits[place][:-1], lateness[place])


def _jackknife(windows: _Windows, lateness: tuple[float, ...], samples: int) -> NDArray[np.float64]:
    """Return half-widths of 90 % intervals of shares and lateness, leaving out one stretch of time after another."""
    edges = np.linspace(0, samples, _BLOCKS + 1).astype(int)
    fits = []
    for first, last in itertools.pairwise(edges):
        chosen = np.ones(samples, bool)
        chosen[first:last] = False
        fits.append(_best(windows, lateness, chosen))
    step = (lateness[1] - lateness[0]) / 2 if len(lateness) > 1 else 0.0
    spread = np.sqrt((_BLOCKS - 1) * np.var(np.array(fits), axis=0)) * student_90(_BLOCKS - 1)
    return np.asarray(np.maximum(spread, np.append(np.zeros(len(windows.lives_s)), step)))
