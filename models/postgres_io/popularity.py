"""How often each page is read, and how long it then stays cached."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

_RANKS = 400
_HALVINGS = 70


@dataclass(frozen=True, slots=True, eq=False)
class Popularity:
    """Pages grouped by how often they are read; reads of a hot set that always hits are left out."""

    count: NDArray[np.float64]
    """Shape (groups,): pages in each group."""
    rate: NDArray[np.float64]
    """Shape (groups,): reads per second of one page of the group."""
    scans_per_s: float = 0.0
    """Reads per second that no cache holds."""

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        self.count.flags.writeable = False
        self.rate.flags.writeable = False

    def cached(self, time_s: float) -> float:
        """Return the mean number of these pages in a cache of this characteristic time."""
        return float(self.count @ -np.expm1(-self.rate * time_s))

    def misses_per_s(self, time_s: float) -> float:
        """Return reads per second that miss a cache of this characteristic time; scans always do."""
        if time_s == math.inf:
            return self.scans_per_s
        return float((self.count * self.rate) @ np.exp(-self.rate * time_s)) + self.scans_per_s

    def times(self, factor: float) -> "Popularity":
        """Return the same pages read `factor` times as often."""
        return replace(self, rate=self.rate * factor, scans_per_s=self.scans_per_s * factor)


def warm_tail(pages: float, reads_per_s: float, exponent: float, scans_per_s: float = 0.0) -> Popularity:
    """Return a Zipf law over all pages: the page of rank r is read in proportion to r^−exponent."""
    rank, count = _ranks(round(pages))
    weight = rank**-exponent
    return Popularity(count.copy(), weight * (reads_per_s / float(count @ weight)), scans_per_s)


def even(pages: float, reads_per_s: float, scans_per_s: float) -> Popularity:
    """Return reads spread evenly over all pages."""
    return Popularity(np.array([float(pages)]), np.array([reads_per_s / pages]), scans_per_s)


def characteristic_time(pages: Sequence[Popularity], cache_pages: float) -> float:
    """Return the seconds a page stays cached without being read; infinite when all that is read fits."""
    if sum(float(page.count[page.rate > 0].sum()) for page in pages) <= cache_pages:
        return math.inf
    return rising_root(lambda time: sum(page.cached(time) for page in pages) - cache_pages)


def rising_root(excess: Callable[[float], float]) -> float:
    """Return the time in seconds at which a rising function crosses zero, by halving the logarithm."""
    low, high = math.log(1e-12), math.log(1e18)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if excess(math.exp(middle)) < 0:
            low = middle
        else:
            high = middle
    return math.exp(high)


@lru_cache(maxsize=256)
def _ranks(pages: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return mean rank and number of pages of groups that grow in proportion to their rank."""
    edges = np.unique(np.round(np.geomspace(1, max(pages, 1) + 1, _RANKS)))
    first, count = edges[:-1], np.diff(edges)
    return first + (count - 1) / 2, count
