"""The estate as arrays: one row a tenant, so that thousands of groups are looked at in one go."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.topology.demand import Demand
from models.topology.resources import Resource
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
    database_share: NDArray[np.float64]


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
    headroom: NDArray[np.float64]
    survives: NDArray[np.int64]
    awake_share: NDArray[np.float64]
    worker_bytes: NDArray[np.float64]
    request_rate: NDArray[np.float64]
    """Requests per second at the tenant's planned peak: the weight in a mix."""
    service_s: NDArray[np.float64]
    scv: NDArray[np.float64]
    database_s: NDArray[np.float64]

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
        weight = members * np.maximum(self.request_rate, 1e-12)
        weight = weight / weight.sum(axis=1, keepdims=True)
        mean = weight @ self.service_s
        second = weight @ (self.service_s**2 * (1 + self.scv))
        return Mix(mean, np.maximum(second / mean**2 - 1, 0.0), np.clip(weight @ self.database_s / mean, 0.0, 0.95))


def estate_rows(study: Study, names: tuple[str, ...], demand: Demand, workloads: Workloads) -> EstateRows:
    """Return the rows of all tenants of the figures, in the order of `names`."""
    tenants = [study.tenant(name) for name in names]
    policies = [study.policy_of(tenant) for tenant in tenants]
    found = [workloads.tenants[row].parameters for row in demand.source]
    peaks = demand.of_tenants(Resource.INGRESS)[:, :, demand.month_of < demand.horizon_months].max(axis=2)
    return EstateRows(
        names=names,
        production=np.array([tenant.production for tenant in tenants]),
        users=np.array([float(tenant.users) if tenant.production else 0.0 for tenant in tenants]),
        plan_at=np.array([policy.plan_at for policy in policies]),
        within_s=np.array([policy.objective.within_s for policy in policies]),
        share=np.array([policy.objective.share for policy in policies]),
        headroom=np.array([policy.headroom for policy in policies]),
        survives=np.array([SURVIVES.index(policy.survives) for policy in policies]),
        awake_share=np.array([policy.awake_hours_per_week / 168.0 for policy in policies]),
        worker_bytes=np.array([p["worker_bytes"].value if "worker_bytes" in p else WORKER_BYTES for p in found]),
        request_rate=np.median(peaks, axis=1).astype(float),
        service_s=np.array([p["service_s"].value for p in found]),
        scv=np.array([p["scv"].value for p in found]),
        database_s=np.array([min(p["database_s_per_request"].value, 0.9 * p["service_s"].value) for p in found]),
    )
