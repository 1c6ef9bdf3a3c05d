"""What runs today, evaluated as it is: never re-sized, only measured against the same demand."""

import numpy as np

from models.topology.resources import Layer, Resource
from models.topology.verdict import Reason, ReasonCode
from pricing.offers import Offer, OfferKind
from workbench.pipeline.factory import PoolFactory
from workbench.pipeline.parts import parts_given
from workbench.pipeline.pools import Pool, unknown_limits
from workbench.pipeline.sharing import POOLED_LAYERS, Groups, members_of, shared
from workbench.pipeline.sizer import Sizer
from workbench.pipeline.sizing.options import cores
from workbench.pipeline.sizing.stateful import CACHE_MEMORY_RESERVE, STORAGE_RESERVE, processor_load
from workbench.pipeline.sizing.usable import CPU_RESERVE, Laws, workers_of
from workbench.study.estate import Part, PoolSpec, TopologySpec

Amounts = dict[Resource, float]
MOST_WORKERS = 512
"""More workers on one machine are taken for an error of the input."""


def current_pools(factory: PoolFactory, spec: TopologySpec) -> tuple[tuple[Pool, ...], tuple[Reason, ...]]:
    """Return the pools of what runs today; layers paid by use that it does not name are metered as the rules group them."""
    sizer = factory.sizer
    named = [(pool, _members(sizer, pool)) for pool in spec.pools]
    pools = [_given(factory, pool, group) for pool, group in named if group and pool.layer in POOLED_LAYERS]
    reasons: list[Reason] = []
    tenants = sizer.tenants
    for layer in POOLED_LAYERS:
        held = {i for pool, group in named if pool.layer == layer for i in group}
        left = tuple(i for i in range(len(tenants)) if i not in held)
        if not left:
            continue
        if held:
            reasons.append(Reason(ReasonCode.NO_DATA, tenants=left, figures={"layer": float(list(Layer).index(layer))}))
        groups: Groups = tuple(tuple(left[i] for i in group) for group in shared(layer, [tenants[i] for i in left]))
        pools += factory.pools(layer, groups, {}, {})
    return tuple(pools), tuple(reasons)


def _members(sizer: Sizer, pool: PoolSpec) -> tuple[int, ...]:
    """Return the pool's tenants, and planned ones that are like one of them: they would be put beside it."""
    names = sizer.rows.names
    own = {i for i, name in enumerate(names) if name in pool.tenants}
    for i, name in enumerate(names):
        tenant = sizer.tenants[i]
        if tenant.like is not None and tenant.like in pool.tenants and name not in pool.tenants:
            own.add(i)
    return tuple(sorted(own))


def _given(factory: PoolFactory, spec: PoolSpec, group: tuple[int, ...]) -> Pool:
    sizer = factory.sizer
    horizon = factory.window.horizon_months
    planned = factory.planned(spec.layer, group)
    alive, lost = (_usable(sizer, spec, group, after_loss=after) for after in (False, True))
    usable = {r: np.full(horizon, alive[r]) for r in planned if r in alive}
    after = {r: np.full(horizon, lost[r]) for r in planned if r in lost}
    return Pool(
        name=spec.name,
        layer=spec.layer,
        tenants=group,
        production=bool(sizer.rows.production[list(group)].any()),
        parts=parts_given(sizer, spec, members_of([group], len(sizer.rows.names))[0]),
        workers=_workers(sizer, spec, group),
        replicas=(_instances(sizer, spec),) * horizon,
        planned=planned,
        usable=usable,
        usable_after_loss=after,
        exhaustion=factory.exhaustions(group, {r: float(values[0]) for r, values in usable.items()}),
        feasible=True,
        reasons=(*unknown_limits(planned, usable),),
        owner=spec.owner,
        runbook=spec.runbook,
    )


def _machines(spec: PoolSpec) -> list[Part]:
    return [part for part in spec.parts if part.size is None]


def _instances(sizer: Sizer, spec: PoolSpec) -> int:
    return sum(part.count for part, _ in _alive(sizer, spec))


STANDING_BY = frozenset({"standby", "disaster", "backup"})
"""Roles of machines that carry nothing while all are alive; of databases and caches a replica stands by too."""


def _alive(sizer: Sizer, spec: PoolSpec) -> list[tuple[Part, Offer]]:
    """Return the machines that carry load, with their offers; balancers are no machines."""
    idle = STANDING_BY | ({"replica"} if spec.layer in (Layer.DATABASE, Layer.CACHE) else set())
    offers = [(part, _offer(sizer, part)) for part in _machines(spec) if part.role not in idle]
    return [(part, offer) for part, offer in offers if offer.kind == OfferKind.MACHINE]


def _offer(sizer: Sizer, part: Part) -> Offer:
    return sizer.book.offer(part.offer, sizer.rates.region)


def _number(offer: Offer, name: str) -> float:
    value = offer.limit(name)
    return float("nan") if value is None else float(value)


def _workers(sizer: Sizer, spec: PoolSpec, group: tuple[int, ...]) -> int:
    if spec.layer != Layer.WORKERS:
        return 0
    set_by_hand = spec.settings.get("workers")
    if set_by_hand is not None:
        return int(set_by_hand)
    alive = _alive(sizer, spec)
    if not alive:
        return 0
    machine = alive[0][1]
    return workers_of(cores(machine), _number(machine, "memory"), float(sizer.rows.worker_bytes[list(group)].max()))


def _usable(sizer: Sizer, spec: PoolSpec, group: tuple[int, ...], *, after_loss: bool) -> Amounts:
    """Return what the pool carries per resource; after a loss, with its largest machine gone and its standby in place."""
    machines = _alive(sizer, spec)
    if spec.layer == Layer.WORKERS:
        return _workers_usable(sizer, spec, group, machines, after_loss=after_loss)
    standby = any(part.role in {"standby", "replica", "disaster"} for part in spec.parts)
    if spec.layer == Layer.DATABASE:
        return _scaled(_database_usable(sizer, spec, machines), standby=standby, after_loss=after_loss)
    if spec.layer == Layer.CACHE:
        memory = sum(part.count * _number(offer, "memory") for part, offer in machines) * (1 - CACHE_MEMORY_RESERVE)
        memory = min(memory, float(spec.settings.get("cache_bytes", memory)))
        return _scaled({Resource.REDIS_MEMORY: memory}, standby=standby, after_loss=after_loss)
    if spec.layer == Layer.FILESTORE:
        return {Resource.FILESTORE: float(sum(part.count * part.size for part in spec.parts if part.size is not None)) * 2**30}
    return {}


def _scaled(amounts: Amounts, *, standby: bool, after_loss: bool) -> Amounts:
    return amounts if standby or not after_loss else dict.fromkeys(amounts, 0.0)


def _workers_usable(
    sizer: Sizer, spec: PoolSpec, group: tuple[int, ...], machines: list[tuple[Part, Offer]], *, after_loss: bool
) -> Amounts:
    members = np.zeros((1, len(sizer.rows.names)), bool)
    members[0, list(group)] = True
    mix = sizer.rows.mix(members)
    within, share = sizer.rows.smallest(sizer.rows.within_s, members), sizer.rows.largest(sizer.rows.share, members)
    laws = Laws(mix.service_s, mix.scv, mix.elsewhere, within, share, sizer.rows.smallest(sizer.rows.overflow_per_hour, members))
    each: list[tuple[float, float]] = []
    for part, offer in machines:
        speed = cores(offer)
        count = min(_workers(sizer, spec, group), MOST_WORKERS)
        busy = float(sizer.usable_workers(speed, count, laws)[0])
        each += [(busy, speed * (1 - CPU_RESERVE))] * part.count
    if after_loss and each:
        each.remove(max(each))
    return {Resource.WORKER_TIME: sum(busy for busy, _ in each), Resource.CPU: sum(cpu for _, cpu in each)}


def _database_usable(sizer: Sizer, spec: PoolSpec, machines: list[tuple[Part, Offer]]) -> Amounts:
    found: Amounts = {}
    for part, offer in machines:
        found[Resource.DATABASE_CPU] = found.get(Resource.DATABASE_CPU, 0.0) + part.count * processor_load(cores(offer))
    volumes = [part for part in spec.parts if part.size is not None and part.role in {"volume", "primary"}]
    gib = float(sum(part.count * part.size for part in volumes if part.size is not None))
    if gib > 0:
        found[Resource.STORAGE] = gib * 2**30 * (1 - STORAGE_RESERVE)
    caps = {Resource.POSTGRES_IOPS: _volume_iops(sizer, volumes), Resource.POSTGRES_THROUGHPUT: _volume_throughput(sizer, volumes)}
    for resource, volume in caps.items():
        machine = [_number(offer, str(resource)) for _, offer in machines]
        found[resource] = float(np.fmin(volume, np.nansum(machine) if np.isfinite(machine).any() else np.nan))
    connections = spec.settings.get("max_connections")
    if connections is not None:
        found[Resource.CONNECTIONS] = float(connections)
    return found


def _volume_iops(sizer: Sizer, volumes: list[Part]) -> float:
    return _provisioned(sizer, volumes, "iops", "IOPS-month", 1.0, str(Resource.POSTGRES_IOPS))


def _volume_throughput(sizer: Sizer, volumes: list[Part]) -> float:
    return _provisioned(sizer, volumes, "throughput_mbps", "MBps-month", 1e6, str(Resource.POSTGRES_THROUGHPUT))


def _provisioned(sizer: Sizer, volumes: list[Part], attribute: str, unit: str, factor: float, limit: str) -> float:
    """Return what volumes were bought for, else what they bring without charge, else their limit; NaN if nothing is known."""
    total = 0.0
    for part in volumes:
        bought: float | None = getattr(part, attribute)
        included = sizer.rates.included(part.offer, unit)
        known = bought if bought is not None else included if included > 0 else _number(_offer(sizer, part), limit) / factor
        total += part.count * float(known) * factor
    return total if volumes else float("nan")
