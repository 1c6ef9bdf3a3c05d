"""What a factory remembers of a group of tenants; groups that edits do not touch hand it on to the next factory."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from models.topology.resources import Layer, Resource
from workbench.pipeline.pools import Pool
from workbench.pipeline.sizer import Hand

Group = tuple[int, ...]
MOST_KEPT = 256
"""Bills and figures that are kept of the pools of one group."""


@dataclass(frozen=True, slots=True, eq=False)
class Planned:
    """A group's demand of a resource at the planned quantile."""

    months: NDArray[np.float64]
    """Shape (months of the horizon,)."""
    steps: NDArray[np.float64]
    """Shape (steps,): the largest that each purchase step must carry."""


@dataclass(frozen=True, slots=True, eq=False)
class KeptGroup:
    """What was computed for the same members."""

    plans: dict[Resource, Planned] = field(default_factory=dict)
    made: dict[tuple[Layer, Hand], Pool] = field(default_factory=dict)
    costs: dict[Layer, tuple[NDArray[np.float64], NDArray[np.float64]]] = field(default_factory=dict)
    """Layer to what is bought on each path: over the plan's, shape (paths,); beyond it, shape (paths, steps)."""
    days: dict[tuple[Resource, float], NDArray[np.int64]] = field(default_factory=dict)
    """Resource and usable amount to the day on which each path is full, shape (paths,)."""
    of_pool: dict[tuple[object, ...], tuple[tuple[Pool, ...], object]] = field(default_factory=dict)
    """What follows from a pool and those beside it."""


@dataclass(frozen=True, slots=True, eq=False)
class KeptGroups:
    """What is remembered, group by group."""

    groups: dict[Group, KeptGroup] = field(default_factory=dict)

    def of(self, group: Group) -> KeptGroup:
        """Return what is known of a group, to read and to add to."""
        found = self.groups.get(group)
        if found is None:
            found = self.groups[group] = KeptGroup()
        return found

    def without(self, tenants: frozenset[int]) -> "KeptGroups":
        """Return what is known of groups in which none of the tenants is: the same values, from now on in two places."""
        return KeptGroups({group: kept for group, kept in self.groups.items() if tenants.isdisjoint(group)})

    def plans_without(self, tenants: frozenset[int]) -> "KeptGroups":
        """Return the planned demand alone of those groups."""
        return KeptGroups({group: KeptGroup(plans=kept.plans) for group, kept in self.groups.items() if tenants.isdisjoint(group)})
