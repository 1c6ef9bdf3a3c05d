"""Miss ratio of the buffer cache at another size where tables and indexes are counted apart."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.intervals import Interval
from models.postgres_io.cache import CacheFit, corrections_of, filling_misses, fit_cache, misses_in_shared_cache
from models.postgres_io.popularity import Popularity
from models.postgres_io.stratum import Stratum
from models.postgres_io.table import TableBlocks
from models.postgres_io.table_fit import MODEL_ERROR, KeyFit, fit_keys
from models.topology.resources import Resource
from models.topology.verdict import Reason, ReasonCode

USEFUL_SHARE = 0.8
"""A larger cache is taken to be full of pages that are read again to this share at least: it fills for as long as a page
stays in it, and what is popular changes meanwhile (an assumption; it only moves the upper bound)."""
LEAST_PART = 0.01
"""Tables with less than this share of the misses count as cached whole: too few misses to tell a law from."""
OTHERS_SHARE = 0.05
"""Share of the cache that pages nobody counts may take (catalogues, new rows, free-space maps): it moves the misses by as much
of what is cached over what is not (an assumption)."""
_MOST_SHARE = 0.9
_MOST_HELD = 0.5
_HELD_RATE = 1e3


@dataclass(frozen=True, slots=True, eq=False)
class TablesFit:
    """Tables of one cache, each under a steep, a best and a flat law of keys; intervals are 90 %."""

    tables: tuple[CacheFit, ...]
    """Those that miss, for `misses_in_shared_cache` and `needed_io`."""
    exponent: Interval
    """Zipf exponent of the keys; 0 is even."""
    constant_per_s: float
    """Misses per second that no size of the cache is known to change: catalogues, new pages, tables held whole."""
    reads_per_s: float
    """Logical reads per second, all together."""
    reasons: tuple[Reason, ...]
    """What the counters do not tell."""

    def misses_per_s(self, cache_pages: float) -> Interval:
        """Return blocks read per second through a cache of so many pages, at the observed rates."""
        return self._with(misses_in_shared_cache(self.tables, [1.0] * len(self.tables), cache_pages))

    def miss_ratio(self, cache_pages: float) -> Interval:
        """Return the share of logical reads that miss a cache of so many pages."""
        return self.misses_per_s(cache_pages).times(1 / self.reads_per_s)

    def draws(self, cache_pages: float, paths: int, seed: int) -> NDArray[np.float64]:
        """Return blocks read per second drawn, shape (paths,); with one seed path k has one law at every size of the cache.

        A flat law reads more through a larger cache than the best one and less through a smaller one.
        """
        normal = np.random.Generator(np.random.Philox(key=seed)).standard_normal(paths)
        seen = max(table.seen_pages for table in self.tables)
        return self.misses_per_s(cache_pages).at(normal if cache_pages >= seen else -normal)

    def filling_misses_per_s(self, cache_pages: float, since_empty_s: float) -> Interval:
        """Return blocks read per second so long after the cache was empty: the cold cache after a failover or restart."""
        return self._with(filling_misses(self.tables, [1.0] * len(self.tables), cache_pages, since_empty_s))

    def _with(self, parts: Sequence[Interval]) -> Interval:
        low, mid, high = (sum(getattr(part, end) for part in parts) + self.constant_per_s for end in ("low", "mid", "high"))
        return Interval(low, mid, high)


def fit_tables(
    tables: Sequence[TableBlocks], cache_pages: float, *, other_reads_per_s: float = 0.0, other_misses_per_s: float = 0.0
) -> TablesFit:
    """Fit tables that were observed sharing one cache of `cache_pages` pages.

    Where a table that misses shows no lookups, the wider bounds of `fit_cache` take its place for all, and a reason says so.

    Parameters
    ----------
    tables
        Tables with their indexes; those of one database may be summed into one.
    cache_pages
        Size of the cache, pages of 8 KiB.
    other_reads_per_s, other_misses_per_s
        Logical reads and misses of the database that are not in `tables` (pg_stat_database less the tables).

    Raises
    ------
    ValueError
        If there is no table, nothing is read, or the cache has no size.

    """
    reads = sum(table.reads_per_s for table in tables) + other_reads_per_s
    if not tables or not reads > 0:
        raise ValueError(f"{len(tables)} tables with {reads} reads per second: give at least one table that is read")
    if not (math.isfinite(cache_pages) and cache_pages > 0):
        raise ValueError(f"cache_pages is {cache_pages}: give a finite size above 0")
    if not 0 <= other_misses_per_s <= max(other_reads_per_s, 0.0):
        raise ValueError(
            f"other_misses_per_s {other_misses_per_s} of {other_reads_per_s} reads: give at least 0 and no more than the reads"
        )
    total = sum(table.misses_per_s for table in tables)
    missing = [table for table in tables if table.misses_per_s > LEAST_PART * total]
    held = [table for table in tables if table not in missing]
    constant = other_misses_per_s + sum(table.misses_per_s for table in held)
    if not missing or any(not _tells(table) for table in missing):
        return _bounded(missing or held, cache_pages, constant if missing else other_misses_per_s, reads)
    held_pages = min(sum(table.pages for table in held), _MOST_HELD * cache_pages)
    return _from_keys(missing, cache_pages, held_pages, constant, reads)


def _tells(table: TableBlocks) -> bool:
    """Tell whether the misses of table and index can come from lookups."""
    lookups = min(table.lookups_per_s, table.heap_reads_per_s)
    return table.heap_misses_per_s > 0 and lookups > 0 and table.index_misses_per_s <= table.lookups_per_s


def _from_keys(tables: Sequence[TableBlocks], cache_pages: float, held_pages: float, constant: float, reads: float) -> TablesFit:
    fits = fit_keys(tables, cache_pages - held_pages)
    strata = [_stratum(table) for table in tables]
    laws = [_popularities(fit, held_pages) for fit in fits]
    corrections = [corrections_of(strata, law, cache_pages) for law in laws]
    low, mid, high = sorted(fit.exponent for fit in fits)
    figures = {"observed_at_cache_pages": cache_pages, "exponent_low": low, "exponent_high": high}
    reason = Reason(ReasonCode.EXTRAPOLATED, Resource.POSTGRES_IOPS, figures=figures)
    share = min(cache_pages / sum(table.pages for table in tables), _MOST_SHARE)
    error = MODEL_ERROR + OTHERS_SHARE * share / (1 - share)
    parts = tuple(
        CacheFit(
            stratum,
            fits[1].exponent,
            tuple(law[place] for law in laws),
            tuple(correction[place] for correction in corrections),
            (reason,),
            cache_pages,
            error,
            USEFUL_SHARE,
        )
        for place, stratum in enumerate(strata)
    )
    return TablesFit(parts, Interval(low, mid, high), constant, reads, (reason,))


def _popularities(fit: KeyFit, held_pages: float) -> list[Popularity]:
    pages = [law.popularity(rate) for law, rate in zip(fit.laws, fit.lookups_per_s, strict=True)]
    if held_pages > 0:
        first = pages[0]
        often = _HELD_RATE * max(float(page.rate.max()) for page in pages)
        pages[0] = Popularity(np.append(first.count, held_pages), np.append(first.rate, often))
    return pages


def _bounded(tables: Sequence[TableBlocks], cache_pages: float, constant: float, reads: float) -> TablesFit:
    fits = fit_cache([_stratum(table) for table in tables if table.reads_per_s > 0], cache_pages)
    figures = {"tables_without_lookups": float(sum(not _tells(table) for table in tables))}
    reason = Reason(ReasonCode.NO_DATA, Resource.POSTGRES_IOPS, figures=figures)
    exponents = [fit.exponent for fit in fits]
    return TablesFit(fits, Interval(0.0, 0.0, max(exponents)), constant, reads, (reason, *fits[0].reasons))


def _stratum(table: TableBlocks) -> Stratum:
    return Stratum(table.pages, table.reads_per_s, table.misses_per_s / table.reads_per_s)
