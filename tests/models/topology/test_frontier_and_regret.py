"""The frontier keeps exactly what nothing beats; regret compares within each future."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.topology.frontier import frontier
from models.topology.regret import paired_differences, plan_regret, regret

QUICK = settings(max_examples=40, derandomize=True, deadline=None)


@QUICK
@given(st.integers(0, 10_000), st.integers(2, 3))
def test_kept_points_are_mutually_undominated_and_beat_the_rest(seed, objectives):
    points = np.random.default_rng(seed).integers(0, 6, (20, objectives)).astype(float)
    kept = frontier(points).points

    def dominates(a, b):
        return (points[a] <= points[b]).all() and (points[a] < points[b]).any()

    assert not any(dominates(a, b) for a in kept for b in kept)
    for lost in set(range(20)) - set(kept):
        assert any((points[a] <= points[lost]).all() for a in kept)
    first = points[list(kept), 0]
    assert (np.diff(first) >= 0).all()


def test_knee_is_the_corner():
    points = np.array([[1.0, 1.0], [1.2, 0.3], [2.0, 0.25], [3.0, 0.2], [9.0, 9.0]])
    result = frontier(points)
    assert result.points == (0, 1, 2, 3)
    assert result.knee == 1


def test_without_a_bend_there_is_no_knee():
    assert frontier(np.array([[0.0, 2.0], [1.0, 1.0], [2.0, 0.0]])).knee is None
    assert frontier(np.array([[0.0, 1.0], [1.0, 0.0]])).knee is None


def test_unknown_and_infeasible_choices_are_not_ranked():
    points = np.array([[1.0, np.nan], [2.0, 2.0], [np.inf, 0.0], [3.0, 1.0]])
    assert frontier(points).points == (1, 3)
    with pytest.raises(ValueError, match="two objectives"):
        frontier(np.ones((3, 1)))


def test_regret_by_hand():
    result = regret(np.array([[1.0, 5.0], [2.0, 2.0]]))
    assert result.expected.tolist() == [1.5, 0.5]
    assert result.worst.tolist() == [3.0, 1.0]
    assert result.best_share.tolist() == [0.5, 0.5]


@QUICK
@given(st.integers(0, 10_000))
def test_somebody_has_no_regret_in_every_future(seed):
    cost = np.random.default_rng(seed).random((4, 30))
    result = regret(cost)
    assert (result.expected >= 0).all()
    assert result.best_share.sum() >= 1 - 1e-12
    assert result.expected.argmin() == cost.mean(axis=1).argmin()


@QUICK
@given(st.integers(0, 10_000))
def test_the_least_regretted_plan_is_the_newsvendor_quantile(seed):
    needed = np.random.default_rng(seed).lognormal(3, 0.5, 201)
    best = needed[plan_regret(needed, needed, over_cost=1.0, under_cost=4.0).argmin()]
    assert best == pytest.approx(np.quantile(needed, 0.8, method="inverted_cdf"))


def test_shared_futures_cancel_in_differences():
    rng = np.random.default_rng(1)
    weather = rng.normal(100, 30, 500)
    cost = np.stack([weather, weather + 5, weather + rng.normal(0, 10, 500)])
    result = paired_differences(cost)
    assert result.clear[1, 0]
    assert not result.clear[2, 0]
    assert not result.clear.diagonal().any()
    assert result.mean == pytest.approx(-result.mean.T)


def test_unknown_costs_are_refused():
    with pytest.raises(ValueError, match="choice 1 in future 0 is nan"):
        regret(np.array([[1.0], [np.nan]]))
    with pytest.raises(ValueError, match="one of each"):
        paired_differences(np.zeros((0, 3)))
    with pytest.raises(ValueError, match="neither may be negative"):
        plan_regret(np.ones(1), np.ones(1), -1.0, 1.0)
    with pytest.raises(ValueError, match="must be finite"):
        plan_regret(np.ones(1), np.array([np.nan]), 1.0, 1.0)
