"""Pools whose cost is more than that of an offer for summed sizes: joint paths decide what holds, moves cost money."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.topology.placement.chances import Chances
from models.topology.placement.effort import Effort
from models.topology.placement.moving import Moving
from models.topology.placement.neighbourhoods import as_groups
from models.topology.placement.packing import FITS, Packed, Packing
from models.topology.placement.prices import GroupPrices, as_members, tenants_of
from models.topology.placement.search import search
from models.topology.placement.small import EXACT_UP_TO
from models.topology.placement.solve import Solved, solve
from models.topology.placement.subsets import best_partition

_BLENDS = (0.0, 0.25, 0.5, 0.75, 1.0)
_UNITS_A_GROUP = 2


@dataclass(frozen=True, slots=True, eq=False)
class TrueCost:
    """What any group of tenants costs, offers and moves together."""

    problem: Packing
    """With paths, `demand` counts for the rules' rows alone."""
    chances: Chances | None
    moving: Moving | None

    def offers(self, members: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return the cheapest offer of each group (groups, tenants) and its cost, inf where none holds it."""
        load = members @ self.problem.demand
        first = 0 if self.chances is None else self.chances.paths.shape[1]
        holds = np.asarray((load[:, None, first:] <= self.problem.capacity[None, :, first:] * FITS).all(axis=2))
        if self.chances is not None:
            some = holds.any(axis=1)
            holds[some] &= self.chances.holds(members[some], self.problem.capacity[:, :first])
        costs = np.where(holds, self.problem.cost, np.inf)
        offer = costs.argmin(axis=1)
        return offer, costs[np.arange(len(members)), offer]

    def __call__(self, members: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return the cost of groups when each continues the pool of today that saves it most moves."""
        _, cost = self.offers(members)
        return cost if self.moving is None else cost + self.moving.least(members)

    def of(self, groups: tuple[int, ...]) -> float:
        """Return the cost of a partition in which every pool of today continues in one group at most."""
        members = as_members(groups, self.problem.tenants)
        _, cost = self.offers(members)
        return float(cost.sum()) + (0.0 if self.moving is None else self.moving.of(members)[0])


def solve_truly(true: TrueCost, effort: Effort, rng: np.random.Generator, current: NDArray[np.int64] | None) -> Solved:
    """Return a packing at its true cost, and a bound that neither paths nor moves can undercut.

    Few tenants are solved over all subsets. More are packed by sizes between what every pool must hold and what each tenant
    needs alone; each packing is checked on the joint paths, repaired, and improved by local search at the true cost.
    """
    problem = true.problem
    tenants = range(problem.tenants)
    mates = [sum(1 << other for other in tenants if not problem.conflict[tenant, other]) for tenant in tenants]
    if problem.tenants <= EXACT_UP_TO:
        prices = GroupPrices(problem.tenants, true, budget=0)
        groups = best_partition(tenants, mates, prices)
        return Solved(_as_packed(true, groups), prices.total(groups), "exact")
    found: list[Packed] = []
    bound, source = 0.0, "fluid"
    for attempt, blend in enumerate(_BLENDS if true.chances is not None else (0.0,)):
        part = Effort(effort.left // (2 * (len(_BLENDS) - attempt) if true.chances is not None else 2), effort.time_limit_s)
        spent = part.left
        solved = solve(_sized(true, blend), part, rng)
        effort.spend(spent - part.left)
        effort.cut |= part.cut
        if not blend:
            bound, source = solved.lower_bound, solved.bound_from
        found.append(solved.packed)
    starts = [_groups(_repaired(true, one.pool_of)) for one in found]
    if current is not None:
        starts.append(_groups(_repaired(true, current)))
    prices = GroupPrices(problem.tenants, true, budget=max(200, effort.left // _UNITS_A_GROUP))
    searched = search(tenants, mates, prices, rng, starts)
    effort.spend(prices.evaluated * _UNITS_A_GROUP)
    best = min([*starts, searched] if searched else starts, key=true.of)
    return Solved(_as_packed(true, best), min(bound, true.of(best)), source)


def _as_packed(true: TrueCost, groups: tuple[int, ...]) -> Packed:
    pool_of = np.zeros(true.problem.tenants, dtype=np.int64)
    for pool, group in enumerate(groups):
        pool_of[list(tenants_of(group))] = pool
    offer, _ = true.offers(as_groups(pool_of))
    return Packed(pool_of, offer, true.of(groups))


def _sized(true: TrueCost, blend: float) -> Packing:
    """Return the packing with sizes between those surely needed (0) and each tenant's own (1)."""
    if true.chances is None:
        return true.problem
    sizes = true.problem.demand.copy()
    sizes[:, : true.chances.paths.shape[1]] = (1 - blend) * true.chances.needed() + blend * true.chances.enough()
    return Packing(sizes, true.problem.capacity, true.problem.cost, true.problem.conflict)


def _repaired(true: TrueCost, pool_of: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return pools that hold their tenants: what does not fit in truth leaves, smallest first, for pools of its own."""
    fixed = pool_of.copy()
    todo = np.unique(pool_of).tolist()
    while todo:
        inside = np.flatnonzero(fixed == todo.pop())
        stay: list[int] = []
        leave: list[int] = []
        for tenant in inside[np.argsort(-true.problem.demand[inside].sum(axis=1), kind="stable")]:
            group = [*stay, int(tenant)]
            quarrel = bool(true.problem.conflict[tenant, stay].any())
            fits = not quarrel and np.isfinite(true.offers(np.isin(np.arange(len(fixed)), group)[None])[1][0])
            (stay if fits or not stay else leave).append(int(tenant))
        if leave:
            fixed[leave] = fixed.max() + 1
            todo.append(int(fixed.max()))
    return fixed


def _groups(pool_of: NDArray[np.int64]) -> tuple[int, ...]:
    return tuple(sum(1 << int(tenant) for tenant in np.flatnonzero(pool_of == pool)) for pool in np.unique(pool_of))
