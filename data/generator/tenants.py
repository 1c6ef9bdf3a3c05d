"""What the sources would have said of a tenant, hour by hour: increments of counters, levels of gauges."""

from dataclasses import dataclass

import numpy as np

from data.generator.estate import GIB, MIB, PRODUCTION, TenantTruth
from data.generator.load import MONTH_END_BLOCKS, Load, load_of
from data.generator.moments import CLEAN_UP, CLEAN_UP_SHARE, CRAWLER, CRAWLER_KEYS, DAYS_PER_MONTH, HOURS, index_of
from data.generator.noise import Floats, autoregressive, jitter, stream

TRANSACTIONS_PER_REQUEST = 1.6
BLOCKS_HIT_PER_REQUEST = 850.0
ROWS_WRITTEN_PER_REQUEST = 3.2
ROWS_WRITTEN_PER_NIGHT_BLOCK = 0.12
NIGHT_DATABASE_CPU = 0.45
"""CPU cores that PostgreSQL uses per core of the planning run."""
TEMP_BYTES_PER_NIGHT_BLOCK = 5200.0
ORDERS_PER_USER = 0.8
ACTIVE_SHARE = 0.62
"""Users seen on an ordinary working day."""
RESIDENCE_DAYS = 7.0
ANONYMOUS_SHARE = 0.05
"""Sessions without a user, beside the crawler's, over those of users."""


ANONYMOUS_HOURS = 3.0
"""Time to live of a session without a user."""
MOST_ANONYMOUS_KEYS = 630_000
"""What the cache has room for before it evicts."""


@dataclass(frozen=True, slots=True, eq=False)
class TenantHours:
    """A tenant's truth per hour, arrays of shape (hours,)."""

    tenant: TenantTruth
    load: Load
    requests: Floats
    """Requests in the hour."""
    counters: tuple[tuple[str, Floats], ...]
    """Series of the database and the application: name, increase in the hour."""
    gauges: tuple[tuple[str, Floats], ...]
    """Series that are levels: name, mean over the hour."""
    user_keys: Floats
    anonymous_keys: Floats
    """Anonymous sessions alive, those evicted not counted."""
    evicted_keys: Floats
    """Sessions thrown out for want of memory in the hour."""
    database_cpu_s: Floats
    """CPU seconds that PostgreSQL spends for this tenant in the hour."""
    blocks_read: Floats
    rows_written: Floats


def hours_of(tenant: TenantTruth) -> TenantHours:
    """Return everything that happens at a tenant."""
    load, service, night = load_of(tenant), tenant.service, tenant.night
    requests = load.requests_per_s * 3600
    night_s = load.night * 3600
    blocks_read = (requests * tenant.blocks_read * load.blocks_factor + night_s * night.blocks_per_s) * _around(tenant, "blocks", 0.03)
    rows = (requests * ROWS_WRITTEN_PER_REQUEST + night_s * night.blocks_per_s * ROWS_WRITTEN_PER_NIGHT_BLOCK) * _around(
        tenant, "rows", 0.03
    )
    database_cpu_s = requests * service.database_cpu_s + night_s * night.cores * NIGHT_DATABASE_CPU
    counters = (
        ("requests", requests),
        ("request_seconds", requests * service.mean_s * _around(tenant, "service", 0.012)),
        ("app_cpu_seconds", (requests * service.cpu_s + night_s * night.cores) * _around(tenant, "cpu", 0.015)),
        ("database_transactions", requests * TRANSACTIONS_PER_REQUEST * _around(tenant, "transactions", 0.01)),
        ("database_blocks_read", blocks_read),
        ("database_blocks_hit", (requests * BLOCKS_HIT_PER_REQUEST + night_s * night.blocks_per_s * 30) * _around(tenant, "hits", 0.02)),
        ("database_temp_bytes", night_s * night.blocks_per_s * TEMP_BYTES_PER_NIGHT_BLOCK * load.blocks_factor / MONTH_END_BLOCKS),
        ("database_active_seconds", (requests * service.database_s + night_s * night.cores * 0.7) * _around(tenant, "active", 0.02)),
        ("database_rows_written", rows),
    )
    users, wanted = _sessions(tenant, load)
    anonymous = np.minimum(wanted, MOST_ANONYMOUS_KEYS)
    return TenantHours(
        tenant=tenant,
        load=load,
        requests=requests,
        counters=counters,
        gauges=_gauges(tenant, load, users + anonymous),
        user_keys=users,
        anonymous_keys=anonymous,
        evicted_keys=(wanted - anonymous) / ANONYMOUS_HOURS,
        database_cpu_s=database_cpu_s,
        blocks_read=blocks_read,
        rows_written=rows,
    )


def _around(tenant: TenantTruth, name: str, scale: float) -> Floats:
    return jitter(stream(tenant.name, name), HOURS, scale)


def _gauges(tenant: TenantTruth, load: Load, keys: Floats) -> tuple[tuple[str, Floats], ...]:
    busy = (load.requests_per_s * tenant.service.mean_s + load.night * tenant.night.workers) * _around(tenant, "busy", 0.02)
    slow = autoregressive(stream(tenant.name, "memory"), HOURS, memory=0.99, scale=0.004)
    memory = (340 * MIB + tenant.users * 5.5 * MIB + busy * 24 * MIB) * np.exp(slow)
    connections = 3 + 0.11 * tenant.users * (0.4 + 0.6 * np.minimum(1.0, load.requests_per_s / max(tenant.peak_rps, 1e-9))) + 1.3 * busy
    database, filestore = _sizes(tenant, load)
    return (
        ("busy_workers", busy),
        ("app_memory_bytes", memory),
        ("database_connections", np.round(connections)),
        ("database_bytes", database),
        ("filestore_bytes", filestore),
        ("session_keys", keys),
    )


def _sizes(tenant: TenantTruth, load: Load) -> tuple[Floats, Floats]:
    """Return bytes of database and filestore: what business adds, end of history as planted, one archive run."""
    share = load.requests_per_s / load.requests_per_s.mean() if tenant.environment == PRODUCTION else np.ones(HOURS)
    before_end = np.append(np.cumsum(share[::-1])[::-1][1:], 0.0) / 24 / DAYS_PER_MONTH
    database = (tenant.size.database_gib - tenant.size.database_gib_per_month * before_end) * GIB
    filestore = (tenant.size.filestore_gib - tenant.size.filestore_gib_per_month * before_end) * GIB
    if tenant.name == CLEAN_UP.subject:
        at = index_of(CLEAN_UP.at)
        database[:at] += database[at] * CLEAN_UP_SHARE / (1 - CLEAN_UP_SHARE)
    return database, filestore


def _sessions(tenant: TenantTruth, load: Load) -> tuple[Floats, Floats]:
    """Return sessions of users and, with enough memory, of anonymous visitors: created with the load, gone after their time to live."""
    active = load.requests_per_s / max(tenant.peak_rps, 1e-9)
    decay = np.exp(-1 / (RESIDENCE_DAYS * 24))
    steady = tenant.users * tenant.keys_per_user
    alive = np.empty(HOURS)
    level = steady
    ordinary = active.mean()
    for index, now in enumerate((active / ordinary).tolist()):
        level = decay * level + (1 - decay) * steady * now
        alive[index] = level
    anonymous = steady * ANONYMOUS_SHARE * active / ordinary
    if tenant.name == CRAWLER.subject:
        first, last = index_of(CRAWLER.start), index_of(CRAWLER.end)
        rise = np.minimum(1.0, np.arange(last - first) / (24 * 4))
        anonymous[first:last] += CRAWLER_KEYS * rise * jitter(stream(tenant.name, "crawler"), last - first, 0.12)
    return alive, anonymous
