"""Aiming at sets of offers that are cheaper than the best packing: choose the set first, then fit everybody in."""

import numpy as np
from numpy.typing import NDArray

from models.topology.placement.best_fit import best_fit_decreasing
from models.topology.placement.covering import Cover, cheapest_cover
from models.topology.placement.effort import CLOSED, Effort
from models.topology.placement.packing import Packed, Packing, packed
from models.topology.placement.repair import repair
from models.topology.placement.small import EXACT_UP_TO, by_subsets

_SLACKS = (0.08, 0.05, 0.03, 0.02, 0.014, 0.01, 0.007, 0.005, 0.0035, 0.002, 0.001, 0.0)
_NODES = 200
_STEPS_A_TARGET = 6000
_FAILED_TARGETS = 5
_TENANTS_A_UNIT = 100
"""A step of repair takes time in proportion to the tenants it looks at."""


def hit_targets(problem: Packing, cover: Cover, best: Packed, bound: float, effort: Effort, rng: np.random.Generator) -> Packed:
    """Try to fit everybody into ever tighter sets of offers that are cheaper than the best packing."""
    tried: set[tuple[int, ...]] = set()
    failed = 0
    for slack in _SLACKS:
        if effort.exhausted() or best.cost - bound <= CLOSED * best.cost or failed == _FAILED_TARGETS:
            break
        numbers, _ = cheapest_cover(problem, cover, slack, _NODES)
        if not len(numbers) or tuple(numbers) in tried or problem.cost @ numbers >= best.cost * (1 - CLOSED):
            continue
        tried.add(tuple(numbers))
        found = fitted(problem, numbers, best, _STEPS_A_TARGET, effort, rng)
        failed = failed + 1 if found is best else 0
        best = found
    return best


def fitted(problem: Packing, numbers: NDArray[np.int64], best: Packed, steps: int, effort: Effort, rng: np.random.Generator) -> Packed:
    """Return a packing on at most that many of each offer, or `best` if none is found that is cheaper."""
    offers = np.repeat(np.arange(len(numbers)), numbers)
    start = _spread(problem, problem.capacity[offers])
    weight = 1 + problem.tenants // _TENANTS_A_UNIT
    found, used = repair(problem, offers, start, min(steps, max(0, effort.left // weight)), rng)
    effort.spend(used * weight)
    solution = legal(problem, found)
    return solution if solution.cost < best.cost else best


def legal(problem: Packing, pool_of: NDArray[np.int64]) -> Packed:
    """Return a packing in which pools that no offer holds, or whose tenants quarrel, are divided as well as can be."""
    whole = packed(problem, pool_of)
    if np.isfinite(whole.cost):
        return whole
    divided = whole.pool_of.copy()
    for pool in range(len(whole.offer_of)):
        inside = np.flatnonzero(whole.pool_of == pool)
        part = problem.part(inside)
        if not np.isfinite(packed(part, np.zeros(len(inside), dtype=np.int64)).cost):
            pieces = by_subsets(part) if len(inside) <= EXACT_UP_TO else best_fit_decreasing(part)
            divided[inside] = problem.tenants * (pool + 1) + pieces.pool_of
    return packed(problem, divided)


def _spread(problem: Packing, room: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return an assignment by decreasing size to the pool that stays emptiest relative to its room."""
    scale = np.maximum(room, 1e-12)
    order = np.argsort(-(problem.demand / scale.mean(axis=0)).max(axis=1), kind="stable")
    pool_of = np.zeros(problem.tenants, dtype=np.int64)
    fill = np.zeros_like(room)
    for tenant in order:
        after = fill + problem.demand[tenant] / scale
        pool = int(after.max(axis=1).argmin())
        fill[pool] = after[pool]
        pool_of[tenant] = pool
    return pool_of
