"""What less blast radius costs: the best split under ever tighter limits on the users of a shared pool."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from models.topology.frontier import frontier
from models.topology.resources import Layer
from workbench.pipeline.figures import Result
from workbench.pipeline.moves import Move, groups_of, moves_between
from workbench.pipeline.no_worse import shared_users
from workbench.pipeline.search import Split
from workbench.pipeline.session import Session
from workbench.pipeline.sharing import Groups

MOST_POINTS = 12
"""Limits tried between the least limited split and no sharing at all: each is one search of all layers."""
TIGHTEST = 1e-6
"""Share of the widest limit at which nobody shares."""


@dataclass(frozen=True, slots=True, eq=False)
class Point:
    """The best split under one limit."""

    result: Result
    sum_monthly: Decimal
    worst_share: float
    """Of production users, release rings and zones included."""
    shared_users: float
    """Largest share of users that one shared pool serves: what the limit binds."""
    pools: int
    knee: bool
    moves: tuple[Move, ...]
    """From the point before, which has the larger worst share; none at the first."""
    dearer: Decimal | None
    """Its sum less that of the point before; None at the first."""

    @property
    def layers(self) -> Mapping[Layer, int]:
        """Layer to the number of tenants that move in it."""
        return {layer: sum(move.layer == layer for move in self.moves) for layer in dict.fromkeys(move.layer for move in self.moves)}


@dataclass(frozen=True, slots=True, eq=False)
class EstateFrontier:
    """Splits of which none is at least as cheap and at least as safe as another."""

    points: tuple[Point, ...]
    """The largest worst share and least sum first."""
    exact: bool
    """Whether every split was proven to be the best under its limit."""
    searches: int
    """Limits tried."""
    floor: float
    """Largest share of users of one tenant: no split goes below."""


def estate_frontier(session: Session, progress: Callable[[str, float], None]) -> EstateFrontier:
    """Return the undominated splits by worst share of users and monthly sum, by epsilon constraint (Haimes et al. 1971).

    Limits on the users of a shared pool step down evenly from what the unlimited split has, the study's own among them. Splits without
    a sum are left out.
    """
    planner = session.planner
    users = session.factory.sizer.rows.users
    floor = float(users.max() / users.sum()) if users.sum() > 0 else 0.0
    found: list[tuple[Split, Result]] = []
    left: list[float] = []
    limit: float | None = None
    while limit is None or limit > 0:
        progress("frontier", len(found) / (MOST_POINTS + 2))
        split = planner.split(limit)
        name = "no limit" if limit is None else f"at most {100 * limit:.1f} %"
        result = session.evaluated(planner.plan_of(name, split))
        found.append((split, result))
        reached = shared_users(users, result.plan)
        left = _limits(reached, session.study.users_share_limit) if limit is None else left
        left = [one for one in left if one < reached]
        limit = left.pop(0) if left else 0.0
    known = [(split, result) for split, result in found if result.sum_monthly is not None and result.risk is not None]
    return EstateFrontier(_points(known, users), all(split.search.exact for split, _ in found), len(found), floor)


def _limits(reached: float, own: float | None) -> list[float]:
    """Return the limits to try, the widest first."""
    even = [reached * (MOST_POINTS - step) / MOST_POINTS for step in range(1, MOST_POINTS)]
    return sorted({*even, *(() if own is None or own >= reached else (own,)), reached * TIGHTEST}, reverse=True)


def _points(found: list[tuple[Split, Result]], users: NDArray[np.float64]) -> tuple[Point, ...]:
    if not found:
        return ()
    sums = [result.sum_monthly or Decimal(0) for _, result in found]
    shares = [result.risk.radius.worst_share if result.risk is not None else float("nan") for _, result in found]
    kept = frontier(np.column_stack([[float(one) for one in sums], np.round(shares, 9)]))
    points: list[Point] = []
    before: Mapping[Layer, Groups] | None = None
    for index in kept.points:
        _, result = found[index]
        groups = groups_of(result.plan)
        points.append(
            Point(
                result=result,
                sum_monthly=sums[index],
                worst_share=shares[index],
                shared_users=shared_users(users, result.plan),
                pools=len(result.plan.pools),
                knee=index == kept.knee,
                moves=() if before is None else moves_between(before, groups),
                dearer=None if not points else sums[index] - points[-1].sum_monthly,
            )
        )
        before = groups
    return tuple(points)
