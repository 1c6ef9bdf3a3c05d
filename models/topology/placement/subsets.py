"""The best partition of a few tenants, by dynamic programming over subsets."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models.topology.placement.prices import GroupPrices


def best_partition(tenants: Sequence[int], mates: Sequence[int], prices: GroupPrices) -> tuple[int, ...]:
    """Return the cheapest partition of `tenants` as groups (integers over all tenants); empty if none is allowed.

    Takes 2^n prices and 3^n / 2 comparisons for n tenants.

    Parameters
    ----------
    tenants
        Indices of the tenants to divide.
    mates
        For every tenant of the estate the group of those it may share with (itself included).
    prices
        What groups cost.

    """
    groups, allowed = _subsets(tenants, mates)
    asked = [group for group, fine in zip(groups, allowed, strict=True) if fine]
    prices.ask(asked)
    cost = np.full(len(groups), np.inf)
    cost[np.asarray(allowed)] = [prices[group] for group in asked]
    best, last = _cheapest(cost)
    if not np.isfinite(best[-1]):
        return ()
    found, rest = [], len(groups) - 1
    while rest:
        found.append(groups[last[rest]])
        rest ^= int(last[rest])
    return tuple(found)


def _subsets(tenants: Sequence[int], mates: Sequence[int]) -> tuple[list[int], list[bool]]:
    groups, allowed = [0], [True]
    for subset in range(1, 1 << len(tenants)):
        low = subset & -subset
        tenant = tenants[low.bit_length() - 1]
        rest = groups[subset ^ low]
        groups.append(rest | 1 << tenant)
        allowed.append(allowed[subset ^ low] and not rest & ~mates[tenant])
    return groups, allowed


def _cheapest(cost: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    best = np.zeros(len(cost))
    last = np.zeros(len(cost), dtype=np.int64)
    for subset in range(1, len(cost)):
        low = subset & -subset
        groups = _parts(subset ^ low) | low
        total = cost[groups] + best[subset ^ groups]
        choice = int(np.argmin(total))
        best[subset], last[subset] = total[choice], groups[choice]
    return best, last


def _parts(subset: int) -> NDArray[np.int64]:
    """Return all subsets of a subset, the empty one included."""
    parts = np.zeros(1, dtype=np.int64)
    while subset:
        low = subset & -subset
        parts = np.concatenate([parts, parts | low])
        subset ^= low
    return parts
