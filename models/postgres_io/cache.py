"""Miss ratio of PostgreSQL's buffer cache at another size, from one observed point.

One observed ratio does not determine a miss curve, so two laws of popularity that pass through it bound the answer: a Zipf
law over all pages (a long warm tail: cache helps a lot), and a hot set that always hits beside reads spread evenly over all
pages (cache helps least: a straight line to the size at which everything fits; a convex curve cannot lie above it on that
side). Where tables and indexes are counted apart, `fit_tables` tells more. Characteristic time by Che, Tung and Wang
(2002), its accuracy by Fricker, Robert and Roberts (2012). PostgreSQL's clock sweep is taken for LRU and accesses for
independent.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.intervals import Interval
from models.postgres_io.popularity import Popularity, characteristic_time, even
from models.postgres_io.popularity_fit import fit_exponents
from models.postgres_io.stratum import Stratum
from models.topology.resources import Resource
from models.topology.verdict import Reason, ReasonCode


@dataclass(frozen=True, slots=True, eq=False)
class CacheFit:
    """Popularity of the pages of one stratum under the laws that bound it, each through the observed point."""

    stratum: Stratum
    """What was observed."""
    exponent: float
    """Exponent of the Zipf law (the best one, where tables and indexes tell it)."""
    laws: tuple[Popularity, ...]
    """The law to which cache helps most first, the one to which it helps least last; between them the best one, if there is one."""
    corrections: tuple[float, ...]
    """What each law's misses are multiplied by so that it meets the observation in the cache it was shared in."""
    reasons: tuple[Reason, ...]
    """What the observation cannot tell."""
    seen_pages: float = 0.0
    """Size of the cache it was observed in."""
    relative_error: float = 0.0
    """How far the best law may be off at another size."""
    useful_share: float = 1.0
    """Least share of a larger cache that holds pages which are read again."""

    def misses_per_s(self, cache_pages: float) -> Interval:
        """Return blocks read per second through a cache of so many pages of its own, at the observed rate of reads."""
        (found,) = misses_in_shared_cache((self,), (1.0,), cache_pages)
        return found

    def miss_ratio(self, cache_pages: float) -> Interval:
        """Return the share of logical reads that miss a cache of so many pages of its own: low, geometric middle, high."""
        return self.misses_per_s(cache_pages).times(1 / self.stratum.reads_per_s)


def fit_cache(strata: Sequence[Stratum], cache_pages: float) -> tuple[CacheFit, ...]:
    """Fit strata (tenants, or tables) that were observed sharing one cache of `cache_pages` pages; one alone is the usual case.

    Misses beyond those of perfectly even reads are taken for scans that no cache holds.

    Raises
    ------
    ValueError
        If there is no stratum or the cache has no size.

    """
    if not strata:
        raise ValueError("strata is empty: give at least one table or database")
    if not (math.isfinite(cache_pages) and cache_pages > 0):
        raise ValueError(f"cache_pages is {cache_pages}: give a finite size above 0")
    tails = fit_exponents(strata, cache_pages)
    warm = [tail.popularity for tail in tails]
    flat = [_even_through(stratum, tail.cached_pages) for stratum, tail in zip(strata, tails, strict=True)]
    corrections = zip(corrections_of(strata, warm, cache_pages), corrections_of(strata, flat, cache_pages), strict=True)
    return tuple(
        CacheFit(stratum, tail.exponent, (tail.popularity, level), pair, _reasons(stratum, cache_pages, len(strata)), cache_pages)
        for stratum, tail, level, pair in zip(strata, tails, flat, corrections, strict=True)
    )


def misses_in_shared_cache(fits: Sequence[CacheFit], factors: Sequence[float], cache_pages: float) -> tuple[Interval, ...]:
    """Return blocks read per second of each stratum when all share one cache of `cache_pages` pages.

    Superposition of the streams (Levy and Morris 1995): the pages of all compete for one characteristic time. `factors`
    multiply the observed rates of reads.
    """
    if len(fits) != len(factors) or any(not factor >= 0 for factor in factors):
        raise ValueError(f"{len(factors)} factors for {len(fits)} fits: give one factor of at least 0 for each")
    seen = max(fit.seen_pages for fit in fits)
    useful = max(min(fit.useful_share for fit in fits) * cache_pages, min(seen, cache_pages))
    ends = _misses_under(0, fits, factors, cache_pages), _misses_under(-1, fits, factors, useful)
    best = _misses_under(1, fits, factors, cache_pages) if all(len(fit.laws) > 2 for fit in fits) else None
    found = []
    for place, (fit, factor) in enumerate(zip(fits, factors, strict=True)):
        low, high = (min(end, fit.stratum.reads_per_s * factor) for end in sorted((ends[0][place], ends[1][place])))
        middle = (math.sqrt(low * high) if low > 0 else high / 2) if best is None else best[place]
        off = 1 + fit.relative_error * _distance(cache_pages, fit.seen_pages)
        # Even reads bound a larger cache from above; nothing bounds a smaller one from below, so the law itself may be off.
        low = low / off if cache_pages < fit.seen_pages else low
        low, high = min(low, middle / off), min(max(high, middle * off), fit.stratum.reads_per_s * factor)
        found.append(Interval(low, min(max(middle, low), high), high))
    return tuple(found)


def filling_misses(fits: Sequence[CacheFit], factors: Sequence[float], cache_pages: float, since_empty_s: float) -> tuple[Interval, ...]:
    """Return blocks read per second of each stratum so many seconds after the cache was empty: a restart or a failover.

    A page counts as cached once it was read, until the cache is full; reads of pages that always hit are not among them.

    Raises
    ------
    ValueError
        If the factors do not fit or the time is below zero.

    """
    if len(fits) != len(factors) or not since_empty_s >= 0:
        raise ValueError(f"{len(factors)} factors for {len(fits)} fits, {since_empty_s} s since empty: give one each and at least 0 s")
    settled = misses_in_shared_cache(fits, factors, cache_pages)
    by_law = [_misses_under(law, fits, factors, cache_pages, since_empty_s) for law in (0, -1)]
    found = []
    for place, steady in enumerate(settled):
        low, high = sorted((by_law[0][place], by_law[1][place]))
        low, high = max(low, steady.low), max(high, steady.high)
        found.append(Interval(low, min(max(math.sqrt(low * high), low), high), high))
    return tuple(found)


def effective_pages(shared_buffers_pages: float, system_cache_pages: float) -> Interval:
    """Return the size of both caches seen as one, pages: they hold the same pages in part, so between the larger and the sum."""
    low = max(shared_buffers_pages, system_cache_pages)
    high = shared_buffers_pages + system_cache_pages
    return Interval(low, (low + high) / 2, high)


def miss_ratio_of(blocks_read: NDArray[np.float64], blocks_hit: NDArray[np.float64]) -> float:
    """Return the miss ratio of increases of the two counters, any equal shape; NaN when nothing was read."""
    read, hit = float(np.nansum(blocks_read)), float(np.nansum(blocks_hit))
    return read / (read + hit) if read + hit > 0 else math.nan


def _misses_under(
    law: int, fits: Sequence[CacheFit], factors: Sequence[float], cache_pages: float, longest_s: float = math.inf
) -> list[float]:
    pages = [fit.laws[law].times(factor) for fit, factor in zip(fits, factors, strict=True)]
    time = min(characteristic_time(pages, cache_pages), longest_s)
    return [page.misses_per_s(time) * fit.corrections[law] for page, fit in zip(pages, fits, strict=True)]


def _distance(cache_pages: float, seen_pages: float) -> float:
    """Return how far another size lies from the observed one, in doublings up to 1."""
    return min(abs(math.log2(cache_pages / seen_pages)), 1.0) if seen_pages > 0 and cache_pages > 0 else 0.0


def _even_through(stratum: Stratum, cached_pages: float) -> Popularity:
    """Return even reads beside a hot set, with the observed misses when so many of its pages are cached.

    Without misses only the size of the cache bounds the working set: all reads are then even over what it holds.
    """
    if stratum.miss_ratio == 0:
        return even(min(stratum.pages, cached_pages), stratum.reads_per_s, 0.0)
    uncached = 1 - min(cached_pages / stratum.pages, 1.0)
    if uncached <= stratum.miss_ratio:
        scans = (stratum.miss_ratio - uncached) / (1 - uncached) if uncached < 1 else 0.0
        return even(stratum.pages, stratum.reads_per_s * (1 - scans), stratum.reads_per_s * scans)
    return even(stratum.pages, stratum.reads_per_s * stratum.miss_ratio / uncached, 0.0)


def corrections_of(strata: Sequence[Stratum], pages: Sequence[Popularity], cache_pages: float) -> list[float]:
    """Return what each law's misses are multiplied by to meet the observed ones in the cache that all shared."""
    time = characteristic_time(pages, cache_pages)
    given = [page.misses_per_s(time) for page in pages]
    observed = [stratum.miss_ratio * stratum.reads_per_s for stratum in strata]
    return [seen / law if law > 0 else 1.0 for seen, law in zip(observed, given, strict=True)]


def _reasons(stratum: Stratum, cache_pages: float, sharing: int) -> tuple[Reason, ...]:
    if stratum.miss_ratio == 0 or stratum.pages <= cache_pages / sharing:
        figures = {"cache_pages": cache_pages, "data_pages": stratum.pages, "miss_ratio": stratum.miss_ratio}
        return (Reason(ReasonCode.NO_DATA, Resource.POSTGRES_IOPS, figures=figures),)
    return (Reason(ReasonCode.EXTRAPOLATED, Resource.POSTGRES_IOPS, figures={"observed_at_cache_pages": cache_pages}),)
