"""What a database or cache server uses beyond its tenants, and per unit of what its tenants do."""

from collections.abc import Mapping, Sequence
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


UNITS = ("request", "batch")
"""What drives a server: requests of users, and work by the clock, whose sessions compute more and wait less."""


@dataclass(frozen=True, slots=True, eq=False)
class ServerFit:
    """One database server: its slopes by unit ("request", "batch") and the base that every pool pays."""

    cpu_per_active: Mapping[str, Parameter]
    """CPU cores per busy session."""
    reads_per_block: Mapping[str, Parameter]
    """Device reads per block missed."""
    writes_per_row: Mapping[str, Parameter]
    """Device writes per row written."""
    bytes_per_operation: Parameter
    base: Mapping[Resource, float]
    """Use with no tenant active: cores, operations/s."""


@dataclass(frozen=True, slots=True, eq=False)
class Load:
    """What one tenant did, hour by hour, and what it took per unit."""

    driven: Mapping[str, NDArray[np.float64]]
    """Unit to (hours,): requests per second, batch cores."""
    parameters: Mapping[str, Parameter]


def fit_server(observed: Observed, pool: str, loads: Sequence[Load]) -> ServerFit:
    """Return the slopes of one database server on the sums over its tenants."""
    active, base_cpu = _slopes(observed, pool, loads, "server_cpu_seconds", "database_s", "cpu_per_active", CPU_PER_ACTIVE)
    reads, base_reads = _slopes(observed, pool, loads, "device_reads", "blocks_read", "reads_per_block", OPERATIONS_PER_BLOCK)
    writes, base_writes = _slopes(observed, pool, loads, "device_writes", "rows_written", "writes_per_row", WRITES_PER_ROW)
    base = {Resource.DATABASE_CPU: base_cpu, Resource.POSTGRES_IOPS: base_reads + base_writes}
    return ServerFit(active, reads, writes, _operation_size(observed, pool), base)


def _sums(loads: Sequence[Load], name: str) -> dict[str, NDArray[np.float64]]:
    """Return what all tenants together did of something, by unit, shape (hours,): fitted amount per unit × units."""
    found: dict[str, NDArray[np.float64]] = {}
    for unit in UNITS:
        parts = [
            load.driven[unit] * load.parameters[f"{name}_per_{unit}"].value for load in loads if f"{name}_per_{unit}" in load.parameters
        ]
        total = np.sum(parts, axis=0) if parts else np.zeros(0)
        if total.size and np.nansum(total) > 0:
            found[unit] = np.asarray(total, float)
    return found


def _slopes(
    observed: Observed, pool: str, loads: Sequence[Load], target: str, driver: str, name: str, belief: float
) -> tuple[dict[str, Parameter], float]:
    amount = observed.server(pool, target)[-RECENT_HOURS:]
    sums = _sums(loads, driver)
    units = np.stack(list(sums.values())) if sums else np.full((1, amount.size), np.nan)
    if np.count_nonzero(np.isfinite(amount) & np.isfinite(units).all(axis=0)) < 24:
        why = believed(name, belief, f"no {target} of {pool} in history")
        return dict.fromkeys(UNITS, why), 0.0
    fit = fit_per_unit(amount, units)
    origin = Origin(OriginKind.FITTED, f"{target} of {pool} on {driver} of its tenants", observed.period(amount), fit.hours, fit.explained)
    found = {unit: fitted(name, float(fit.value[i]), float(fit.relative_se[i]), origin) for i, unit in enumerate(sums)}
    typical = found.get("request") or next(iter(found.values()))
    return {unit: found.get(unit, typical) for unit in UNITS}, fit.base


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
