"""What breaks together in a plan, how often, and what it costs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.topology.annual_loss import AnnualLoss, annual_loss
from models.topology.availability import tenant_availability
from models.topology.blast_radius import BlastRadius, Domains, blast_radius, effective_cells, event_loss
from models.topology.resources import Layer
from workbench.pipeline.domains import DOMAIN_OF, Domain, domains_of
from workbench.pipeline.estate_rows import EstateRows
from workbench.pipeline.factory import PoolFactory
from workbench.pipeline.failures import DomainRate
from workbench.pipeline.plan import Plan
from workbench.pipeline.recovery import Objective, broken_objectives
from workbench.pipeline.routes import outage_hours
from workbench.study.estate import Tenant
from workbench.study.recovery import Recovery


@dataclass(frozen=True, slots=True, eq=False)
class Risk:
    """Blast radius, availability and yearly loss of a plan."""

    domains: tuple[Domain, ...]
    radius: BlastRadius
    loss: AnnualLoss | None
    """None if a downtime cost is unknown."""
    availability: NDArray[np.float64]
    """Shape (production tenants,)."""
    availability_mean: float
    """Weighted by users."""
    broken: tuple[Objective, ...]
    """Recovery objectives that the loss of an instance breaks though recovery goes as planned."""
    effective_cells: float
    """Equal cells with the same concentration of users on database servers (1/H, Herfindahl)."""
    uncounted: tuple[str, ...]
    """Kinds of failure without a rate: not counted, not zero."""


def risk_of(factory: PoolFactory, plan: Plan, rates: Mapping[str, DomainRate]) -> Risk:
    """Return the risk of a plan over production tenants; region, provider, DNS and identity hit all plans alike and stay out."""
    study, rows, tenants = factory.sizer.study, factory.sizer.rows, list(factory.sizer.tenants)
    domains = domains_of(study, plan, rows, rates, tenants)
    production = np.flatnonzero(rows.production)
    arrays = Domains(
        np.array([domain.rate_per_year for domain in domains], float),
        np.array([domain.outage_h for domain in domains], float),
        _members(domains, len(tenants))[:, production],
    )
    hourly = np.array([_per_hour(tenants[i]) for i in production])
    ramps = [_ramp(tenants[i]) for i in production]
    lost = event_loss(arrays.outage_h, hourly, ramps)
    users = rows.users[production]
    up = tenant_availability(arrays.rate_per_year, arrays.outage_h, arrays.members)
    per_event = np.where(arrays.members, lost, 0.0).sum(axis=1)
    worst_share, worst_domain = _worst(domains, rows)
    radius = replace(blast_radius(arrays, users, lost), worst_share=worst_share, worst_domain=worst_domain)
    return Risk(
        domains=domains,
        radius=radius,
        loss=None if np.isnan(per_event).any() else annual_loss(arrays.rate_per_year, per_event),
        availability=up,
        availability_mean=float(np.average(up, weights=users)),
        broken=broken_objectives(study, plan, tenants, domains),
        effective_cells=_cells(plan, rows),
        uncounted=tuple(sorted({"node", "database server", "cache", "zone", "release"} - set(rates))),
    )


def _cells(plan: Plan, rows: EstateRows) -> float:
    sizes = np.array([float(rows.users[list(pool.tenants)].sum()) for pool in plan.of_layer(Layer.DATABASE)])
    return effective_cells(sizes) if sizes.sum() > 0 else 1.0


def _worst(domains: tuple[Domain, ...], rows: EstateRows) -> tuple[float, int]:
    """Return the largest share of production users that one instance, pool, zone or release ring holds, and which domain that is.

    A ring counts by its own tenants, a pool by all it serves even when replicas carry on after the loss of one machine.
    """
    total = float(rows.users.sum())
    shares = [float(rows.users[list(domain.own or domain.tenants)].sum()) / total for domain in domains]
    worst = int(np.argmax(shares)) if shares else 0
    return max(shares, default=0.0), worst


def pool_loss_per_year(
    layer: Layer,
    members: NDArray[np.bool_],
    survives: NDArray[np.int64],
    restore_h: NDArray[np.float64],
    rates: Mapping[str, DomainRate],
    recovery: Recovery,
    hourly: NDArray[np.float64],
    ramps: list[tuple[tuple[float, float], ...]],
) -> NDArray[np.float64]:
    """Return the expected yearly loss of each group's own instances, shape (groups,): the search's view of risk."""
    rate = rates.get(DOMAIN_OF.get(layer, ""))
    if rate is None:
        return np.zeros(len(members))
    outage = np.array([outage_hours(layer, rate, bool(s), float(r), recovery) for s, r in zip(survives, restore_h, strict=True)])
    lost = np.nan_to_num(event_loss(outage, hourly, ramps))
    exposed = _exposed(layer, survives)
    return np.asarray(rate.rate.mean_per_year * exposed * (members * lost).sum(axis=1), float)


def _exposed(layer: Layer, survives: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.where(survives > 0, 0.0, 1.0) if layer == Layer.WORKERS else np.ones(len(survives))


def _members(domains: tuple[Domain, ...], tenants: int) -> NDArray[np.bool_]:
    members = np.zeros((len(domains), tenants), bool)
    for row, domain in enumerate(domains):
        members[row, list(domain.tenants)] = True
    return members


def _per_hour(tenant: Tenant) -> float:
    return float("nan") if tenant.downtime is None else float(tenant.downtime.per_hour)


def _ramp(tenant: Tenant) -> tuple[tuple[float, float], ...]:
    return ((0.0, 1.0),) if tenant.downtime is None else tuple((hours, float(share)) for hours, share in tenant.downtime.ramp)


def hourly_losses(tenants: Sequence[Tenant]) -> tuple[NDArray[np.float64], list[tuple[tuple[float, float], ...]]]:
    """Return each tenant's loss per hour (NaN unknown, 0 outside production) and its ramp."""
    hourly = np.array([_per_hour(tenant) if tenant.production else 0.0 for tenant in tenants])
    return hourly, [_ramp(tenant) for tenant in tenants]
