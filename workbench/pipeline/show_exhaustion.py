"""When pools, and the tenants that stand on them, are full if nothing more is bought."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from models.topology.resources import Resource
from workbench.pipeline.exhaustion import BEYOND, Exhaustion, exhaustion_of
from workbench.pipeline.pools import Pool
from workbench.pipeline.session import Session
from workbench.pipeline.show_full_by import full_within


@dataclass(frozen=True, slots=True)
class PoolFull:
    """A production pool's resource."""

    pool: str
    layer: str
    resource: Resource
    tenants: tuple[str, ...]
    when: Exhaustion


@dataclass(frozen=True, slots=True)
class TenantFull:
    """A tenant: full when the first of the pools it stands on is, path by path."""

    tenant: str
    when: Exhaustion
    pool: str
    """The pool that is first on most paths; empty if none is full within the window …"""
    resource: Resource | None
    """… and its resource."""
    share: float
    """Share of the paths that are full on which this pool and resource come first."""


@dataclass(frozen=True, slots=True)
class ExhaustionRow:
    """One line of the file: a pool's resource, for one of its tenants."""

    topology: str
    tenant: str
    pool: str
    layer: str
    resource: str
    full_p05: date | None
    """None: beyond the window."""
    full_p50: date | None
    full_p95: date | None
    never: float
    """Probability that it is not full within the window."""
    before_lead_time: float
    """Probability that it is full before something ordered today would be there."""
    extrapolated: bool
    """Whether dates beyond the horizon are among them."""


@dataclass(frozen=True, slots=True)
class Soon:
    """Something and the probability that it is full by a day."""

    pool: str
    """Empty: any pool of the tenant."""
    resource: Resource | None
    tenant: str
    """Empty: a pool by itself."""
    probability: float


def pools_full(session: Session, topology: str) -> tuple[PoolFull, ...]:
    """Return every production pool and known limit of a topology, in the order of the plan."""
    return tuple(
        PoolFull(pool.name, str(pool.layer), resource, tuple(session.tenants[i] for i in pool.tenants), when)
        for pool in _pools(session, topology)
        for resource, when in pool.exhaustion.items()
    )


def tenants_full(session: Session, topology: str, among: Collection[str] | None = None) -> tuple[TenantFull, ...]:
    """Return when each tenant in production, or each of some, first meets a limit, the earliest first."""
    held: dict[int, list[tuple[Pool, Resource]]] = {}
    for pool in _pools(session, topology):
        for resource in pool.exhaustion:
            for tenant in (i for i in pool.tenants if among is None or session.tenants[i] in among):
                held.setdefault(tenant, []).append((pool, resource))
    found = [_tenant_full(session, session.tenants[tenant], limits) for tenant, limits in held.items()]
    return tuple(sorted(found, key=lambda one: (one.when.p50 or date.max, one.when.p05 or date.max, one.when.never, one.tenant)))


def exhaustion_rows(session: Session, topology: str) -> tuple[ExhaustionRow, ...]:
    """Return a row a tenant, pool and resource."""
    return tuple(
        ExhaustionRow(
            topology,
            tenant,
            one.pool,
            one.layer,
            one.resource.value,
            one.when.p05,
            one.when.p50,
            one.when.p95,
            one.when.never,
            one.when.before_lead_time,
            one.when.extrapolated,
        )
        for one in pools_full(session, topology)
        for tenant in one.tenants
    )


def full_soon(session: Session, topology: str, until: date, tenant: str | None = None, pool: str | None = None) -> tuple[Soon, ...]:
    """Return what may be full by a day, most likely first: pools one by one, or all that one tenant stands on together.

    A ValueError names the known pools or tenants.
    """
    pools = [one for one in _pools(session, topology) if pool in (None, one.name)]
    if not pools:
        raise ValueError(f"no production pool {pool!r}: choose one of {', '.join(one.name for one in _pools(session, topology))}")
    if tenant is None:
        kept = {one.name for one in pools}
        found = full_within(session, topology, until)
        return tuple(Soon(one.pool, one.resource, "", one.probability) for one in found if one.pool in kept)
    row, last = _row(session, tenant), (until - session.window.as_of).days
    days = [_days(session, one, resource) for one in pools if row in one.tenants for resource in one.exhaustion]
    return (Soon(pool or "", None, tenant, float(np.mean(np.min(days, axis=0) <= last))),) if days else ()


def _tenant_full(session: Session, tenant: str, limits: list[tuple[Pool, Resource]]) -> TenantFull:
    days = np.stack([_days(session, pool, resource) for pool, resource in limits])
    when = exhaustion_of(days.min(axis=0), session.window, session.study.purchase.lead_time_days)
    crossed = days.min(axis=0) < BEYOND
    if when.never == 1:
        return TenantFull(tenant, when, "", None, 0.0)
    first = np.bincount(days.argmin(axis=0)[crossed], minlength=len(limits))
    place = int(first.argmax())
    return TenantFull(tenant, when, limits[place][0].name, limits[place][1], float(first[place] / crossed.sum()))


def _days(session: Session, pool: Pool, resource: Resource) -> NDArray[np.int64]:
    return session.factory.full_days(pool.tenants, resource, float(pool.usable[resource][0]))


def _pools(session: Session, topology: str) -> list[Pool]:
    return [pool for pool in session.result(topology).plan.pools if pool.production]


def _row(session: Session, tenant: str) -> int:
    if tenant not in session.tenants:
        raise ValueError(f"no tenant {tenant!r} in the figures: choose one of {', '.join(session.tenants)}")
    return session.tenants.index(tenant)
