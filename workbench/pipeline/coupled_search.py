"""Improve a partition whose groups do not cost on their own alone: what ties them together is asked of the whole."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

Group = tuple[int, ...]
Whole = frozenset[Group]
Price = Callable[[NDArray[np.bool_]], NDArray[np.float64]]
"""Members (groups, tenants) to the cost of each group; infinite where it is not allowed."""
Coupling = Callable[[Whole], float]
"""A partition to what it costs beyond its groups."""
LEAST_GAIN = 1e-9


class Costs:
    """What groups cost, each asked about once, together with others."""

    def __init__(self, count: int, price: Price) -> None:
        self._count, self._price = count, price
        self._known: dict[Group, float] = {}

    def ask(self, groups: Sequence[Group]) -> None:
        """Price the groups that are not known."""
        fresh = list(dict.fromkeys(group for group in groups if group not in self._known))
        if fresh:
            members = np.zeros((len(fresh), self._count), bool)
            for row, group in enumerate(fresh):
                members[row, list(group)] = True
            self._known.update(zip(fresh, self._price(members).tolist(), strict=True))

    def total(self, groups: Whole) -> float:
        """Return the sum of known groups, added in a fixed order."""
        return sum(self._known[group] for group in sorted(groups))

    def __len__(self) -> int:
        return len(self._known)


def improved(starts: Sequence[Whole], may_share: NDArray[np.bool_], costs: Costs, coupling: Coupling, rounds: int) -> tuple[Whole, float]:
    """Return the best partition that single steps reach from any start, and its cost: move a tenant, swap two, merge two groups.

    Every round takes the step that gains most; ties go to the first in the order of tenants. `rounds` bounds the work.
    """
    found: list[tuple[float, tuple[Group, ...]]] = []
    for start in starts:
        costs.ask(sorted(start))
        current, cost = start, costs.total(start) + coupling(start)
        for _ in range(rounds):
            steps = [step for step in _steps(current, may_share) if step != current]
            costs.ask([group for step in steps for group in sorted(step - current)])
            priced = [(costs.total(step) + coupling(step), tuple(sorted(step))) for step in steps]
            best = min(priced, default=(cost, ()))
            if best[0] >= cost - LEAST_GAIN * max(abs(cost), 1.0):
                break
            cost, current = best[0], frozenset(best[1])
        found.append((cost, tuple(sorted(current))))
    least = min(found)
    return frozenset(least[1]), least[0]


def _steps(groups: Whole, may_share: NDArray[np.bool_]) -> Iterator[Whole]:
    ordered = sorted(groups)
    for a, one in enumerate(ordered):
        for tenant in one if len(one) > 1 else ():
            yield groups - {one} | {_without(one, tenant), (tenant,)}
        for b, other in enumerate(ordered):
            if a == b:
                continue
            if a < b and may_share[np.ix_(one, other)].all():
                yield groups - {one, other} | {tuple(sorted(one + other))}
            yield from _exchanges(groups, one, other, may_share)


def _exchanges(groups: Whole, one: Group, other: Group, may_share: NDArray[np.bool_]) -> Iterator[Whole]:
    """Yield the partitions in which a tenant of one group goes to the other, or changes places with one of its tenants."""
    for tenant in one:
        if len(one) > 1 and may_share[tenant, list(other)].all():
            yield groups - {one, other} | {_without(one, tenant), tuple(sorted((*other, tenant)))}
        for back in other if one < other and len(one) + len(other) > 2 else ():
            there, here = _without(other, back), _without(one, tenant)
            if may_share[tenant, list(there)].all() and may_share[back, list(here)].all():
                yield groups - {one, other} | {tuple(sorted((*there, tenant))), tuple(sorted((*here, back)))}


def _without(group: Group, tenant: int) -> Group:
    return tuple(one for one in group if one != tenant)
