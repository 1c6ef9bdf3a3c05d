"""What was planted in the bundled study is found again, within the intervals that are stated."""

import json
from pathlib import Path

import pytest

from workbench.pipeline.session import open_session
from workbench.study.toml import read_study

DATA = Path(__file__).parents[2] / "data"
REGULAR = (
    "leipzig",
    "zwickau",
    "erfurt",
    "plauen",
    "jena",
    "freiberg",
    "chemnitz",
    "rockford",
    "moline",
    "peoria",
    "pune",
    "hosur",
    "nashik",
)


@pytest.fixture(scope="session")
def bundled():
    return open_session(read_study(DATA / "meridian"))


@pytest.fixture(scope="session")
def truth():
    return json.loads((DATA / "meridian-truth.json").read_text(encoding="utf-8"))


def _planted(truth, tenant):
    own, device, every = truth["tenants"][tenant], truth["device"], truth["per_request"]
    operations = own["blocks_read_per_request"] * device["reads_per_block"] + every["rows_written"] * device["writes_per_row"]
    return {
        "service_s": own["service_mean_s"],
        "cpu_s": own["cpu_s_per_request"],
        "database_s_per_request": own["database_s_per_request"],
        "database_cpu_per_request": own["database_cpu_s_per_request"],
        "blocks_read_per_request": own["blocks_read_per_request"],
        "rows_written_per_request": every["rows_written"],
        "operations_per_request": operations,
    }


@pytest.mark.parametrize("name", ["service_s", "cpu_s", "database_s_per_request", "database_cpu_per_request", "rows_written_per_request"])
def test_planted_demand_per_request_is_recovered(bundled, truth, name):
    inside = 0
    for tenant in REGULAR:
        found, planted = bundled.workloads.of(tenant).parameters[name], _planted(truth, tenant)[name]
        assert found.value == pytest.approx(planted, rel=0.10), (tenant, found)
        inside += found.low <= planted <= found.high
    assert inside >= 0.7 * len(REGULAR), f"{inside} of {len(REGULAR)} inside their 90 % range"


@pytest.mark.parametrize("name", ["blocks_read_per_request", "operations_per_request"])
def test_planted_reads_are_recovered_within_a_tenth(bundled, truth, name):
    for tenant in REGULAR:
        found, planted = bundled.workloads.of(tenant).parameters[name], _planted(truth, tenant)[name]
        assert found.value == pytest.approx(planted, rel=0.12), (tenant, found)


def test_planted_spread_of_service_lies_within_its_range(bundled, truth):
    inside = 0
    for tenant in REGULAR:
        found = bundled.workloads.of(tenant).parameters["scv"]
        inside += found.low <= truth["tenants"][tenant]["service_scv"] <= found.high
    assert inside >= 0.7 * len(REGULAR)


def test_nightly_work_is_found_where_it_was_planted_and_nowhere_else(bundled, truth):
    for tenant in REGULAR:
        slots = bundled.workloads.of(tenant).batch_slots
        assert bool(slots.any()) == (truth["tenants"][tenant]["night_cores"] > 0), tenant
        assert slots.sum() <= 40


def test_every_tenant_has_data_and_the_whole_estate_is_in_the_figures(bundled):
    assert bundled.observed.without_data == ()
    assert len(bundled.tenants) == 23
