"""The queries over pg_profile's tables, and the rows they bring."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from workbench.sources.postgres.connection import Opened

DATABASE = "sample_stat_database"
CLUSTER = "sample_stat_cluster"
IO = "sample_stat_io"


@dataclass(frozen=True, slots=True)
class Column:
    """A canonical series as a sum over columns of a sample table; every column must exist."""

    series: str
    table: str
    expression: str
    """SQL over the columns, added up over the rows of a subject and sample."""
    needs: tuple[str, ...]
    where: str = "true"


@dataclass(frozen=True, slots=True)
class Difference:
    """What one subject added between two samples."""

    name: str
    """Database, or nothing for the whole server."""
    time_ms: int
    before_ms: int | None
    """Time of the sample before; None for the first of the server and where that sample was deleted."""
    value: float
    reset: str
    """stats_reset as the sample saw it."""


COLUMNS = (
    Column("database_transactions", DATABASE, "xact_commit + xact_rollback", ("xact_commit", "xact_rollback")),
    Column("database_blocks_read", DATABASE, "blks_read", ("blks_read",)),
    Column("database_blocks_hit", DATABASE, "blks_hit", ("blks_hit",)),
    Column("database_temp_bytes", DATABASE, "temp_bytes", ("temp_bytes",)),
    Column("database_rows_written", DATABASE, "tup_inserted + tup_updated + tup_deleted", ("tup_inserted", "tup_updated", "tup_deleted")),
    Column("database_active_seconds", DATABASE, "active_time / 1000", ("active_time",)),
    Column("database_bytes", DATABASE, "datsize", ("datsize",)),
    Column("wal_bytes", "sample_stat_wal", "wal_bytes", ("wal_bytes",)),
    Column("checkpoint_buffers", CLUSTER, "buffers_checkpoint", ("buffers_checkpoint",)),
    Column("checkpoint_buffers", CLUSTER, "buffers_written", ("buffers_written",)),
    Column("io_reads", IO, "reads", ("reads", "object"), "object <> 'wal'"),
    Column("io_read_bytes", IO, "read_bytes", ("read_bytes", "object"), "object <> 'wal'"),
    Column("io_read_bytes", IO, "reads * op_bytes", ("reads", "op_bytes", "object"), "object <> 'wal'"),
    Column("io_writes", IO, "coalesce(writes, 0) + coalesce(extends, 0)", ("writes", "extends", "object"), "object <> 'wal'"),
)
"""pg_profile 4: sample_stat_* hold differences, datsize is a level. A series is read by the first row whose columns exist."""


def profile_schema(opened: Opened) -> str | None:
    """Return the schema that holds pg_profile's tables."""
    row = opened.execute(
        "select relnamespace::regnamespace::text from pg_class where relname = %s and relkind in ('r', 'p')", (DATABASE,)
    ).fetchone()
    return None if row is None else str(row[0])


def table_columns(opened: Opened, schema: str, table: str) -> frozenset[str]:
    """Return the columns a table has in this version of pg_profile."""
    query = "select attname from pg_attribute where attrelid = to_regclass(%s) and attnum > 0 and not attisdropped"
    return frozenset(str(name) for (name,) in opened.execute(query, (f"{schema}.{table}",)).fetchall())


def differences(opened: Opened, schema: str, column: Column, server: str) -> tuple[Difference, ...]:
    """Return one difference a subject and sample, ordered by subject and time."""
    from psycopg import sql

    present = table_columns(opened, schema, column.table)
    query = sql.SQL(
        """select {name}, s.sample_time, s.before, sum({expression}), max({reset}::text)
           from {schema}.{table} t
           join (select server_id, sample_id, sample_time,
                        case when lag(sample_id) over w = sample_id - 1 then lag(sample_time) over w end as before
                 from {schema}.samples window w as (partition by server_id order by sample_id)) s using (server_id, sample_id)
           join {schema}.servers v using (server_id)
           where v.server_name = %s and {where}
           group by 1, 2, 3 having sum({expression}) is not null order by 1, 2"""
    ).format(
        name=sql.SQL("t.datname::text" if "datname" in present else "''::text"),
        expression=sql.SQL(column.expression),
        reset=sql.SQL("t.stats_reset" if "stats_reset" in present else "null"),
        where=sql.SQL(column.where),
        schema=sql.Identifier(schema),
        table=sql.Identifier(column.table),
    )
    return tuple(_difference(row) for row in opened.execute(query, (server,)).fetchall())


def _difference(row: Sequence[object]) -> Difference:
    name, time, before, value, reset = row
    if not isinstance(time, datetime):
        raise TypeError(f"sample_time {time!r}: must be a timestamp with time zone")
    before_ms = _ms(before) if isinstance(before, datetime) else None
    return Difference(str(name), _ms(time), before_ms, float(str(value)), str(reset or ""))


def _ms(time: datetime) -> int:
    return round(time.timestamp() * 1000)
