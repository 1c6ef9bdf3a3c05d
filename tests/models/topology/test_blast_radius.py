"""Blast radius against hand-worked cases, and laws of the whole."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.topology.blast_radius import Domains, blast_radius, effective_cells, event_loss

RAMP = ((0.0, 0.05), (1.0, 0.2), (4.0, 0.5))


def domains(rates, hours, members):
    return Domains(np.array(rates, dtype=float), np.array(hours, dtype=float), np.array(members, dtype=bool))


def test_two_pools_by_hand():
    two = domains([1.0, 3.0], [2.0, 1.0], [[1, 1, 0], [0, 0, 1]])
    users = np.array([30.0, 50.0, 20.0])
    loss = event_loss(two.outage_h, np.array([100.0, 10.0, 1000.0]), [RAMP, ((0.0, 1.0),), RAMP])
    radius = blast_radius(two, users, loss)
    assert (radius.worst_share, radius.worst_domain) == (0.8, 0)
    assert radius.mean_share == pytest.approx((0.8 + 3 * 0.2) / 4)
    assert radius.size_biased_share == pytest.approx((0.64 + 3 * 0.04) / (0.8 + 0.6))
    assert radius.lost_user_hours_per_year == pytest.approx(1 * 2 * 80 + 3 * 1 * 20)
    assert radius.expected_annual_loss == pytest.approx((100 * (0.05 + 0.2) + 10 * 2) + 3 * (1000 * 0.05))


@pytest.mark.parametrize(("hours", "full"), [(0.0, 0.0), (0.5, 0.025), (1.0, 0.05), (3.0, 0.45), (6.0, 0.05 + 0.6 + 1.0)])
def test_ramp_is_integrated_over_the_outage(hours, full):
    assert event_loss(np.array([hours]), np.array([1.0]), [RAMP])[0, 0] == pytest.approx(full)


def test_an_unknown_downtime_cost_is_not_zero():
    pools = domains([1.0, 1.0], [1.0, 1.0], [[1, 0], [0, 1]])
    loss = event_loss(pools.outage_h, np.array([5.0, np.nan]), [RAMP, RAMP])
    assert blast_radius(pools, np.ones(2), loss).expected_annual_loss is None
    spared = domains([1.0, 0.0], [1.0, 1.0], [[1, 0], [0, 1]])
    assert blast_radius(spared, np.ones(2), loss).expected_annual_loss == pytest.approx(0.25)


@settings(max_examples=40, derandomize=True, deadline=None)
@given(st.integers(0, 10_000))
def test_pooling_changes_the_worst_case_but_not_the_expected_user_hours(seed):
    rng = np.random.default_rng(seed)
    users = rng.integers(1, 100, 6).astype(float)
    loss = np.zeros((6, 6))
    alone = blast_radius(domains(np.ones(6), np.full(6, 2.0), np.eye(6)), users, loss)
    pooled = blast_radius(domains([1.0], [2.0], np.ones((1, 6))), users, loss[:1])
    assert pooled.lost_user_hours_per_year == pytest.approx(alone.lost_user_hours_per_year)
    assert pooled.worst_share == 1 > alone.worst_share
    assert alone.mean_share <= alone.size_biased_share <= alone.worst_share + 1e-12


@settings(max_examples=40, derandomize=True, deadline=None)
@given(st.integers(0, 10_000))
def test_taking_more_tenants_down_never_lowers_the_worst_share_or_the_loss(seed):
    rng = np.random.default_rng(seed)
    small = rng.random((4, 5)) < 0.4
    large = small | (rng.random((4, 5)) < 0.3)
    rates, hours, users = rng.random(4), rng.random(4) * 5, rng.integers(1, 50, 5).astype(float)
    loss = event_loss(hours, rng.random(5) * 1000, [RAMP] * 5)
    before, after = (blast_radius(domains(rates, hours, members), users, loss) for members in (small, large))
    assert before.worst_share <= after.worst_share
    assert before.lost_user_hours_per_year <= after.lost_user_hours_per_year + 1e-9
    assert before.expected_annual_loss <= after.expected_annual_loss + 1e-9


def test_effective_cells_of_equal_cells_is_their_number():
    assert effective_cells(np.full(7, 3.0)) == pytest.approx(7)
    assert effective_cells(np.array([90.0, 10.0])) == pytest.approx(1 / 0.82)


def test_impossible_inputs_are_named():
    with pytest.raises(ValueError, match="rate_per_year of domain 1 is nan"):
        domains([1.0, np.nan], [1.0, 1.0], np.ones((2, 1)))
    with pytest.raises(ValueError, match="users sum to 0"):
        blast_radius(domains([1.0], [1.0], np.ones((1, 1))), np.zeros(1), np.zeros((1, 1)))
    with pytest.raises(ValueError, match="hours must ascend"):
        event_loss(np.ones(1), np.ones(1), [((1.0, 0.5), (0.0, 1.0))])
    with pytest.raises(ValueError, match="first axis"):
        domains([1.0], [1.0, 2.0], np.ones((1, 1)))


@settings(max_examples=100, derandomize=True, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 8), st.integers(1, 6))
def test_shares_of_the_whole_keep_their_order_and_their_sums(seed, count, tenants):
    rng = np.random.default_rng(seed)
    some = domains(rng.uniform(0.01, 3, count), rng.uniform(0, 9, count), rng.random((count, tenants)) < 0.5)
    users = rng.uniform(1, 50, tenants)
    radius = blast_radius(some, users, np.zeros((count, tenants)))
    assert radius.mean_share <= radius.size_biased_share + 1e-12
    assert radius.size_biased_share <= radius.worst_share + 1e-12 <= 1 + 2e-12
    halves = [blast_radius(some, np.where(half, users, 0.0), np.zeros((count, tenants))) for half in _halves(tenants) if half.any()]
    assert sum(half.lost_user_hours_per_year for half in halves) == pytest.approx(radius.lost_user_hours_per_year)


def _halves(tenants):
    first = np.arange(tenants) < tenants // 2
    return first, ~first


@settings(max_examples=100, derandomize=True, deadline=None)
@given(st.lists(st.floats(0.1, 100), min_size=1, max_size=10), st.integers(0, 9), st.floats(0.05, 0.95))
def test_splitting_a_cell_never_means_fewer_effective_cells(sizes, place, cut):
    place %= len(sizes)
    split = [*sizes[:place], sizes[place] * cut, sizes[place] * (1 - cut), *sizes[place + 1 :]]
    assert effective_cells(np.array(split)) >= effective_cells(np.array(sizes)) - 1e-9
    assert 1 - 1e-9 <= effective_cells(np.array(sizes)) <= len(sizes) + 1e-9


@settings(max_examples=50, derandomize=True, deadline=None)
@given(st.integers(0, 10_000))
def test_equal_hardware_loses_the_same_user_hours_however_it_is_shared(seed):
    """Fewer instances of more tenants, each as likely to fail: the expectation stays, the worst case does not."""
    users = np.random.default_rng(seed).uniform(1, 50, 6)
    shared = domains([0.3], [2.0], [[1] * 6])
    apart = domains([0.3] * 6, [2.0] * 6, np.eye(6))
    one, many = (blast_radius(some, users, np.zeros(some.members.shape)) for some in (shared, apart))
    assert one.lost_user_hours_per_year == pytest.approx(many.lost_user_hours_per_year)
    assert one.worst_share > many.worst_share
