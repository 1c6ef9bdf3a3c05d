"""Laws of placement: feasible, bounded, monotone, deterministic."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.topology.placement import place
from models.topology.placement.best_fit import best_fit_decreasing
from models.topology.placement.packing import Packing

SEEDS = st.integers(0, 10_000)
QUICK = settings(max_examples=15, derandomize=True, deadline=None)
CAPACITY = np.array([[4.0, 8.0], [8.0, 8.0], [16.0, 40.0]])
COST = np.array([1.0, 1.6, 3.1])


def small(seed, tenants=8):
    return np.random.default_rng(seed).uniform(0.2, 4.0, (tenants, 2))


def assert_feasible(result, demand, capacity=CAPACITY, cost=COST):
    assert sorted(tenant for pool in result.pools for tenant in pool) == list(range(len(demand)))
    for pool, offer in zip(result.pools, result.offer_of, strict=True):
        assert (demand[list(pool)].sum(axis=0) <= capacity[offer] * (1 + 1e-8)).all()
    assert result.cost == pytest.approx(cost[list(result.offer_of)].sum())
    assert result.lower_bound <= result.cost
    assert result.gap == pytest.approx((result.cost - result.lower_bound) / result.cost)


@QUICK
@given(SEEDS)
def test_small_placements_are_optimal_and_never_dearer_than_best_fit(seed):
    demand = small(seed)
    result = place(demand, CAPACITY, COST)
    assert_feasible(result, demand)
    assert (result.stopped_by, result.gap) == ("optimal", 0)
    greedy = best_fit_decreasing(Packing(demand, CAPACITY, COST, np.zeros((8, 8), dtype=bool)))
    assert result.cost <= greedy.cost + 1e-9


@QUICK
@given(SEEDS)
def test_more_demand_never_costs_less_and_relaxing_never_costs_more(seed):
    demand = small(seed)
    base = place(demand, CAPACITY, COST, max_tenants=3, conflicts=[(0, 1)])
    more = place(np.minimum(demand * 1.1, 8.0), CAPACITY, COST, max_tenants=3, conflicts=[(0, 1)])
    free = place(demand, CAPACITY, COST)
    alone = place(demand, CAPACITY, COST, dedicated=range(8))
    assert free.cost <= base.cost + 1e-9 <= more.cost + 2e-9
    assert free.cost <= alone.cost + 1e-9
    assert len(alone.pools) == 8


@settings(max_examples=5, derandomize=True, deadline=None)
@given(SEEDS)
def test_tenant_order_changes_nothing(seed):
    rng = np.random.default_rng(seed)
    demand = rng.uniform(0.2, 3.0, (20, 2))
    order = rng.permutation(20)
    straight = place(demand, CAPACITY, COST, work=500)
    shuffled = place(demand[order], CAPACITY, COST, work=500)
    assert shuffled.cost == pytest.approx(straight.cost)
    assert {frozenset(order[list(pool)].tolist()) for pool in shuffled.pools} == {frozenset(pool) for pool in straight.pools}


@pytest.mark.parametrize(("tenants", "resources"), [(12, 3), (40, 3), (60, 2)])
def test_planted_optimum_is_reached_within_two_per_cent(planted, tenants, resources):
    problem = planted(tenants, seed=tenants, resources=resources)
    result = place(problem.demand, problem.capacity, problem.cost, work=10_000, time_limit_s=120.0)
    assert_feasible(result, problem.demand, problem.capacity, problem.cost)
    assert result.cost <= problem.known * 1.02
    assert result.lower_bound <= problem.known * (1 + 1e-9)


def test_bound_never_exceeds_a_known_solution(planted):
    for seed in range(6):
        problem = planted(30, seed=seed, resources=2, per_pool=3)
        assert place(problem.demand, problem.capacity, problem.cost, work=1).lower_bound <= problem.known * (1 + 1e-9)


def test_two_hundred_tenants_beat_best_fit_decreasing(planted):
    problem = planted(200, seed=3, resources=4, offers=8)
    quarrel = np.zeros((200, 200), dtype=bool)
    greedy = best_fit_decreasing(Packing(problem.demand, problem.capacity, problem.cost, quarrel))
    result = place(problem.demand, problem.capacity, problem.cost, work=2000, time_limit_s=120.0)
    assert_feasible(result, problem.demand, problem.capacity, problem.cost)
    assert result.cost < greedy.cost


def test_same_seed_same_placement(planted):
    problem = planted(30, seed=8)
    results = [place(problem.demand, problem.capacity, problem.cost, work=800, time_limit_s=120.0) for _ in range(2)]
    assert results[0] == results[1]
    assert results[0].stopped_by != "time"


def test_rules_are_kept_beyond_the_exact_size():
    rng = np.random.default_rng(4)
    demand = rng.uniform(0.2, 1.0, (30, 2))
    users = rng.integers(1, 50, (30, 1)).astype(float)
    conflicts = [(0, other) for other in range(1, 20)]
    kinds = [tenant % 2 for tenant in range(30)]
    result = place(
        demand, CAPACITY, COST, conflicts=conflicts, kinds=kinds, dedicated=[7], max_tenants=6, weights=users, max_weight=[120], work=1000
    )
    assert_feasible(result, demand)
    home = {tenant: pool for pool in result.pools for tenant in pool}
    assert home[7] == (7,)
    assert all(other not in home[0] for _, other in conflicts)
    for pool in result.pools:
        assert len({kinds[tenant] for tenant in pool}) == 1
        assert len(pool) <= 6
        assert users[list(pool)].sum() <= 120


def test_nothing_reaches_stdout(capfd, planted):
    problem = planted(25, seed=0, resources=4, offers=20)
    place(problem.demand, problem.capacity, problem.cost, work=1500)
    captured = capfd.readouterr()
    assert captured.out == ""
    assert captured.err == ""


def test_a_time_limit_that_cuts_says_so(planted):
    problem = planted(40, seed=1, resources=4)
    assert place(problem.demand, problem.capacity, problem.cost, time_limit_s=0.0).stopped_by == "time"


def test_no_tenants_and_one_tenant():
    nobody = place(np.zeros((0, 2)), CAPACITY, COST)
    assert (nobody.pools, nobody.cost, nobody.gap) == ((), 0.0, 0.0)
    assert place(np.ones((1, 2)), CAPACITY, COST).offer_of == (0,)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"demand": np.array([[1.0, 1.0], [1.0, 90.0]])}, "tenant 1 needs 90 of resource 1; the best offer, 2, holds 40"),
        ({"demand": np.array([[np.nan, 1.0]])}, "demand of tenant 0, resource 0 is nan"),
        ({"cost": np.array([1.0, np.nan, 1.0])}, "cost of offer 1 is nan"),
        ({"demand": np.ones((2, 3))}, "do not agree"),
        ({"capacity": np.zeros((0, 2)), "cost": np.zeros(0)}, "no offer"),
        ({"conflicts": [(0, 0)]}, "two different tenants"),
        ({"kinds": [1]}, "one label"),
        ({"max_tenants": 0}, "max_tenants is 0"),
        ({"weights": np.array([[9.0], [1.0]]), "max_weight": [5.0]}, "tenant 0 has 9.0 of weight 0"),
        ({"weights": np.ones((2, 1))}, "one limit a weight"),
    ],
)
def test_impossible_inputs_are_named(change, message):
    with pytest.raises(ValueError, match=message):
        place(**{"demand": np.ones((2, 2)), "capacity": CAPACITY, "cost": COST, **change})
