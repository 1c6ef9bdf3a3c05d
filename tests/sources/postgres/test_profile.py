"""History from pg_profile's tables, recreated on a real server in the layout of its version 4."""

import polars as pl
import pytest

from workbench.sources.errors import SourceAnswer
from workbench.sources.postgres import PostgresConnection, read_profile

pytestmark = pytest.mark.servers

LAYOUT = """
    create schema profile;
    create table profile.servers (server_id int primary key, server_name name);
    create table profile.samples (server_id int, sample_id int, sample_time timestamptz, primary key (server_id, sample_id));
    create table profile.sample_stat_database (server_id int, sample_id int, datid oid, datname name, xact_commit bigint,
        xact_rollback bigint,
        blks_read bigint, blks_hit bigint, tup_inserted bigint, tup_updated bigint, tup_deleted bigint, temp_bytes bigint,
        stats_reset timestamptz, datsize bigint, datsize_delta bigint, active_time double precision);
    create table profile.sample_stat_cluster (server_id int, sample_id int, checkpoints_timed bigint, buffers_checkpoint bigint,
        stats_reset timestamptz, wal_size bigint);
    create table profile.sample_stat_wal (server_id int, sample_id int, wal_records bigint, wal_bytes numeric, stats_reset timestamptz);
    create table profile.sample_stat_io (server_id int, sample_id int, backend_type text, object text, context text, reads bigint,
        op_bytes bigint, writes bigint, extends bigint, stats_reset timestamptz);
    insert into profile.servers values (1, 'local'), (2, 'other');
    insert into profile.samples select s, n, timestamptz '2026-01-01 00:00Z' + make_interval(mins => 30 * n)
        from generate_series(1, 2) s, generate_series(1, 48) n where n <> 20;
    insert into profile.sample_stat_database select server_id, sample_id, 5, d, 900, 0, 360, 3600, 10, 5, 3, 0,
        case when sample_id < 30 then timestamptz '2025-01-01Z' else timestamptz '2026-01-01 14:50Z' end,
        1000000 + sample_id, 1, 450000
        from profile.samples, unnest(array['leipzig_prod', 'postgres', 'wiki']) d;
    insert into profile.sample_stat_cluster select server_id, sample_id, 1, 18, null, 5 from profile.samples;
    insert into profile.sample_stat_wal select server_id, sample_id, 1, 1800, null from profile.samples;
    insert into profile.sample_stat_io select server_id, sample_id, b, 'relation', 'normal', 180, 8192, 90, null, null
        from profile.samples, unnest(array['client backend', 'checkpointer']) b"""


@pytest.fixture(scope="module")
def profiled(tenants_on, connect, run_sql) -> PostgresConnection:
    server = tenants_on(16)
    run_sql(server.dsn(), "create database profiles")
    run_sql(server.dsn("profiles"), *LAYOUT.split(";"))
    whole = connect(server, "postgres")
    return PostgresConnection(whole.name, parameters=server.dsn("profiles"), server_of="db-eu-1", tenant=whole.tenant)


def test_differences_become_counts_that_break_at_gaps_and_resets(profiled) -> None:
    by_series = {samples.series: samples.frame for samples in read_profile(profiled)}
    frame = by_series["database_blocks_read"]
    assert set(frame["tenant"]) == {"leipzig"}
    assert frame.height == 47
    epochs = frame["epoch"].unique(maintain_order=True).to_list()
    assert [int(epoch.partition("|")[0]) for epoch in epochs] == [
        1_767_225_600_000 + minutes * 60_000 for minutes in (30, 21 * 30, 30 * 30)
    ]
    assert frame.filter(pl.col("epoch") == epochs[1])["value"].to_list() == [360.0 * n for n in range(9)]


def test_operations_and_bytes_are_apart(profiled) -> None:
    by_series = {samples.series: samples.frame for samples in read_profile(profiled)}
    assert by_series["io_reads"]["value"].to_list()[1] == 360
    assert by_series["io_read_bytes"]["value"].to_list()[1] == 360 * 8192
    assert by_series["io_writes"]["value"].to_list()[1] == 180
    assert by_series["wal_bytes"]["value"].to_list()[:3] == [0, 1800, 3600]
    assert set(by_series["wal_bytes"]["tenant"]) == {"@db-eu-1"}


def test_sizes_are_levels(profiled) -> None:
    sizes = next(samples.frame for samples in read_profile(profiled) if samples.series == "database_bytes")
    assert sizes["value"].to_list()[:2] == [1_000_001, 1_000_002]
    assert set(sizes["epoch"]) == {""}


def test_a_database_without_pg_profile_is_named(tenants_on, connect) -> None:
    with pytest.raises(SourceAnswer, match="sample_stat_database"):
        read_profile(connect(tenants_on(15)))
