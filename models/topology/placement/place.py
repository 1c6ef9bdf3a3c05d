"""Placement: the cheapest pools of rented offers that hold all tenants, and how much better it could be."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.topology.placement.bundles import Bundles, bundles, check_bundles
from models.topology.placement.chances import Chances, chances
from models.topology.placement.checks import check, check_each_fits
from models.topology.placement.effort import CLOSED, Effort
from models.topology.placement.limits import Rules, rows_of
from models.topology.placement.mates import components, mates_of
from models.topology.placement.moving import NEW, Moving, moving
from models.topology.placement.packing import Packing
from models.topology.placement.sharing import Sharing, may_share
from models.topology.placement.solve import Solved, solve
from models.topology.placement.true_cost import TrueCost, solve_truly

_MANY = 200
_WORK = 40_000
"""Default work up to 200 tenants, in units of about 0.1 ms."""
_WORK_A_TENANT = 250
"""Default work for each tenant beyond."""


@dataclass(frozen=True, slots=True)
class Placement:
    """Tenants in pools, each pool on one instance of an offer."""

    pools: tuple[tuple[int, ...], ...]
    """Tenant indices of each pool, ascending; pools by their first tenant."""
    offer_of: tuple[int, ...]
    """Offer index of each pool."""
    cost: float
    """Sum of the offers' costs and of the moves, in their unit."""
    lower_bound: float
    """No placement costs less."""
    gap: float
    """(cost - lower_bound) / cost."""
    bound_from: str
    """What proved the bound: "exact", "column generation", "covering program" (whole offers that cover sums and counts), "fluid"."""
    stopped_by: str
    """"optimal", "work", or "time": cut by the time limit and not reproducible."""
    moving_cost: float = 0.0
    """Part of the cost that moves from today's pools cause."""
    moved: tuple[int, ...] = ()
    """Tenants that leave today's pools at a cost."""


def place(
    demand: NDArray[np.float64],
    capacity: NDArray[np.float64],
    cost: NDArray[np.float64],
    *,
    conflicts: Sequence[tuple[int, int]] = (),
    dedicated: Sequence[int] = (),
    kinds: Sequence[int] | NDArray[np.int64] | None = None,
    compatible: NDArray[np.bool_] | None = None,
    spread: Sequence[tuple[Sequence[int], int]] = (),
    together: Sequence[Sequence[int]] = (),
    max_tenants: int | None = None,
    weights: NDArray[np.float64] | None = None,
    max_weight: Sequence[float] = (),
    allowed: NDArray[np.bool_] | None = None,
    current: Sequence[int] | None = None,
    move_cost: Sequence[float] | NDArray[np.float64] | float = 0.0,
    paths: NDArray[np.float64] | None = None,
    probability: float = 0.95,
    time_limit_s: float = 60.0,
    work: int | None = None,
    seed: int = 1,
) -> Placement:
    """Return pools that hold all tenants at the least cost found, with a proven lower bound.

    Typed vector packing: a pool is one instance of one offer, and the summed demand of its tenants stays within the offer's
    capacity in every resource. Up to 12 tenants that may share it is exact over all subsets; beyond, column generation gives a
    bound and groups to dive for, targets and neighbourhoods improve them, and an integer program over all groups that could
    still help closes the gap where they are few. The search stops by work; the answer is never dearer than best-fit decreasing.

    Parameters
    ----------
    demand
        Shape (tenants, resources).
    capacity, cost
        Shapes (offers, resources) and (offers,): usable capacity and cost of one instance.
    conflicts
        Pairs of tenants that may not share.
    dedicated
        Tenants that share with nobody.
    kinds
        A label, or a row of labels, a tenant; tenants whose labels differ never share (image, version, class, region).
    compatible
        Symmetric, shape (tenants, tenants): who may share (maintenance windows).
    spread
        Groups of tenants and how many of each may stand in one pool.
    together
        Sets of tenants that must stand in one pool.
    max_tenants
        Most tenants in a pool.
    weights, max_weight
        Shape (tenants, weights) and one limit a weight: most users, money, … in a pool.
    allowed
        Shape (tenants, offers): the offers a tenant may be put on.
    current, move_cost
        Today's pool of each tenant (-1 = new) and the cost of moving it, in the unit of `cost`: a tenant moves unless its pool
        is the one that continues today's; each of today's pools continues in one pool at most.
    paths, probability
        Shape (tenants, resources, paths): joint demand. A pool must then hold the summed paths, all resources together, with
        at least this probability, and `demand` is not looked at beyond its shape.
    time_limit_s, work
        Wall time (safety net) and units of work, of about 0.1 ms, after which to stop.
    seed
        Of the search.

    Raises
    ------
    ValueError
        If an argument is malformed; if no offer holds a tenant: names tenant, resource and best offer; if tenants that must
        stand together cannot: names the smallest set of them that contradicts a rule.

    """
    demand, capacity, cost = (np.asarray(values, dtype=np.float64) for values in (demand, capacity, cost))
    check(demand, capacity, cost)
    if not len(demand):
        return Placement((), (), 0.0, 0.0, 0.0, "exact", "optimal")
    chance = None if paths is None else chances(paths, probability, demand)
    demand = demand if chance is None else chance.enough()
    use, room = rows_of(Rules(max_tenants, weights, max_weight, spread, allowed), len(demand), len(cost))
    check_each_fits(demand, capacity, allowed, chance)
    share = may_share(Sharing(conflicts, dedicated, kinds, compatible), len(demand))
    single = Packing(np.hstack([demand, use]), np.hstack([capacity, room]), cost, ~share)
    bound = bundles(together, len(demand))
    check_bundles(bound, single, chance)
    moves = None if current is None else moving(current, move_cost, len(demand))
    if work is None:
        work = _WORK + _WORK_A_TENANT * max(0, len(demand) - _MANY)
    return _solved(bound, single, (chance, moves, current), Effort(work, time_limit_s), np.random.default_rng(seed))


Extras = tuple[Chances | None, Moving | None, Sequence[int] | None]


def _solved(bound: Bundles, single: Packing, extras: Extras, effort: Effort, rng: np.random.Generator) -> Placement:
    chance, moves, current = bound.chances(extras[0]), extras[1], extras[2]
    whole = bound.problem(single)
    order = _order(whole.demand)
    ordered = whole.part(order)
    if chance is not None or moves is not None:
        chance = None if chance is None else Chances(chance.paths[order], chance.must_fit)
        firsts = bound.members.argmax(axis=1)[order]
        labels = None if current is None else _as_pools(np.asarray(current)[firsts])
        held = None if moves is None else moves.of_bundles(bound.members[order])
        parts = [(order, solve_truly(TrueCost(ordered, chance, held), effort, rng, labels))]
    else:
        among = [np.asarray(tenants) for tenants in components(mates_of(whole.tenants, ~ordered.conflict, ()))]
        parts = [(order[tenants], solve(ordered.part(tenants), effort, rng)) for tenants in among]
    return _assembled(parts, bound, effort, moves)


def _order(needs: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return an order of the tenants that depends on their needs alone."""
    return np.lexsort(needs.T[::-1])[::-1]


def _as_pools(labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return today's pools; new tenants stand alone."""
    return np.where(labels == NEW, labels.max() + 1 + np.arange(len(labels)), labels)


def _assembled(solved: Sequence[tuple[NDArray[np.int64], Solved]], bound: Bundles, effort: Effort, moves: Moving | None) -> Placement:
    pools = []
    for ones, part in solved:
        for pool, offer in enumerate(part.packed.offer_of):
            pools.append((bound.tenants(ones[part.packed.pool_of == pool]), int(offer)))
    pools.sort()
    cost = float(sum(part.packed.cost for _, part in solved))
    lower = min(cost, float(sum(part.lower_bound for _, part in solved)))
    gap = (cost - lower) / cost if cost > 0 else 0.0
    open_ones = [part for _, part in solved if not part.closed]
    source = open_ones[0].bound_from if open_ones else solved[0][1].bound_from
    stopped = "optimal" if gap <= CLOSED else "time" if effort.cut else "work"
    groups = np.array([np.isin(np.arange(bound.members.shape[1]), members) for members, _ in pools])
    spent, moved = (0.0, ()) if moves is None else moves.of(groups)
    return Placement(tuple(p for p, _ in pools), tuple(o for _, o in pools), cost, lower, gap, source, stopped, spent, moved)
