"""The hybrid is never worse than a pure partition that keeps the same limits."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from models.topology.resources import Layer
from models.topology.verdict import Reason, ReasonCode
from workbench.pipeline.figures import Result
from workbench.pipeline.plan import Plan, TopologyKind


def shared_users(users: NDArray[np.float64], plan: Plan) -> float:
    """Return the largest share of production users that one pool of several tenants serves; backups take nobody down."""
    total = float(users.sum())
    shared = [pool.tenants for pool in plan.pools if len(pool.tenants) > 1 and pool.layer != Layer.BACKUP]
    return max((float(users[list(group)].sum()) / total for group in shared), default=0.0) if total > 0 else 0.0


def plan_instead(hybrid: Result, pure: Sequence[Result], users: NDArray[np.float64], limit: float | None) -> Plan | None:
    """Return the plan of the best pure partition under the hybrid's name, if it keeps the limit at a smaller sum; else None.

    The search adds up pools; release rings and zones belong to no pool, so the sums of the pure partitions are compared once more.
    """
    kept = [one for one in pure if one.feasible and (limit is None or shared_users(users, one.plan) <= limit + 1e-12)]
    best = min([hybrid, *kept], key=lambda one: one.sum_monthly if one.sum_monthly is not None else Decimal("Infinity"))
    if best is hybrid:
        return None
    reasons = (*best.plan.reasons, Reason(ReasonCode.NOTHING_BETTER))
    return replace(best.plan, name=hybrid.name, kind=TopologyKind.HYBRID, reasons=reasons, search=hybrid.plan.search)
