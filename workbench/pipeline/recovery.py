"""Which recovery objectives a plan keeps, and the step that breaks the others.

High availability is not disaster recovery: a standby copies deleted data too, and stands in the same region unless asked otherwise.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from models.topology.resources import Layer
from workbench.pipeline.domains import Domain
from workbench.pipeline.failures import DomainRate
from workbench.pipeline.plan import Plan
from workbench.pipeline.pools import Pool
from workbench.pipeline.routes import Route, Steps, has_standby, rebuilt, restore_hours, stored_bytes
from workbench.study.estate import Study, Tenant
from workbench.study.recovery import Recovery


class Against(StrEnum):
    """What an objective is held against."""

    INSTANCE = "instance lost"
    DATA = "data destroyed"
    REGION = "region lost"


@dataclass(frozen=True, slots=True)
class Objective:
    """A recovery objective of a business process, and what a plan makes of it."""

    tenant: int
    process: str
    what: str
    """RTO or RPO."""
    against: Against
    allowed_h: float
    takes_h: float | None
    """As planned; None: a failure rate that would tell is missing."""
    domain: str
    step: str
    """The step with which the time allowed runs out; of an objective that is kept, the longest one."""
    chance: float = 0.0
    """Probability that it takes longer than allowed although the plan keeps it: the standby does not take over."""

    @property
    def kept(self) -> bool | None:
        """Whether it is kept when all goes as planned; None: not known."""
        return None if self.takes_h is None else self.takes_h <= self.allowed_h


def broken_objectives(study: Study, plan: Plan, tenants: Sequence[Tenant], domains: tuple[Domain, ...]) -> tuple[Objective, ...]:
    """Return the objectives of production processes that the loss of an instance breaks though recovery goes as planned."""
    found: list[Objective] = []
    for one in _production(study, plan, tenants, domains):
        # Looked at first by their hours: a hand edit asks thousands of processes that keep theirs.
        slow_h = 0.0 if one.slowest is None else one.slowest.route.planned_h
        lost_h = 0.0 if one.database is None else _copied(study, one.database, one.tenant)[1]
        if any(slow_h > rto or lost_h > rpo for _, rto, rpo in one.processes):
            found += [objective for objective in _when_an_instance_is_lost(one) if objective.kept is False]
    return tuple(found)


def objectives_of(
    study: Study, plan: Plan, tenants: Sequence[Tenant], domains: tuple[Domain, ...], rates: Mapping[str, DomainRate]
) -> tuple[Objective, ...]:
    """Return every objective of the production processes, kept or not: against the loss of an instance, of data and of the region."""
    found: list[Objective] = []
    for one in _production(study, plan, tenants, domains):
        found += [*_when_an_instance_is_lost(one), *_after_a_disaster(one, rates)]
    return tuple(found)


def _production(study: Study, plan: Plan, tenants: Sequence[Tenant], domains: tuple[Domain, ...]) -> Iterator["_Tenant"]:
    """Yield the production tenants, each with the domain that takes longest to come back and its database."""
    slowest: dict[int, Domain] = {}
    instances = [domain for domain in domains if domain.pool is not None and domain.kind != "overload"]
    for domain in sorted(instances, key=lambda one: one.route.planned_h):
        slowest.update(dict.fromkeys(domain.tenants, domain))
    databases = {member: pool for pool in plan.of_layer(Layer.DATABASE) for member in pool.tenants}
    for i, tenant in enumerate(tenants):
        if tenant.production:
            yield _Tenant(study, i, tenant, slowest.get(i), databases.get(i))


def objectives_in(study: Study, plan: Plan, tenants: Sequence[Tenant], domain: Domain) -> tuple[Objective, ...]:
    """Return the objectives of every production process that a domain takes down, held against the loss of that domain."""
    lost = None if domain.pool is None else plan.pool(domain.pool)
    database = lost if lost is not None and lost.layer == Layer.DATABASE else None
    found: list[Objective] = []
    for i in domain.tenants:
        if tenants[i].production:
            one = _Tenant(study, i, tenants[i], domain, database)
            for name, rto, rpo in one.processes:
                found.append(_in_time(one, name, rto, Against.INSTANCE, domain.name, domain.route))
                if database is not None:
                    found.append(_data(one, name, rpo, Against.INSTANCE, _copied(study, database, tenants[i])))
    return tuple(found)


def _copied(study: Study, database: Pool, tenant: Tenant) -> tuple[str, float]:
    """Return where the newest copy is, and the hours of data it lacks."""
    if has_standby(database):
        return "copy to the standby", study.recovery.replication_lag_h.value
    return "last backup", study.policy_of(tenant).backup.every_h


@dataclass(frozen=True, slots=True, eq=False)
class _Tenant:
    study: Study
    row: int
    tenant: Tenant
    slowest: Domain | None
    database: Pool | None

    @property
    def processes(self) -> list[tuple[str, float, float]]:
        """Return name, RTO and RPO of each process; without any, the policy's for all of them."""
        policy = self.study.policy_of(self.tenant)
        return [(one.name, one.rto_h, one.rpo_h) for one in self.tenant.processes] or [("all", policy.rto_h, policy.rpo_h)]


def _when_an_instance_is_lost(one: _Tenant) -> list[Objective]:
    found = []
    for name, rto, rpo in one.processes:
        if one.slowest is not None:
            found.append(_in_time(one, name, rto, Against.INSTANCE, one.slowest.name, one.slowest.route))
        if one.database is not None:
            found.append(_data(one, name, rpo, Against.INSTANCE, _copied(one.study, one.database, one.tenant)))
    return found


def _after_a_disaster(one: _Tenant, rates: Mapping[str, DomainRate]) -> list[Objective]:
    database, recovery = one.database, one.study.recovery
    if database is None:
        return []
    backup = ("last backup", one.study.policy_of(one.tenant).backup.every_h)
    away = any(part.role == "disaster" for part in database.parts)
    copied = ("copy to the disaster region", recovery.replication_lag_h.value) if away else backup
    restored, elsewhere = _restored(database, recovery), _elsewhere(database, away, rates, recovery)
    found = []
    for name, rto, rpo in one.processes:
        found.append(_in_time(one, name, rto, Against.DATA, database.name, restored))
        found.append(_data(one, name, rpo, Against.DATA, backup))
        found.append(_in_time(one, name, rto, Against.REGION, "region", elsewhere))
        found.append(_data(one, name, rpo, Against.REGION, copied))
    return found


def _in_time(one: _Tenant, process: str, allowed_h: float, against: Against, domain: str, route: Route | None) -> Objective:
    if route is None:
        return Objective(one.row, process, "RTO", against, allowed_h, None, domain, "no rate for the database server in [failures]")
    chance = 1 - route.works if route.planned_h <= allowed_h < route.worst_h else 0.0
    return Objective(one.row, process, "RTO", against, allowed_h, route.planned_h, domain, _breaking(route.steps, allowed_h), chance)


def _data(one: _Tenant, process: str, allowed_h: float, against: Against, lost: tuple[str, float]) -> Objective:
    name = "" if one.database is None else one.database.name
    return Objective(one.row, process, "RPO", against, allowed_h, lost[1], name, lost[0])


def _breaking(steps: Steps, allowed_h: float) -> str:
    """Return the step in which the time allowed runs out, else the longest one."""
    spent = 0.0
    for step, hours in steps:
        spent += hours
        if spent > allowed_h:
            return step
    return max(steps, key=lambda one: one[1])[0]


def _restored(database: Pool, recovery: Recovery) -> Route:
    """Return the way back after data were destroyed: the whole server is restored, since its log holds all its databases."""
    hours = restore_hours(stored_bytes(database), recovery)
    steps = (("notice", recovery.detect_h.value), ("decide", recovery.decide_h.value), ("restore the backup", hours))
    return Route(steps, (), 1.0, sum(taken for _, taken in steps), assumed=True)


def _elsewhere(database: Pool, away: bool, rates: Mapping[str, DomainRate], recovery: Recovery) -> Route | None:
    """Return the way back in the disaster region; None if nobody said how long it takes to build a server there."""
    if away:
        steps: Steps = (("notice", recovery.detect_h.value), ("decide", recovery.decide_h.value))
        steps = (*steps, ("promote the copy in the disaster region", recovery.promote_h.value))
        return Route(steps, (), 1.0, recovery.failover_h, assumed=True)
    rate = rates.get("database server")
    if rate is None:
        return None
    steps = (
        *rebuilt(rate.failure.outage_h, recovery, "build a server in another region"),
        ("restore the backup", restore_hours(stored_bytes(database), recovery)),
    )
    return Route(steps, (), 1.0, sum(taken for _, taken in steps), assumed=True)
