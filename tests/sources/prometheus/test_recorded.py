"""Exporters and servers that the tests do not run, by what they are recorded to say."""

import time
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from workbench.sources.catalogue import load_catalogue
from workbench.sources.labels import LabelRule
from workbench.sources.prometheus import PrometheusConnection, Task, Window, discover, draft_pools, open_server, pull

RECORDED = Path(__file__).parents[2] / "recorded"


@pytest.fixture
def scraped(front, prometheus_server):
    """Return the address of a real Prometheus that scrapes the recorded exposition."""
    body = (RECORDED / "exporters.prom").read_bytes()
    target = front(lambda _, handler: handler.say(200, body, {"Content-Type": "text/plain; version=0.0.4"}))
    url = prometheus_server(targets={"recorded": target.url.removeprefix("http://")}, scrape="300ms").url
    deadline = time.monotonic() + 20
    while len(target.requests) < 3 and time.monotonic() < deadline:
        time.sleep(0.1)
    return url


@pytest.mark.servers
def test_newer_exporters_fill_the_catalogue(scraped) -> None:
    now = round(time.time() * 1000)
    rule = LabelRule(pattern="(?P<tenant>[a-z]+)(-odoo.*|_prod)?", exact={"session:leipzig:*": "leipzig"})
    with open_server(PrometheusConnection("recorded", scraped, tenant=rule)) as server:
        found = discover(server, load_catalogue(), now - 3_600_000, now)
        pools = draft_pools(server, load_catalogue(), now)
    by_series = {entry.rule.series: entry for entry in found.found}
    assert by_series["requests"].rule.exporter == "traefik"
    assert by_series["requests"].also == ("nginx-ingress", "monitoring_prometheus")
    assert by_series["requests"].values == ("leipzig-odoo@kubernetescrd",)
    assert by_series["database_active_seconds"].rule.scale == 1.0
    assert by_series["checkpoint_buffers"].rule.metrics == ("pg_stat_checkpointer_buffers_written_total",)
    for series in ("app_cpu_seconds", "app_memory_bytes", "filestore_bytes", "session_keys", "database_transactions"):
        assert by_series[series].subjects == ("leipzig",), series
    workers = next(pool for pool in pools if pool.layer == "workers")
    assert (workers.tenants, dict(workers.settings)) == (("leipzig",), {"replicas": 2.0, "cpu_limit": 4.0})


def test_prometheus_3_with_a_range_open_on_the_left_brings_the_same(front) -> None:
    """Without the sample on the left border the count begins at the first sample; infos do not make an answer partial."""
    server = front(lambda _, handler: handler.say(200, (RECORDED / "prometheus3_query.json").read_bytes()))
    start = 1_790_812_800_000
    with open_server(PrometheusConnection("prom-3", server.url)) as opened:
        (samples,) = pull(opened, [Task(load_catalogue().of("requests")[0], Window(start, start + 86_400_000))])
    assert not samples.partial
    assert samples.frame["value"].to_list() == [0.0, 60.0, 120.0]
    assert samples.frame["time"].to_list() == [start + 60_000, start + 120_000, start + 180_001]
    assert parse_qs(server.requests[0].body.decode())["query"][0].endswith("[87000s]")
