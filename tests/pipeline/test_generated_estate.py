"""An estate of generated tenants: edits by hand against fresh computations, held partitions, pools against plain sums."""

import importlib.util
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from models.topology.demand import Demand
from models.topology.pool_demand import BLOCK, over_paths, pool_demand
from models.topology.resources import Layer, Resource
from workbench.study.edits import MoveTenant, ScaleDriver, SetObjective

ESTATE = Path(__file__).parents[1] / "benchmarks" / "pipeline" / "estate.py"
TENANTS = 40


@pytest.fixture(scope="module")
def estate():
    spec = importlib.util.spec_from_file_location("generated_estate", ESTATE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def session(estate):
    return estate.generated_session(TENANTS, spread=0.0)


def _move(session, estate):
    pools = [pool for pool in session.result(estate.BY_HAND).plan.of_layer(Layer.DATABASE) if pool.production]
    home = max(pools, key=lambda pool: len(pool.tenants))
    other = next(pool for pool in pools if pool is not home)
    return MoveTenant(estate.BY_HAND, session.tenants[home.tenants[3]], Layer.DATABASE, other.name)


def test_a_move_by_hand_and_a_fresh_computation_give_the_same_digits(session, estate):
    move = _move(session, estate)
    moved = session.edited([move]).result(estate.BY_HAND)
    fresh = estate.generated_session(TENANTS, spread=0.0).edited([move]).result(estate.BY_HAND)
    back = session.edited([]).result(estate.BY_HAND)
    assert moved.bill.lines == fresh.bill.lines
    for one, other in zip(moved.plan.pools, fresh.plan.pools, strict=True):
        assert all(np.array_equal(one.planned[resource], other.planned[resource]) for resource in one.planned)
        assert dict(one.exhaustion) == dict(other.exhaustion)
    assert back.bill.lines == session.result(estate.BY_HAND).bill.lines
    assert moved.bill.lines != back.bill.lines


def test_a_move_sizes_only_the_two_pools_it_touches(session, estate):
    before = {pool.name: pool for pool in session.result(estate.BY_HAND).plan.pools}
    after = {pool.name: pool for pool in session.edited([_move(session, estate)]).result(estate.BY_HAND).plan.pools}
    changed = [name for name in before if before[name].parts is not after[name].parts]
    assert len(changed) == 2


@pytest.mark.parametrize("resource", [Resource.CPU, Resource.POSTGRES_IOPS, Resource.STORAGE])
def test_a_pool_is_the_sum_of_its_tenants(session, resource):
    demand: Demand = session.demand
    group = tuple(range(0, TENANTS, 3))
    assert group[-1] > BLOCK
    plain = demand.of_tenants(resource, np.array(group)).astype(float).sum(axis=0)
    assert np.allclose(pool_demand(demand).joint(resource, group), plain, rtol=1e-5)


def test_no_pool_needs_less_than_its_largest_tenant_and_one_alone_needs_its_own_peak(session):
    pools = pool_demand(session.demand)
    for group in ((1, 2), (5, 6, 7, 38), tuple(range(0, 40, 7))):
        together = pools.monthly(Resource.WORKER_TIME, group)
        alone = pools.monthly_each(Resource.WORKER_TIME, np.array(group))
        largest = int(np.argmax(pools.largest_of(Resource.WORKER_TIME)[list(group)]))
        months = alone.shape[2]
        assert np.all(together[:, :months] >= alone[largest])
        assert np.all(together[:, :months] <= alone.sum(axis=0) * (1 + 1e-5))
    assert np.array_equal(pools.monthly(Resource.CPU, (4,))[:, :18], pools.monthly_each(Resource.CPU, np.array([4]))[0])


def test_quantiles_over_paths_are_those_of_numpy():
    values = np.random.default_rng(1).lognormal(0, 1, (3, 200, 5)).astype(np.float32)
    for share in (0.05, 0.5, 0.95, 1.0):
        assert np.allclose(over_paths(values, share), np.quantile(values.astype(float), share, axis=1), rtol=1e-6)


def test_a_held_partition_stays_while_a_knob_turns_and_says_so(small):
    small.result("hybrid")
    turned = small.edited([ScaleDriver("requests", 1.4)], hold_partition=True)
    held, before = turned.result("hybrid").plan, small.result("hybrid").plan
    groups = {(pool.layer, pool.tenants) for pool in before.pools}
    assert {(pool.layer, pool.tenants) for pool in held.pools} == groups
    assert held.search.held_from == small.basis().hash
    assert held.search.gap is None
    assert turned.result("hybrid").monthly_cost >= small.result("hybrid").monthly_cost
    settled = turned.settled().result("hybrid")
    assert settled.plan.search.held_from is None
    assert settled.sum_monthly <= turned.result("hybrid").sum_monthly
    again = turned.edited([ScaleDriver("requests", 1.5)], hold_partition=True)
    assert again.result("hybrid").plan.search.held_from == small.basis().hash


def test_sized_pools_miss_no_more_of_their_peak_than_the_tolerance(small):
    found = small.moment_check(["multi-tenant", "dedicated"])
    assert found.found
    assert found.largest <= 0.02
    assert found.warnings() == ()


def _differing(one, other) -> list[str]:
    """Return the names of the figures in which two results differ; short, since whole bills fill pages."""
    same = {
        "money": (one.monthly_cost, one.total_cost, one.sum_monthly) == (other.monthly_cost, other.total_cost, other.sum_monthly),
        "bill": one.bill.lines == other.bill.lines,
        "headroom": repr((one.headroom(), one.tightest())) == repr((other.headroom(), other.tightest())),
        "paths": np.array_equal(one.total_paths, other.total_paths),
        "exhaustion": all(
            pool.exhaustion[resource] == again.exhaustion[resource]
            for pool, again in zip(one.plan.pools[:6], other.plan.pools[:6], strict=True)
            for resource in list(pool.exhaustion)[:1]
        ),
    }
    return [name for name, equal in same.items() if not equal]


def _fresh(session, edits):
    """Return the same session with nothing sized yet."""
    kept = replace(session._kept, factories=[], more={})
    return replace(session.edited(edits), _kept=kept, _own={})


@pytest.mark.parametrize(
    "edits",
    [
        (ScaleDriver("requests", 1.3, "t0003"),),
        (ScaleDriver("requests", 1.3, "t0003"), ScaleDriver("sessions", 0.5, "t0011")),
        (ScaleDriver("requests", 1.2),),
        (SetObjective("production", 0.99, 2.0),),
    ],
    ids=["one tenant", "two drivers", "all", "other rules"],
)
def test_what_edits_leave_alone_is_taken_over_digit_by_digit(session, estate, edits):
    first = session.edited([ScaleDriver("requests", 1.1, "t0007")])
    _ = first.result(estate.BY_HAND)
    assert _differing(session.edited(edits).result(estate.BY_HAND), _fresh(session, edits).result(estate.BY_HAND)) == []


def test_pools_without_the_turned_tenant_are_not_sized_again(session, estate):
    before = session.edited([ScaleDriver("requests", 1.15, "t0003")]).result(estate.BY_HAND)
    after = session.edited([ScaleDriver("requests", 1.25, "t0003")]).result(estate.BY_HAND)
    for pool, again in zip(before.plan.pools, after.plan.pools, strict=True):
        assert (pool.parts is again.parts) == (3 not in pool.tenants)


def test_sums_of_demand_are_freed_when_a_factory_is_no_longer_kept(session, estate):
    first = session.edited([ScaleDriver("requests", 1.9, "t0001")])
    cost = first.result(estate.BY_HAND).monthly_cost
    for step in range(3):
        _ = session.edited([ScaleDriver("requests", 2.0 + step, "t0001")]).result(estate.BY_HAND)
    assert not first.factory.sizer.pools._held.sums
    assert first.edited(first.edits).result(estate.BY_HAND).monthly_cost == cost
