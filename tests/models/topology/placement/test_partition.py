"""Laws of the partition by an arbitrary oracle."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.topology.placement import partition


def step_costs(sizes, fixed=10.0, step=4.0, limit=np.inf):
    """A pool costs a fixed part plus whole steps of its joint size; counts every group asked about."""
    asked = []

    def cost_of(members):
        asked.extend(row.tobytes() for row in members)
        load = members @ sizes
        return np.where(load > limit, np.inf, fixed + step * np.ceil(load))

    return cost_of, asked


def all_partitions(items):
    if not items:
        yield []
        return
    first, *rest = items
    for size in range(len(rest) + 1):
        for mates in itertools.combinations(rest, size):
            left = [item for item in rest if item not in mates]
            for other in all_partitions(left):
                yield [(first, *mates), *other]


def brute_force(count, cost_of, allowed):
    best = np.inf
    for groups in all_partitions(list(range(count))):
        if all(allowed[a, b] for group in groups for a in group for b in group):
            members = np.array([[tenant in group for tenant in range(count)] for group in groups])
            best = min(best, cost_of(members).sum())
    return best


@settings(max_examples=25, derandomize=True, deadline=None)
@given(st.integers(1, 7), st.integers(0, 10_000))
def test_small_partitions_are_the_best_of_all(count, seed):
    rng = np.random.default_rng(seed)
    cost_of, _ = step_costs(rng.uniform(0.1, 3, count), limit=5.0)
    allowed = np.triu(rng.random((count, count)) < 0.7, 1)
    allowed = allowed | allowed.T | np.eye(count, dtype=bool)
    best = partition(count, cost_of, compatible=allowed)
    assert best.exact
    assert best.gap == 0
    assert best.cost == pytest.approx(brute_force(count, cost_of, allowed))
    assert sorted(tenant for group in best.groups for tenant in group) == list(range(count))
    assert all(allowed[a, b] for group in best.groups for a in group for b in group)


@settings(max_examples=6, derandomize=True, deadline=None)
@given(st.integers(0, 10_000))
def test_search_is_close_to_the_exact_optimum(seed):
    rng = np.random.default_rng(seed)
    sizes = rng.uniform(0.1, 3, 11)
    cost_of, _ = step_costs(sizes, limit=6.0)
    exact = partition(11, cost_of)
    found = partition(11, cost_of, exact_up_to=0)
    assert exact.cost <= found.cost + 1e-9 <= exact.cost * 1.02 + 1e-9
    assert not found.exact
    assert found.lower_bound <= exact.cost + 1e-9


def test_no_group_is_asked_about_twice():
    for count in (8, 30):
        cost_of, asked = step_costs(np.linspace(0.2, 2.0, count), limit=9.0)
        result = partition(count, cost_of)
        assert len(asked) == len(set(asked)) == result.evaluated


def test_same_seed_same_groups():
    sizes = np.random.default_rng(5).uniform(0.1, 3, 40)
    results = [partition(40, step_costs(sizes, limit=7.0)[0], seed=3, evaluations=4000) for _ in range(2)]
    assert results[0] == results[1]


@settings(max_examples=10, derandomize=True, deadline=None)
@given(st.integers(0, 10_000))
def test_a_start_is_never_beaten_by_the_result_upwards(seed):
    rng = np.random.default_rng(seed)
    cost_of, _ = step_costs(rng.uniform(0.1, 3, 20), limit=12.0)
    order = rng.permutation(20)
    start = [tuple(order[first : first + 4].tolist()) for first in range(0, 20, 4)]
    result = partition(20, cost_of, start=[start], evaluations=600)
    members = np.array([[tenant in group for tenant in range(20)] for group in start])
    assert result.cost <= cost_of(members).sum()
    alone = partition(20, cost_of, alone=range(20))
    assert result.cost <= alone.cost + 1e-9
    assert len(alone.groups) == 20


def test_tenant_order_changes_no_exact_cost():
    rng = np.random.default_rng(2)
    sizes = rng.uniform(0.1, 3, 10)
    costs = {round(partition(10, step_costs(sizes[rng.permutation(10)], limit=5.0)[0]).cost, 9) for _ in range(5)}
    assert len(costs) == 1


def test_tenants_that_cannot_meet_are_solved_apart():
    labels = np.arange(36) % 4
    cost_of, asked = step_costs(np.linspace(0.2, 2, 36))
    result = partition(36, cost_of, compatible=labels[:, None] == labels[None, :], exact_up_to=9)
    assert result.exact
    assert len(asked) == 4 * (2**9 - 1)


def test_a_thousand_tenants_stay_within_the_budget_of_work():
    sizes = np.random.default_rng(7).uniform(0.05, 1, 1000)
    cost_of, asked = step_costs(sizes, fixed=20.0, limit=40.0)
    result = partition(1000, cost_of, evaluations=20_000)
    least = 4.0 * sizes.sum() + 20.0 * np.ceil(sizes.sum() / 40.0)
    assert len(asked) <= 22_500
    assert result.cost <= 1.10 * least


def test_a_cost_that_falls_with_members_proves_no_bound():
    def cost_of(members):
        return 100.0 - members.sum(axis=1)

    result = partition(14, cost_of)
    assert result.lower_bound is None
    assert result.gap is None
    assert "larger group costs less" in result.bound_from


def test_a_start_against_the_rules_is_named():
    cost_of, _ = step_costs(np.ones(3))
    result = partition(3, cost_of, alone=[1], start=[[(0, 1), (2,)]])
    assert [(reason.code.value, reason.tenants) for reason in result.reasons] == [("forced", (1,)), ("sharing_rule", (0, 1))]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"count": 0}, "count is 0"),
        ({"alone": [7]}, "alone names"),
        ({"compatible": np.triu(np.ones((3, 3), dtype=bool))}, "symmetric"),
        ({"compatible": np.ones((2, 2), dtype=bool)}, "shape"),
        ({"start": [[(0, 1)]]}, "exactly once"),
    ],
)
def test_malformed_arguments_are_named(arguments, message):
    cost_of, _ = step_costs(np.ones(3))
    with pytest.raises(ValueError, match=message):
        partition(**{"count": 3, "cost_of": cost_of, **arguments})


@pytest.mark.parametrize("exact_up_to", [12, 0])
def test_a_tenant_without_a_group_is_named(exact_up_to):
    cost_of, _ = step_costs(np.array([1.0, 9.0, 1.0]), limit=5.0)
    with pytest.raises(ValueError, match="tenant 1 has no allowed group"):
        partition(3, cost_of, exact_up_to=exact_up_to)


def test_an_oracle_that_answers_nonsense_is_refused():
    with pytest.raises(ValueError, match="nan"):
        partition(2, lambda members: np.full(len(members), np.nan))
    with pytest.raises(ValueError, match="one cost a group"):
        partition(2, lambda members: np.ones((len(members), 2)))
