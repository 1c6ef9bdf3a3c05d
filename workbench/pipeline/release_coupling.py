"""What ties the pools of workers of one code base together: a bad release goes out ring by ring, the smallest pools first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.topology.blast_radius import event_loss
from models.topology.release_rings import ring_reach
from workbench.pipeline.estate_rows import EstateRows
from workbench.pipeline.failures import DomainRate
from workbench.pipeline.risk import hourly_losses
from workbench.study.estate import Tenant
from workbench.study.recovery import Recovery

Group = tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class CodeBase:
    """The production tenants of one image."""

    tenants: frozenset[int]
    users: NDArray[np.float64]
    """Shape (all tenants,)."""
    lost_per_year: NDArray[np.float64]
    """Shape (all tenants,): what a tenant loses a year if every bad release reaches it."""
    shares: tuple[float, ...]
    """Cumulative shares of users at which one ring ends and the next begins; the last is 1."""
    hit: tuple[tuple[float, ...], ...]
    """Number of rings less one, then ring, to the probability that a bad release reaches it."""

    def loss(self, groups: Sequence[Group]) -> float:
        """Return the expected loss a year from bad releases, for the groups of this code base."""
        reached, ring, filled = 0.0, 0, False
        lost = [0.0]
        ordered = sorted((float(self.users[list(group)].sum()), group) for group in groups)
        total = max(sum(size for size, _ in ordered), 1e-9)
        for size, group in ordered:
            while ring < len(self.shares) - 1 and reached >= self.shares[ring] - 1e-9:
                ring += 1
                if filled:
                    lost.append(0.0)
                filled = False
            lost[-1] += float(self.lost_per_year[list(group)].sum())
            filled = True
            reached += size / total
        return float(np.dot(lost, self.hit[len(lost) - 1]))

    def floor(self) -> float:
        """Return a loss that no partition goes below: users may be cut at will, those who lose the least go first."""
        members = sorted(self.tenants)
        users, lost = self.users[members], self.lost_per_year[members]
        total = float(users.sum())
        if total <= 0:
            return float(lost.sum() * self.hit[-1][-1])
        free = users <= 0
        order = np.argsort(lost[~free] / users[~free], kind="stable")
        edges = np.concatenate([[0.0], np.cumsum(users[~free][order]) / total])
        below = np.concatenate([[0.0], np.cumsum(lost[~free][order])])
        marks = np.interp([0.0, *self.shares], edges, below)
        return float(np.dot(np.diff(marks), self.hit[-1]) + lost[free].sum() * self.hit[-1][-1])


def code_bases(tenants: Sequence[Tenant], rows: EstateRows, rates: Mapping[str, DomainRate], recovery: Recovery) -> tuple[CodeBase, ...]:
    """Return the code bases of production; none without a rate of bad releases."""
    rate = rates.get("release")
    if rate is None:
        return ()
    hourly, ramps = hourly_losses(tenants)
    lost = rate.rate.mean_per_year * np.nan_to_num(event_loss(np.array([rate.failure.outage_h]), np.nan_to_num(hourly), ramps))[0]
    shares = (*(share for share in rate.failure.rings or () if share < 1 - 1e-9), 1.0)
    hit = tuple(_hit(rings, recovery) for rings in range(1, len(shares) + 1))
    images = sorted({tenant.runs.image for tenant in tenants if tenant.production})
    return tuple(
        CodeBase(
            frozenset(i for i, tenant in enumerate(tenants) if tenant.production and tenant.runs.image == image),
            rows.users,
            lost,
            shares,
            hit,
        )
        for image in images
    )


def _hit(rings: int, recovery: Recovery) -> tuple[float, ...]:
    """Return the probability that a bad release reaches each of so many rings."""
    reach = ring_reach([1.0] * rings, recovery.ring_detection.value, recovery.emergency_share.value, recovery.release_common_cause.value)
    return tuple(float(value) for value in np.cumsum(reach.probability[::-1])[::-1])
