"""Sessions, replicas and statements: what explains a server's load, beside the canonical series."""

from dataclasses import dataclass
from typing import LiteralString

from workbench.sources.postgres.connection import Opened, rows

TOP_STATEMENTS = 200
"""Statements kept of a snapshot, by time; Odoo runs thousands of distinct ones."""


@dataclass(frozen=True, slots=True)
class Sessions:
    """How many client sessions of a database are in a state."""

    database: str
    state: str
    """active, idle, idle in transaction, …"""
    count: int


@dataclass(frozen=True, slots=True)
class Replica:
    """A standby and how far behind it is."""

    state: str
    mode: str
    """async, sync, quorum or potential."""
    behind_bytes: int | None
    """WAL not yet replayed; None when the standby did not say."""


@dataclass(frozen=True, slots=True)
class Statement:
    """Cumulative work of one statement, by its query id; never its text."""

    database: str
    queryid: int
    calls: int
    seconds: float
    blocks_read: int
    blocks_hit: int
    wal_bytes: int


def read_sessions(opened: Opened) -> tuple[Sessions, ...]:
    """Return client sessions by database and state."""
    query = """
        select datname, coalesce(state, 'unknown'), count(*) from pg_stat_activity
        where backend_type = 'client backend' and pid <> pg_backend_pid() and datname is not null group by 1, 2 order by 1, 2"""
    return tuple(Sessions(str(name), str(state), int(str(count))) for name, state, count in rows(opened, query))


def read_replicas(opened: Opened) -> tuple[Replica, ...]:
    """Return the standbys connected to a primary; none on a standby."""
    query = """
        select state, sync_state, case when pg_is_in_recovery() then null else pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)::bigint end
        from pg_stat_replication order by application_name"""
    return tuple(
        Replica(str(state), str(mode), None if behind is None else int(str(behind))) for state, mode, behind in rows(opened, query)
    )


def read_statements(opened: Opened) -> tuple[tuple[Statement, ...], str]:
    """Return the statements that took most time, and why there are none."""
    ((present,),) = rows(opened, "select to_regclass('pg_stat_statements') is not null")
    if not present:
        return (
            (),
            "pg_stat_statements is not there (optional): preload it and run CREATE EXTENSION pg_stat_statements",
        )
    from psycopg.errors import InsufficientPrivilege, ObjectNotInPrerequisiteState

    try:
        with opened.transaction():
            found = rows(opened, _STATEMENTS)[:TOP_STATEMENTS]
    except ObjectNotInPrerequisiteState:
        return (), "pg_stat_statements is created but not loaded (optional): add it to shared_preload_libraries and restart"
    except InsufficientPrivilege:
        return (), "pg_stat_statements may not be read (optional): GRANT pg_monitor, or move the extension to a schema that may be used"
    return tuple(_statement(row) for row in found), ""


_STATEMENTS: LiteralString = """
    select d.datname, s.queryid, sum(s.calls), sum(s.total_exec_time) / 1000,
           sum(s.shared_blks_read), sum(s.shared_blks_hit), sum(s.wal_bytes)
    from pg_stat_statements s join pg_database d on d.oid = s.dbid
    where s.queryid is not null group by 1, 2 order by 4 desc, 2"""


def _statement(row: tuple[object, ...]) -> Statement:
    database, query_id, *counts = row
    calls, seconds, read, hit, wal = (float(str(count)) for count in counts)
    return Statement(str(database), int(str(query_id)), int(calls), seconds, int(read), int(hit), int(wal))
