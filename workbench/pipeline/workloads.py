"""What was fitted for every tenant: the bridge from history to demand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from models.topology.resources import Resource
from workbench.pipeline.fitting import RECENT_HOURS, TenantFit, fit_tenant
from workbench.pipeline.observed import Observed
from workbench.pipeline.origin import Origin, OriginKind, assumed
from workbench.pipeline.parameters import Parameter, fitted, from_peers
from workbench.pipeline.pool_fits import Unfitted, WorkerFit, fit_worker_pools, joint_parameters
from workbench.pipeline.prices import study_book
from workbench.pipeline.servers import Load, ServerFit, fit_server, session_bytes, typical_base
from workbench.pipeline.service_classes import ServiceClasses, classes_of
from workbench.study.estate import Study


@dataclass(frozen=True, slots=True, eq=False)
class Workload:
    """One tenant's demand per unit."""

    tenant: str
    parameters: Mapping[str, Parameter]
    """By name: service_s, scv, cpu_s, database_cpu_per_request, operations_per_request, …"""
    law: str
    """Law of the service time, as fitted."""
    batch_slots: NDArray[np.bool_]
    """Shape (168,): local hours of the week with batch work."""

    def assumed(self) -> tuple[str, ...]:
        """Return the names of the parameters that rest on an assumption."""
        return tuple(name for name, parameter in self.parameters.items() if parameter.origin.assumed())


@dataclass(frozen=True, slots=True, eq=False)
class Workloads:
    """All tenants with data, and what new pools pay."""

    tenants: tuple[Workload, ...]
    batch: NDArray[np.float64]
    """Shape (tenants, hours): application CPU by the clock, cores."""
    base: Mapping[Resource, float]
    """What a database server uses beside its tenants."""
    missing: tuple[Resource, ...]
    """Resources that no data identify for any tenant: not checked, never zero."""
    classes: ServiceClasses | None = None
    """Kinds of requests of every tenant; None: no histogram of service times."""
    pools: tuple[WorkerFit, ...] = ()
    """Worker pools of today as the queueing model fits them, busiest first."""
    unfitted: tuple[Unfitted, ...] = ()
    """Worker pools of today that were not fitted."""
    servers: Mapping[str, ServerFit] = field(default_factory=dict)
    """Database servers of today by pool."""
    served_by: Mapping[str, str | None] = field(default_factory=dict)
    """Tenant to the database server that serves it today."""

    def of(self, tenant: str) -> Workload:
        """Return one tenant's workload."""
        for workload in self.tenants:
            if workload.tenant == tenant:
                return workload
        raise ValueError(f"no workload of tenant {tenant!r}: history holds no requests of it")


OPTIONAL = {
    "database_cpu_per_request": Resource.DATABASE_CPU,
    "operations_per_request": Resource.POSTGRES_IOPS,
    "bytes_per_request": Resource.POSTGRES_THROUGHPUT,
    "connections_per_request": Resource.CONNECTIONS,
    "cache_per_byte": Resource.DATABASE_MEMORY,
}


def fit_workloads(study: Study, observed: Observed) -> Workloads:
    """Fit every tenant with data; what a tenant's own data do not say comes from its peers, marked as assumed."""
    zones = {tenant.name: tenant.calendar.zone for tenant in study.tenants}
    fits = [fit_tenant(observed, row, zones[name]) for row, name in enumerate(observed.tenants)]
    pools, unfitted = fit_worker_pools(study, observed, fits, study_book(study))
    fits = [_joint(fit, observed.tenants[row], pools) for row, fit in enumerate(fits)]
    databases = sorted({pool for pool in observed.database_of if pool is not None})
    loads = [_load(observed, row, fit) for row, fit in enumerate(fits)]
    servers = {pool: fit_server(observed, pool, [loads[i] for i, p in enumerate(observed.database_of) if p == pool]) for pool in databases}
    unknown = fit_server(observed, "an unknown server", [])
    per_key = session_bytes(study, observed)
    tables = [_combined(observed, row, fit, servers.get(observed.database_of[row] or "", unknown), per_key) for row, fit in enumerate(fits)]
    missing = tuple(resource for name, resource in OPTIONAL.items() if not any(name in table for table in tables))
    for name in OPTIONAL:
        peers = [table[name] for table in tables if name in table]
        for table in tables:
            if name not in table and peers:
                table[name] = from_peers(name, peers)
    workloads = tuple(
        Workload(name, table, fit.law, fit.batch_slots) for name, table, fit in zip(observed.tenants, tables, fits, strict=True)
    )
    return Workloads(
        tenants=workloads,
        batch=np.stack([fit.batch for fit in fits]),
        base=typical_base(list(servers.values())),
        missing=missing,
        classes=classes_of(observed),
        pools=pools,
        unfitted=unfitted,
        servers=servers,
        served_by=dict(zip(observed.tenants, observed.database_of, strict=True)),
    )


def _joint(fit: TenantFit, tenant: str, pools: Sequence[WorkerFit]) -> TenantFit:
    """Return a tenant's fit with what the fit of its worker pool adds."""
    pool = next((one for one in pools if tenant in one.tenants), None)
    return fit if pool is None else replace(fit, parameters={**fit.parameters, **joint_parameters(pool, fit.parameters)})


def _load(observed: Observed, row: int, fit: TenantFit) -> Load:
    """Return what a tenant did in the hours on which demand per unit is fitted."""
    driven = {"request": observed.of("requests", row)[-RECENT_HOURS:], "batch": np.nan_to_num(fit.batch[-RECENT_HOURS:])}
    return Load(driven, fit.parameters)


def _combined(observed: Observed, row: int, fit: TenantFit, server: ServerFit, per_key: Parameter) -> dict[str, Parameter]:
    table = {**fit.parameters, "session_bytes": per_key}
    if "database_s_per_request" not in table:
        service, cpu = table["service_s"], table["cpu_s"]
        origin = Origin(OriginKind.ASSUMED, "service time less application CPU", parents=(service.origin, cpu.origin))
        table["database_s_per_request"] = fitted(
            "database_s_per_request", max(service.value - cpu.value, 0.05 * service.value), 0.3, origin
        )
    for unit in ("request", "batch"):
        _database(table, unit, server)
    share = _cache_share(observed, row)
    if share is not None:
        table["cache_per_byte"] = share
    return table


def _database(table: dict[str, Parameter], unit: str, server: ServerFit) -> None:
    active, blocks, rows = (table.get(f"{name}_per_{unit}") for name in ("database_s", "blocks_read", "rows_written"))
    if active is not None:
        table[f"database_cpu_per_{unit}"] = active.times(server.cpu_per_active[unit], f"database_cpu_per_{unit}").bounded()
    if blocks is None or rows is None:
        return
    reads, writes = blocks.times(server.reads_per_block[unit], f"reads_per_{unit}"), rows.times(server.writes_per_row[unit], "writes")
    total = reads.value + writes.value
    sd = float(np.hypot(reads.value * reads.log_sd, writes.value * writes.log_sd)) / total if total > 0 else 0.0
    origin = Origin(OriginKind.COMPUTED, "device reads + device writes", parents=(reads.origin, writes.origin))
    operations = Parameter(f"operations_per_{unit}", total, sd, origin).bounded()
    table[operations.name] = operations
    table[reads.name] = reads
    table[f"bytes_per_{unit}"] = operations.times(server.bytes_per_operation, f"bytes_per_{unit}").bounded()


def _cache_share(observed: Observed, row: int) -> Parameter | None:
    """Return the database memory per stored byte that the tenant enjoys today: its share, by blocks looked up, of the server's cache."""
    pool = observed.database_of[row]
    buffers = observed.server(pool, "shared_buffers_bytes")[-RECENT_HOURS:]
    stored = observed.of("database_bytes", row)[-RECENT_HOURS:]
    if pool is None or not np.isfinite(buffers).any() or not np.isfinite(stored).any():
        return None
    looked = [_looked_up(observed, i) for i, p in enumerate(observed.database_of) if p == pool]
    own, total = _looked_up(observed, row), sum(looked)
    if not total > 0:
        return None
    memory = float(np.nanmedian(buffers)) * BUFFERS_TO_MEMORY
    belief = assumed("memory that works as cache is three times shared_buffers, and a stored byte keeps its share of it")
    what = f"share of {pool}'s memory by blocks looked up, per stored byte"
    origin = Origin(OriginKind.FITTED, what, observed.period(stored), parents=(belief,))
    return fitted("cache_per_byte", memory * own / total / float(np.nanmean(stored[-24 * 7 :])), 0.2, origin)


BUFFERS_TO_MEMORY = 3.0
"""Memory that works as cache, over shared_buffers: PostgreSQL's documentation sets a quarter of memory as shared_buffers and counts on
the operating system to cache with most of the rest (19.4, "Resource Consumption")."""


def _looked_up(observed: Observed, row: int) -> float:
    blocks = observed.of("database_blocks_hit", row)[-RECENT_HOURS:] + observed.of("database_blocks_read", row)[-RECENT_HOURS:]
    return float(np.nansum(blocks))
