"""What fails together in a plan: instances, the zone, release rings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from models.topology.release_rings import ring_domains, ring_reach
from models.topology.resources import Layer
from workbench.pipeline.estate_rows import EstateRows
from workbench.pipeline.failures import LAYER_OF_DOMAIN, DomainRate
from workbench.pipeline.plan import Plan
from workbench.pipeline.pools import Pool
from workbench.pipeline.routes import Route, has_standby, route_of, single_route
from workbench.pipeline.sharing import members_of
from workbench.study.estate import Study, Tenant
from workbench.study.recovery import Recovery

ZONE = 2
"""Index in SURVIVES from which the loss of a zone is survived."""
DOMAIN_OF: Mapping[Layer, str] = {layer: domain for domain, layer in LAYER_OF_DOMAIN.items()}


@dataclass(frozen=True, slots=True, eq=False)
class Domain:
    """Tenants that go down together."""

    name: str
    """Such as "db-eu-1" or "meridian-std rings 1-2/3"."""
    kind: str
    """Key of [failures]: database server, node, zone, release, …"""
    pool: str | None
    rate_per_year: float
    outage_h: float
    tenants: tuple[int, ...]
    assumed: bool
    route: Route
    """How it comes back."""
    own: tuple[int, ...] = ()
    """Tenants of the instance, pool or ring itself: a ring's without those before it, a pool's even when replicas carry on."""


def domains_of(study: Study, plan: Plan, rows: EstateRows, rates: Mapping[str, DomainRate], tenants: list[Tenant]) -> tuple[Domain, ...]:
    """Return the failure domains of a plan; region, provider, DNS and identity hit all plans alike and stay out."""
    return (
        *_instances(plan, rates, study.recovery),
        *_overloads(plan, rates, study.recovery),
        *_behind(study, rates),
        *_zone(plan, rows, rates, study.recovery),
        *_releases(plan, rows, rates, tenants, study.recovery),
    )


def _instances(plan: Plan, rates: Mapping[str, DomainRate], recovery: Recovery) -> list[Domain]:
    found = []
    for pool in plan.pools:
        kind = DOMAIN_OF.get(pool.layer)
        rate = None if kind is None else rates.get(kind)
        if rate is None or kind is None:
            continue
        alone = pool.layer == Layer.WORKERS and min(pool.replicas, default=0) > 1
        route = route_of(pool, rate, recovery)
        one = _domain(pool.name, kind, pool.name, rate, route, () if alone else pool.tenants, own=pool.tenants)
        machines = max(pool.replicas[0], 1) if pool.layer == Layer.WORKERS and pool.replicas else 1
        found.append(replace(one, rate_per_year=machines * one.rate_per_year))
    return found


def _overloads(plan: Plan, rates: Mapping[str, DomainRate], recovery: Recovery) -> list[Domain]:
    """Return what one tenant's load does to those it shares workers with; a pool of one has nobody else to take down."""
    rate = rates.get("overload")
    if rate is None:
        return []
    shared = [pool for pool in plan.of_layer(Layer.WORKERS) if len(pool.tenants) > 1]
    route = single_route(rate.failure.outage_h, recovery, "stop what overloads it", assumed=rate.failure.assumed)
    return [_domain(f"overload {pool.name}", "overload", pool.name, rate, route, pool.tenants) for pool in shared]


def _behind(study: Study, rates: Mapping[str, DomainRate]) -> list[Domain]:
    """Return what takes nobody down by itself: without it nothing can be replaced, or restored."""
    kinds = (("control plane",) if study.platform.runs_on == "kubernetes" else ()) + ("backup store",)
    found = []
    for kind in kinds:
        rate = rates.get(kind)
        if rate is not None:
            route = single_route(rate.failure.outage_h, study.recovery, "repair it", assumed=rate.failure.assumed)
            found.append(_domain(kind, kind, None, rate, route, ()))
    return found


def _domain(
    name: str, kind: str, pool: str | None, rate: DomainRate, route: Route, tenants: tuple[int, ...], own: tuple[int, ...] = ()
) -> Domain:
    return Domain(name, kind, pool, rate.rate.mean_per_year, route.outage_h, tenants, rate.assumed, route, own)


def _zone(plan: Plan, rows: EstateRows, rates: Mapping[str, DomainRate], recovery: Recovery) -> list[Domain]:
    """Return the loss of the zone in which everything stands that does not survive it."""
    rate = rates.get("zone")
    if rate is None:
        return []
    exposed = [pool for pool in plan.pools if pool.layer in DOMAIN_OF and not _outlives_zone(pool, rows)]
    down = sorted({tenant for pool in exposed for tenant in pool.tenants})
    route = single_route(rate.failure.outage_h, recovery, "wait for the zone", assumed=rate.failure.assumed)
    return [_domain("zone", "zone", None, rate, route, tuple(down))]


def _outlives_zone(pool: Pool, rows: EstateRows) -> bool:
    """Return whether the pool is meant to survive the loss of a zone and has parts enough to do so."""
    doubled = pool.layer in (Layer.INGRESS, Layer.FILESTORE) or min(pool.replicas, default=0) > 1 or has_standby(pool)
    return doubled and int(rows.survives[list(pool.tenants)].max()) >= ZONE


def _releases(plan: Plan, rows: EstateRows, rates: Mapping[str, DomainRate], tenants: list[Tenant], recovery: Recovery) -> list[Domain]:
    """Return bad releases as domains: for each code base, rings of worker pools from the smallest up."""
    rate = rates.get("release")
    if rate is None:
        return []
    found = []
    for image, pools in image_pools(plan, tenants).items():
        rings = ring_members(pools, rows, rate.failure.rings or (1.0,))
        sizes = [max(float(rows.users[list(ring)].sum()), 1e-9) for ring in rings]
        reach = ring_reach(sizes, recovery.ring_detection.value, recovery.emergency_share.value, recovery.release_common_cause.value)
        members = members_of(rings, len(tenants))
        ring_rates, ring_tenants = ring_domains(members, reach, rate.rate.mean_per_year)
        found += [
            Domain(
                _ring_name(image, ring + 1, len(rings)),
                "release",
                None,
                float(ring_rates[ring]),
                rate.failure.outage_h,
                tuple(int(i) for i in np.flatnonzero(ring_tenants[ring])),
                rate.assumed,
                single_route(rate.failure.outage_h, recovery, "roll back", assumed=rate.failure.assumed),
                tuple(sorted(rings[ring])),
            )
            for ring in range(len(rings))
        ]
    return found


def _ring_name(image: str, last: int, rings: int) -> str:
    """Return the name of a bad release that is stopped in a ring."""
    return f"{image} ring 1/{rings}" if last == 1 else f"{image} rings 1-{last}/{rings}"


def ring_members(pools: list[Pool], rows: EstateRows, shares: tuple[float, ...]) -> list[tuple[int, ...]]:
    """Return the tenants of each release ring."""
    return [tuple(tenant for pool in ring for tenant in pool.tenants) for ring in ring_pools(pools, rows, shares)]


def ring_pools(pools: list[Pool], rows: EstateRows, shares: tuple[float, ...]) -> list[tuple[Pool, ...]]:
    """Return the pools of each release ring: from the fewest users up, each ring filled to its cumulative share of users."""
    ordered = sorted(pools, key=lambda pool: (float(rows.users[list(pool.tenants)].sum()), pool.name))
    total = max(float(sum(rows.users[list(pool.tenants)].sum() for pool in pools)), 1e-9)
    limits = [*[share for share in shares if share < 1 - 1e-9], 1.0]
    rings: list[list[Pool]] = [[] for _ in limits]
    reached, ring = 0.0, 0
    for pool in ordered:
        share = float(rows.users[list(pool.tenants)].sum()) / total
        while ring < len(limits) - 1 and reached >= limits[ring] - 1e-9:
            ring += 1
        rings[ring].append(pool)
        reached += share
    return [tuple(members) for members in rings if members]


def image_pools(plan: Plan, tenants: Sequence[Tenant]) -> dict[str, list[Pool]]:
    """Return the production worker pools of each code base, code bases by name."""
    found: dict[str, list[Pool]] = {}
    for pool in plan.of_layer(Layer.WORKERS):
        if pool.production:
            found.setdefault(tenants[pool.tenants[0]].runs.image, []).append(pool)
    return dict(sorted(found.items()))
