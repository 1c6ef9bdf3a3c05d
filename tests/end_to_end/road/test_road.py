"""The whole road once, with nothing mocked: planted truth in real servers, the command line, and figures that give the truth back."""

import csv
import io
import json
import os
import time
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from models.topology.resources import Resource
from workbench.history import open_history
from workbench.pipeline.kept import Kept
from workbench.pipeline.session import Session, open_session
from workbench.pipeline.workloads import Workloads
from workbench.sources.catalogue import load_catalogue
from workbench.sources.labels import LabelRule
from workbench.sources.prometheus import PrometheusConnection, discover, open_server, plan_pull, pull
from workbench.study.toml import read_study

pytestmark = [pytest.mark.servers, pytest.mark.slow]

WITHIN = 0.10
COST_WITHIN = Decimal("0.05")
TRANSACTIONS = 40
ROWS_A_TRANSACTION = 2
"""An order and a change of stock."""
TOPOLOGIES = ("current", "multi-tenant", "hybrid", "dedicated")


@pytest.fixture(scope="session")
def collected(new_study, shell, erp, truth) -> Path:
    """Return the study after two snapshots around real work, and a collection of everything."""
    folder = new_study("six-plants")
    assert shell.run("snapshot", folder).code == 0
    for tenant in truth.tenants:
        erp.work(tenant.name, TRANSACTIONS)
    assert shell.run("snapshot", folder).code == 0
    said = shell.run("collect", folder)
    assert said.code == 0, said.err
    return folder


@pytest.fixture(scope="session")
def session(collected) -> Session:
    return open_session(read_study(collected))


@pytest.fixture(scope="session")
def compared(collected, shell) -> tuple[dict, list[dict[str, str]]]:
    """Return what `compare --json --csv` said: the document and the rows."""
    file = collected / "lines.csv"
    said = shell.run("compare", collected, "--json", "--csv", file)
    assert said.code == 0, said.err
    return json.loads(said.out), list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"))))


def test_init_drafts_what_the_servers_show(shell, monitoring, erp, truth) -> None:
    folder = shell.home / "drafted"
    said = shell.run("init", folder, "--prometheus", monitoring.url, "--postgres", "erp")
    assert said.code == 0, said.err
    drafted, names = read_study(folder), {tenant.name for tenant in truth.tenants}
    assert {tenant.name for tenant in drafted.tenants} == names
    assert {source.tenant_pattern for source in drafted.sources} == {"(?P<tenant>.+)_prod"}
    (current,) = drafted.topologies
    found = {pool.name: pool for pool in current.pools}
    assert {name: pool.layer.value for name, pool in found.items()} == {"db-1": "database server", "cache-1": "cache"}
    assert set(found["db-1"].tenants) == names
    assert found["db-1"].settings["max_connections"] == 40
    assert found["db-1"].settings["cores"] == os.cpu_count()
    assert "grant pg_monitor" in said.out.lower()
    again = shell.run("init", folder)
    assert again.code == 2
    assert "study.toml" in again.err


def test_check_says_what_is_there_and_what_is_missing(collected, shell, truth) -> None:
    said = shell.run("check", collected, "--json")
    found = json.loads(said.out)
    texts = [one["text"] for one in found["findings"] if one["severity"] != "error"]
    assert (said.code, found["answered"]) == (0, True), found
    assert any("45 days of requests" in text for text in texts)
    assert any(all(tenant.name in text for tenant in truth.tenants) for text in texts)


def test_orders_come_from_the_tenants_own_tables(collected, erp, truth) -> None:
    rows = open_history(collected / "history").rows("driver@orders")
    for tenant in truth.tenants:
        mine = rows.filter(rows["tenant"] == tenant.name)
        days = {
            time.strftime("%Y-%m-%d", time.gmtime(ms / 1000)): int(value) for ms, value in zip(mine["time"], mine["value"], strict=True)
        }
        assert days == erp.orders[tenant.name]


def test_snapshots_count_what_was_really_written(collected, truth) -> None:
    end_ms = int(truth.end.timestamp() * 1000)
    history = open_history(collected / "history")
    rows, sizes = history.rows("database_rows_written", end_ms), history.rows("database_bytes", end_ms)
    for tenant in truth.tenants:
        counts = rows.filter(rows["tenant"] == tenant.name)["value"].to_list()
        assert counts[-1] - counts[0] == ROWS_A_TRANSACTION * TRANSACTIONS
        assert 7e6 < sizes.filter(sizes["tenant"] == tenant.name)["value"].to_list()[-1] < 20e6


def test_live_exporters_say_what_the_servers_hold(monitoring, sessions, erp, truth) -> None:
    now_ms = time.time_ns() // 1_000_000
    names = tuple(sessions)
    connection = PrometheusConnection("live", monitoring.url, tenant=LabelRule("datname", "(?P<tenant>[a-z]+)_prod", known=names))
    with open_server(connection) as server:
        found = discover(server, load_catalogue(), now_ms - 60_000, now_ms)
        tasks = [task for task in plan_pull(found.rules, now_ms - 60_000, now_ms, {}) if task.window.end_ms == now_ms]
        frames = {samples.series: samples.frame for samples in pull(server, tasks)}
    newest = {series: dict(frame.sort("time").select("tenant", "value").rows()) for series, frame in frames.items()}
    assert newest["session_keys"] == sessions
    assert newest["redis_keys"] == {"@cache-1": sum(sessions.values())}
    assert newest["connections_max"] == {"@db-1": 40}
    assert newest["database_bytes"].keys() == set(names)
    assert newest["database_rows_written"].keys() == set(names)
    live = {"checkpoint_buffers", "redis_rss_bytes", "server_cpu_seconds", "device_writes", "server_memory_available_bytes"}
    assert live <= newest.keys()


def test_fits_give_the_planted_parameters_back(collected, shell, truth) -> None:
    said = shell.run("fit", collected, "--json")
    assert said.code == 0, said.err
    found = {one["tenant"]: one["parameters"] for one in json.loads(said.out)["tenants"]}
    wrong = []
    for tenant in truth.tenants:
        for name, planted in truth.parameters(tenant).items():
            got = found[tenant.name][name]
            if not (got["p05"] <= planted <= got["p95"] and abs(got["value"] / planted - 1) <= WITHIN and not got["assumed"]):
                wrong.append((tenant.name, name, planted, got["p05"], got["value"], got["p95"]))
    assert not wrong


def test_growth_is_within_its_interval(session, truth) -> None:
    planted = {
        "requests": {tenant.name: tenant.growth_per_month for tenant in truth.tenants},
        "batch": {tenant.name: 0.0 for tenant in truth.tenants},
    }
    wrong, seen = [], set()
    for part in session.growth.parts:
        for row, found in zip(part.rows, part.forecast.diagnostics, strict=True):
            name = session.observed.tenants[row]
            if str(part.driver) in planted:
                seen.add((str(part.driver), name))
                true = planted[str(part.driver)][name]
                if not found.growth_per_month_p05 <= true <= found.growth_per_month_p95 or abs(found.growth_per_month - true) > WITHIN:
                    wrong.append((str(part.driver), name, true, found.growth_per_month_p05, found.growth_per_month_p95))
    assert not wrong
    assert seen == {("requests", tenant.name) for tenant in truth.tenants} | {
        ("batch", tenant.name) for tenant in truth.tenants if tenant.night_cores
    }


def test_costs_are_those_of_the_planted_workloads(compared, session, truth) -> None:
    ideal = session_on_truth(session, truth).compare()
    assert tuple(result.name for result in ideal.results) == TOPOLOGIES
    for said in compared[0]["topologies"]:
        true = ideal.result(said["name"]).monthly_cost
        assert abs(Decimal(said["monthly_cost"]) / true - 1) <= COST_WITHIN, (said["name"], said["monthly_cost"], true)


def session_on_truth(session: Session, truth) -> Session:
    """Return the same pipeline on what was planted: the rates behind the requests, exact parameters;

    what is not planted (memory of the cache, connections) stays as fitted.
    """
    observed = session.observed
    rows = [truth.work[name] for name in observed.tenants]
    requests = np.stack([truth.hourly(work.rate * truth.step_s) for work in rows])
    batch = np.stack([truth.hourly(work.batch * truth.step_s) for work in rows])
    planted = {tenant.name: truth.parameters(tenant) for tenant in truth.tenants}
    workloads = tuple(
        replace(
            workload,
            parameters={
                name: replace(found, value=planted[workload.tenant][name], log_sd=0.0) if name in planted[workload.tenant] else found
                for name, found in workload.parameters.items()
            },
        )
        for workload in session.workloads.tenants
    )
    exact = Workloads(
        workloads,
        batch,
        {Resource.DATABASE_CPU: truth.base_cores, Resource.POSTGRES_IOPS: truth.base_operations},
        session.workloads.missing,
    )
    return replace(
        session, _kept=Kept(observed=replace(observed, series={**observed.series, "requests": requests}), workloads=exact), _own={}
    )


def test_rows_add_up_to_the_document_to_the_cent(compared) -> None:
    document, rows = compared
    assert document["demo"] is False
    assert [one["name"] for one in document["topologies"]] == list(TOPOLOGIES)
    for topology in document["topologies"]:
        mine = [row for row in rows if row["topology"] == topology["name"]]
        assert topology["feasible"]
        assert sum(Decimal(row["monthly_cost"]) for row in mine) == Decimal(topology["monthly_cost"])
        assert sum(Decimal(row["horizon_cash"]) for row in mine) == Decimal(topology["total_cost"])
        assert {row["basis"] for row in mine} == {document["basis"]}


def test_hybrid_is_better_than_the_pure_ones(compared) -> None:
    sums = {one["name"]: Decimal(one["sum_monthly"]) for one in compared[0]["topologies"]}
    assert sums["hybrid"] < min(sums["multi-tenant"], sums["dedicated"])


def test_the_same_question_gives_the_same_bytes(collected, shell, compared) -> None:
    again = shell.run("compare", collected, "--json")
    assert json.loads(again.out) == compared[0]


def test_fifteen_days_answer_widely_and_say_so(new_study, shell, session) -> None:
    folder = new_study("short", with_database=False)
    assert shell.run("collect", folder, "--since", "15d").code == 0
    said = shell.run("compare", folder, "--json", "--topology", "current")
    assert said.code == 0, said.err
    assert any("days of history" in warning for warning in json.loads(said.out)["warnings"])
    long, short = growth_widths(session), growth_widths(open_session(read_study(folder)))
    assert long.keys() == short.keys()
    assert all(short[name] > 2 * long[name] for name in long), (long, short)


def growth_widths(session: Session) -> dict[str, float]:
    """Return the width of the 90 % range of each tenant's growth a month."""
    return {
        session.observed.tenants[row]: found.growth_per_month_p95 - found.growth_per_month_p05
        for part in session.growth.parts
        if str(part.driver) == "requests"
        for row, found in zip(part.rows, part.forecast.diagnostics, strict=True)
    }
