"""Packing a few pools anew, exactly or by column generation, as long as that helps now and then."""

import numpy as np
from numpy.typing import NDArray

from models.topology.placement.columns import group_cost
from models.topology.placement.diving import dive
from models.topology.placement.effort import CLOSED, Effort
from models.topology.placement.packing import Packed, Packing, packed
from models.topology.placement.small import by_subsets

_EXACT_AT_ONCE = 9
_UNITS_EXACT = 100
_TOGETHER = (9, 30)
"""Fewest and most tenants of the pools that are packed anew together."""
_FRUITLESS = 60
_FRUITLESS_A_POOL = 3


def improve(problem: Packing, best: Packed, price: NDArray[np.float64], bound: float, effort: Effort, rng: np.random.Generator) -> Packed:
    """Return the packing after pools that waste money were packed anew together with others.

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
    while fruitless < _FRUITLESS + _FRUITLESS_A_POOL * len(best.offer_of) and not effort.exhausted():
        if best.cost - bound <= CLOSED * best.cost or len(best.offer_of) < 2:
            break
        inside = _neighbourhood(problem, best, price, rng)
        part = problem.part(inside)
        now = packed(part, best.pool_of[inside])
        better = _repacked(part, now, effort, rng)
        fruitless += 1
        if better.cost < now.cost * (1 - CLOSED):
            pool_of = best.pool_of.copy()
            pool_of[inside] = problem.tenants + better.pool_of
            best, fruitless = packed(problem, pool_of), 0
    return best


def as_groups(pool_of: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return membership, shape (pools, tenants)."""
    return np.asarray(np.arange(int(pool_of.max()) + 1)[:, None] == pool_of[None, :])


def _neighbourhood(problem: Packing, best: Packed, price: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.int64]:
    """Return the tenants of one pool, drawn by its waste, and of others up to a size drawn as well."""
    cost = problem.cost[best.offer_of]
    waste = np.maximum(cost - np.bincount(best.pool_of, weights=price), 0.0) + 1e-9 * cost + 1e-300
    first = int(rng.choice(len(waste), p=waste / waste.sum()))
    others = rng.permutation(len(waste))
    pools = np.concatenate([[first], others[others != first]])
    sizes = np.cumsum(np.bincount(best.pool_of)[pools])
    most = int(rng.integers(*_TOGETHER, endpoint=True))
    return np.flatnonzero(np.isin(best.pool_of, pools[: max(2, int(np.searchsorted(sizes, most, side="right")))]))


def _repacked(part: Packing, now: Packed, effort: Effort, rng: np.random.Generator) -> Packed:
    if part.tenants <= _EXACT_AT_ONCE:
        effort.spend(_UNITS_EXACT)
        return by_subsets(part)
    groups = as_groups(now.pool_of)
    small = part.capacity.shape[0] > _OFFERS_AT_ONCE
    return (
        dive(_with_few_offers(part, now, rng) if small else part, groups, effort, rng)
        if np.isfinite(group_cost(part, groups)).all()
        else now
    )


_OFFERS_AT_ONCE = 8


def _with_few_offers(part: Packing, now: Packed, rng: np.random.Generator) -> Packing:
    """Return the problem with the offers in use and some others, since each costs a knapsack."""
    used = np.unique(now.offer_of)
    others = np.setdiff1d(rng.permutation(len(part.cost)), used, assume_unique=True)
    chosen = np.sort(np.concatenate([used, others[: max(1, _OFFERS_AT_ONCE - len(used))]]))
    return Packing(part.demand, part.capacity[chosen], part.cost[chosen], part.conflict)
