"""Which column of which statistics view is which canonical series, by server version (PostgreSQL release notes 14 to 18)."""

from dataclasses import dataclass
from typing import LiteralString


@dataclass(frozen=True, slots=True)
class View:
    """A query of one row a subject: name (None: the server), stats_reset, then one column a series."""

    name: str
    query: LiteralString
    series: tuple[str, ...]
    """Canonical series of the columns after the first two."""


_DATABASE_SERIES = (
    "database_transactions",
    "database_blocks_read",
    "database_blocks_hit",
    "database_temp_bytes",
    "database_rows_written",
    "database_connections",
    "database_active_seconds",
)
_DATABASE: LiteralString = """
    select datname, stats_reset, xact_commit + xact_rollback, blks_read, blks_hit, temp_bytes,
           tup_inserted + tup_updated + tup_deleted, numbackends, {active}, datid::text
    from pg_stat_database where datname is not null order by datname"""
# Reads of relations only: from 18 on the view also holds WAL. Extends write new blocks.
_IO_16: LiteralString = """
    select null, max(stats_reset), sum(reads), sum(reads * op_bytes), sum(coalesce(writes, 0) + coalesce(extends, 0))
    from pg_stat_io where object <> 'wal'"""
_IO_18: LiteralString = """
    select null, max(stats_reset), sum(reads), sum(read_bytes), sum(coalesce(writes, 0) + coalesce(extends, 0))
    from pg_stat_io where object <> 'wal'"""
_WAL_14: LiteralString = "select null, stats_reset, wal_bytes from pg_stat_wal"
_WAL_13: LiteralString = """
    select null, null::timestamptz,
           pg_wal_lsn_diff(case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end, '0/0')"""
_CHECKPOINTS_13: LiteralString = "select null, stats_reset, buffers_checkpoint from pg_stat_bgwriter"
_CHECKPOINTS_17: LiteralString = "select null, stats_reset, buffers_written from pg_stat_checkpointer"
_SETTINGS: LiteralString = """
    select null, null::timestamptz, current_setting('max_connections')::int, pg_size_bytes(current_setting('shared_buffers'))"""
_ACTIVE_14: LiteralString = "active_time / 1000"
_ACTIVE_13: LiteralString = "null::float8"

SIZES: LiteralString = """
    select datname, pg_database_size(oid) from pg_database
    where datallowconn and not datistemplate and (pg_has_role('pg_read_all_stats', 'usage') or has_database_privilege(oid, 'connect'))
    order by datname"""


def database_view(version: int) -> View:
    """Return the query over all databases; its last column, after those of the series, is the database's oid."""
    query = _DATABASE.replace("{active}", _ACTIVE_14 if version >= 14 else _ACTIVE_13)
    return View("pg_stat_database", query, _DATABASE_SERIES)


def server_views(version: int) -> tuple[View, ...]:
    """Return the queries over the whole server that its version can answer."""
    io = () if version < 16 else (View("pg_stat_io", _IO_18 if version >= 18 else _IO_16, ("io_reads", "io_read_bytes", "io_writes")),)
    wal = View("pg_stat_wal", _WAL_14, ("wal_bytes",)) if version >= 14 else View("pg_current_wal_lsn", _WAL_13, ("wal_bytes",))
    checkpoints = (
        View("pg_stat_checkpointer", _CHECKPOINTS_17, ("checkpoint_buffers",))
        if version >= 17
        else View("pg_stat_bgwriter", _CHECKPOINTS_13, ("checkpoint_buffers",))
    )
    return (*io, wal, checkpoints, View("pg_settings", _SETTINGS, ("connections_max", "shared_buffers_bytes")))
