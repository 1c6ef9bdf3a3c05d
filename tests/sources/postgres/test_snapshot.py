"""What real servers of three versions say in one look, and what two looks differ by."""

import time

import pytest

from workbench.sources.errors import SourceRefused, SourceUnreachable
from workbench.sources.postgres import PostgresConnection, snapshot

pytestmark = pytest.mark.servers


def value(taken, series: str, subject: str) -> float:
    frame = next(samples.frame for samples in taken.samples if samples.series == series)
    return dict(zip(frame["tenant"], frame["value"], strict=True))[subject]


def test_a_snapshot_holds_every_series_of_its_version(server, connect) -> None:
    taken = snapshot(connect(server))
    names = {samples.series for samples in taken.samples}
    always = {
        "database_transactions",
        "database_blocks_read",
        "database_active_seconds",
        "database_bytes",
        "wal_bytes",
        "checkpoint_buffers",
    }
    assert always <= names
    assert ({"io_reads", "io_read_bytes", "io_writes"} <= names) == (server.version >= 16)
    assert any("pg_stat_io" in reason for reason in taken.missing) == (server.version < 16)
    assert taken.version == server.version
    assert "wiki" in taken.unclaimed
    assert "leipzig_prod" not in taken.unclaimed
    assert value(taken, "connections_max", "@db-eu-1") == 40
    assert value(taken, "shared_buffers_bytes", "@db-eu-1") == 32 * 2**20


def test_two_snapshots_see_the_work_between_them(server, connect, run_sql) -> None:
    first = snapshot(connect(server))
    run_sql(
        server.dsn("leipzig_prod"),
        "create table if not exists work (n int)",
        "insert into work select generate_series(1, 5000)",
        "checkpoint",
    )
    wanted = value(first, "database_rows_written", "leipzig") + 5000
    for _ in range(100):
        second = snapshot(connect(server))
        if value(second, "database_rows_written", "leipzig") >= wanted:
            break
        time.sleep(0.05)
    assert value(second, "database_rows_written", "leipzig") >= wanted
    assert value(second, "wal_bytes", "@db-eu-1") > value(first, "wal_bytes", "@db-eu-1")
    epochs = [
        next(samples.frame["epoch"].to_list() for samples in taken.samples if samples.series == "database_blocks_read")
        for taken in (first, second)
    ]
    assert epochs[0] == epochs[1]


def test_a_reset_shows_in_the_epoch(server, connect, run_sql) -> None:
    first = snapshot(connect(server))
    run_sql(server.dsn("zwickau_prod"), "select pg_stat_reset()")
    second = snapshot(connect(server))
    before, after = (
        next(dict(zip(s.frame["tenant"], s.frame["epoch"], strict=True)) for s in taken.samples if s.series == "database_blocks_read")
        for taken in (first, second)
    )
    assert before["zwickau"] != after["zwickau"]
    assert before["leipzig"] == after["leipzig"]
    assert before["zwickau"].partition("|")[2] == after["zwickau"].partition("|")[2]


def test_sizes_are_read_once_an_hour(server, connect) -> None:
    taken = snapshot(connect(server))
    soon = snapshot(connect(server), sizes_read_ms=taken.time_ms)
    late = snapshot(connect(server), sizes_read_ms=taken.time_ms - 3_600_000)
    assert ["database_bytes" in {samples.series for samples in each.samples} for each in (soon, late)] == [False, True]


def test_without_pg_monitor_the_rest_still_comes_and_the_grant_is_named(server, connect) -> None:
    taken = snapshot(connect(server, "stranger"))
    assert "database_blocks_read" in {samples.series for samples in taken.samples}
    assert any('GRANT pg_monitor TO "stranger";' in reason for reason in taken.missing)
    assert taken.sessions == ()


def test_sessions_are_counted_by_state(server, connect) -> None:
    import psycopg

    with psycopg.connect(server.dsn("leipzig_prod")) as busy:
        busy.execute("select 1")
        taken = snapshot(connect(server))
    assert ("leipzig_prod", "idle in transaction", 1) in [(entry.database, entry.state, entry.count) for entry in taken.sessions]


def test_statements_come_by_query_id_where_the_extension_is(tenants_on, connect, run_sql) -> None:
    server = tenants_on(15)
    run_sql(server.dsn(), "create extension if not exists pg_stat_statements")
    run_sql(server.dsn("leipzig_prod"), *["select count(*) from sale_order"] * 3)
    taken = snapshot(connect(server))
    assert any(entry.database == "leipzig_prod" and entry.calls >= 3 for entry in taken.statements)
    assert any("pg_stat_statements is not there" in reason for reason in snapshot(connect(tenants_on(16))).missing)


def test_a_wrong_password_is_refused_without_showing_it(tenants_on, connect, monkeypatch) -> None:
    monkeypatch.setenv("PGPASSWORD", "guess-me-not")
    with pytest.raises(SourceRefused, match="pg-eu-1") as caught:
        snapshot(connect(tenants_on(15), "locked"))
    assert "guess-me-not" not in str(caught.value)
    monkeypatch.setenv("PGPASSWORD", "open sesame")
    assert snapshot(connect(tenants_on(15), "locked")).samples


def test_nobody_at_the_address_is_unreachable() -> None:
    with pytest.raises(SourceUnreachable, match="check host, port and firewall"):
        snapshot(PostgresConnection("pg-eu-1", parameters="host=127.0.0.1 port=1 user=x dbname=x"))


def test_a_password_among_the_parameters_is_refused() -> None:
    with pytest.raises(ValueError, match="pgpass"):
        PostgresConnection("pg-eu-1", parameters="host=db password=x")
