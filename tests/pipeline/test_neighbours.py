"""Who pushes whom over the edge, on the joint paths; and a crawler in the session cache."""

import numpy as np
import pytest

from models.topology.resources import Layer, Resource
from workbench.pipeline.crawlers import crawlers_of
from workbench.pipeline.neighbours import month_demand, neighbours_of
from workbench.study.edits import ScaleDriver


@pytest.fixture(scope="module")
def current(bundled):
    return bundled.result("current").plan


def test_hours_of_tenants_add_up_to_the_pools(bundled, current):
    demand = bundled.demand
    pool = next(one for one in current.of_layer(Layer.WORKERS) if one.production and len(one.tenants) > 1)
    for month in (0, 7):
        mine = demand.month_of == month
        joint = bundled.factory.sizer.pools.joint(Resource.CPU, pool.tenants)[:, mine]
        each = month_demand(demand, Resource.CPU, pool.tenants, month)
        assert np.allclose(each.sum(axis=0), joint, rtol=1e-4)


def test_what_a_tenant_does_and_suffers_is_the_probability(bundled, current):
    found = neighbours_of(bundled.factory, current)
    assert any(one.probability > 0 for one in found)
    for one in found:
        culprits, victims = dict(one.culprits), dict(one.victims)
        pool = current.pool(one.pool)
        assert len(pool.tenants) > 1
        assert 0 <= one.now <= one.probability <= 1
        if one.probability > 0:
            total = [culprits.get(tenant, 0.0) + victims.get(tenant, 0.0) for tenant in pool.tenants]
            assert np.ptp(total) < 1e-9  # shared hours: the same overload for everybody
            assert total[0] <= one.probability + 1e-9


def test_more_of_the_culprit_makes_it_likelier(bundled, current):
    before = max(neighbours_of(bundled.factory, current), key=lambda one: one.probability < 0.9 and one.probability)
    culprit = bundled.tenants[before.culprits[0][0]]
    worse = bundled.edited([ScaleDriver("requests", 1.5, tenant=culprit), ScaleDriver("sessions", 1.5, tenant=culprit)])
    after = {one.pool: one for one in neighbours_of(worse.factory, worse.result("current").plan)}[before.pool]
    assert after.probability >= before.probability


def test_a_crawler_logs_out_those_who_share_the_cache(bundled, current):
    found = crawlers_of(bundled, current)
    shared = [one for one in current.of_layer(Layer.CACHE) if one.production and len(one.tenants) > 1]
    assert {one.pool for one in found} == {one.name for one in shared}
    for one in found:
        assert 0 <= one.lost_share <= 1
        assert (one.hours_until_full < np.inf) == (one.lost_share > 1e-9)
    assert sum(one.users for one in found) <= bundled.factory.sizer.rows.users.sum()
