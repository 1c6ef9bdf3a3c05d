"""What a real server offers is found, and what is missing or unclear is said."""

import pytest

from workbench.sources.catalogue import load_catalogue
from workbench.sources.labels import LabelRule
from workbench.sources.prometheus import PrometheusConnection, discover, draft_pools, open_server

pytestmark = pytest.mark.servers


def test_discovery_names_what_is_there_and_what_its_absence_limits(planted_server, period_ms) -> None:
    found = discover(planted_server, load_catalogue(), *period_ms)
    assert found.tenants == ("leipzig", "zwickau")
    by_series = {entry.rule.series: entry for entry in found.found}
    assert by_series["requests"].rule.exporter == "traefik"
    assert by_series["request_seconds_bucket"].rule.measures == "response"
    assert by_series["connections_max"].subjects == ("@db1",)
    assert by_series["requests"].label_sets == 4
    assert found.by_steps == frozenset()
    missing = {entry.series: entry for entry in found.missing}
    assert missing["database_blocks_read"].limits == ("database IO",)
    assert "pg_stat_database_blks_read" in missing["database_blocks_read"].looked_for


def test_a_label_value_without_tenant_is_a_finding(planted_server, period_ms) -> None:
    found = discover(planted_server, load_catalogue(), *period_ms)
    assert [entry.values for entry in found.nobody] == [("dashboard@internal",)]
    assert found.twice == ()


def test_a_label_value_that_two_tenants_claim_is_a_finding(planted_url, period_ms) -> None:
    rule = LabelRule("service", "(?P<tenant>[a-z]+)-odoo@.*", {"leipzig-odoo@docker": "zwickau"})
    with open_server(PrometheusConnection("prom-eu", planted_url, tenant=rule)) as server:
        found = discover(server, load_catalogue(), *period_ms)
    assert [(entry.values, entry.names) for entry in found.twice] == [(("leipzig-odoo@docker",), ("zwickau", "leipzig"))]
    assert [entry.names for entry in found.shared] == [("zwickau",)]


def test_a_wrong_mapping_finds_nobody_and_says_so(planted_url, period_ms) -> None:
    with open_server(PrometheusConnection("prom-eu", planted_url, tenant=LabelRule("service", "(?P<tenant>[a-z]+)_live"))) as server:
        found = discover(server, load_catalogue(), *period_ms)
    assert ("leipzig-odoo@docker",) in [entry.values for entry in found.nobody]


def test_an_empty_prometheus_is_named(prometheus_server) -> None:
    with open_server(PrometheusConnection("empty", prometheus_server().url)) as server:
        found = discover(server, load_catalogue(), 0, 86_400_000)
    assert found.found == ()
    assert "holds no samples" in found.warnings[0]
    assert {entry.series for entry in found.missing} == set(load_catalogue().series)


def test_pools_are_drafted_from_what_was_measured(planted_server, period_ms) -> None:
    (pool,) = draft_pools(planted_server, load_catalogue(), period_ms[1])
    assert (pool.name, pool.layer, pool.tenants) == ("db1", "database server", ("leipzig",))
    assert pool.settings == (("max_connections", 100.0),)
