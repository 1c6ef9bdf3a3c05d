"""Business counts from a tenant's own tables: Odoo keeps years of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import MappingProxyType

from workbench.sources.errors import SourceAnswer
from workbench.sources.labels import name_of
from workbench.sources.postgres.connection import PostgresConnection, reading, rows
from workbench.sources.postgres.snapshot import SYSTEM_DATABASES
from workbench.sources.samples import Samples

DAY_MS = 86_400_000
MOST_ROWS = 100_000
"""More rows than this are no daily counts."""

EXAMPLES: Mapping[str, str] = MappingProxyType(
    {
        "orders": "select date_trunc('day', create_date), count(*) from sale_order group by 1",
        "moves": "select date_trunc('day', create_date), count(*) from stock_move group by 1",
        "productions": "select date_trunc('day', create_date), count(*) from mrp_production group by 1",
        "entries": "select date_trunc('day', create_date), count(*) from account_move group by 1",
        "users": "select date_trunc('day', create_date), count(distinct create_uid) from res_users_log group by 1",
    }
)
"""Queries over Odoo's tables (Odoo 16 to 18; create_date is UTC). Odoo itself prunes res_users_log to the latest login of each user:
active users are right for days that were read when they were young."""


@dataclass(frozen=True, slots=True)
class DriverCounts:
    """Daily counts of one driver over all tenants of a server."""

    samples: Samples
    missing: tuple[str, ...]
    """Tenants whose database could not answer, and why."""


def read_driver(connection: PostgresConnection, driver: str, sql: str) -> DriverCounts:
    """Run a query (day, count) in each tenant's database, one after the other; the running day is left out because it is not whole.

    Raises SourceUnreachable or SourceRefused when the server itself does not answer, SourceAnswer when the answer is not (day, count).
    """
    import polars as pl

    tenants = tenant_databases(connection)
    with reading(connection) as opened:
        ((now,),) = rows(opened, "select now()")
    today = now.astimezone(UTC).date() if isinstance(now, datetime) else date.max
    counts: list[tuple[str, int, float, str]] = []
    missing: list[str] = []
    for database, tenant in tenants.items():
        try:
            found = _counts(connection, database, driver, sql)
        except SourceAnswer as error:
            missing.append(f"{tenant}: {error}")
            continue
        counts += [(tenant, _midnight_ms(day), value, "") for day, value in found if day < today]
    schema = {"tenant": pl.String, "time": pl.Int64, "value": pl.Float64, "epoch": pl.String}
    frame = pl.DataFrame(counts, schema=schema, orient="row")
    frame = frame.group_by("tenant", "time").agg(pl.col("value").sum(), pl.col("epoch").first()).sort("tenant", "time")
    start = min((time for _, time, _, _ in counts), default=_midnight_ms(today) - DAY_MS)
    return DriverCounts(Samples(f"driver@{driver}", frame, connection.name, start - 1, _midnight_ms(today) - 1), tuple(missing))


def tenant_databases(connection: PostgresConnection) -> dict[str, str]:
    """Return database to tenant, for the databases of the server that belong to one."""
    with reading(connection) as opened:
        found = rows(opened, "select datname from pg_database where datallowconn and not datistemplate order by datname")
    claimed = {
        name: name_of(connection.tenant, "datname", name) for (name,) in found if isinstance(name, str) and name not in SYSTEM_DATABASES
    }
    return {name: tenant for name, tenant in claimed.items() if tenant is not None}


def _counts(connection: PostgresConnection, database: str, driver: str, sql: str) -> list[tuple[date, float]]:
    asked, rule = f"driver {driver} in {database}", "a driver's query returns two columns: day, count"
    with reading(connection, database) as opened:
        cursor = opened.execute(sql.encode())
        found = cursor.fetchmany(MOST_ROWS + 1) if cursor.description is not None else []
    if len(found) > MOST_ROWS:
        raise SourceAnswer(connection.name, asked, f"more than {MOST_ROWS} rows", rule, "group by day")
    counts = []
    for row in found:
        day = row[0].date() if isinstance(row[0], datetime) else row[0]
        if len(row) != 2 or not (day is None or isinstance(day, date)) or isinstance(row[1], str | bool):
            raise SourceAnswer(
                connection.name, asked, f"a row {row!r}", rule, "select date_trunc('day', create_date), count(*) … group by 1"
            )
        if isinstance(day, date) and row[1] is not None:
            counts.append((day, float(str(row[1]))))
    return counts


def _midnight_ms(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000)
