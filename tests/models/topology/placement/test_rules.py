"""Rules of placement: every one is kept, and what contradicts is named."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.topology.placement import place

QUICK = settings(max_examples=10, derandomize=True, deadline=None)
CAPACITY = np.array([[4.0, 8.0], [8.0, 8.0], [16.0, 40.0]])
COST = np.array([1.0, 1.6, 3.1])


def homes(result):
    return {tenant: pool for pool in result.pools for tenant in pool}


@pytest.mark.parametrize("tenants", [9, 30])
def test_spread_offers_compatibility_and_bundles_are_kept(tenants):
    rng = np.random.default_rng(tenants)
    demand = rng.uniform(0.2, 1.0, (tenants, 2))
    window = rng.integers(0, 3, tenants)
    compatible = np.abs(window[:, None] - window[None]) <= 1
    allowed = np.ones((tenants, 3), dtype=bool)
    allowed[::3, 2] = False
    pair = next((a, b) for a in range(4, tenants) for b in range(a + 1, tenants) if compatible[a, b])
    result = place(
        demand,
        CAPACITY,
        COST,
        spread=[((0, 1, 2, 3), 2)],
        compatible=compatible,
        allowed=allowed,
        together=[pair],
        max_tenants=6,
        work=2000,
    )
    assert sorted(tenant for pool in result.pools for tenant in pool) == list(range(tenants))
    assert pair[1] in homes(result)[pair[0]]
    for pool, offer in zip(result.pools, result.offer_of, strict=True):
        assert (demand[list(pool)].sum(axis=0) <= CAPACITY[offer] * (1 + 1e-8)).all()
        assert len({0, 1, 2, 3} & set(pool)) <= 2
        assert len(pool) <= 6
        assert compatible[np.ix_(pool, pool)].all()
        assert allowed[list(pool), offer].all()
    assert result.lower_bound <= result.cost


@QUICK
@given(st.integers(0, 10_000))
def test_each_further_rule_never_lowers_the_optimum(seed):
    rng = np.random.default_rng(seed)
    demand = rng.uniform(0.2, 3.0, (8, 2))
    allowed = rng.random((8, 3)) < 0.6
    allowed[:, 2] = True
    rules = [{"max_tenants": 4}, {"spread": [((0, 1, 2), 1)]}, {"allowed": allowed}, {"together": [(3, 4)]}, {"dedicated": [7]}]
    free = place(demand, CAPACITY, COST).cost
    for rule in rules:
        bound = place(demand, CAPACITY, COST, **rule)
        assert bound.stopped_by == "optimal"
        assert bound.cost >= free - 1e-9
    assert place(demand, CAPACITY, COST, **{k: v for rule in rules for k, v in rule.items()}).cost >= free - 1e-9


@QUICK
@given(st.integers(0, 10_000), st.floats(0.01, 2.0))
def test_moves_are_paid_once_and_dearer_moves_never_cost_less(seed, price):
    rng = np.random.default_rng(seed)
    demand, current = rng.uniform(0.2, 3.0, (8, 2)), rng.integers(0, 3, 8)
    free = place(demand, CAPACITY, COST)
    cheap = place(demand, CAPACITY, COST, current=current, move_cost=price)
    dear = place(demand, CAPACITY, COST, current=current, move_cost=2 * price)
    assert free.cost - 1e-9 <= cheap.cost <= dear.cost + 1e-9
    for result, each in ((cheap, price), (dear, 2 * price)):
        assert result.moving_cost == pytest.approx(each * len(result.moved))
        assert result.cost == pytest.approx(COST[list(result.offer_of)].sum() + result.moving_cost)
        assert result.lower_bound <= result.cost + 1e-9
        stay = [{int(current[tenant]) for tenant in pool if tenant not in result.moved} for pool in result.pools]
        continued = [label for labels in stay for label in labels]
        assert len(continued) == len(set(continued))
        assert max(map(len, stay)) <= 1


def test_nobody_moves_when_moving_is_dear_and_new_tenants_move_for_nothing():
    demand = np.full((20, 2), 0.7)
    current = np.repeat([0, 1, 2, 3], 5)
    stays = place(demand, CAPACITY, COST, current=current, move_cost=100.0, work=2000)
    assert stays.moved == ()
    assert len(stays.pools) >= 4
    assert place(demand, CAPACITY, COST, current=np.full(20, -1), move_cost=100.0, work=2000).moving_cost == 0


@pytest.mark.parametrize("tenants", [8, 25])
def test_pools_hold_their_joint_paths_with_the_stated_probability(tenants):
    rng = np.random.default_rng(tenants)
    demand = rng.uniform(0.2, 1.5, (tenants, 2))
    paths = demand[:, :, None] * rng.lognormal(-0.1, 0.5, (tenants, 1, 120)) * rng.lognormal(0, 0.2, (tenants, 2, 120))
    paths = np.minimum(paths, 7.0)
    probabilities = (0.8, 0.95, 1.0) if tenants == 8 else (0.9,)
    results = [place(demand, CAPACITY, COST, paths=paths, probability=p, work=1500) for p in probabilities]
    for result, probability in zip(results, probabilities, strict=True):
        for pool, offer in zip(result.pools, result.offer_of, strict=True):
            fits = (paths[list(pool)].sum(axis=0) <= CAPACITY[offer][:, None] * (1 + 1e-8)).all(axis=0)
            assert fits.mean() >= probability - 1e-9
        assert result.lower_bound <= result.cost + 1e-9
    if tenants == 8:
        costs = [result.cost for result in results]
        assert costs == sorted(costs)
        assert results[0].stopped_by == "optimal"


def test_opposite_peaks_share_what_their_own_peaks_would_not():
    paths = np.zeros((2, 1, 10))
    paths[0, 0, :5] = paths[1, 0, 5:] = 1.0
    result = place(np.ones((2, 1)), np.array([[1.0]]), np.array([1.0]), paths=paths, probability=1.0)
    assert result.pools == ((0, 1),)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"together": [(0, 1)], "dedicated": [1]}, "tenants 0 and 1 must stand together and may not share"),
        ({"together": [(0, 1, 2)], "max_tenants": 2}, r"tenants \[0, 1, 2\] must stand together and no offer holds"),
        ({"demand": np.array([[9.0, 1], [1, 1], [9, 1], [1, 1]]), "together": [(0, 1, 2, 3)]}, r"tenants \[0, 2\] must stand together"),
        ({"together": [(0, 9)]}, r"together\[0\]"),
        ({"spread": [((0, 1), 0)]}, r"spread\[0\]"),
        ({"allowed": np.zeros((4, 3), dtype=bool)}, "tenant 0 is allowed on no offer"),
        ({"allowed": np.ones((2, 2), dtype=bool)}, "allowed has shape"),
        ({"demand": np.full((4, 2), 5.0), "allowed": np.array([[True, False, False]] * 4)}, "no offer it is allowed on holds it"),
        ({"current": [0]}, "current has shape"),
        ({"current": [0] * 4, "move_cost": -1.0}, "move_cost is -1"),
        ({"paths": np.ones((4, 2))}, "paths has shape"),
        ({"paths": np.full((4, 2, 3), np.nan)}, "paths of tenant 0, resource 0, path 0 is nan"),
        ({"paths": np.ones((4, 2, 3)), "probability": 1.5}, "probability is 1.5"),
        ({"weights": np.full((4, 1), np.nan), "max_weight": [5.0]}, "weight 0 of tenant 0 is nan"),
        ({"compatible": np.triu(np.ones((4, 4), dtype=bool))}, "symmetric"),
        ({"dedicated": [4]}, "dedicated names"),
    ],
)
def test_contradictions_and_nonsense_are_named(change, message):
    with pytest.raises(ValueError, match=message):
        place(**{"demand": np.ones((4, 2)), "capacity": CAPACITY, "cost": COST, **change})
