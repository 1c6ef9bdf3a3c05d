"""Collect, check, init and snapshot against a real Prometheus and a real PostgreSQL."""

import json
import shutil
from pathlib import Path

import psycopg
import pytest

from workbench.commands.check import CheckOptions, check
from workbench.commands.collect import CollectOptions, collect
from workbench.commands.init import InitOptions, init
from workbench.history import open_history
from workbench.study.toml import read_study

pytestmark = pytest.mark.servers
START_S = 1_790_812_800  # 2026-10-01
DAYS = 3
NOW_MS = (START_S + DAYS * 86_400) * 1000
PATTERN = "(?P<tenant>[a-z]+)-odoo@.*"
STUDY = """\
format = 1
[study]
name = "Live"
horizon = "6 months"
tenants = "tenants.csv"
[money]
currency = "EUR"
[policy.production]
response = {{ share = 0.95, within = "800 ms" }}
[platform]
region = "azure/westeurope"
offers = ["azure/D*s_v5"]
[[sources]]
name = "prom"
kind = "prometheus"
url = "{url}"
tenant = {{ label = "service", pattern = "{pattern}" }}
"""
ROW = '{name},"[{{ name = ""{name}"", users = 10 }}]",production\n'
TENANTS = "name,plants,environment\n" + "".join(ROW.format(name=name) for name in ("leipzig", "zwickau"))
FAMILIES = (
    ("traefik_service_requests", "counter", {"_total": 2.5}),
    (
        "traefik_service_request_duration_seconds",
        "histogram",
        {'_bucket{le="0.1"}': 1.0, '_bucket{le="+Inf"}': 2.5, "_count": 2.5, "_sum": 0.6},
    ),
)


def silent(_what, _share):
    pass


def planted() -> str:
    lines = []
    for metric, kind, rates in FAMILIES:
        lines.append(f"# TYPE {metric} {kind}\n")
        for service in ("leipzig-odoo@docker", "zwickau-odoo@docker", "dashboard@internal"):
            for suffix, rate in rates.items():
                name, _, label = suffix.partition("{")
                labels = f'service="{service}",instance="a:8080"' + (f",{label[:-1]}" if label else "")
                lines += [f"{metric}{name}{{{labels}}} {rate * t!r} {START_S + t}\n" for t in range(0, DAYS * 86_400 + 1, 300)]
    return "".join([*lines, "# EOF\n"])


@pytest.fixture(scope="module")
def url(prometheus_server) -> str:
    return prometheus_server(planted()).url


@pytest.fixture
def live(tmp_path, url) -> Path:
    folder = tmp_path / "live"
    folder.mkdir()
    (folder / "study.toml").write_text(STUDY.format(url=url, pattern=PATTERN))
    (folder / "tenants.csv").write_text(TENANTS)
    return folder


def stored(folder: Path) -> dict[str, bytes]:
    history = folder / "history"
    files = [path for path in sorted(history.rglob("*")) if path.suffix in {".parquet", ".json"}]
    return {str(path.relative_to(history)): path.read_bytes() for path in files}


def test_a_collect_that_was_stopped_goes_on_to_the_same_bytes(live, tmp_path):
    whole = tmp_path / "whole"
    shutil.copytree(live, whole)
    assert collect(read_study(whole), CollectOptions(NOW_MS, days=DAYS), silent).failed == ()
    options = CollectOptions(NOW_MS, days=DAYS)

    def stop_early(what, _share):
        if "window 2" in what:
            options.cancel.set()

    assert collect(read_study(live), options, stop_early).stopped
    assert stored(live) != stored(whole)
    again = collect(read_study(live), CollectOptions(NOW_MS, days=DAYS), silent)
    assert not again.stopped
    assert stored(live) == stored(whole)
    third = collect(read_study(live), CollectOptions(NOW_MS, days=DAYS), silent)
    assert third.pulled[0].windows == 0
    assert stored(live) == stored(whole)


def test_what_was_collected_is_what_was_planted(live):
    collect(read_study(live), CollectOptions(NOW_MS, days=DAYS), silent)
    history = open_history(live / "history")
    assert history.subjects("requests") == ("leipzig", "zwickau")
    assert history.hourly("requests").of("leipzig")[2:-1] == pytest.approx(2.5)
    assert history.measures("request_seconds") == "response"
    assert "request_seconds_bucket@+Inf" in history.series()


def test_check_says_what_is_claimed_by_nobody_and_what_a_missing_series_limits(live):
    collect(read_study(live), CollectOptions(NOW_MS, days=DAYS), silent)
    result = check(live, CheckOptions(NOW_MS), silent)
    texts = [one.text for one in result.findings]
    assert not result.unreachable
    assert any("dashboard@internal" in text for text in texts)
    assert any("no database_blocks_read" in text and "database IO" in text for text in texts)
    assert any("leipzig: 3 days of requests" in text for text in texts)


def test_a_wrong_mapping_is_an_error_of_the_source(live):
    study = live / "study.toml"
    study.write_text(study.read_text().replace(PATTERN, "(?P<tenant>[a-z]+)_live"))
    result = check(live, CheckOptions(NOW_MS), silent)
    assert not result.answered
    assert any(one.area == "source prom" and one.severity == "error" for one in result.findings)


def test_init_drafts_from_what_it_finds_and_says_what_it_cannot_name(tmp_path, url):
    started = init(InitOptions(tmp_path / "new", NOW_MS, "New", prometheus=url), silent)
    study = read_study(tmp_path / "new")
    assert study.name == "New"
    assert study.sources[0].url == url
    assert started.tenants or started.notes


def test_a_snapshot_is_appended_and_folded_by_collect(ask, live, postgres_server, monkeypatch, tmp_path):
    server = postgres_server(15)
    with psycopg.connect(server.dsn(), autocommit=True) as opened:
        opened.execute("create database leipzig_live")
    parameters = dict(part.split("=", 1) for part in server.dsn().split())
    service = tmp_path / "services.conf"
    service.write_text("[reporting]\n" + "".join(f"{key}={value}\n" for key, value in parameters.items()))
    monkeypatch.setenv("PGSERVICEFILE", str(service))
    study = live / "study.toml"
    study.write_text(
        study.read_text() + '[[sources]]\nname = "pg"\nkind = "postgres"\nservice = "reporting"\n'
        'tenant = { label = "datname", pattern = "(?P<tenant>[a-z]+)_live" }\n'
    )
    taken = ask("snapshot", live, "--json")
    assert taken.code == 0, taken.err
    assert json.loads(taken.out)["taken"][0]["series"] > 5
    assert list((live / "history" / "snapshots").glob("*.jsonl"))
    answer = ask("collect", live, "--source", "pg", "--json")
    assert answer.code == 0, answer.err
    assert "leipzig" in open_history(live / "history").subjects("database_transactions")
    assert not list((live / "history" / "snapshots").glob("*.jsonl"))
