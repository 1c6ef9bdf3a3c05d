"""What fails together in a plan: instances, the zone, release rings."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from models.topology.release_rings import ring_domains, ring_reach
from models.topology.resources import Layer, Resource
from workbench.pipeline.estate_rows import EstateRows
from workbench.pipeline.failures import LAYER_OF_DOMAIN, DomainRate
from workbench.pipeline.plan import Plan
from workbench.pipeline.pools import Pool
from workbench.pipeline.sharing import members_of
from workbench.study.estate import Tenant

FAILOVER_H = 5 / 60
"""Hours until a standby serves: detection, decision and promotion; a belief until a test was timed."""
FAILOVER_WORKS = 0.9
"""Probability that a failover works when needed; a belief."""
RESTORE_BYTES_PER_S = 100e6
"""Bytes per second at which a backup is restored; a belief until a restore was timed."""
RING_DETECTION = 0.7
"""Probability that a ring shows a bad release before the next ring follows; a belief."""
EMERGENCY_SHARE = 0.1
"""Share of releases that bypass the rings; a belief."""
COMMON_CAUSE = 0.1
"""Share of bad releases that hit all rings at once; a belief (beta factor of shared code)."""
ZONE = 2
"""Index in SURVIVES from which the loss of a zone is survived."""
DOMAIN_OF: Mapping[Layer, str] = {layer: domain for domain, layer in LAYER_OF_DOMAIN.items()}


@dataclass(frozen=True, slots=True, eq=False)
class Domain:
    """Tenants that go down together."""

    name: str
    """Such as "db-eu-1" or "release meridian-std, ring 2"."""
    kind: str
    """Key of [failures]: database server, node, zone, release, …"""
    pool: str | None
    rate_per_year: float
    outage_h: float
    tenants: tuple[int, ...]
    assumed: bool
    steps: tuple[tuple[str, float], ...]
    """What recovery takes: (step, hours)."""
    own: tuple[int, ...] = ()
    """Tenants of the instance, pool or ring itself: a ring's without those before it, a pool's even when replicas carry on."""


def domains_of(plan: Plan, rows: EstateRows, rates: Mapping[str, DomainRate], tenants: list[Tenant]) -> tuple[Domain, ...]:
    """Return the failure domains of a plan; region, provider, DNS and identity hit all plans alike and stay out."""
    return (*_instances(plan, rates), *_zone(plan, rows, rates), *_releases(plan, rows, rates, tenants))


def outage_hours(layer: Layer, rate: DomainRate, standby: bool, restore_h: float) -> float:
    """Return the expected hours until service is back, with or without a standby."""
    alone = rate.failure.outage_h + (restore_h if layer == Layer.DATABASE else 0.0)
    if not standby or layer not in (Layer.DATABASE, Layer.CACHE):
        return alone
    return FAILOVER_WORKS * min(FAILOVER_H, alone) + (1 - FAILOVER_WORKS) * alone


def restore_hours(stored_bytes: float) -> float:
    """Return the hours a restore of a database takes."""
    return stored_bytes / RESTORE_BYTES_PER_S / 3600


def _instances(plan: Plan, rates: Mapping[str, DomainRate]) -> list[Domain]:
    found = []
    for pool in plan.pools:
        kind = DOMAIN_OF.get(pool.layer)
        rate = None if kind is None else rates.get(kind)
        if rate is None or kind is None:
            continue
        standby = has_standby(pool)
        alone = pool.layer == Layer.WORKERS and min(pool.replicas, default=0) > 1
        outage = outage_hours(pool.layer, rate, standby, restore_hours(_stored(pool)))
        down = () if alone else pool.tenants
        steps = _steps(pool, rate, standby)
        found.append(Domain(pool.name, kind, pool.name, rate.rate.mean_per_year, outage, down, rate.assumed, steps, pool.tenants))
    return found


def _stored(pool: Pool) -> float:
    stored = pool.planned.get(Resource.STORAGE)
    return 0.0 if stored is None else float(stored[: len(pool.replicas)].max())


def _steps(pool: Pool, rate: DomainRate, standby: bool) -> tuple[tuple[str, float], ...]:
    if pool.layer in (Layer.DATABASE, Layer.CACHE) and standby:
        return (("detect and promote the standby", FAILOVER_H), ("else repair or rebuild", rate.failure.outage_h))
    if pool.layer == Layer.DATABASE:
        return (("detect, decide and rebuild", rate.failure.outage_h), ("restore the backup", restore_hours(_stored(pool))))
    return (("detect, decide and replace", rate.failure.outage_h),)


def _zone(plan: Plan, rows: EstateRows, rates: Mapping[str, DomainRate]) -> list[Domain]:
    """Return the loss of the zone in which everything stands that does not survive it."""
    rate = rates.get("zone")
    if rate is None:
        return []
    exposed = [pool for pool in plan.pools if pool.layer in DOMAIN_OF and not _outlives_zone(pool, rows)]
    down = sorted({tenant for pool in exposed for tenant in pool.tenants})
    return [
        Domain(
            "zone",
            "zone",
            None,
            rate.rate.mean_per_year,
            rate.failure.outage_h,
            tuple(down),
            rate.assumed,
            (("wait for the zone", rate.failure.outage_h),),
        )
    ]


def _outlives_zone(pool: Pool, rows: EstateRows) -> bool:
    """Return whether the pool is meant to survive the loss of a zone and has parts enough to do so."""
    doubled = pool.layer in (Layer.INGRESS, Layer.FILESTORE) or min(pool.replicas, default=0) > 1 or has_standby(pool)
    return doubled and int(rows.survives[list(pool.tenants)].max()) >= ZONE


def has_standby(pool: Pool) -> bool:
    """Return whether something stands by to take over."""
    return any(part.role in {"standby", "disaster", "replica"} for part in pool.parts)


def _releases(plan: Plan, rows: EstateRows, rates: Mapping[str, DomainRate], tenants: list[Tenant]) -> list[Domain]:
    """Return bad releases as domains: for each code base, rings of worker pools from the smallest up."""
    rate = rates.get("release")
    if rate is None:
        return []
    found = []
    for image in sorted({tenant.runs.image for tenant in tenants if tenant.production}):
        pools = [pool for pool in plan.of_layer(Layer.WORKERS) if pool.production and tenants[pool.tenants[0]].runs.image == image]
        if not pools:
            continue
        rings = ring_members(pools, rows, rate.failure.rings or (1.0,))
        sizes = [max(float(rows.users[list(ring)].sum()), 1e-9) for ring in rings]
        reach = ring_reach(sizes, RING_DETECTION, EMERGENCY_SHARE, COMMON_CAUSE)
        members = members_of(rings, len(tenants))
        ring_rates, ring_tenants = ring_domains(members, reach, rate.rate.mean_per_year)
        found += [
            Domain(
                f"release {image}, up to ring {ring + 1} of {len(rings)}",
                "release",
                None,
                float(ring_rates[ring]),
                rate.failure.outage_h,
                tuple(int(i) for i in np.flatnonzero(ring_tenants[ring])),
                rate.assumed,
                (("notice and roll back", rate.failure.outage_h),),
                tuple(sorted(rings[ring])),
            )
            for ring in range(len(rings))
        ]
    return found


def ring_members(pools: list[Pool], rows: EstateRows, shares: tuple[float, ...]) -> list[tuple[int, ...]]:
    """Return the tenants of each release ring: pools from the fewest users up, each ring filled to its cumulative share of users."""
    ordered = sorted(pools, key=lambda pool: (float(rows.users[list(pool.tenants)].sum()), pool.name))
    total = max(float(sum(rows.users[list(pool.tenants)].sum() for pool in pools)), 1e-9)
    limits = [*[share for share in shares if share < 1 - 1e-9], 1.0]
    rings: list[list[int]] = [[] for _ in limits]
    reached, ring = 0.0, 0
    for pool in ordered:
        share = float(rows.users[list(pool.tenants)].sum()) / total
        while ring < len(limits) - 1 and reached >= limits[ring] - 1e-9:
            ring += 1
        rings[ring] += pool.tenants
        reached += share
    return [tuple(members) for members in rings if members]
