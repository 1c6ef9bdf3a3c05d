"""The real exporters of Debian, scraped by a real Prometheus, fill the series the catalogue promises."""

import time
from collections.abc import Iterator

import psycopg
import pytest

from workbench.sources.catalogue import load_catalogue
from workbench.sources.labels import LabelRule
from workbench.sources.prometheus import PrometheusConnection, Server, Task, Window, discover, draft_pools, open_server, pull
from workbench.sources.prometheus.library import instant

pytestmark = pytest.mark.servers
HOUR_MS = 3_600_000


@pytest.fixture(scope="module")
def live(prometheus_server, postgres_server, redis_server, exporter) -> Iterator[Server]:
    database = postgres_server(15)
    with psycopg.connect(database.dsn(), autocommit=True) as opened:
        opened.execute("create database exported_prod")
    dsn = f"postgresql://postgres@127.0.0.1:{database.port}/postgres?sslmode=disable"
    targets = {
        "node": exporter("node").address,
        "postgres": exporter("postgres", ["--auto-discover-databases"], {"DATA_SOURCE_NAME": dsn}).address,
        "redis": exporter("redis", [f"--redis.addr=redis://{redis_server.address}"]).address,
    }
    url = prometheus_server(targets=targets, scrape="500ms").url
    rule = LabelRule("datname", "(?P<tenant>[a-z]+)_prod")
    with open_server(PrometheusConnection("live", url, tenant=rule)) as server:
        wait_for_scrapes(server)
        yield server


def wait_for_scrapes(server: Server) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        tracks = instant(server, "min(count_over_time(up[1m])) * (min(up) == bool 1)", round(time.time() * 1000))
        if tracks and tracks[0].value[0] >= 3:
            return
        time.sleep(0.2)
    pytest.fail("the exporters were not scraped")


def now_ms() -> int:
    return round(time.time() * 1000)


def test_what_debians_exporters_say_is_found(live) -> None:
    found = discover(live, load_catalogue(), now_ms() - HOUR_MS, now_ms())
    series = {entry.rule.series for entry in found.found}
    assert {
        "database_transactions", "database_blocks_read", "database_blocks_hit", "database_temp_bytes", "database_active_seconds",
        "database_rows_written", "database_connections", "database_bytes", "connections_max", "shared_buffers_bytes", "checkpoint_buffers",
        "redis_used_bytes", "redis_rss_bytes", "redis_max_bytes", "redis_expired_keys", "redis_evicted_keys", "redis_fork_bytes",
        "server_cpu_seconds", "listen_overflows", "server_memory_available_bytes",
    } <= series  # fmt: skip
    assert "exported" in found.tenants
    assert {entry.series for entry in found.missing} >= {"requests", "request_seconds", "app_cpu_seconds"}
    assert found.warnings == ()


def test_every_found_series_can_be_pulled(live) -> None:
    end = now_ms()
    found = discover(live, load_catalogue(), end - HOUR_MS, end)
    window = Window(end - HOUR_MS, end)
    pulled = list(pull(live, [Task(rule, window) for rule in found.rules]))
    assert [samples.series for samples in pulled if samples.frame.is_empty() or samples.partial] == []
    by_series = {samples.series: samples.frame for samples in pulled}
    assert set(by_series["connections_max"]["value"]) == {40.0}
    assert set(by_series["shared_buffers_bytes"]["value"]) == {32.0 * 2**20}
    assert set(by_series["server_cpu_seconds"]["tenant"]) == {"@127.0.0.1"}
    assert by_series["database_bytes"]["value"].min() > 1e6


def test_pools_are_drafted_from_live_servers(live) -> None:
    drafts = {pool.layer: pool for pool in draft_pools(live, load_catalogue(), now_ms())}
    assert dict(drafts["database server"].settings) == {"max_connections": 40.0, "cache_bytes": 32.0 * 2**20}
    assert "exported" in drafts["database server"].tenants
    assert dict(drafts["platform"].settings)["cores"] >= 1
    assert dict(drafts["cache"].settings)["used_bytes"] > 0
