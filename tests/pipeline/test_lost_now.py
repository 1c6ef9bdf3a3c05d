"""A domain lost now: survivors answer with less, standbys begin cold, processes run out of time."""

import time

import numpy as np
import pytest

from models.topology.resources import Layer, Resource
from workbench.pipeline.recovery import Against
from workbench.pipeline.risk_details import risk_details
from workbench.pipeline.routes import has_standby
from workbench.pipeline.show_loss import domain_names, lose
from workbench.pipeline.show_survivors import replicas_left


@pytest.fixture(scope="module")
def current(bundled):
    return bundled.result("current")


def test_a_survivor_answers_later_and_has_less_room(bundled, current):
    name = next(one.name for one in current.plan.of_layer(Layer.WORKERS) if one.production and one.replicas[0] > 1)
    loss = lose(bundled, "current", name)
    assert loss.tenants == ()
    (survivor,) = loss.survivors
    assert survivor.headroom_after < survivor.headroom
    assert survivor.after.replicas == replicas_left(current.plan.pool(name)) < survivor.before.replicas
    assert survivor.after.p95_s >= survivor.before.p95_s
    assert survivor.after.answered <= survivor.before.answered + 1e-9


def test_a_standby_begins_cold_and_is_met_by_everybody(bundled, current):
    pool = next(one for one in current.plan.of_layer(Layer.DATABASE) if one.production and has_standby(one))
    found = lose(bundled, "current", pool.name)
    cold, reconnects = found.takeover.cache, found.takeover.reconnects
    assert cold.first_iops[0] <= cold.first_iops[1]
    assert cold.first_iops[1] >= cold.steady_iops > 0
    assert cold.limit_iops == pytest.approx(float(pool.usable[Resource.POSTGRES_IOPS][0]))
    assert cold.warm_after_s > 0
    assert cold.limited(cold.steady_iops).warm_after_s == np.inf
    served = [one for one in current.plan.of_layer(Layer.WORKERS) if set(one.tenants) & set(pool.tenants)]
    assert reconnects.usual >= sum(one.workers * one.replicas[0] for one in served)
    assert reconnects.usual <= reconnects.worst


def test_money_goes_on_at_the_rate_of_the_ramp(bundled):
    loss = lose(bundled, "current", "db-us-1")
    for (hour, lost, rate), (later, more, _) in zip(loss.lost, loss.lost[1:], strict=False):
        assert more >= lost + rate * (later - hour) - 1e-6  # ramps only rise
    assert loss.care[0].owner == "platform team"
    assert "postgres-failover" in loss.care[0].runbook
    assert loss.route.planned_h < loss.route.outage_h < loss.route.worst_h


def test_a_plan_without_owners_names_those_of_today(bundled):
    result = bundled.result("multi-tenant")
    database = next(one.name for one in result.risk.domains if one.kind == "database server" and one.tenants)
    care = lose(bundled, "multi-tenant", database).care
    assert [one.owner for one in care] == ["platform team"]
    assert all(one.as_today for one in care)


def test_objectives_name_the_step_that_breaks_them(bundled, current):
    broken = {(bundled.tenants[one.tenant], one.process, one.what): one for one in current.risk.broken}
    batch = broken["jena", "batch release", "RPO"]
    assert (batch.allowed_h, batch.step) == (0, "copy to the standby")
    lost = lose(bundled, "current", "files-prod")
    shipping = next(one for one in lost.objectives if one.process == "shipping" and bundled.tenants[one.tenant] == "leipzig")
    assert shipping.kept is False
    assert shipping.step == "replace the instance"


def test_disasters_are_no_failovers(bundled, current):
    everything = risk_details(bundled, "current").objectives
    assert {one.against for one in everything} == set(Against)
    lost_data = [one for one in everything if one.against == Against.DATA and one.what == "RPO"]
    assert all(one.takes_h == 24 and one.step == "last backup" for one in lost_data)
    assert not any(one.against != Against.INSTANCE for one in current.risk.broken)


def test_any_domain_is_lost_in_under_a_second_once_planned(bundled, current):
    for name in domain_names(current):
        begin = time.process_time()
        lose(bundled, "current", name)
        assert time.process_time() - begin < 1.0, name


def test_a_pool_of_several_machines_loses_one_more_often(bundled, current):
    rate = bundled.planner.rates["node"].rate.mean_per_year
    for domain in current.risk.domains:
        if domain.kind == "node":
            assert domain.rate_per_year == pytest.approx(rate * current.plan.pool(domain.pool).replicas[0])
