"""Apply edits to a study: a pure function, so that undoing is applying one edit less."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from workbench.study.crosschecks import COMPUTED, horizon_end
from workbench.study.edits.demand_checks import fitting
from workbench.study.edits.demand_kinds import ChangeGrowth, DemandEdit, Jump, ScaleDriver, ScaleGrowth, SetWorkingDays
from workbench.study.edits.kinds import (
    AddTenant,
    Edit,
    LabelEvent,
    MergePools,
    MigrateTenant,
    MoveTenant,
    PartitionEdit,
    PinOffer,
    RemoveTenant,
    SetCache,
    SetFailureRate,
    SetObjective,
    SetPrice,
    SetReplicas,
    SetTtl,
    SetWorkers,
    SplitPool,
)
from workbench.study.edits.partition import joined, repartitioned, repinned
from workbench.study.estate import LabelledEvent, Objective, Plant, Study, Tenant, TopologySpec


@dataclass(frozen=True, slots=True)
class UnitPrice:
    """A price set by hand."""

    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Adjustments:
    """What edits change beyond the study's own values; the pipeline applies it."""

    driver_factors: tuple[DemandEdit, ...] = ()
    """Changes to demand. All of them hold at once: factors multiply."""
    workers: Mapping[str, int] = field(default_factory=dict)
    """Pool to workers of each replica."""
    replicas: Mapping[str, int] = field(default_factory=dict)
    """Pool to machines alive in every month."""
    cache_bytes: Mapping[str, int] = field(default_factory=dict)
    """Pool to bytes of shared buffers or Redis memory."""
    ttl_s: Mapping[str, float] = field(default_factory=dict)
    """Pool to seconds a session lives."""
    prices: Mapping[tuple[str, str], UnitPrice] = field(default_factory=dict)
    """(offer, unit) to price."""
    pinned: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """(topology, pool) to offer."""
    partition_edits: tuple[PartitionEdit, ...] = ()
    """Changes to computed topologies, in their order."""


@dataclass(frozen=True, slots=True)
class Edited:
    """A study after its edits."""

    study: Study
    adjustments: Adjustments
    edits: tuple[Edit, ...]


def apply(study: Study, edits: Sequence[Edit]) -> Edited:
    """Return the study after the edits, in their order; raise ValueError naming what an edit does not find."""
    edited = Edited(study, Adjustments(), ())
    for edit in edits:
        edited = _applied(edited, edit)
    return edited


def _applied(edited: Edited, edit: Edit) -> Edited:
    study, held = edited.study, edited.adjustments
    match edit:
        case AddTenant():
            study = _with_added(study, edit)
        case RemoveTenant():
            study = _with_tenant(study, _leaving(study.tenant(edit.tenant), edit))
        case LabelEvent():
            study = _with_event(study, edit)
        case SetObjective():
            study = _with_objective(study, edit)
        case SetFailureRate():
            study = _with_rate(study, edit)
        case MoveTenant() | SplitPool() | MergePools():
            study, held = _with_partition(study, held, edit)
        case PinOffer():
            study = _with_topology(study, edit.topology, lambda spec: repinned(spec, edit))
            held = replace(held, pinned={**held.pinned, (edit.topology, edit.pool): edit.offer})
        case MigrateTenant():
            study = _with_tenant(study, _arriving(study, edit))
        case ScaleDriver() | Jump() | ChangeGrowth() | ScaleGrowth() | SetWorkingDays():
            held = replace(held, driver_factors=(*held.driver_factors, fitting(study, edit)))
        case SetWorkers():
            held = replace(held, workers={**held.workers, edit.pool: edit.workers})
        case SetReplicas():
            held = replace(held, replicas={**held.replicas, edit.pool: edit.replicas})
        case SetCache():
            held = replace(held, cache_bytes={**held.cache_bytes, edit.pool: edit.cache_bytes})
        case SetTtl():
            held = replace(held, ttl_s={**held.ttl_s, edit.pool: edit.ttl_s})
        case SetPrice():
            held = replace(held, prices={**held.prices, (edit.offer, edit.unit): UnitPrice(edit.amount, edit.currency)})
    return Edited(study, held, (*edited.edits, edit))


def _with_added(study: Study, edit: AddTenant) -> Study:
    """Add a tenant with the rules of the one it is like; users and downtime cost follow its size; it runs beside that one."""
    if any(tenant.name == edit.tenant for tenant in study.tenants):
        raise ValueError(f"AddTenant: {edit.tenant!r} is already a tenant of {study.name!r}: choose another name")
    end = horizon_end(study)
    if edit.start and end and edit.start > end:
        raise ValueError(f"AddTenant: {edit.tenant!r} starts on {edit.start}, after the horizon: start it by {end}")
    like = study.tenant(edit.like)
    downtime = like.downtime and replace(like.downtime, per_hour=like.downtime.per_hour * Decimal(repr(edit.scale)))
    added = replace(
        like,
        name=edit.tenant,
        plants=(Plant(edit.tenant, round(like.users * edit.scale)),) if like.plants else (),
        downtime=downtime,
        cost_centre=None,
        like=like.like or like.name,
        scale=edit.scale * (like.scale if like.like else 1.0),
        starts=edit.start,
        ends=None,
    )
    topologies = tuple(joined(spec, added, edit.like) for spec in study.topologies)
    return replace(study, tenants=(*study.tenants, added), topologies=topologies)


def _with_event(study: Study, edit: LabelEvent) -> Study:
    study.tenant(edit.tenant)
    event = LabelledEvent(edit.tenant, edit.start, edit.end, edit.kind, edit.series, edit.note or "")
    return replace(study, events=(*study.events, event))


def _leaving(tenant: Tenant, edit: RemoveTenant) -> Tenant:
    if tenant.starts and edit.end < tenant.starts:
        raise ValueError(f"RemoveTenant: {tenant.name!r} would end on {edit.end}, before it starts: end it after {tenant.starts}")
    return replace(tenant, ends=edit.end)


def _arriving(study: Study, edit: MigrateTenant) -> Tenant:
    tenant, end = study.tenant(edit.tenant), horizon_end(study)
    if end and edit.start > end:
        raise ValueError(f"MigrateTenant: {tenant.name!r} comes on {edit.start}, after the horizon: let it come by {end}")
    if tenant.ends and edit.start > tenant.ends:
        raise ValueError(f"MigrateTenant: {tenant.name!r} would come on {edit.start}, after it ends: let it come by {tenant.ends}")
    return replace(tenant, starts=edit.start)


def _with_tenant(study: Study, changed: Tenant) -> Study:
    return replace(study, tenants=tuple(changed if tenant.name == changed.name else tenant for tenant in study.tenants))


def _with_objective(study: Study, edit: SetObjective) -> Study:
    objective = Objective(edit.share, edit.within_s)
    environments = {*study.policies, *(tenant.environment for tenant in study.tenants)}
    if edit.target in environments:
        policy = study.policies.get(edit.target) or study.policies["production"]
        return replace(study, policies={**study.policies, edit.target: replace(policy, objective=objective)})
    if edit.target not in {tenant.name for tenant in study.tenants}:
        known = ", ".join(sorted(environments))
        raise ValueError(f"SetObjective: {edit.target!r} is neither a tenant nor an environment: use a tenant or one of {known}")
    tenant = study.tenant(edit.target)
    return _with_tenant(study, replace(tenant, policy=replace(study.policy_of(tenant), objective=objective)))


def _with_rate(study: Study, edit: SetFailureRate) -> Study:
    known = [failure.domain for failure in study.failures]
    if edit.domain not in known:
        raise ValueError(f"SetFailureRate: {edit.domain!r} has no entry in [failures]: add one, or use one of {', '.join(known)}")
    changed = tuple(
        replace(failure, rate_per_year=edit.rate_per_year, source="set by an edit", assumed=True)
        if failure.domain == edit.domain
        else failure
        for failure in study.failures
    )
    return replace(study, failures=changed)


def _with_partition(study: Study, held: Adjustments, edit: PartitionEdit) -> tuple[Study, Adjustments]:
    for tenant in _tenants_of(edit):
        study.tenant(tenant)
    if edit.topology in COMPUTED:
        return study, replace(held, partition_edits=(*held.partition_edits, edit))
    return _with_topology(study, edit.topology, lambda spec: repartitioned(spec, edit)), held


def _tenants_of(edit: PartitionEdit) -> tuple[str, ...]:
    match edit:
        case MoveTenant():
            return (edit.tenant,)
        case SplitPool():
            return edit.tenants
        case MergePools():
            return ()


def _with_topology(study: Study, topology: str, change: Callable[[TopologySpec], TopologySpec]) -> Study:
    names = [spec.name for spec in study.topologies]
    if topology in COMPUTED:
        return study
    if topology not in names:
        raise ValueError(f"no topology {topology!r} in study {study.name!r}: choose one of {', '.join((*names, *COMPUTED))}")
    return replace(study, topologies=tuple(change(spec) if spec.name == topology else spec for spec in study.topologies))
