"""What was planted in the bundled study is found again, within the intervals that are stated."""

from pathlib import Path

import numpy as np
import pytest

from models.topology.resources import Driver, Resource
from workbench.study.edits import ScaleDriver, SetCache, SetTtl, SetWorkers

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


def test_a_larger_cache_means_fewer_device_operations_and_a_smaller_one_more(bundled):
    shared = bundled.factory.sizer.demand
    server = bundled.observed.server("db-eu-1", "shared_buffers_bytes")
    today = int(server[-1])
    row = bundled.observed.tenants.index("leipzig")
    found = {}
    for size in (today // 4, today, today * 4):
        demand = bundled.edited([SetCache("db-eu-1", size)]).demand
        link = next(link for link in demand.links if (link.resource, link.driver) == (Resource.POSTGRES_IOPS, Driver.REQUESTS))
        found[size] = float(np.median(link.per_unit[row]))
    before = next(link for link in shared.links if (link.resource, link.driver) == (Resource.POSTGRES_IOPS, Driver.REQUESTS))
    assert found[today] == pytest.approx(float(np.median(before.per_unit[row])), rel=0.05)
    assert found[today * 4] < found[today] < found[today // 4]


def test_workers_set_by_hand_change_what_runs_today(bundled):
    pool = bundled.edited([SetWorkers("workers-eu-metal", 5)]).result("current").plan.pool("workers-eu-metal")
    assert pool.workers == 5
    assert bundled.result("current").plan.pool("workers-eu-metal").workers == 8


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (SetCache("db-nowhere", 10**9), "no pool 'db-nowhere'"),
        (SetTtl("db-eu-1", 3600), "no pool 'db-eu-1' with a cache"),
        (ScaleDriver("pallets", 1.2), "'pallets' is no driver: use one of requests"),
    ],
)
def test_edits_that_find_nothing_say_so(bundled, edit, message):
    with pytest.raises(ValueError, match=message):
        _ = bundled.edited([edit]).demand
