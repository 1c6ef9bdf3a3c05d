"""One look at a server's cumulative statistics: statistics views have no history, two looks make a rate."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from workbench.sources.labels import claims, name_of
from workbench.sources.postgres.connection import Opened, PostgresConnection, reading, rows
from workbench.sources.postgres.details import Replica, Sessions, Statement, read_replicas, read_sessions, read_statements
from workbench.sources.postgres.grants import grant_statements
from workbench.sources.postgres.views import SIZES, database_view, server_views
from workbench.sources.samples import Samples

HOUR_MS = 3_600_000
OLDEST = 13
"""Oldest server version whose views are known here."""
SYSTEM_DATABASES = frozenset({"postgres", "rdsadmin", "cloudsqladmin", "azure_maintenance", "azure_sys"})


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a server said at one instant."""

    time_ms: int
    """The server's own clock, UTC."""
    version: int
    """Major version."""
    samples: tuple[Samples, ...]
    """One `Samples` a series, in order of names."""
    sessions: tuple[Sessions, ...]
    replicas: tuple[Replica, ...]
    statements: tuple[Statement, ...]
    missing: tuple[str, ...]
    """What could not be read, why, and the fix."""
    unclaimed: tuple[str, ...]
    """Databases that belong to no tenant."""
    twice: tuple[str, ...]
    """Databases that two tenants claim."""


@dataclass(frozen=True, slots=True)
class Point:
    """One value of one series."""

    series: str
    subject: str
    value: float
    epoch: str


def snapshot(connection: PostgresConnection, sizes_read_ms: int | None = None) -> Snapshot:
    """Read all statistics once, in read-only transactions; sizes only when an hour has passed since `sizes_read_ms`.

    Raises SourceUnreachable, SourceRefused or SourceAnswer. Works without pg_monitor as far as it goes and says what is missing.
    """
    with reading(connection) as opened:
        version = opened.info.server_version // 10_000
        time_ms, system, monitor = _identity(opened)
        missing = [_no_monitor(connection, opened.info.user)] if not monitor else []
        missing += [f"{connection.name}: PostgreSQL {version} is older than {OLDEST}: upgrade, or read it through an exporter"] * (
            version < OLDEST
        )
        points, names = _database_points(connection, opened, version, system)
        points += _server_points(connection, opened, version, system)
        if sizes_read_ms is None or time_ms - sizes_read_ms >= HOUR_MS:
            points += _size_points(connection, opened)
        sessions = read_sessions(opened) if monitor else ()
        statements, reason = read_statements(opened)
        missing += [f"{connection.name}: {reason}"] * bool(reason)
        if version < 16:
            missing.append(f"{connection.name}: pg_stat_io exists from PostgreSQL 16: physical reads come from blocks read only")
        replicas = read_replicas(opened) if monitor else ()
    unclaimed = tuple(name for name in names if not claims(connection.tenant, "datname", name))
    twice = tuple(name for name in names if len(claims(connection.tenant, "datname", name)) > 1)
    samples = points_to_samples(points, connection.name, time_ms)
    return Snapshot(time_ms, version, samples, sessions, replicas, statements, tuple(missing), unclaimed, twice)


def points_to_samples(points: Iterable[Point], source: str, time_ms: int) -> tuple[Samples, ...]:
    """Return one `Samples` a series; several databases of one tenant are added up under one epoch."""
    import polars as pl

    by_series: dict[str, dict[str, list[Point]]] = defaultdict(lambda: defaultdict(list))
    for point in points:
        by_series[point.series][point.subject].append(point)
    result = []
    for series, subjects in sorted(by_series.items()):
        ordered = sorted(subjects.items())
        frame = pl.DataFrame(
            {
                "tenant": [subject for subject, _ in ordered],
                "time": [time_ms] * len(ordered),
                "value": [sum(point.value for point in group) for _, group in ordered],
                "epoch": [_joined_epoch([point.epoch for point in group]) for _, group in ordered],
            },
            schema={"tenant": pl.String, "time": pl.Int64, "value": pl.Float64, "epoch": pl.String},
        )
        result.append(Samples(series, frame, source, time_ms - 1, time_ms))
    return tuple(result)


def _identity(opened: Opened) -> tuple[int, str, bool]:
    """Return the server's time, its identity (with the timeline: a promoted replica counts anew), and whether we may see all."""
    query: LiteralString = """
        select (extract(epoch from clock_timestamp()) * 1000)::bigint, pg_has_role('pg_read_all_stats', 'usage')"""
    ((time_ms, monitor),) = rows(opened, query)
    return int(str(time_ms)), _system(opened), monitor is True


def _system(opened: Opened) -> str:
    """Return the system identifier and timeline; nothing where a hosted service hides them."""
    from psycopg.errors import InsufficientPrivilege, UndefinedFunction

    query: LiteralString = """
        select s.system_identifier::text || '-' || c.timeline_id::text from pg_control_system() s, pg_control_checkpoint() c"""
    try:
        with opened.transaction():
            ((system,),) = rows(opened, query)
    except (InsufficientPrivilege, UndefinedFunction):
        return ""
    return str(system)


def _database_points(connection: PostgresConnection, opened: Opened, version: int, system: str) -> tuple[list[Point], list[str]]:
    view = database_view(version)
    points, names = [], []
    for name, reset, *values, oid in rows(opened, view.query):
        database = str(name)
        if database in SYSTEM_DATABASES or database.startswith("template"):
            continue
        names.append(database)
        tenant = name_of(connection.tenant, "datname", database)
        if tenant is not None:
            points += _points(tenant, view.series, values, epoch_of(reset, f"{system}-{oid}"))
    return points, names


def _server_points(connection: PostgresConnection, opened: Opened, version: int, system: str) -> list[Point]:
    return [
        point
        for view in server_views(version)
        for _, reset, *values in rows(opened, view.query)
        for point in _points(connection.subject, view.series, values, epoch_of(reset, system))
    ]


def _size_points(connection: PostgresConnection, opened: Opened) -> list[Point]:
    points = []
    for name, size in rows(opened, SIZES):
        tenant = None if name in SYSTEM_DATABASES else name_of(connection.tenant, "datname", str(name))
        if tenant is not None:
            points.append(Point("database_bytes", tenant, float(str(size)), ""))
    return points


def _points(subject: str, series: tuple[str, ...], values: Iterable[object], epoch: str) -> list[Point]:
    """Return a point a column; a null is missing, never zero."""
    return [
        Point(name, subject, float(str(value)), "" if name in _LEVELS else epoch)
        for name, value in zip(series, values, strict=True)
        if value is not None
    ]


_LEVELS = frozenset({"database_connections", "connections_max", "shared_buffers_bytes"})


def epoch_of(reset: object, system: str) -> str:
    """Return `stats_reset|system`: what must be equal for two counter values to be comparable."""
    return f"{reset.isoformat() if isinstance(reset, datetime) else ''}|{system}"


def _joined_epoch(epochs: list[str]) -> str:
    """Several databases of one tenant count as one only while none of them was reset or replaced."""
    if len(set(epochs)) == 1:
        return epochs[0]
    return "|" + "+".join(sorted(epoch.replace("|", "@") for epoch in epochs))


def _no_monitor(connection: PostgresConnection, role: str) -> str:
    grant = grant_statements(role)[-1]
    return f"{connection.name}: {role} is no member of pg_monitor: sessions, replication and some sizes are missing: run {grant}"
