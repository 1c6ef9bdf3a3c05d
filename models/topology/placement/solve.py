"""A good packing and a bound for tenants that may share: greedy, targets from the covering program, neighbourhoods."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.topology.placement.best_fit import best_fit_decreasing
from models.topology.placement.covering import Cover, cheapest_cover, covering_rows
from models.topology.placement.effort import Effort
from models.topology.placement.packing import Packed, Packing, packed
from models.topology.placement.prices import GroupPrices, tenants_of
from models.topology.placement.repair import repair
from models.topology.placement.subsets import best_partition

_EXACT_UP_TO = 12
_SLACKS = (0.08, 0.05, 0.03, 0.02, 0.014, 0.01, 0.007, 0.005, 0.0035, 0.002, 0.001, 0.0)
_NODES = 200
_NODES_A_NEIGHBOURHOOD = 50
_STEPS_A_TARGET = 6000
_STEPS_A_NEIGHBOURHOOD = 800
_POOLS_TOGETHER = 5
_FRUITLESS = 120
_FRUITLESS_A_POOL = 4
_UNITS_EXACT = 100
_UNITS_COVERED = 300
"""What packing a neighbourhood anew takes, in units of work, before any repair."""
_MANY = 150
"""Tenants from which neighbourhoods are kept small enough to be packed exactly."""
_EXACT_AT_ONCE = 9
_FAILED_TARGETS = 5
_TENANTS_A_UNIT = 100
"""A step of repair takes time in proportion to the tenants it looks at."""
CLOSED = 1e-9
"""Relative gap at which a solution counts as optimal."""


@dataclass(frozen=True, slots=True, eq=False)
class Solved:
    """A packing with what none costs less than."""

    packed: Packed
    lower_bound: float
    bound_from: str

    @property
    def closed(self) -> bool:
        """Whether the bound is met."""
        return self.packed.cost - self.lower_bound <= CLOSED * self.packed.cost


def solve(problem: Packing, effort: Effort, rng: np.random.Generator) -> Solved:
    """Return a packing of tenants and a lower bound; exact for few tenants, unbounded cost where no pool holds a tenant."""
    if problem.tenants <= _EXACT_UP_TO:
        exact = _by_subsets(problem)
        return Solved(exact, exact.cost, "optimal by subsets")
    best = best_fit_decreasing(problem)
    cover = covering_rows(problem)
    _, bound = cheapest_cover(problem, cover, 0.0, _NODES)
    best = _hit_targets(problem, cover, best, bound, effort, rng)
    best = _improve_neighbourhoods(problem, best, bound, effort, rng)
    return Solved(best, min(bound, best.cost), "covering program")


def _by_subsets(problem: Packing) -> Packed:
    def cost_of(members: NDArray[np.bool_]) -> NDArray[np.float64]:
        return problem.cheapest(members @ problem.demand)[1]

    tenants = range(problem.tenants)
    mates = [sum(1 << other for other in tenants if not problem.conflict[tenant, other]) for tenant in tenants]
    groups = best_partition(tenants, mates, GroupPrices(problem.tenants, cost_of, budget=0))
    pool_of = np.zeros(problem.tenants, dtype=np.int64)
    for pool, group in enumerate(groups):
        pool_of[list(tenants_of(group))] = pool
    return packed(problem, pool_of)


def _hit_targets(problem: Packing, cover: Cover, best: Packed, bound: float, effort: Effort, rng: np.random.Generator) -> Packed:
    """Try to fit everybody into ever tighter sets of offers that are cheaper than the best packing."""
    tried: set[tuple[int, ...]] = set()
    failed = 0
    for slack in _SLACKS:
        if effort.exhausted() or best.cost - bound <= CLOSED * best.cost or failed == (_FAILED_TARGETS if problem.tenants <= _MANY else 2):
            break
        numbers, _ = cheapest_cover(problem, cover, slack, _NODES)
        if not len(numbers) or tuple(numbers) in tried or problem.cost @ numbers >= best.cost * (1 - CLOSED):
            continue
        tried.add(tuple(numbers))
        found = _fitted(problem, numbers, best, _STEPS_A_TARGET if problem.tenants <= _MANY else _STEPS_A_TARGET // 3, effort, rng)
        failed = failed + 1 if found is best else 0
        best = found
    return best


def _fitted(problem: Packing, numbers: NDArray[np.int64], best: Packed, steps: int, effort: Effort, rng: np.random.Generator) -> Packed:
    offers = np.repeat(np.arange(len(numbers)), numbers)
    start = _spread(problem, problem.capacity[offers])
    weight = 1 + problem.tenants // _TENANTS_A_UNIT
    found, used = repair(problem, offers, start, min(steps, max(0, effort.left // weight)), rng)
    effort.spend(used * weight)
    solution = _legal(problem, found)
    return solution if solution.cost < best.cost else best


def _legal(problem: Packing, pool_of: NDArray[np.int64]) -> Packed:
    """Return a packing in which pools that no offer holds, or whose tenants quarrel, are divided as well as can be."""
    whole = packed(problem, pool_of)
    if np.isfinite(whole.cost):
        return whole
    divided = whole.pool_of.copy()
    for pool in range(len(whole.offer_of)):
        inside = np.flatnonzero(whole.pool_of == pool)
        part = problem.part(inside)
        if not np.isfinite(packed(part, np.zeros(len(inside), dtype=np.int64)).cost):
            pieces = _by_subsets(part) if len(inside) <= _EXACT_UP_TO else best_fit_decreasing(part)
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


def _improve_neighbourhoods(problem: Packing, best: Packed, bound: float, effort: Effort, rng: np.random.Generator) -> Packed:
    """Pack a few pools anew, as long as that helps now and then."""
    fruitless = 0
    while fruitless < _FRUITLESS + _FRUITLESS_A_POOL * len(best.offer_of) and not effort.exhausted():
        if best.cost - bound <= CLOSED * best.cost:
            break
        inside = _neighbourhood(problem, best, rng)
        part = problem.part(inside)
        now = packed(part, best.pool_of[inside])
        better = _repacked(part, now, effort, rng)
        fruitless += 1
        if better.cost < now.cost * (1 - CLOSED):
            pool_of = best.pool_of.copy()
            pool_of[inside] = problem.tenants + better.pool_of
            best, fruitless = packed(problem, pool_of), 0
    return best


def _neighbourhood(problem: Packing, best: Packed, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return the tenants of a few pools; with many tenants, of so few that they can be packed exactly."""
    pools = rng.permutation(len(best.offer_of))[: int(rng.integers(2, _POOLS_TOGETHER + 1))]
    sizes = np.cumsum(np.bincount(best.pool_of)[pools])
    if problem.tenants > _MANY:
        pools = pools[: max(2, int(np.searchsorted(sizes, _EXACT_AT_ONCE, side="right")))]
    return np.flatnonzero(np.isin(best.pool_of, pools))


def _repacked(part: Packing, now: Packed, effort: Effort, rng: np.random.Generator) -> Packed:
    if part.tenants <= _EXACT_AT_ONCE:
        effort.spend(_UNITS_EXACT)
        return _by_subsets(part)
    effort.spend(_UNITS_COVERED)
    cover = covering_rows(part)
    for slack in (0.0, 0.02):
        numbers, _ = cheapest_cover(part, cover, slack, _NODES_A_NEIGHBOURHOOD)
        if len(numbers) and part.cost @ numbers < now.cost * (1 - CLOSED):
            found = _fitted(part, numbers, now, _STEPS_A_NEIGHBOURHOOD, effort, rng)
            if found is not now:
                return found
    return now
