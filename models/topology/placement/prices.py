"""Prices of groups of tenants: an expensive question is asked once, in batches, and within a budget of work."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

GroupCost = Callable[[NDArray[np.bool_]], NDArray[np.float64]]
"""Cost of groups: members (groups, tenants) to cost (groups,), infinite where a group is not allowed."""

_GROUPS_PER_CALL = 2048


class GroupPrices:
    """Remembers what groups cost; a group is an integer whose bit i says that tenant i belongs to it."""

    def __init__(self, count: int, cost_of: GroupCost, budget: int) -> None:
        self._count = count
        self._cost_of = cost_of
        self._budget = budget
        self._known: dict[int, float] = {0: 0.0}

    @property
    def evaluated(self) -> int:
        """Number of groups the oracle was asked about."""
        return len(self._known) - 1

    @property
    def left(self) -> int:
        """Number of groups that may still be asked about; never negative."""
        return max(0, self._budget - self.evaluated)

    def allow(self, more: int) -> None:
        """Set how many groups may still be asked about."""
        self._budget = self.evaluated + more

    def __getitem__(self, group: int) -> float:
        """Return the cost of a group that was asked about before."""
        return self._known[group]

    def __contains__(self, group: int) -> bool:
        """Return whether the cost of a group is known."""
        return group in self._known

    def known(self) -> list[tuple[int, float]]:
        """Return every group asked about with its cost, in the order of asking."""
        return [(group, cost) for group, cost in self._known.items() if group]

    def ask(self, groups: Iterable[int]) -> None:
        """Learn the cost of groups, whatever the budget; known ones are not asked about again."""
        new = [group for group in dict.fromkeys(groups) if group not in self._known]
        for first in range(0, len(new), _GROUPS_PER_CALL):
            batch = new[first : first + _GROUPS_PER_CALL]
            for group, cost in zip(batch, self._answers(batch), strict=True):
                self._known[group] = float(cost)

    def total(self, groups: Iterable[int]) -> float:
        """Return the summed cost of known groups."""
        return sum(self._known[group] for group in groups)

    def _answers(self, groups: Sequence[int]) -> NDArray[np.float64]:
        costs = np.asarray(self._cost_of(as_members(groups, self._count)), dtype=np.float64)
        if costs.shape != (len(groups),):
            raise ValueError(f"cost_of returned shape {costs.shape} for {len(groups)} groups: it must return one cost a group")
        wrong = np.isnan(costs) | (costs == -np.inf)
        if wrong.any():
            which = int(np.flatnonzero(wrong)[0])
            tenants = tenants_of(groups[which])
            raise ValueError(f"cost_of returned {costs[which]} for tenants {list(tenants)}: use inf for a group that is not allowed")
        return costs


def as_members(groups: Sequence[int], count: int) -> NDArray[np.bool_]:
    """Return membership, shape (groups, count), of groups given as integers."""
    width = (count + 7) // 8
    packed = np.frombuffer(b"".join(group.to_bytes(width, "little") for group in groups), dtype=np.uint8)
    return np.unpackbits(packed.reshape(len(groups), width), axis=1, bitorder="little")[:, :count].astype(np.bool_)


def tenants_of(group: int) -> tuple[int, ...]:
    """Return the tenants of a group in ascending order."""
    found = []
    while group:
        low = group & -group
        found.append(low.bit_length() - 1)
        group ^= low
    return tuple(found)
