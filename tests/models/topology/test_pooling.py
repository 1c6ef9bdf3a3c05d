"""Sharing: sums before maxima before quantiles."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.topology.pooling import coincidence_factor, joint_peaks, planned_peaks

QUICK = settings(max_examples=30, derandomize=True, deadline=None)


def test_peaks_are_of_sums_and_not_sums_of_peaks():
    day, night = np.array([[1.0, 9.0]]), np.array([[8.0, 1.0]])
    demand = np.stack([day, night])
    peaks = joint_peaks(demand, np.array([[True, True], [True, False]]), np.zeros(2, dtype=int))
    assert peaks[:, 0, 0].tolist() == [10.0, 9.0]
    assert coincidence_factor(demand, 0.95) == pytest.approx(10 / 17)


@QUICK
@given(st.integers(0, 10_000))
def test_batched_peaks_match_a_loop(seed):
    rng = np.random.default_rng(seed)
    demand = rng.random((6, 5, 12))
    members = rng.random((4, 6)) < 0.5
    period_of = np.repeat([0, 1, 2], 4)
    peaks = joint_peaks(demand, members, period_of)
    for group, path, period in np.ndindex(4, 5, 3):
        expected = demand[members[group], path][:, period_of == period].sum(axis=0).max()
        assert peaks[group, path, period] == pytest.approx(expected)


@QUICK
@given(st.integers(0, 10_000), st.floats(0.05, 1))
def test_a_pool_needs_no_more_than_its_members_on_every_path(seed, plan_at):
    demand = np.random.default_rng(seed).random((4, 20, 8))
    one = np.zeros(8, dtype=int)
    own = joint_peaks(demand, np.eye(4, dtype=bool), one)
    pool = joint_peaks(demand, np.ones((1, 4), dtype=bool), one)
    assert (pool[0] <= own.sum(axis=0) + 1e-12).all()
    assert (pool[0] >= own.max(axis=0) - 1e-12).all()
    planned = planned_peaks(pool, plan_at)[0]
    assert (pool.max(axis=2) <= planned).mean() >= plan_at


def test_equal_tenants_that_move_together_save_nothing():
    demand = np.tile(np.random.default_rng(1).random((1, 10, 6)), (5, 1, 1))
    assert coincidence_factor(demand, 0.9) == pytest.approx(1)


def test_the_quantile_comes_after_the_maximum_over_periods():
    peaks = np.zeros((1, 2, 2))
    peaks[0, 0, 0] = peaks[0, 1, 1] = 5.0
    assert planned_peaks(peaks, 0.5).tolist() == [5.0]


def test_impossible_inputs_are_named():
    demand = np.ones((2, 1, 3))
    demand[1] = np.nan
    both, first = np.ones((1, 2), dtype=bool), np.array([[True, False]])
    with pytest.raises(ValueError, match="demand of tenant 1"):
        joint_peaks(demand, both, np.zeros(3, dtype=int))
    assert joint_peaks(demand, first, np.zeros(3, dtype=int)).tolist() == [[[1.0]]]
    with pytest.raises(ValueError, match="without gaps"):
        joint_peaks(demand, first, np.array([0, 2, 2]))
    with pytest.raises(ValueError, match="do not fit"):
        joint_peaks(demand, np.ones((1, 3), dtype=bool), np.zeros(3, dtype=int))
    with pytest.raises(ValueError, match="plan_at"):
        planned_peaks(np.ones((1, 1, 1)), 0.0)
    with pytest.raises(ValueError, match="needs demand"):
        coincidence_factor(np.zeros((2, 1, 1)), 0.5)
