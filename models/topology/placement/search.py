"""A good partition of many tenants, by descent from several starts, kicks and recombination of everything seen."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from models.topology.placement.moves import descend
from models.topology.placement.prices import GroupPrices, tenants_of
from models.topology.placement.recombination import recombine

_FRUITLESS_KICKS = 40
_DISSOLVED = 2


def search(
    tenants: Sequence[int],
    mates: Sequence[int],
    prices: GroupPrices,
    rng: np.random.Generator,
    starts: Iterable[Sequence[int]],
) -> tuple[int, ...]:
    """Return an allowed partition of `tenants` as groups; empty if none was found.

    Never dearer than any of `starts`, than everybody alone and than the fewest shared groups that are allowed.
    """
    singles = tuple(1 << tenant for tenant in tenants)
    given = [tuple(start) for start in starts]
    prices.ask(group for start in [singles, *given] for group in start)
    shared = _halved(_greedy_groups(tenants, mates), prices)
    ends = [start for start in [singles, shared, *given] if np.isfinite(prices.total(start))]
    ends += [descend(start, mates, prices, rng) for start in dict.fromkeys([singles, shared, *given])]
    best = min(ends, key=prices.total)
    best = _kicked(best, mates, prices, rng)
    best = descend(recombine(tenants, best, prices), mates, prices, rng)
    return best if np.isfinite(prices.total(best)) else ()


def _greedy_groups(tenants: Sequence[int], mates: Sequence[int]) -> list[int]:
    groups: list[int] = []
    for tenant in tenants:
        home = next((k for k, group in enumerate(groups) if not group & ~mates[tenant]), None)
        if home is None:
            groups.append(1 << tenant)
        else:
            groups[home] |= 1 << tenant
    return groups


def _halved(groups: list[int], prices: GroupPrices) -> tuple[int, ...]:
    """Split groups that are not allowed until they are; halves interleave so that neighbours in size part."""
    done: list[int] = []
    while groups:
        prices.ask(groups)
        done += [group for group in groups if np.isfinite(prices[group]) or not group & (group - 1)]
        broken = [tenants_of(group) for group in groups if not np.isfinite(prices[group]) and group & (group - 1)]
        groups = [sum(1 << tenant for tenant in members[half::2]) for members in broken for half in (0, 1)]
    return tuple(done)


def _kicked(best: tuple[int, ...], mates: Sequence[int], prices: GroupPrices, rng: np.random.Generator) -> tuple[int, ...]:
    """Deal the tenants of a few groups anew and descend again, as long as that helps now and then."""
    reserve = prices.left // 10
    fruitless = 0
    while fruitless < _FRUITLESS_KICKS and prices.left > reserve:
        chosen = rng.permutation(len(best))[: _DISSOLVED + int(rng.integers(2))]
        loose = np.asarray([tenant for k in chosen for tenant in tenants_of(best[k])])
        kept = [group for k, group in enumerate(best) if k not in set(chosen.tolist())]
        dealt = _dealt(rng.permutation(loose), int(rng.integers(1, len(loose) // len(chosen) + 2)), mates)
        found = descend((*kept, *_halved(dealt, prices)), mates, prices, rng)
        fruitless += 1
        if prices.total(found) < prices.total(best) * (1 - 1e-9):
            best, fruitless = found, 0
    return best


def _dealt(tenants: NDArray[np.int64], size: int, mates: Sequence[int]) -> list[int]:
    hands = [tenants[first : first + size].tolist() for first in range(0, len(tenants), size)]
    return [group for hand in hands for group in _greedy_groups(hand, mates)]
