"""Which share of the created keys belongs to which class, from how many are still alive."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.redis_memory.expiry import EFFICIENCY, EFFICIENCY_SE, sweep_s

_EFFICIENCIES = EFFICIENCY + EFFICIENCY_SE * np.linspace(-2.5, 2.5, 11)
_PART_OF_SWEEP = np.array([0.1, 0.3, 0.5, 0.7, 0.9])
_MOST_POINTS = 120
_SMOOTHED = 24
_ROUNDS = 3
_HALVINGS = 40
_MODEL_ERROR = 0.005
"""Relative error of counts that the windows foresee, alike at all moments."""


@dataclass(frozen=True, slots=True, eq=False)
class Shares:
    """Division of the creations among the classes; candidates for the speed of the sweep, each with its own division."""

    weight: NDArray[np.float64]
    """Shape (candidates,): how likely each is; they sum to 1."""
    efficiency: NDArray[np.float64]
    """Shape (candidates,): keys met by the sweep over those of the formula."""
    share: NDArray[np.float64]
    """Shape (candidates, classes): share of creations of each class, sums to 1 along the classes."""
    covariance: NDArray[np.float64]
    """Shape (classes, classes): of the shares, for each candidate alike; infinite where nothing tells."""

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        for name in ("weight", "efficiency", "share", "covariance"):
            getattr(self, name).flags.writeable = False

    @property
    def best(self) -> NDArray[np.float64]:
        """Shape (classes,): mean share."""
        return np.asarray(self.weight @ self.share)


@dataclass(frozen=True, slots=True, eq=False)
class Creations:
    """What is known of the past of a store."""

    time: NDArray[np.float64]
    """Shape (samples,), seconds."""
    keys: NDArray[np.float64]
    """Shape (samples,)."""
    total: NDArray[np.float64]
    """Shape (samples,): keys created since the first sample."""
    expiring_per_s: NDArray[np.float64]
    """Shape (samples,): keys removed per second, smoothed."""
    lives_s: tuple[float, ...]

    def created_until(self, moment: NDArray[np.float64], shares: NDArray[np.float64], lives: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return keys created until moments, counted from the first sample, negative before it; shape of `moment`.

        Before the first sample creations had their mean rate for as long as it takes to fill the keys of then: a store that was
        just started holds its classes as they are created, an old one as they live. `shares` and `lives` are (classes,), or
        (classes, paths) where moments are (..., paths).
        """
        observed_per_s = self.total[-1] / max(self.time[-1] - self.time[0], 1e-300)
        filled = (shares * lives).sum(axis=0)
        rate = np.maximum(observed_per_s, self.keys[0] / filled)
        age = _age(self.keys[0] / np.maximum(rate, 1e-300), shares, lives)
        before = -rate * np.clip(self.time[0] - moment, 0.0, age)
        return np.asarray(np.where(moment < self.time[0], before, np.interp(moment, self.time, self.total)))

    def alive(self, efficiency: float, shares: NDArray[np.float64], at: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the keys of each class if all creations were its own, shape (classes, places), at the samples `at`."""
        sweep = sweep_s(self.keys[at], self.expiring_per_s[at], efficiency)
        lives = np.array(self.lives_s) + sweep.mean() / 2
        ends = [self.time[at, None] - life - sweep[:, None] * _PART_OF_SWEEP for life in self.lives_s]
        gone = np.array([self.created_until(end, shares, lives).mean(axis=1) for end in ends])
        return np.asarray(self.total[at] - gone)

    def scatter(self, shares: NDArray[np.float64], at: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the covariance of the counts, shape (places, places), when chance decides the class of each key created."""
        born, middle = np.diff(self.total), (self.time[1:] + self.time[:-1]) / 2
        age = self.time[at, None] - middle
        sweep = np.maximum(sweep_s(self.keys[at], self.expiring_per_s[at])[:, None], np.diff(self.time))
        alive = [np.where(age > 0, np.clip((life + sweep - age) / sweep, 0.0, 1.0), 0.0) for life in self.lives_s]
        mean = sum(share * one for share, one in zip(shares, alive, strict=True))
        spread = sum(share * (one * born) @ one.T for share, one in zip(shares, alive, strict=True)) - (mean * born) @ mean.T
        wrong = _MODEL_ERROR * self.keys[at]
        stale = self.expiring_per_s[at] * sweep_s(self.keys[at], self.expiring_per_s[at]) / 2
        return np.asarray(spread + np.diag(stale + 1) + np.outer(wrong, wrong))


def creations_of(time: NDArray[np.float64], keys: NDArray[np.float64], gone: NDArray[np.float64], lives_s: tuple[float, ...]) -> Creations:
    """Return what the counters say of the creations: growth of keys + what expired or was evicted, an identity.

    Parameters
    ----------
    time, keys, gone
        Shape (samples,): seconds, keys that exist, keys removed so far.
    lives_s
        Life of each class.

    """
    created = np.maximum(np.diff(keys) + np.diff(gone), 0.0)
    width = max(time.size // _SMOOTHED, 1)
    places = np.arange(time.size)
    first, last = np.maximum(places - width, 0), np.minimum(places + width, time.size - 1)
    expiring = (gone[last] - gone[first]) / (time[last] - time[first])
    return Creations(time, keys, np.concatenate(([0.0], np.cumsum(created))), expiring, lives_s)


def fit_shares(creations: Creations) -> Shares:
    """Explain the counts of keys by windows over the creations, one as long as each life and the time the sweep takes.

    Least squares, shares at least 0 with sum 1; their covariance is what chance gives them when it decides the class of each
    key. The speed of the sweep is weighed by how far the counts move with it, next to what is known of it.
    """
    classes = len(creations.lives_s)
    at = np.unique(np.linspace(0, creations.time.size - 1, _MOST_POINTS).astype(int))[1:]
    equal = np.full(classes, 1 / classes)
    if classes > 1 and creations.time[-1] - creations.time[0] < min(creations.lives_s):
        return _untold(classes)
    shares = equal
    for _ in range(_ROUNDS):
        shares = _solve(creations, EFFICIENCY, shares, at)
    scatter = creations.scatter(shares, at)
    share = np.array([_solve(creations, float(speed), shares, at) for speed in _EFFICIENCIES])
    moves = creations.alive(EFFICIENCY + EFFICIENCY_SE, shares, at) - creations.alive(EFFICIENCY - EFFICIENCY_SE, shares, at)
    alive = creations.alive(EFFICIENCY, shares, at)
    free = (alive[:-1] - alive[-1]).T
    projected = free @ np.linalg.pinv(free) if classes > 1 else np.zeros((at.size, at.size))
    moved = shares @ moves - projected @ (shares @ moves)
    rests = [creations.keys[at] - one @ creations.alive(float(speed), one, at) for speed, one in zip(_EFFICIENCIES, share, strict=True)]
    variance = float(moved @ scatter @ moved)
    misfits = np.array([float(moved @ rest) ** 2 for rest in rests]) / variance if variance > 0 else np.zeros(len(rests))
    return Shares(_weights(misfits), _EFFICIENCIES.copy(), share, _covariance(free, scatter))


def _untold(classes: int) -> Shares:
    """Before anything expired nothing tells classes apart."""
    share = np.full((_EFFICIENCIES.size, classes), 1 / classes)
    return Shares(_weights(np.zeros(_EFFICIENCIES.size)), _EFFICIENCIES.copy(), share, np.full((classes, classes), np.inf))


def _weights(misfits: NDArray[np.float64]) -> NDArray[np.float64]:
    known = misfits + ((_EFFICIENCIES - EFFICIENCY) / EFFICIENCY_SE) ** 2
    weight = np.exp(-(known - known.min()) / 2)
    return np.asarray(weight / weight.sum())


def _solve(creations: Creations, efficiency: float, start: NDArray[np.float64], at: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the shares that explain the counts best at a speed of the sweep."""
    from scipy.optimize import nnls

    rows = creations.alive(efficiency, start, at).T
    heavy = 1e3 * max(float(np.abs(rows).max()), 1.0) * np.sqrt(rows.shape[0])
    found, _ = nnls(np.vstack((rows, np.full(start.size, heavy))), np.append(creations.keys[at], heavy))
    return np.asarray(found / found.sum()) if found.sum() > 0 else start


def _covariance(free: NDArray[np.float64], scatter: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the covariance of shares that sum to 1, shape (classes, classes), from the directions they are free to move in."""
    classes = free.shape[1] + 1
    sums = np.vstack((np.eye(classes - 1), -np.ones((1, classes - 1))))
    solved = sums @ np.linalg.pinv(free)
    return np.asarray(solved @ scatter @ solved.T)


def _age(seconds: NDArray[np.float64], shares: NDArray[np.float64], lives: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the age at which a store holds the creations of so many seconds: classes with short lives are full before."""
    low, high = np.zeros(np.shape(seconds)), np.asarray(lives.max(axis=0), float)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        younger = (shares * np.minimum(middle, lives)).sum(axis=0) < seconds
        low, high = np.where(younger, middle, low), np.where(younger, high, middle)
    return np.asarray(high)
