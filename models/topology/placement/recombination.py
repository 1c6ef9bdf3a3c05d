"""The cheapest partition that can be put together from groups whose price is already known."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models.topology.placement.integer_program import minimise
from models.topology.placement.prices import GroupPrices, tenants_of

_MOST_TENANTS = 250
_MOST_GROUPS = 4000
_MOST_GROUPS_EXACT = 400
_MOST_NODES = 100


def recombine(tenants: Sequence[int], best: tuple[int, ...], prices: GroupPrices) -> tuple[int, ...]:
    """Return the cheapest partition of `tenants` into known groups, or `best` where that is no better.

    Set partitioning (Balas and Padberg 1976) over the groups that save most against standing alone; those that the linear
    relaxation prices out are left out.
    """
    if len(tenants) > _MOST_TENANTS or len(best) < 2 or not np.isfinite(prices.total(best)):
        return best
    columns = _columns(tenants, best, prices)
    cost = np.asarray([prices[group] for group in columns])
    cover = _cover(tenants, columns)
    kept = _promising(cost, cover, prices.total(best))
    taken = kept[_solve(cost[kept], cover[:, kept])]
    complete = bool((cover[:, taken].sum(axis=1) == 1).all())
    chosen = tuple(columns[k] for k in taken)
    return chosen if complete and prices.total(chosen) < prices.total(best) else best


def _columns(tenants: Sequence[int], best: tuple[int, ...], prices: GroupPrices) -> list[int]:
    everyone = sum(1 << tenant for tenant in tenants)
    alone = {tenant: prices[1 << tenant] for tenant in tenants}
    share = {}
    for group, cost in prices.known():
        if np.isfinite(cost) and not group & ~everyone:
            share[group] = cost / max(sum(alone[tenant] for tenant in tenants_of(group)), 1e-300)
    cheapest = sorted(share, key=lambda group: (share[group], group))[:_MOST_GROUPS]
    return list(dict.fromkeys([*best, *cheapest]))


def _cover(tenants: Sequence[int], columns: Sequence[int]) -> NDArray[np.float64]:
    row = {tenant: k for k, tenant in enumerate(tenants)}
    cover = np.zeros((len(tenants), len(columns)))
    for column, group in enumerate(columns):
        cover[[row[tenant] for tenant in tenants_of(group)], column] = 1.0
    return cover


def _promising(cost: NDArray[np.float64], cover: NDArray[np.float64], best: float) -> NDArray[np.int64]:
    """Return the columns whose reduced cost leaves room below the best known total, cheapest first."""
    from scipy.optimize import linprog

    relaxed = linprog(cost, A_eq=cover, b_eq=np.ones(len(cover)), method="highs")
    if relaxed.x is None or relaxed.fun is None:
        return np.arange(0)
    reduced = cost - cover.T @ relaxed.eqlin.marginals
    order = np.argsort(reduced, kind="stable")
    return order[reduced[order] < best - relaxed.fun][:_MOST_GROUPS_EXACT]


def _solve(cost: NDArray[np.float64], cover: NDArray[np.float64]) -> NDArray[np.bool_]:
    if not cover.any(axis=1).all():
        return np.zeros(len(cost), dtype=np.bool_)
    once = np.ones(len(cover))
    taken, _ = minimise(cost, cover, once, once, 1, _MOST_NODES)
    return np.zeros(len(cost), dtype=np.bool_) if taken is None else taken > 0
