"""History from pg_profile's sample tables, where that extension runs: differences per sample, for weeks or years back."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from workbench.sources.errors import SourceAnswer
from workbench.sources.labels import name_of
from workbench.sources.postgres.connection import PostgresConnection, reading
from workbench.sources.postgres.profile_tables import COLUMNS, Column, Difference, differences, profile_schema, table_columns
from workbench.sources.postgres.snapshot import SYSTEM_DATABASES
from workbench.sources.samples import Samples

LEVELS = frozenset({"database_bytes"})
Row = tuple[str, int, float, str]
"""tenant, time in ms, value, epoch"""


def read_profile(connection: PostgresConnection, server: str = "local") -> tuple[Samples, ...]:
    """Return every series that pg_profile kept of a server, one `Samples` each, in order of names.

    Counts begin at 0 at a sample and begin anew after a statistics reset or a missing sample. Raises SourceAnswer when the extension's
    tables are not in the database of the connection.
    """
    with reading(connection) as opened:
        schema = profile_schema(opened)
        if schema is None:
            rule, fix = "pg_profile keeps its samples in sample_stat_database", "set service to the database that has pg_profile"
            raise SourceAnswer(connection.name, "for pg_profile's tables", "there are none", rule, fix)
        found: dict[str, Samples] = {}
        for column in COLUMNS:
            if column.series in found or not table_columns(opened, schema, column.table).issuperset(column.needs):
                continue
            samples = _samples(connection, column, differences(opened, schema, column, server))
            if samples is not None:
                found[column.series] = samples
    return tuple(found[series] for series in sorted(found))


def _samples(connection: PostgresConnection, column: Column, added: Iterable[Difference]) -> Samples | None:
    import polars as pl

    by_subject: dict[str, dict[int, list[Difference]]] = defaultdict(lambda: defaultdict(list))
    for difference in added:
        subject = _subject(connection, difference.name)
        if subject is not None:
            by_subject[subject][difference.time_ms].append(difference)
    rows: list[Row] = []
    for subject, samples in sorted(by_subject.items()):
        together = [_together(group) for _, group in sorted(samples.items())]
        rows += _levels(subject, together) if column.series in LEVELS else _counts(connection, subject, together)
    if not rows:
        return None
    schema = {"tenant": pl.String, "time": pl.Int64, "value": pl.Float64, "epoch": pl.String}
    frame = pl.DataFrame(rows, schema=schema, orient="row").sort("tenant", "time")
    times = [row[1] for row in rows]
    return Samples(column.series, frame, connection.name, min(times) - 1, max(times))


def _subject(connection: PostgresConnection, database: str) -> str | None:
    if not database:
        return connection.subject
    return None if database in SYSTEM_DATABASES else name_of(connection.tenant, "datname", database)


def _together(group: list[Difference]) -> Difference:
    """Add the databases of one tenant up; another set of them, or a reset of one, shows in `reset`."""
    resets = " ".join(f"{item.name}:{item.reset}" for item in sorted(group, key=lambda item: item.name))
    return replace(group[0], value=sum(item.value for item in group), reset=resets)


def _levels(subject: str, items: Iterable[Difference]) -> list[Row]:
    return [(subject, item.time_ms, item.value, "") for item in items]


def _counts(connection: PostgresConnection, subject: str, items: Iterable[Difference]) -> list[Row]:
    """Add differences up; the one that spans a reset is unknown in part and left out, as is the first, which spans all time before."""
    rows: list[Row] = []
    last: Difference | None = None
    total, epoch = 0.0, ""
    for item in items:
        unbroken = last is not None and item.before_ms == last.time_ms and item.reset == last.reset and item.value >= 0
        if unbroken:
            total += item.value
        else:
            total, epoch = 0.0, f"{item.time_ms}|pg_profile:{connection.name}"
        rows.append((subject, item.time_ms, total, epoch))
        last = item
    return rows
