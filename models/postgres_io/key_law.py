"""How reads of keys fall on the pages of a table and on the leaves of its index: one law of keys, two divisions of it."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from models.postgres_io.popularity import Popularity

KEYS_PER_PAGE = 60
"""Rows of a heap page, 8 KiB at about 130 bytes; it only decides how much falls on the very first pages."""
_GROUPS = 300
_EXACT = 200


@dataclass(frozen=True, slots=True, eq=False)
class KeyLaw:
    """Pages of table and index when the key of rank r is read in proportion to r^−exponent, one read of each for a lookup.

    Rows that lie together in the table lie together in the index: keys that rise with time, the usual order of an ERP.
    """

    exponent: float
    heap: Popularity
    """Shares of the lookups on the pages of the table; they sum to 1."""
    leaves: Popularity
    """Shares on the leaves."""
    lookups: NDArray[np.float64]
    """Shape (points,): lookups a page stays cached without being read, rising; the arrays below follow it."""
    cached: NDArray[np.float64]
    """Pages of both that are then cached."""
    heap_miss: NDArray[np.float64]
    """Misses of the table for one lookup."""
    leaf_miss: NDArray[np.float64]
    """Misses of the index for one lookup."""

    @property
    def ratio(self) -> NDArray[np.float64]:
        """Misses of the index over those of the table, falling."""
        return np.minimum.accumulate(self.leaf_miss / np.maximum(self.heap_miss, 1e-300))

    @property
    def miss(self) -> NDArray[np.float64]:
        """Misses of both for one lookup, falling."""
        return self.heap_miss + self.leaf_miss

    def lookups_where(self, falling: NDArray[np.float64], value: float) -> float:
        """Return the lookups at which a falling curve has the value, within the points."""
        return float(np.exp(np.interp(-value, -falling, np.log(self.lookups))))

    def at(self, curve: NDArray[np.float64], lookups: float) -> float:
        """Return a curve at so many lookups."""
        return float(np.interp(np.log(lookups), np.log(self.lookups), curve))

    def popularity(self, lookups_per_s: float) -> Popularity:
        """Return the pages of both at a rate of lookups."""
        return Popularity(
            np.concatenate((self.heap.count, self.leaves.count)),
            np.concatenate((self.heap.rate, self.leaves.rate)) * lookups_per_s,
        )


@lru_cache(maxsize=512)
def key_law(heap_pages: int, index_pages: int, exponent: float) -> KeyLaw:
    """Return the law of so many pages; every leaf holds the keys of as many heap pages as the sizes say."""
    keys = heap_pages * float(KEYS_PER_PAGE)
    heap, leaves = _division(heap_pages, keys, exponent), _division(index_pages, keys, exponent)
    points = _points(heap, leaves)
    kept = [np.exp(-np.outer(points, law.rate)) for law in (heap, leaves)]
    cached = sum((1 - kept[i]) @ law.count for i, law in enumerate((heap, leaves)))
    miss = [kept[i] @ (law.count * law.rate) for i, law in enumerate((heap, leaves))]
    return KeyLaw(exponent, heap, leaves, points, np.asarray(cached), miss[0], miss[1])


def _points(heap: Popularity, leaves: Popularity) -> NDArray[np.float64]:
    """Return lookups from nothing cached to everything."""
    rates = np.concatenate((heap.rate, leaves.rate))
    return np.geomspace(1e-3 / rates.max(), 20 / rates.min(), 240)


def _division(pages: int, keys: float, exponent: float) -> Popularity:
    """Return groups of pages with the share of reads of one page, each page holding keys/pages neighbouring ranks."""
    edges = np.unique(np.round(np.geomspace(1, pages + 1, _GROUPS))) - 1
    share = np.diff(_reads_up_to(edges * (keys / pages), exponent))
    count = np.diff(edges)
    return Popularity(count, share / (share.sum() * count))


def _reads_up_to(rank: NDArray[np.float64], exponent: float) -> NDArray[np.float64]:
    """Return the sum of r^−exponent up to a rank: exact for the first ranks, the integral of the midpoint rule beyond."""
    first = np.concatenate(([0.0], np.cumsum(np.arange(1, _EXACT + 1.0) ** -exponent)))
    start, end = _EXACT + 0.5, np.maximum(rank, _EXACT) + 0.5
    power = 1 - exponent
    tail = np.log(end / start) if abs(power) < 1e-9 else (end**power - start**power) / power
    return np.asarray(np.where(rank <= _EXACT, np.interp(rank, np.arange(_EXACT + 1.0), first), first[-1] + tail))
