"""What the sources would have said of the servers of today's pools, hour by hour."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from data.generator.estate import GIB, MIB, POOLS, PoolTruth
from data.generator.moments import HOURS
from data.generator.noise import Floats, jitter, stream
from data.generator.tenants import ANONYMOUS_HOURS, RESIDENCE_DAYS, TenantHours

READS_PER_BLOCK = 0.5
"""Device reads per PostgreSQL block read: the rest comes from the page cache or is merged."""
BASE_READS_PER_S = 12.0
BYTES_PER_READ = 11_500.0
WRITES_PER_ROW = 0.55
BASE_WRITES_PER_S = 25.0
BYTES_PER_WRITE = 14_000.0
WAL_BYTES_PER_ROW = 420.0
BUFFERS_PER_ROW = 0.35
BASE_CPU = 0.12
"""CPU cores a server uses without any tenant."""
USER_KEY_BYTES = 760.0
ANONYMOUS_KEY_BYTES = 560.0
REDIS_BASE_BYTES = 6.0 * MIB
REDIS_MAX_BYTES = 384 * MIB
REDIS_FRAGMENTATION = 1.12
WORKERS_PER_CORE = 2
APP_CPU_BASE = 0.08

SHAPES = {
    "workers-eu-std": (2, 8, 32), "workers-eu-metal": (2, 4, 16), "workers-jena": (2, 4, 16), "workers-us-std": (2, 8, 32),
    "workers-us-metal": (2, 4, 16), "workers-joliet": (2, 4, 16), "workers-in-std": (2, 8, 32), "workers-in-metal": (2, 4, 16),
    "workers-lab-std": (1, 8, 32), "workers-lab-metal": (1, 4, 16),
    "db-eu-1": (2, 16, 128), "db-jena": (2, 4, 32), "db-us-1": (2, 8, 64), "db-joliet": (2, 4, 32),
    "db-in-1": (2, 8, 64), "db-in-2": (2, 4, 32), "db-lab": (1, 8, 64),
    "cache-eu": (2, 2, 8), "cache-world": (2, 2, 8), "cache-lab": (1, 2, 8),
}  # fmt: skip
"""Pool: machines, vCPU and GiB of memory of each."""


@dataclass(frozen=True, slots=True, eq=False)
class PoolHours:
    """A pool's truth per hour."""

    pool: PoolTruth
    counters: tuple[tuple[str, Floats], ...]
    gauges: tuple[tuple[str, Floats], ...]
    settings: tuple[tuple[str, float], ...]


def pools_of(tenants: Mapping[str, TenantHours]) -> tuple[PoolHours, ...]:
    """Return what happens at every pool that has servers."""
    return tuple(_BY_LAYER[pool.layer](pool, [tenants[name] for name in pool.tenants]) for pool in POOLS)


def workers_of(pool: str) -> int:
    """Return the Odoo workers of a pool over all its machines."""
    machines, cores, _ = SHAPES[pool]
    return machines * cores * WORKERS_PER_CORE


def _total(rows: list[Floats]) -> Floats:
    total: Floats = np.sum(rows, axis=0)
    return total


def _around(pool: PoolTruth, name: str, scale: float) -> Floats:
    return jitter(stream(pool.name, name), HOURS, scale)


def _database(pool: PoolTruth, tenants: list[TenantHours]) -> PoolHours:
    blocks, rows = _total([item.blocks_read for item in tenants]), _total([item.rows_written for item in tenants])
    cpu = _total([item.database_cpu_s for item in tenants])
    reads = (BASE_READS_PER_S * 3600 + READS_PER_BLOCK * blocks) * _around(pool, "reads", 0.03)
    writes = (BASE_WRITES_PER_S * 3600 + WRITES_PER_ROW * rows) * _around(pool, "writes", 0.03)
    memory = SHAPES[pool.name][2] * GIB
    counters = (
        ("server_cpu_seconds", (BASE_CPU * 3600 + cpu) * _around(pool, "cpu", 0.02)),
        ("device_reads", reads),
        ("device_writes", writes),
        ("device_read_bytes", reads * BYTES_PER_READ * _around(pool, "read size", 0.02)),
        ("device_written_bytes", writes * BYTES_PER_WRITE * _around(pool, "write size", 0.02)),
        ("wal_bytes", rows * WAL_BYTES_PER_ROW * _around(pool, "wal", 0.03)),
        ("checkpoint_buffers", rows * BUFFERS_PER_ROW * _around(pool, "checkpoints", 0.05)),
    )
    gauges = (("server_memory_available_bytes", memory * 0.55 - cpu / 3600 * 0.2 * GIB),)
    return PoolHours(pool, counters, gauges, (("connections_max", 400.0), ("shared_buffers_bytes", memory / 4)))


def _workers(pool: PoolTruth, tenants: list[TenantHours]) -> PoolHours:
    machines, _, memory_gib = SHAPES[pool.name]
    cpu = _total([dict(item.counters)["app_cpu_seconds"] for item in tenants])
    used = _total([dict(item.gauges)["app_memory_bytes"] for item in tenants])
    counters = (
        ("server_cpu_seconds", (APP_CPU_BASE * machines * 3600 + cpu) * _around(pool, "cpu", 0.02)),
        ("listen_overflows", np.zeros(HOURS)),
    )
    gauges = (("server_memory_available_bytes", machines * (memory_gib - 1.5) * GIB - used),)
    return PoolHours(pool, counters, gauges, (("workers", float(workers_of(pool.name))),))


def _cache(pool: PoolTruth, tenants: list[TenantHours]) -> PoolHours:
    users, anonymous = _total([item.user_keys for item in tenants]), _total([item.anonymous_keys for item in tenants])
    used = np.minimum(REDIS_MAX_BYTES, REDIS_BASE_BYTES + users * USER_KEY_BYTES + anonymous * ANONYMOUS_KEY_BYTES)
    expired = users / (RESIDENCE_DAYS * 24) + anonymous / ANONYMOUS_HOURS
    counters = (
        ("redis_expired_keys", expired * _around(pool, "expired", 0.03)),
        ("redis_evicted_keys", _total([item.evicted_keys for item in tenants])),
    )
    gauges = (
        ("redis_keys", users + anonymous),
        ("redis_used_bytes", np.minimum(REDIS_MAX_BYTES, used * _around(pool, "used", 0.004))),
        ("redis_rss_bytes", np.maximum.accumulate(used * 0.9) * 0.1 + used * REDIS_FRAGMENTATION),
        ("redis_fork_bytes", used * 0.08 + 0.5 * MIB),
    )
    return PoolHours(pool, counters, gauges, (("redis_max_bytes", float(REDIS_MAX_BYTES)),))


_BY_LAYER = {"database server": _database, "workers": _workers, "cache": _cache}
