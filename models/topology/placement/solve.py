"""A good packing and a bound for tenants that may share: exact where it closes, column generation, neighbourhoods."""

from dataclasses import dataclass

import numpy as np

from models.topology.placement.best_fit import best_fit_decreasing
from models.topology.placement.columns import Master, fluid_multipliers, relax, work_of
from models.topology.placement.covering import Cover, cheapest_cover, covering_rows
from models.topology.placement.diving import dive
from models.topology.placement.effort import CLOSED, Effort
from models.topology.placement.enumeration import close
from models.topology.placement.neighbourhoods import as_groups, improve
from models.topology.placement.packing import Packed, Packing
from models.topology.placement.refill import filled, refill
from models.topology.placement.small import EXACT_UP_TO, by_subsets
from models.topology.placement.targets import hit_targets

_NODES = 200
_RELAXED_UP_TO = 200
"""Tenants up to which the relaxation over all groups is solved as a whole."""
_ROUNDS = 60
_WIDTH = 250
_SHARE_OF_WORK = 0.35
_DIVES = 4
_ENOUGH = 10**9
_CLOSABLE = 0.03
"""Relative gap up to which enumerating the groups of a better packing is tried."""


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
    if problem.tenants <= EXACT_UP_TO:
        exact = by_subsets(problem)
        return Solved(exact, exact.cost, "exact")
    best = best_fit_decreasing(problem)
    cover = covering_rows(problem)
    _, covered = cheapest_cover(problem, cover, 0.0, _NODES)
    if problem.tenants > _RELAXED_UP_TO:
        return _many(problem, best, covered, effort, rng)
    return _moderate(problem, best, cover, covered, effort, rng)


def _moderate(problem: Packing, best: Packed, cover: Cover, covered: float, effort: Effort, rng: np.random.Generator) -> Solved:
    by_pools = _first_filling(problem, effort, rng)
    best = min(best, by_pools, key=lambda solution: solution.cost)
    groups = np.vstack([as_groups(best.pool_of), as_groups(by_pools.pool_of), np.eye(problem.tenants, dtype=np.bool_)])
    rounds = min(_ROUNDS, 1 + int(_SHARE_OF_WORK * effort.left / work_of(problem, _WIDTH)))
    master = relax(problem, np.unique(groups, axis=0), effort, rounds=rounds, width=_WIDTH)
    bound = max(covered, master.bound)
    source = "column generation" if master.bound >= covered else "covering program"
    best = _dived(problem, master, best, bound, effort, rng)
    best = hit_targets(problem, cover, best, bound, effort, rng)
    if CLOSED * best.cost < best.cost - master.bound <= _CLOSABLE * best.cost and not effort.exhausted():
        best, optimal = close(problem, master, best, effort)
        if optimal:
            return Solved(best, best.cost, "exact")
    best = improve(problem, best, master.price, bound, effort, rng)
    return Solved(best, min(bound, best.cost), source)


def _many(problem: Packing, best: Packed, covered: float, effort: Effort, rng: np.random.Generator) -> Solved:
    price = problem.demand @ fluid_multipliers(problem)
    fluid = float(price.sum())
    bound = max(covered, fluid)
    best = min(best, _first_filling(problem, effort, rng), key=lambda solution: solution.cost)
    best = refill(problem, best, price, bound, effort, rng)
    best = improve(problem, best, price, bound, effort, rng)
    return Solved(best, min(bound, best.cost), "fluid" if fluid >= covered else "covering program")


def _first_filling(problem: Packing, effort: Effort, rng: np.random.Generator) -> Packed:
    """Return the packing built pool by pool, whatever work is left; it is charged for."""
    own = Effort(_ENOUGH, effort.time_limit_s)
    found = filled(problem, own, rng)
    effort.spend(_ENOUGH - own.left)
    return found


def _dived(problem: Packing, master: Master, best: Packed, bound: float, effort: Effort, rng: np.random.Generator) -> Packed:
    for attempt in range(_DIVES):
        if effort.exhausted() or best.cost - bound <= CLOSED * best.cost:
            break
        found = dive(problem, master.members, effort, rng if attempt else None)
        best = min(best, found, key=lambda solution: solution.cost)
    return best
