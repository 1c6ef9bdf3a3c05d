"""Tenants that must stand together, as one tenant; and why some of them cannot."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from models.topology.placement.chances import Chances
from models.topology.placement.packing import Packing
from models.topology.placement.true_cost import TrueCost

_LOOKED_AT_WHOLE = 14


@dataclass(frozen=True, slots=True, eq=False)
class Bundles:
    """Which tenants form one."""

    members: NDArray[np.bool_]
    """Shape (bundles, tenants); most hold one tenant."""

    def tenants(self, bundles: Sequence[int] | NDArray[np.int64]) -> tuple[int, ...]:
        """Return the tenants of some bundles in ascending order."""
        return tuple(np.flatnonzero(self.members[list(bundles)].any(axis=0)).tolist())

    def problem(self, single: Packing) -> Packing:
        """Return the packing of bundles; two of them quarrel if any of their members do."""
        if len(self.members) == single.tenants:
            return single
        held = self.members.astype(np.float64)
        conflict = np.asarray(held @ single.conflict @ held.T > 0)
        np.fill_diagonal(conflict, val=False)
        return Packing(held @ single.demand, single.capacity, single.cost, conflict)

    def chances(self, single: Chances | None) -> Chances | None:
        """Return the joint paths of bundles."""
        if single is None or len(self.members) == len(single.paths):
            return single
        return Chances(np.tensordot(self.members.astype(np.float64), single.paths, axes=1), single.must_fit)


def bundles(together: Sequence[Sequence[int]], count: int) -> Bundles:
    """Return the bundles that sets of tenants form which must stand together; sets that overlap are one.

    Raises
    ------
    ValueError
        If a set names a tenant that does not exist.

    """
    label = np.arange(count)
    for which, group in enumerate(together):
        if not all(0 <= tenant < count for tenant in group):
            raise ValueError(f"together[{which}] is {list(group)}: tenants are 0 to {count - 1}")
        if len(group):
            label[np.isin(label, label[list(group)])] = label[list(group)].min()
    return Bundles(np.unique(label)[:, None] == label[None, :])


def check_bundles(found: Bundles, single: Packing, chance: Chances | None) -> None:
    """Raise ValueError for tenants that must stand together and cannot: names the smallest set of them that contradicts."""
    true = TrueCost(single, chance, None)
    for row in found.members:
        inside = np.flatnonzero(row)
        if len(inside) < 2:
            continue
        quarrel = np.argwhere(np.triu(single.conflict[np.ix_(inside, inside)]))
        if len(quarrel):
            one, two = inside[quarrel[0]].tolist()
            raise ValueError(
                f"tenants {one} and {two} must stand together and may not share (isolation, conflict, kind or compatibility): drop one rule"
            )
        if not _held(true, inside):
            least = _smallest_unheld(true, inside)
            raise ValueError(
                f"tenants {least} must stand together and no offer holds them all within the limits, though it holds any fewer "
                "of them: raise the limit, allow a larger offer or let one of them go"
            )


def _held(true: TrueCost, inside: NDArray[np.int64]) -> bool:
    members = np.isin(np.arange(true.problem.tenants), inside)
    return bool(np.isfinite(true.offers(members[None])[1][0]))


def _smallest_unheld(true: TrueCost, inside: NDArray[np.int64]) -> list[int]:
    """Return the smallest set that no offer holds; of many tenants one from which none can be left out."""
    if len(inside) <= _LOOKED_AT_WHOLE:
        sets = (np.asarray(some) for size in range(2, len(inside)) for some in combinations(inside.tolist(), size))
        return next((some.tolist() for some in sets if not _held(true, some)), inside.tolist())
    kept = inside
    for tenant in inside:
        fewer = kept[kept != tenant]
        if not _held(true, fewer):
            kept = fewer
    return [int(tenant) for tenant in kept]
