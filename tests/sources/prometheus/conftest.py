"""A Prometheus with planted samples: 20 days of two tenants behind a proxy, with a restart, a pod that ends, a gap and odd values."""

from collections.abc import Callable, Iterable, Iterator

import pytest

from workbench.sources.labels import LabelRule
from workbench.sources.prometheus import PrometheusConnection, Server, open_server

DAY_S = 86_400
START_S = 1_790_812_800
"""2026-10-01T00:00:00Z"""
DAYS = 20
SCRAPE_S = 60
RATE = 2.5
"""Requests per second of leipzig, over both status codes and both pods."""


def sample_lines(labels: str, value_of: Callable[[int], float | None]) -> Iterator[str]:
    for moment in range(START_S, START_S + DAYS * DAY_S + 1, SCRAPE_S):
        value = value_of(moment - START_S)
        if value is not None:
            yield f"{labels} {value!r} {moment}\n"


def family(name: str, kind: str, tracks: Iterable[Iterator[str]]) -> str:
    return f"# TYPE {name} {kind}\n" + "".join(line for track in tracks for line in track)


def steady(rate: float, offset: float = 0.0) -> Callable[[int], float]:
    return lambda t: offset + rate * t


RESTART_S = 18 * DAY_S + 7_230
GAP_S = (17 * DAY_S + 36_000, 17 * DAY_S + 43_200)
OLD_RESTART_S = 3 * DAY_S + 5_430
OLD_GAP_S = (4 * DAY_S + 36_000, 4 * DAY_S + 46_800)


def zwickau(t: int) -> float | None:
    """One request per second; restarted twice, silent twice."""
    if GAP_S[0] < t < GAP_S[1] or OLD_GAP_S[0] < t < OLD_GAP_S[1]:
        return None
    begins = [begin for begin in (0, OLD_RESTART_S, RESTART_S) if t >= begin]
    return float(t - begins[-1])


def planted() -> str:
    name = "traefik_service_requests_total"

    def labels(service: str, code: str, instance: str) -> str:
        return f'{name}{{service="{service}",code="{code}",method="GET",protocol="http",instance="{instance}",job="traefik"}}'

    end_of_pod = 19 * DAY_S
    requests = [
        sample_lines(labels("leipzig-odoo@docker", "200", "a:8080"), steady(RATE * 0.5, 5e6)),
        sample_lines(labels("leipzig-odoo@docker", "500", "a:8080"), steady(RATE * 0.1, 77)),
        sample_lines(labels("leipzig-odoo@docker", "200", "b:8080"), lambda t: RATE * 0.4 * t if t <= end_of_pod else None),
        sample_lines(labels("zwickau-odoo@docker", "200", "a:8080"), zwickau),
        sample_lines(labels("dashboard@internal", "200", "a:8080"), steady(0.01)),
    ]
    buckets = [
        sample_lines(
            f'traefik_service_request_duration_seconds_bucket{{service="leipzig-odoo@docker",le="{le}",instance="a:8080"}}', steady(rate)
        )
        for le, rate in (("0.1", 1.0), ("0.3", 1.5), ("1.2", 2.0), ("+Inf", 2.5))
    ]
    total = [
        sample_lines('traefik_service_request_duration_seconds_count{service="leipzig-odoo@docker",instance="a:8080"}', steady(2.5)),
        sample_lines('traefik_service_request_duration_seconds_sum{service="leipzig-odoo@docker",instance="a:8080"}', steady(0.6)),
    ]
    odd = {3600: float("nan"), 7200: float("inf")}
    backends = [
        sample_lines('pg_stat_database_numbackends{datname="leipzig_prod",instance="db1:9187"}', lambda t: odd.get(t % DAY_S, 7.0)),
        sample_lines('pg_stat_database_numbackends{datname="postgres",instance="db1:9187"}', steady(0.0, 1.0)),
    ]
    limit = [sample_lines('pg_settings_max_connections{instance="db1:9187"}', steady(0.0, 100.0))]
    return (
        family("traefik_service_requests", "counter", requests)
        + family("traefik_service_request_duration_seconds", "histogram", [*buckets, *total])
        + family("pg_stat_database_numbackends", "gauge", backends)
        + family("pg_settings_max_connections", "gauge", limit)
        + "# EOF\n"
    )


TENANTS = LabelRule("service", "(?P<tenant>[a-z]+)-odoo@.*", {"leipzig_prod": "leipzig"})


@pytest.fixture(scope="session")
def planted_url(prometheus_server) -> str:
    return prometheus_server(planted()).url


@pytest.fixture
def planted_server(planted_url: str) -> Iterator[Server]:
    with open_server(PrometheusConnection("prom-eu", planted_url, tenant=TENANTS)) as server:
        yield server


@pytest.fixture(scope="session")
def period_ms() -> tuple[int, int]:
    return START_S * 1000, (START_S + DAYS * DAY_S) * 1000
