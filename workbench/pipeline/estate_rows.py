"""The estate as arrays: one row a tenant, so that thousands of groups are looked at in one go."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.odoo_workers import RequestClass
from models.odoo_workers.pool import OVERFLOW_LIMIT_PER_HOUR
from models.topology.demand import DRIVERS, Demand
from models.topology.own_peaks import AT_ONCE
from models.topology.pool_demand import PoolDemand
from models.topology.resources import Driver, Resource
from workbench.pipeline.parameters import Parameter
from workbench.pipeline.service_classes import ServiceClasses, ServiceLaw
from workbench.pipeline.workloads import Workloads
from workbench.study.estate import Study

SURVIVES = ("none", "node", "zone", "region")
WORKER_BYTES = 340e6
"""Memory of a worker when none was measured: the documentation's 0.8 × 150 MB + 0.2 × 1 GB."""


@dataclass(frozen=True, slots=True, eq=False)
class Mix:
    """Service law of a group's requests together."""

    service_s: NDArray[np.float64]
    scv: NDArray[np.float64]
    elsewhere: NDArray[np.float64]
    """Share of the service time that is not on the worker machine's processors."""


MOST_ELSEWHERE = 0.98
"""Every request computes something."""


@dataclass(frozen=True, slots=True, eq=False)
class EstateRows:
    """Rules, users and service law of every tenant of the figures; every array has shape (tenants,)."""

    names: tuple[str, ...]
    production: NDArray[np.bool_]
    users: NDArray[np.float64]
    """Users of production tenants, 0 of others; those of planned tenants included."""
    plan_at: NDArray[np.float64]
    within_s: NDArray[np.float64]
    share: NDArray[np.float64]
    overflow_per_hour: NDArray[np.float64]
    """Probability with which the accept queue may overflow in an hour."""
    headroom: NDArray[np.float64]
    survives: NDArray[np.int64]
    awake_share: NDArray[np.float64]
    worker_bytes: NDArray[np.float64]
    request_rate: NDArray[np.float64]
    """Requests per second at the tenant's planned peak: the weight in a mix."""
    service_s: NDArray[np.float64]
    scv: NDArray[np.float64]
    cpu_s: NDArray[np.float64]
    """Application CPU of a request; at most its service time."""
    database_s: NDArray[np.float64]
    """Database CPU of a request; at most what is left of its service time."""
    service_paths: NDArray[np.float64]
    """Shape (tenants, paths): service time and …"""
    cpu_paths: NDArray[np.float64]
    """… application CPU of a request on each path, jointly drawn."""
    classes: ServiceClasses | None
    """Kinds of requests by histogram; None: two moments are all that is known."""
    typical: ServiceLaw | None
    """The law of the whole estate, each tenant counted once, whatever edits do to its load."""

    def largest(self, values: NDArray[np.float64], members: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return the largest value in each group, shape (groups,)."""
        return np.asarray(np.where(members, values, -np.inf).max(axis=1), float)

    def smallest(self, values: NDArray[np.float64], members: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return the smallest value in each group, shape (groups,)."""
        return np.asarray(np.where(members, values, np.inf).min(axis=1), float)

    def mix(self, members: NDArray[np.bool_]) -> Mix:
        """Return mean, scv and database share of the service time over all requests of each group.

        A mixture of laws has the mixture's first two moments: E[S] and E[S²] weighted by request rates.
        """
        weight = self._weight(members)
        mean = weight @ self.service_s
        second = weight @ (self.service_s**2 * (1 + self.scv))
        return Mix(mean, np.maximum(second / mean**2 - 1, 0.0), np.clip(1 - weight @ self.cpu_s / mean, 0.0, MOST_ELSEWHERE))

    def mix_on_paths(self, members: NDArray[np.bool_]) -> Mix:
        """Return the law of one group on each path, arrays of shape (paths,); members has shape (tenants,)."""
        weight = self._weight(members[None])[0]
        mean = weight @ self.service_paths
        second = weight @ (self.service_paths**2 * (1 + self.scv[:, None]))
        return Mix(mean, np.maximum(second / mean**2 - 1, 0.0), np.clip(1 - weight @ self.cpu_paths / mean, 0.0, MOST_ELSEWHERE))

    def law(self, tenants: tuple[int, ...]) -> ServiceLaw:
        """Return what a request of a group asks of a worker, with its kinds where histograms tell them."""
        members = np.zeros((1, len(self.names)), bool)
        members[0, list(tenants)] = True
        weight, mix = self._weight(members)[0], self.mix(members)
        service = float(mix.service_s[0])
        cpu = (1 - float(mix.elsewhere[0])) * service
        database = min(float(weight @ self.database_s), service - cpu)
        kinds: tuple[RequestClass, ...] = () if self.classes is None else self.classes.mixed(weight, self.service_s)
        return ServiceLaw(cpu, database, service - cpu - database, float(mix.scv[0]), kinds)

    def _weight(self, members: NDArray[np.bool_]) -> NDArray[np.float64]:
        weight = members * np.maximum(self.request_rate, 1e-12)
        return np.asarray(weight / weight.sum(axis=1, keepdims=True), float)


def estate_rows(study: Study, names: tuple[str, ...], pools: PoolDemand, workloads: Workloads) -> EstateRows:
    """Return the rows of all tenants of the figures, in the order of `names`."""
    demand = pools.demand
    tenants = [study.tenant(name) for name in names]
    policies = [study.policy_of(tenant) for tenant in tenants]
    found = [workloads.tenants[row].parameters for row in demand.source]
    cpu_s = np.array([min(p["cpu_s"].value, p["service_s"].value) for p in found])
    classes = workloads.classes
    return EstateRows(
        names=names,
        production=np.array([tenant.production for tenant in tenants]),
        users=np.array([float(tenant.users) if tenant.production else 0.0 for tenant in tenants]),
        plan_at=np.array([policy.plan_at for policy in policies]),
        within_s=np.array([policy.objective.within_s for policy in policies]),
        share=np.array([policy.objective.share for policy in policies]),
        overflow_per_hour=np.array(
            [OVERFLOW_LIMIT_PER_HOUR if policy.overflow_per_hour is None else policy.overflow_per_hour for policy in policies]
        ),
        headroom=np.array([policy.headroom for policy in policies]),
        survives=np.array([SURVIVES.index(policy.survives) for policy in policies]),
        awake_share=np.array([policy.awake_hours_per_week / 168.0 for policy in policies]),
        worker_bytes=np.array([p["worker_bytes"].value if "worker_bytes" in p else WORKER_BYTES for p in found]),
        request_rate=_request_rate(pools, np.arange(len(names))),
        service_s=np.array([p["service_s"].value for p in found]),
        scv=np.array([p["scv"].value for p in found]),
        cpu_s=cpu_s,
        database_s=np.array([min(_database_s(p), p["service_s"].value - cpu) for p, cpu in zip(found, cpu_s, strict=True)]),
        service_paths=_per_request(demand, Resource.WORKER_TIME),
        cpu_paths=_per_request(demand, Resource.CPU),
        classes=None if classes is None else classes.of(demand.source),
        typical=typical_law(workloads),
    )


def scaled_rows(rows: EstateRows, pools: PoolDemand, changed: NDArray[np.int64]) -> EstateRows:
    """Return the rows after another demand of some tenants; what edits of demand leave alone stays."""
    request_rate = rows.request_rate.copy()
    request_rate[changed] = _request_rate(pools, changed)
    return replace(rows, request_rate=request_rate)


def _request_rate(pools: PoolDemand, tenants: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return tenants' requests per second at their planned peak: the largest of the shared moments, the median over paths."""
    demand, peaks = pools.demand, pools.drivers.shared(Driver.REQUESTS)
    factors = demand.factors[DRIVERS.index(Driver.REQUESTS), :, : peaks.shape[2]]
    found = np.empty(len(tenants))
    for first in range(0, len(tenants), AT_ONCE):
        part = tenants[first : first + AT_ONCE]
        highest = (peaks[demand.source[part]] * factors[part][:, None, :]).max(axis=2)
        found[first : first + AT_ONCE] = np.median(highest, axis=1)
    return found


def typical_law(workloads: Workloads) -> ServiceLaw | None:
    """Return the service law of all measured tenants, each counted once; None without histograms."""
    if workloads.classes is None:
        return None
    found = [workload.parameters for workload in workloads.tenants]
    service = float(np.median([p["service_s"].value for p in found]))
    share = float(np.median([min(p["cpu_s"].value / p["service_s"].value, 1.0) for p in found]))
    scv = float(np.median([p["scv"].value for p in found]))
    return ServiceLaw(share * service, 0.0, (1 - share) * service, scv, workloads.classes.pooled())


def _database_s(parameters: Mapping[str, Parameter]) -> float:
    """Return database CPU seconds of a request; active seconds where the processors are not known."""
    known = parameters.get("database_cpu_per_request") or parameters["database_s_per_request"]
    return known.value


def _per_request(demand: Demand, resource: Resource) -> NDArray[np.float64]:
    link = next(one for one in demand.links if one.resource == resource and one.driver == Driver.REQUESTS)
    return link.per_unit[demand.source].astype(float)
