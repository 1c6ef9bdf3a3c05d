"""Zipf exponents of strata that share a cache, from the miss ratio of each."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.postgres_io.popularity import Popularity, rising_root, warm_tail
from models.postgres_io.stratum import Stratum

_EXPONENTS = np.linspace(0.0, 3.0, 61)
_LEAST_MISS = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Tail:
    """A stratum's Zipf law and its part of the cache."""

    exponent: float
    """Exponent; 0 is even."""
    popularity: Popularity
    """Its pages."""
    cached_pages: float
    """Mean pages of it in the observed cache."""


@dataclass(frozen=True, slots=True, eq=False)
class _Curve:
    """Every exponent that explains the miss ratio, with the time and the pages it needs; exponents fall along the arrays."""

    stratum: Stratum
    exponent: NDArray[np.float64]
    log_time: NDArray[np.float64]
    cached: NDArray[np.float64]

    def at_pages(self, pages: float) -> Tail:
        """Return the law that fills so many pages; more pages than even reads explain are explained by scans."""
        if pages >= self.cached[-1]:
            reads = self.stratum.reads_per_s
            uncached = max(1 - pages / self.stratum.pages, 0.0)
            scans = reads * max((self.stratum.miss_ratio - uncached) / max(1 - uncached, 1e-12), 0.0)
            return Tail(0.0, warm_tail(self.stratum.pages, reads - scans, 0.0, scans), min(pages, self.stratum.pages))
        return self._tail(float(np.interp(pages, self.cached, self.exponent)), pages)

    def pages_at(self, log_time: float) -> float:
        """Return the pages filled at a characteristic time, up to where the time no longer rises with them."""
        top = int(np.argmax(np.diff(self.log_time, append=-np.inf) < 0))
        return float(np.interp(log_time, self.log_time[: top + 1], self.cached[: top + 1]))

    def _tail(self, exponent: float, pages: float) -> Tail:
        return Tail(exponent, warm_tail(self.stratum.pages, self.stratum.reads_per_s, exponent), pages)


def fit_exponents(strata: Sequence[Stratum], cache_pages: float) -> tuple[Tail, ...]:
    """Return the Zipf law of each stratum so that all together fill the cache and each shows its miss ratio.

    A stratum's exponent rises as the pages it holds fall, so one stratum alone is solved exactly. Several share one
    characteristic time; where no time fills the cache, the pages are divided by size.
    """
    curves = [_curve(stratum) for stratum in strata]
    if len(curves) == 1:
        return (curves[0].at_pages(cache_pages),)
    time = rising_root(lambda time: sum(curve.pages_at(math.log(time)) for curve in curves) - cache_pages)
    pages = [curve.pages_at(math.log(time)) for curve in curves]
    missing = cache_pages - sum(pages)
    if missing > 0:
        room = np.array([stratum.pages for stratum in strata]) - pages
        pages = [held + missing * min(float(left / room.sum()), 1.0) for held, left in zip(pages, room, strict=True)]
    return tuple(curve.at_pages(held) for curve, held in zip(curves, pages, strict=True))


def _curve(stratum: Stratum) -> _Curve:
    wanted = max(stratum.miss_ratio, _LEAST_MISS) * stratum.reads_per_s
    exponents = _EXPONENTS[::-1]
    times, cached = np.empty(exponents.size), np.empty(exponents.size)
    for place, exponent in enumerate(exponents):
        law = warm_tail(stratum.pages, stratum.reads_per_s, float(exponent))
        time = _time_of_misses(law, wanted)
        times[place], cached[place] = math.log(time), law.cached(time)
    return _Curve(stratum, exponents, times, np.maximum.accumulate(cached))


def _time_of_misses(law: Popularity, misses_per_s: float) -> float:
    return rising_root(lambda time: misses_per_s - law.misses_per_s(time))
