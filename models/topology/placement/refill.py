"""Large neighbourhoods of a packing of many tenants: wasteful pools are emptied and filled anew, pool by pool."""

import numpy as np
from numpy.typing import NDArray

from models.topology.placement.construction import fill_pool_by_pool
from models.topology.placement.diving import dive
from models.topology.placement.effort import CLOSED, Effort
from models.topology.placement.neighbourhoods import as_groups
from models.topology.placement.packing import Packed, Packing, packed

_LAST = 60
"""Tenants in the last pools filled, which are packed again."""
_SHARES = (0.1, 0.4)
"""Least and largest share of the pools that are emptied together."""
_WORST = 0.3
"""Share of the emptied pools that are the most wasteful ones; the others are drawn."""
_FRUITLESS = 12


def filled(problem: Packing, effort: Effort, rng: np.random.Generator) -> Packed:
    """Return a packing built pool by pool; the last tenants, which found few companions, once more by column generation."""
    whole = packed(problem, fill_pool_by_pool(problem, effort, rng))
    last = np.flatnonzero(np.cumsum(np.bincount(whole.pool_of)[::-1])[::-1] <= _LAST)
    late = np.isin(whole.pool_of, last)
    rest = problem.part(np.flatnonzero(late))
    if not late.any() or effort.exhausted():
        return whole
    now = packed(rest, whole.pool_of[late])
    again = dive(rest, as_groups(now.pool_of), effort)
    if again.cost >= now.cost:
        return whole
    pool_of = whole.pool_of.copy()
    pool_of[late] = problem.tenants + again.pool_of
    return packed(problem, pool_of)


def refill(problem: Packing, best: Packed, price: NDArray[np.float64], bound: float, effort: Effort, rng: np.random.Generator) -> Packed:
    """Return the packing after some of its pools were filled anew, until that has not helped for a while.

    Parameters
    ----------
    problem, best
        What to pack, and the packing to begin with.
    price
        Shape (tenants,): what each tenant is worth; a pool's cost beyond its tenants' worth is waste.
    bound
        The search ends when a packing costs no more.

    """
    fruitless = 0
    reserve = effort.left // 5
    while fruitless < _FRUITLESS and effort.left > reserve and not effort.exhausted():
        if best.cost - bound <= CLOSED * best.cost:
            break
        inside = np.flatnonzero(np.isin(best.pool_of, _emptied(problem, best, price, rng)))
        part = problem.part(inside)
        now = packed(part, best.pool_of[inside])
        again = filled(part, effort, rng)
        fruitless += 1
        if again.cost < now.cost * (1 - CLOSED):
            pool_of = best.pool_of.copy()
            pool_of[inside] = problem.tenants + again.pool_of
            best, fruitless = packed(problem, pool_of), 0
    return best


def _emptied(problem: Packing, best: Packed, price: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.int64]:
    cost = problem.cost[best.offer_of]
    waste = cost - np.bincount(best.pool_of, weights=price)
    count = max(2, int(rng.uniform(*_SHARES) * len(cost)))
    order = np.argsort(-waste, kind="stable")
    worst = order[: max(1, int(_WORST * count))]
    others = np.setdiff1d(rng.permutation(len(cost)), worst, assume_unique=True)[: count - len(worst)]
    return np.concatenate([worst, others])
