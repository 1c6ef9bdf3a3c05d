"""What happens if a failure domain is lost now: who is down, what it costs, what survives."""

from dataclasses import dataclass
from math import isfinite

import numpy as np

from models.topology.blast_radius import event_loss
from models.topology.resources import Resource
from workbench.pipeline.domains import Domain
from workbench.pipeline.figures import Result
from workbench.pipeline.pools import Pool
from workbench.pipeline.risk import hourly_losses
from workbench.pipeline.session import Session

HOURS_SHOWN = (0.25, 1.0, 4.0, 8.0, 24.0)
"""Lengths of an outage whose cost is said."""


@dataclass(frozen=True, slots=True)
class Survivor:
    """A pool that stays up and what room it has."""

    pool: str
    headroom: float | None
    """Before the loss, least over its resources in the first month; None unknown."""
    headroom_after: float | None
    """With what the loss takes of it."""
    resource: Resource | None
    """Which resource decides after the loss."""


@dataclass(frozen=True, slots=True)
class LossNow:
    """One domain lost at this moment."""

    topology: str
    domain: str
    kind: str
    tenants: tuple[str, ...]
    """Down until the domain is back; empty: the rest carries them."""
    users: int
    users_share: float
    outage_h: float
    steps: tuple[tuple[str, float], ...]
    """What recovery takes: (step, hours)."""
    lost: tuple[tuple[float, float | None], ...]
    """(hours since the loss, money lost by then); None: a downtime cost is unknown."""
    unpriced: tuple[str, ...]
    """Tenants whose downtime cost is unknown."""
    owner: str | None
    runbook: str | None
    survivors: tuple[Survivor, ...]
    assumed: bool
    """Whether the duration rests on a belief and not on an incident."""


def domain_names(result: Result) -> tuple[str, ...]:
    """Return what can be lost in a topology."""
    return () if result.risk is None else tuple(domain.name for domain in result.risk.domains)


def lose(session: Session, topology: str, domain: str) -> LossNow:
    """Return what the loss of a domain does, from the last fitted state alone."""
    result = session.result(topology)
    known = () if result.risk is None else result.risk.domains
    found = next((one for one in known if one.name == domain), None)
    if found is None:
        raise ValueError(f"no failure domain {domain!r} in {topology}: choose one of {', '.join(one.name for one in known) or 'none'}")
    rows = session.factory.sizer.rows
    down = list(found.tenants)
    hourly, ramps = hourly_losses(session.factory.sizer.tenants)
    pool = None if found.pool is None else result.plan.pool(found.pool)
    total = float(rows.users.sum())
    users = float(rows.users[down].sum())
    return LossNow(
        topology=topology,
        domain=found.name,
        kind=found.kind,
        tenants=tuple(rows.names[i] for i in down),
        users=round(users),
        users_share=users / total if total > 0 else 0.0,
        outage_h=found.outage_h,
        steps=found.route.steps,
        lost=_lost(found, down, hourly, ramps),
        unpriced=tuple(rows.names[i] for i in down if not isfinite(hourly[i])),
        owner=None if pool is None else pool.owner,
        runbook=None if pool is None else pool.runbook,
        survivors=_survivors(result, found),
        assumed=found.assumed,
    )


def _lost(
    domain: Domain, down: list[int], hourly: np.ndarray[tuple[int, ...], np.dtype[np.float64]], ramps: list[tuple[tuple[float, float], ...]]
) -> tuple[tuple[float, float | None], ...]:
    hours = sorted({*HOURS_SHOWN, domain.outage_h})
    each = event_loss(np.array(hours), hourly[down], [ramps[i] for i in down])
    sums = each.sum(axis=1)
    return tuple((hour, float(amount) if isfinite(amount) else None) for hour, amount in zip(hours, sums, strict=True))


def _survivors(result: Result, domain: Domain) -> tuple[Survivor, ...]:
    """Return the pools that lose a part and go on: the domain's own, and all that stand in a lost zone."""
    touched = [
        pool
        for pool in result.plan.pools
        if pool.production and (pool.name == domain.pool or domain.kind == "zone") and not set(pool.tenants) & set(domain.tenants)
    ]
    return tuple(_survivor(pool) for pool in touched)


def _survivor(pool: Pool) -> Survivor:
    before, _ = _least(pool, after_loss=False)
    after, resource = _least(pool, after_loss=True)
    return Survivor(pool.name, before, after, resource)


def _least(pool: Pool, *, after_loss: bool) -> tuple[float | None, Resource | None]:
    """Return the least headroom of the first month, and its resource."""
    found: dict[Resource, float] = {}
    for resource, planned in pool.planned.items():
        usable = (pool.usable_after_loss if after_loss else pool.usable).get(resource)
        if usable is not None and isfinite(usable[0]) and usable[0] > 0:
            found[resource] = 1 - float(planned[0]) / float(usable[0])
    if not found:
        return None, None
    resource = min(found, key=lambda one: (found[one], one))
    return found[resource], resource
