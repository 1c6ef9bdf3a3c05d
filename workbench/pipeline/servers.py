"""What a database or cache server uses beyond its tenants, and per unit of what its tenants do."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.topology.resources import Layer, Resource
from models.workload import fit_per_unit
from workbench.pipeline.fitting import RECENT_HOURS
from workbench.pipeline.observed import Observed
from workbench.pipeline.origin import Origin, OriginKind
from workbench.pipeline.parameters import Parameter, believed, fitted
from workbench.study.estate import Study

CPU_PER_ACTIVE = 0.5
"""CPU seconds per second of an active session, when no server CPU is known: sessions also wait for disk and locks; a belief."""
OPERATIONS_PER_BLOCK = 1.0
"""Device reads per block missed, when no device series is known: random 8 KiB reads are not merged (pessimistic)."""
WRITES_PER_ROW = 1.2
"""Device writes per row written, when no device series is known; a belief."""
BYTES_PER_OPERATION = 16384.0
"""Mean size of a device operation, when unknown; a belief."""
SESSION_BYTES = 645.0
"""Redis memory of a session key: 645 bytes, measured on Redis 7.0.15 with 413-byte payloads, 2026-11-23."""


@dataclass(frozen=True, slots=True, eq=False)
class ServerFit:
    """One database server: its slopes and the base that every pool pays."""

    cpu_per_active: Parameter
    """CPU cores per busy session."""
    reads_per_block: Parameter
    """Device reads per block missed."""
    writes_per_row: Parameter
    """Device writes per row written."""
    bytes_per_operation: Parameter
    base: dict[Resource, float]
    """Use with no tenant active: cores, operations/s."""


def fit_server(observed: Observed, pool: str, tenants: list[int]) -> ServerFit:
    """Return the slopes of one database server on the sums over its tenants."""
    active, base_cpu = _slope(observed, pool, tenants, "server_cpu_seconds", "database_active_seconds", "cpu_per_active", CPU_PER_ACTIVE)
    reads, base_reads = _slope(observed, pool, tenants, "device_reads", "database_blocks_read", "reads_per_block", OPERATIONS_PER_BLOCK)
    writes, base_writes = _slope(observed, pool, tenants, "device_writes", "database_rows_written", "writes_per_row", WRITES_PER_ROW)
    base = {Resource.DATABASE_CPU: base_cpu, Resource.POSTGRES_IOPS: base_reads + base_writes}
    return ServerFit(active, reads, writes, _operation_size(observed, pool), base)


def _sum(observed: Observed, series: str, tenants: list[int]) -> NDArray[np.float64]:
    if not tenants:
        return np.full(min(RECENT_HOURS, observed.hours), np.nan)
    return np.asarray(np.sum([observed.of(series, tenant)[-RECENT_HOURS:] for tenant in tenants], axis=0), float)


def _slope(
    observed: Observed, pool: str, tenants: list[int], target: str, driver: str, name: str, belief: float
) -> tuple[Parameter, float]:
    amount = observed.server(pool, target)[-RECENT_HOURS:]
    units = _sum(observed, driver, tenants)
    if np.count_nonzero(np.isfinite(amount) & np.isfinite(units)) < 24:
        return believed(name, belief, f"no {target} of {pool} in history"), 0.0
    fit = fit_per_unit(amount, units[None])
    origin = Origin(OriginKind.FITTED, f"{target} of {pool} on {driver} of its tenants", observed.period(amount), fit.hours, fit.explained)
    return fitted(name, float(fit.value[0]), float(fit.relative_se[0]), origin), fit.base


def _operation_size(observed: Observed, pool: str) -> Parameter:
    operations = observed.server(pool, "device_reads") + observed.server(pool, "device_writes")
    moved = observed.server(pool, "device_read_bytes") + observed.server(pool, "device_written_bytes")
    known = np.isfinite(operations) & np.isfinite(moved) & (operations > 0)
    if not known.any():
        return believed("bytes_per_operation", BYTES_PER_OPERATION, f"no device bytes of {pool} in history")
    origin = Origin(OriginKind.FITTED, f"device bytes over operations of {pool}", observed.period(operations), int(known.sum()))
    return fitted("bytes_per_operation", float(moved[known].sum() / operations[known].sum()), 0.05, origin)


def session_bytes(study: Study, observed: Observed) -> Parameter:
    """Return Redis bytes per session key, by regression of used memory on keys over all cache servers."""
    for topology in study.topologies:
        for pool in topology.pools:
            if topology.name == "current" and pool.layer == Layer.CACHE:
                found = _bytes_of(observed, pool.name)
                if found is not None:
                    return found
    return believed("session_bytes", SESSION_BYTES, "no Redis memory in history: measured on Redis 7.0.15")


def _bytes_of(observed: Observed, pool: str) -> Parameter | None:
    used, keys = observed.server(pool, "redis_used_bytes")[-RECENT_HOURS:], observed.server(pool, "redis_keys")[-RECENT_HOURS:]
    if np.count_nonzero(np.isfinite(used) & np.isfinite(keys)) < 24:
        return None
    fit = fit_per_unit(used, keys[None])
    if fit.value[0] <= 0:
        return None
    origin = Origin(OriginKind.FITTED, f"redis_used_bytes of {pool} on its keys", observed.period(used), fit.hours, fit.explained)
    return fitted("session_bytes", float(fit.value[0]), float(fit.relative_se[0]), origin)


def typical_base(fits: list[ServerFit]) -> dict[Resource, float]:
    """Return the median base over servers: what a new pool pays before its first tenant."""
    resources = (Resource.DATABASE_CPU, Resource.POSTGRES_IOPS)
    return {resource: float(np.median([fit.base[resource] for fit in fits])) if fits else 0.0 for resource in resources}
