"""The best way to divide tenants into groups when only an oracle knows what a group costs."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.topology.placement.floor import GENERATED, Floor, cost_floor
from models.topology.placement.mates import components, mates_of
from models.topology.placement.moves import descend
from models.topology.placement.oracle_columns import MOST_TENANTS, generate
from models.topology.placement.prices import GroupCost, GroupPrices, tenants_of
from models.topology.placement.recombination import recombine
from models.topology.placement.search import search
from models.topology.placement.subsets import best_partition
from models.topology.verdict import Reason, ReasonCode

_SHARE_OF_SEARCH = 0.6
"""Of the groups asked about; the others are for column generation."""


@dataclass(frozen=True, slots=True)
class Partition:
    """Tenants divided into groups, what that costs and how much better it could be."""

    groups: tuple[tuple[int, ...], ...]
    """Tenant indices of each group, ascending; groups by their first tenant."""
    cost: float
    """Sum of the groups' costs, in the oracle's unit."""
    lower_bound: float | None
    """No allowed partition costs less, under the assumption in `bound_from`; None if nothing is proven."""
    gap: float | None
    """(cost - lower_bound) / cost; None without a bound."""
    exact: bool
    """Whether every allowed partition was covered."""
    bound_from: str
    """How the bound was proven and what it assumes."""
    evaluated: int
    """Number of groups the oracle was asked about."""
    reasons: tuple[Reason, ...]
    """Who stands alone by rule, and which starts the rules forbid."""


def partition(
    count: int,
    cost_of: GroupCost,
    *,
    compatible: NDArray[np.bool_] | None = None,
    alone: Sequence[int] = (),
    exact_up_to: int = 12,
    seed: int = 1,
    start: Sequence[Sequence[Sequence[int]]] = (),
    evaluations: int = 20_000,
) -> Partition:
    """Return the cheapest partition of `count` tenants into groups priced by `cost_of`.

    Tenants that may not share, directly or through others, are separate problems. Each is solved exactly by dynamic
    programming over subsets up to `exact_up_to` tenants (2^n prices), beyond that by seeded search from everybody alone,
    from the fewest groups and from `start`, then by column generation (up to 120 tenants): neighbours of the groups in the
    linear relaxation are asked about until none lowers it, and partitions are put together from all groups known. The search
    stops by work, never by time.

    Parameters
    ----------
    count
        Number of tenants.
    cost_of
        Members (groups, tenants) to cost (groups,); inf = not allowed. Asked in batches, never twice about a group.
    compatible
        Symmetric, shape (tenants, tenants): who may share with whom; None: all with all.
    alone
        Tenants that share with nobody.
    exact_up_to
        Largest number of tenants that can reach each other and is still solved exactly.
    seed
        Of the search.
    start
        Partitions to start from; the result is never dearer than one of them that the rules allow.
    evaluations
        Groups the search may ask about; exact parts and starts are asked in any case.

    Raises
    ------
    ValueError
        If an argument is malformed, or a tenant has no allowed group.

    """
    mates = mates_of(count, compatible, alone)
    starts, reasons = _usable_starts(count, start, mates)
    prices = GroupPrices(count, cost_of, evaluations)
    rng = np.random.default_rng(seed)
    groups: list[int] = []
    floors: list[Floor] = []
    parts = components(mates)
    searched = sum(len(tenants) for tenants in parts if len(tenants) > exact_up_to)
    for tenants in parts:
        if len(tenants) <= exact_up_to:
            best = best_partition(tenants, mates, prices)
            floor = Floor(prices.total(best), exact=True)
        else:
            own = [[group for group in begin if group & sum(1 << t for t in tenants)] for begin in starts]
            prices.allow(evaluations * len(tenants) // searched)
            best, floor = _searched(tenants, mates, prices, rng, own)
        if not best:
            raise ValueError(_no_group(tenants, prices))
        groups += best
        floors.append(floor)
    forced = tuple(Reason(ReasonCode.FORCED, tenants=(tenant,)) for tenant in sorted(set(alone)))
    return _result(groups, floors, prices, (*forced, *reasons))


def _searched(
    tenants: Sequence[int], mates: Sequence[int], prices: GroupPrices, rng: np.random.Generator, starts: Sequence[Sequence[int]]
) -> tuple[tuple[int, ...], Floor]:
    budget = prices.left
    small = len(tenants) <= MOST_TENANTS
    prices.allow(int(_SHARE_OF_SEARCH * budget) if small else budget)
    before = prices.evaluated
    best = search(tenants, mates, prices, rng, starts)
    if not best:
        return best, Floor(None, exact=False)
    prices.allow(max(0, budget - (prices.evaluated - before)))
    relaxed = generate(tenants, mates, best, prices, rng) if small else None
    floor = cost_floor(tenants, mates, prices)
    if relaxed is not None:
        best = descend(recombine(tenants, best, prices), mates, prices, rng)
        if floor.cost is not None and relaxed > floor.cost:
            floor = Floor(relaxed, exact=False, source=GENERATED.format(asked=prices.evaluated))
    return best, floor


def _result(groups: list[int], floors: list[Floor], prices: GroupPrices, reasons: tuple[Reason, ...]) -> Partition:
    cost = prices.total(groups)
    exact = all(floor.exact for floor in floors)
    known = [floor.cost for floor in floors if floor.cost is not None]
    bound = min(cost, sum(known)) if len(known) == len(floors) else None
    gap = None if bound is None else (cost - bound) / cost if cost > bound else 0.0
    named = sorted(tenants_of(group) for group in groups)
    source = "exact" if exact else next(floor.source for floor in floors if not floor.exact and (bound is not None or floor.cost is None))
    return Partition(tuple(named), cost, bound, gap, exact, source, prices.evaluated, reasons)


def _usable_starts(
    count: int, start: Sequence[Sequence[Sequence[int]]], mates: Sequence[int]
) -> tuple[list[list[int]], tuple[Reason, ...]]:
    usable, refused = [], []
    for which, begin in enumerate(start):
        seen = sorted(tenant for group in begin for tenant in group)
        if seen != list(range(count)):
            raise ValueError(f"start[{which}] holds tenants {seen}: it must hold each of 0 to {count - 1} exactly once")
        groups = [sum(1 << tenant for tenant in group) for group in begin if group]
        clash = next(((tenant, group) for group in groups for tenant in tenants_of(group) if group & ~mates[tenant]), None)
        if clash is None:
            usable.append(groups)
        else:
            others = tenants_of(clash[1] & ~mates[clash[0]])
            refused.append(Reason(ReasonCode.SHARING_RULE, tenants=(clash[0], others[0]), figures={"start": which}))
    return usable, tuple(refused)


def _no_group(tenants: Sequence[int], prices: GroupPrices) -> str:
    placed = 0
    for group, cost in prices.known():
        if np.isfinite(cost):
            placed |= group
    lost = [tenant for tenant in tenants if not placed >> tenant & 1]
    if lost:
        return f"tenant {lost[0]} has no allowed group: cost_of is infinite for every group asked about, alone included"
    return f"no allowed partition of tenants {list(tenants)}: every combination of allowed groups leaves somebody out"
