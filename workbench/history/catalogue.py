"""The canonical series: which count up, which are levels, which are counts of a day."""

from enum import StrEnum


class Kind(StrEnum):
    """How the samples of a series become a value per hour."""

    COUNTER = "counter"
    """Counts up until it is reset; becomes a rate per second."""
    GAUGE = "gauge"
    """A level; a sample speaks for the time since the one before it."""
    DAILY = "daily"
    """A count of one day, stamped at the day's start; holds for the 24 hours that follow."""


COUNTERS = frozenset(
    {
        "requests",
        "request_seconds",
        "request_seconds_bucket",
        "app_cpu_seconds",
        "database_transactions",
        "database_blocks_read",
        "database_blocks_hit",
        "database_temp_bytes",
        "database_active_seconds",
        "database_rows_written",
        "server_cpu_seconds",
        "device_reads",
        "device_writes",
        "device_read_bytes",
        "device_written_bytes",
        "wal_bytes",
        "checkpoint_buffers",
        "io_reads",
        "io_read_bytes",
        "io_writes",
        "redis_expired_keys",
        "redis_evicted_keys",
        "listen_overflows",
    }
)
"""Cumulative series, as the source said them."""

GAUGES = frozenset(
    {
        "busy_workers",
        "workers",
        "app_memory_bytes",
        "database_connections",
        "database_bytes",
        "filestore_bytes",
        "session_keys",
        "server_memory_available_bytes",
        "connections_max",
        "shared_buffers_bytes",
        "redis_used_bytes",
        "redis_rss_bytes",
        "redis_max_bytes",
        "redis_keys",
        "redis_fork_bytes",
    }
)
"""Levels."""

DAILY = frozenset({"driver"})
"""Business counts per day, named driver@orders and the like."""


def base_name(series: str) -> str:
    """Return the series name without its part: request_seconds_bucket of request_seconds_bucket@0.1."""
    return series.partition("@")[0]


def kind_of(series: str) -> Kind:
    """Return how a series counts; ValueError for a name that is not canonical."""
    name = base_name(series)
    if name in COUNTERS:
        return Kind.COUNTER
    if name in GAUGES:
        return Kind.GAUGE
    if name in DAILY:
        return Kind.DAILY
    import difflib

    near = difflib.get_close_matches(name, [*COUNTERS, *GAUGES, *DAILY], n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    raise ValueError(f"series {series!r} is not canonical: map it in the metrics catalogue{hint}")
