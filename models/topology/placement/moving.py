"""What it costs to move tenants out of the pools they stand in today."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
NEW = -1
"""Label of a tenant that stands nowhere today: placing it is no move."""


@dataclass(frozen=True, slots=True, eq=False)
class Moving:
    """Today's pools and the price of leaving them."""

    stays: Floats
    """Shape (tenants, labels): what is saved if the tenant's pool is the one that continues this label."""
    total: Floats
    """Shape (tenants,): cost of moving."""

    def least(self, members: NDArray[np.bool_]) -> Floats:
        """Return the cost of moves for groups (groups, tenants) if each continues the label that saves most."""
        saved = members @ self.stays
        return np.asarray(members @ self.total - (saved.max(axis=1) if saved.shape[1] else 0.0), dtype=np.float64)

    def of_bundles(self, members: NDArray[np.bool_]) -> "Moving":
        """Return the same for bundles of tenants (bundles, tenants), which move or stay tenant by tenant."""
        return Moving(members @ self.stays, np.asarray(members @ self.total, dtype=np.float64))

    def of(self, members: NDArray[np.bool_]) -> tuple[float, tuple[int, ...]]:
        """Return the cost of all moves and who moves when each label continues in one of the groups at most."""
        from scipy.optimize import linear_sum_assignment

        saved = members @ self.stays
        groups, labels = linear_sum_assignment(saved, maximize=True)
        paid = self.total.copy()
        for group, label in zip(groups, labels, strict=True):
            paid[members[group]] -= self.stays[members[group], label]
        return float(paid.sum()), tuple(np.flatnonzero(paid > 0).tolist())


def moving(current: Sequence[int] | NDArray[np.int64], move_cost: Sequence[float] | Floats | float, count: int) -> Moving:
    """Return the moves from `current` (a pool label a tenant, -1 = new) at `move_cost` (one figure, or one a tenant).

    Raises
    ------
    ValueError
        If lengths differ, or a cost is negative or no number.

    """
    labels = np.asarray(current)
    if labels.shape != (count,):
        raise ValueError(f"current has shape {labels.shape}: give today's pool for each of {count} tenants, -1 = new")
    each = np.asarray(move_cost, dtype=np.float64)
    if each.shape not in {(), (count,)} or not (np.isfinite(each) & (each >= 0)).all():
        raise ValueError(f"move_cost is {move_cost}: give one cost, or one for each of {count} tenants, finite and not negative")
    total = np.where(labels == NEW, 0.0, np.broadcast_to(each, (count,)))
    known = np.unique(labels[labels != NEW])
    return Moving((labels[:, None] == known[None]) * total[:, None], total)
