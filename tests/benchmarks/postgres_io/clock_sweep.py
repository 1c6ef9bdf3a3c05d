"""Simulate PostgreSQL's clock sweep on lookups of keys and write the misses that the model of the cache is checked against.

Every lookup reads one leaf and one page of the table, or both of them several times (leaf, heap, leaf, heap, leaf) as an update
does. Usage counts go to 5 as in the server. Usage: python tests/benchmarks/postgres_io/clock_sweep.py > clock_sweep.csv
"""

import csv
import sys

import numba
import numpy as np

HEAP, INDEX, KEYS_PER_PAGE = 8197, 1371, 60
CACHES = (410, 1638, 6554)
EXPONENTS = (0.0, 0.5, 0.8, 1.05, 1.3)
LOOKUPS = 1_500_000
MOST_USES = 5


@numba.njit
def misses(pages, kinds, cache, first_counted):
    """Return misses of the index and of the table after a first part of the reads."""
    slot = np.full(pages.max() + 1, -1, np.int64)
    held, uses = np.full(cache, -1, np.int64), np.zeros(cache, np.int64)
    found, hand, filled = np.zeros(2, np.int64), 0, 0
    for i in range(pages.size):
        if slot[pages[i]] >= 0:
            uses[slot[pages[i]]] = min(uses[slot[pages[i]]] + 1, MOST_USES)
            continue
        if i >= first_counted:
            found[kinds[i]] += 1
        if filled < cache:
            place = filled
            filled += 1
        else:
            while uses[hand] > 0:
                uses[hand] -= 1
                hand = (hand + 1) % cache
            place = hand
            hand = (hand + 1) % cache
            slot[held[place]] = -1
        held[place], uses[place], slot[pages[i]] = pages[i], 1, place
    return found


def main() -> None:
    rows = csv.writer(sys.stdout, lineterminator="\n")
    rows.writerow(["exponent", "repeats", "cache_pages", "heap_pages", "index_pages", "lookups", "heap_misses", "index_misses"])
    random = np.random.default_rng(1)
    for exponent in EXPONENTS:
        reads = np.cumsum(np.arange(1, HEAP * KEYS_PER_PAGE + 1.0) ** -exponent)
        key = np.searchsorted(reads / reads[-1], random.random(LOOKUPS)) / (HEAP * KEYS_PER_PAGE)
        heap, leaf = INDEX + (key * HEAP).astype(np.int64), (key * INDEX).astype(np.int64)
        for repeats, order in ((1, (0, 1)), (3, (0, 1, 0, 1, 0))):
            pages = np.stack([(leaf, heap)[kind] for kind in order], axis=1).ravel()
            kinds = np.tile(np.array(order), LOOKUPS)
            for cache in CACHES:
                index, table = misses(pages, kinds, cache, pages.size // 3)
                rows.writerow([exponent, repeats, cache, HEAP, INDEX, LOOKUPS * 2 // 3, table, index])


if __name__ == "__main__":
    main()
