"""Which recovery objectives a plan keeps."""

from dataclasses import dataclass

from models.topology.resources import Layer
from workbench.pipeline.domains import Domain
from workbench.pipeline.plan import Plan
from workbench.pipeline.pools import Pool
from workbench.study.estate import Study, Tenant

REPLICATION_LAG_H = 1 / 60
"""Data a failover loses with asynchronous replication; a belief."""


@dataclass(frozen=True, slots=True)
class BrokenObjective:
    """A recovery objective that a plan does not keep."""

    tenant: int
    process: str
    what: str
    """RTO or RPO."""
    allowed_h: float
    takes_h: float
    domain: str


def broken_objectives(study: Study, plan: Plan, tenants: list[Tenant], domains: tuple[Domain, ...]) -> tuple[BrokenObjective, ...]:
    """Return every recovery objective of a production process that the plan does not keep, with the domain that breaks it."""
    worst: dict[int, Domain] = {}
    for domain in domains:
        if domain.pool is not None:
            for member in domain.tenants:
                if member not in worst or domain.outage_h > worst[member].outage_h:
                    worst[member] = domain
    databases = {member: pool for pool in plan.of_layer(Layer.DATABASE) for member in pool.tenants}
    found = []
    for i, tenant in enumerate(tenants):
        if not tenant.production or i not in worst:
            continue
        lag = _data_loss_h(study, databases.get(i), tenant)
        policy = study.policy_of(tenant)
        objectives = [(process.name, process.rto_h, process.rpo_h) for process in tenant.processes] or [("all", policy.rto_h, policy.rpo_h)]
        for name, rto, rpo in objectives:
            if worst[i].outage_h > rto:
                found.append(BrokenObjective(i, name, "RTO", rto, worst[i].outage_h, worst[i].name))
            if lag > rpo:
                found.append(BrokenObjective(i, name, "RPO", rpo, lag, databases[i].name))
    return tuple(found)


def _data_loss_h(study: Study, database: Pool | None, tenant: Tenant) -> float:
    standby = database is not None and any(part.role in {"standby", "disaster", "replica"} for part in database.parts)
    return REPLICATION_LAG_H if standby else study.policy_of(tenant).backup.every_h
