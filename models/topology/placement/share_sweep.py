"""Cost against the worst share of the estate that one pool takes down, by epsilon-constraint."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from models.topology.frontier import frontier
from models.topology.placement.partition import Partition, partition
from models.topology.placement.prices import GroupCost

_LESS = 1e-9


@dataclass(frozen=True, slots=True)
class ShareFrontier:
    """Partitions of which none is both cheaper and less concentrated than another, the cheapest first."""

    partitions: tuple[Partition, ...]
    """The partition of each point; exact where its `exact` says so."""
    worst_share: tuple[float, ...]
    """Largest share of the weight in one group, falling."""
    knee: int | None
    """Which point lies furthest below the line between the ends; None with fewer than three, or if none lies below."""
    moved: tuple[tuple[int, ...], ...]
    """Tenants that leave their group from each point to the next; one entry less than points."""
    complete: bool
    """Whether every worst share was tried; otherwise the shares were tried in even steps."""


def share_frontier(
    cost_of: GroupCost,
    weights: NDArray[np.float64],
    *,
    compatible: NDArray[np.bool_] | None = None,
    alone: Sequence[int] = (),
    exact_up_to: int = 12,
    seed: int = 1,
    evaluations: int = 20_000,
    most_points: int = 24,
) -> ShareFrontier:
    """Return what less concentration costs: the cheapest partition under ever smaller limits on the worst share.

    Each point is the cheapest partition whose groups keep below the worst share of the point before (epsilon-constraint,
    Haimes, Lasdon and Wismer 1971), so where the partition is exact no efficient worst share between two points is left out.
    Prices of groups are asked once for all points.

    Parameters
    ----------
    cost_of
        Members (groups, tenants) to cost (groups,); inf = not allowed.
    weights
        Shape (tenants,): users, or 1 for each tenant.
    compatible, alone, exact_up_to, seed, evaluations
        As in `partition`.
    most_points
        Partitions to compute at most. If the shares do not end within half of them, the rest is stepped through evenly.

    Raises
    ------
    ValueError
        If weights are negative, no numbers or all zero, or a tenant has no allowed group.

    """
    share = _shares(weights)
    oracle = _Remembered(cost_of, share)
    found: list[Partition] = []
    limit, complete = np.inf, True
    while limit >= share.max() and len(found) < most_points:
        oracle.limit = limit
        starts = [found[-1].groups] if found else []
        point = partition(
            len(share),
            oracle,
            compatible=compatible,
            alone=alone,
            exact_up_to=exact_up_to,
            seed=seed,
            start=starts,
            evaluations=evaluations,
        )
        found.append(point)
        worst = worst_share(point, share)
        limit = worst * (1 - _LESS)
        left = most_points - len(found)
        if 2 * left <= most_points and left:
            even = worst - (worst - share.max()) / left
            complete &= even >= limit
            limit = min(limit, max(even, float(share.max())))
    complete &= limit < share.max()
    return _undominated(found, share, complete=bool(complete))


def worst_share(point: Partition, weights: NDArray[np.float64]) -> float:
    """Return the largest share of the weight (tenants,) in one group."""
    return max(float(weights[list(group)].sum()) for group in point.groups) / float(weights.sum())


class _Remembered:
    """Answers of an oracle, kept over several questions, infinite beyond a limit on the share."""

    def __init__(self, cost_of: GroupCost, share: NDArray[np.float64]) -> None:
        self.limit = np.inf
        self._cost_of = cost_of
        self._share = share
        self._known: dict[bytes, float] = {}

    def __call__(self, members: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return the cost of groups, inf for those above the limit, which are not asked about."""
        keys = [row.tobytes() for row in np.packbits(members, axis=1)]
        within = members @ self._share <= self.limit
        new = [k for k in np.flatnonzero(within) if keys[k] not in self._known]
        if new:
            answers = np.asarray(self._cost_of(members[new]), dtype=np.float64)
            if answers.shape != (len(new),):
                return answers
            self._known.update(zip([keys[k] for k in new], answers.tolist(), strict=True))
        return np.asarray([self._known[key] if fine else np.inf for key, fine in zip(keys, within, strict=True)])


def _shares(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    values = np.asarray(weights, dtype=np.float64)
    if values.ndim != 1 or not len(values) or not (np.isfinite(values) & (values >= 0)).all() or values.sum() <= 0:
        raise ValueError(f"weights are {values.tolist()}: give one finite weight a tenant, none negative and one positive at least")
    return np.asarray(values / values.sum(), dtype=np.float64)


def _undominated(found: list[Partition], share: NDArray[np.float64], *, complete: bool) -> ShareFrontier:
    worst = [worst_share(point, share) for point in found]
    kept = frontier(np.array([[point.cost, each] for point, each in zip(found, worst, strict=True)]))
    points = [found[k] for k in kept.points]
    moved = tuple(_moved(one, two, len(share)) for one, two in pairwise(points))
    knee = None if kept.knee is None else kept.points.index(kept.knee)
    return ShareFrontier(tuple(points), tuple(worst[k] for k in kept.points), knee, moved, complete)


def _moved(before: Partition, after: Partition, tenants: int) -> tuple[int, ...]:
    """Return the fewest tenants that change groups, each new group continuing one of the old ones at most."""
    from scipy.optimize import linear_sum_assignment

    shared = np.array([[len({*old} & {*new}) for new in after.groups] for old in before.groups])
    old, new = linear_sum_assignment(shared, maximize=True)
    stay = {tenant for k, j in zip(old, new, strict=True) for tenant in {*before.groups[k]} & {*after.groups[j]}}
    return tuple(tenant for tenant in range(tenants) if tenant not in stay)
