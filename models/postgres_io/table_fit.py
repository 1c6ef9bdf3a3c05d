"""How concentrated the reads of keys are, from the misses of tables beside those of their indexes.

One miss ratio does not tell many hot pages from few. The same lookup reads one leaf and one page of the table, and a leaf
holds the keys of several such pages, so the two kinds of pages see one law of keys at two scales: their misses together with
the size of the cache they fill determine a Zipf exponent (0 is even). Inner pages of a B-tree always hit, and so do further
reads of the page just read; neither counts. Characteristic time by Che, Tung and Wang (2002).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.postgres_io.key_law import KeyLaw, key_law
from models.postgres_io.popularity import rising_root
from models.postgres_io.table import TableBlocks

EXPONENT_STEP = 0.01
MOST_EXPONENT = 1.6
MODEL_ERROR = 0.08
"""Relative error of a predicted miss rate: a simulated clock sweep misses up to 8 % less than LRU's formula says, least at even
reads and small caches (tests/benchmarks/postgres_io, 2026-11)."""
SHOWN_ERROR, RATIO_ERROR = 0.05, 0.03
"""Relative errors of misses for a lookup, and of the ratio of two of them, in which much of it cancels."""
REPEATS_HIDE, REPEATS_HIDE_BY_SHARE = 0.06, 1.1
"""The index's misses over the table's may have been larger by the first, plus the second times the share of the pages that is
cached: leaves that are read several times in a row stay longer in a clock sweep (same simulation), and new versions of rows
take pages of the table that no lookup asked for."""
TELLING_SHARE = 0.25
"""With more than this share of the pages cached, hardly a leaf misses and the ratio says nothing."""
_LEAST_COUNT = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class KeyFit:
    """One exponent for all tables, and the rate at which each is looked up under it."""

    exponent: float
    laws: tuple[KeyLaw, ...]
    """One for each table."""
    lookups_per_s: tuple[float, ...]
    """Independent lookups per second: repeated reads of the same page are left out."""


@dataclass(frozen=True, slots=True)
class _Shown:
    """What a table shows beside the size of the cache, with how far it may be off."""

    table: TableBlocks
    shift: float
    """Half-widths of 90 % that the figure is moved by: −1 (steeper), 0 or 1 (flatter)."""
    hidden: float
    """By how much the ratio of the misses may have been larger; infinite where it says nothing."""

    def lookups(self, law: KeyLaw) -> float:
        """Return the lookups for which a page stays cached."""
        table = self.table
        most_per_s = min(table.lookups_per_s, table.heap_reads_per_s)
        most = law.lookups_where(law.miss, self._moved(table.misses_per_s / most_per_s, SHOWN_ERROR))
        if table.one_row_a_lookup:
            return most
        if self.hidden == math.inf:
            return most if self.shift <= 0 else float(law.lookups[0])
        # Without further knowledge half of what may be hidden is.
        ratio = table.index_misses_per_s / table.heap_misses_per_s * (1 + self.hidden / 2 * (1 + self.shift))
        return min(law.lookups_where(law.ratio, self._moved(ratio, RATIO_ERROR)), most)

    def _moved(self, value: float, error: float) -> float:
        misses = np.array([self.table.heap_misses_per_s, self.table.index_misses_per_s])
        counts = np.maximum(np.where(misses > 0, misses * self.table.observed_s, 0.0), _LEAST_COUNT)
        return float(value * (1 + math.hypot(error, 1.645 * math.sqrt(float((1 / counts).sum())))) ** self.shift)


def fit_keys(tables: Sequence[TableBlocks], cache_pages: float) -> tuple[KeyFit, KeyFit, KeyFit]:
    """Return the fits with the steepest, the best and the flattest law that the misses allow.

    Every table needs misses and lookups; `cache_pages` is what is left of the cache for them.
    """
    share = cache_pages / sum(table.pages for table in tables)
    hidden = REPEATS_HIDE + REPEATS_HIDE_BY_SHARE * share if share <= TELLING_SHARE else math.inf
    shown = [[_Shown(table, shift, hidden) for table in tables] for shift in (-1.0, 0.0, 1.0)]
    steep, best, flat = (_place(each, cache_pages) for each in shown)
    if hidden == math.inf and not all(table.one_row_a_lookup for table in tables):
        best = (steep + flat) // 2
    fits = (_at(each, place, cache_pages) for each, place in zip(shown, (steep, best, flat), strict=True))
    first, second, third = fits
    return first, second, third


def _place(shown: Sequence[_Shown], cache_pages: float) -> int:
    """Return the exponent, in steps, at which what is shown fills the cache: a steeper law needs fewer pages for the same misses."""
    low, high = 0, round(MOST_EXPONENT / EXPONENT_STEP)
    while low < high:
        middle = (low + high) // 2
        filled = sum(law.at(law.cached, one.lookups(law)) for law, one in zip(_laws(shown, middle), shown, strict=True))
        low, high = (middle + 1, high) if filled > cache_pages else (low, middle)
    return low


def _at(shown: Sequence[_Shown], place: int, cache_pages: float) -> KeyFit:
    laws = _laws(shown, place)
    stay = [one.lookups(law) for law, one in zip(laws, shown, strict=True)]
    longer = rising_root(
        lambda factor: sum(law.at(law.cached, lookups * factor) for law, lookups in zip(laws, stay, strict=True)) - cache_pages
    )
    stay = [lookups * longer for lookups in stay]
    rates = [one.table.misses_per_s / law.at(law.miss, lookups) for one, law, lookups in zip(shown, laws, stay, strict=True)]
    time_s = sum(stay) / sum(rates)
    return KeyFit(place * EXPONENT_STEP, laws, tuple(lookups / time_s for lookups in stay))


def _laws(shown: Sequence[_Shown], place: int) -> tuple[KeyLaw, ...]:
    return tuple(key_law(round(one.table.heap_pages), round(one.table.index_pages), place * EXPONENT_STEP) for one in shown)
