"""Sizing: both tests hold, with the fewest units."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.topology.sizing import Loss, cheapest_offer, headroom_left, never_shrinking, unit_counts

QUICK = settings(max_examples=60, derandomize=True, deadline=None)
LOSS = st.builds(Loss, st.integers(0, 3), st.sampled_from([0.0, 1 / 3, 0.5, 0.9]))


def passes(needed, usable, headroom, loss, units):
    alive = headroom_left(needed, usable, np.array([units]), Loss())
    after = headroom_left(needed, usable, np.array([units]), loss)
    return units > loss.of(np.array([units]))[0] and (alive >= headroom - 1e-8).all() and (after >= -1e-8).all()


@QUICK
@given(st.lists(st.floats(0.01, 500), min_size=1, max_size=3), st.floats(0, 0.6), LOSS, st.integers(0, 999))
def test_counts_are_the_least_that_pass_both_tests(demand, headroom, loss, seed):
    needed = np.array([demand])
    usable = np.random.default_rng(seed).uniform(1, 50, len(demand))
    units = int(unit_counts(needed, usable[None], headroom, loss).units[0, 0])
    assert passes(needed, usable, headroom, loss, units)
    assert units == 1 or not passes(needed, usable, headroom, loss, units - 1)


@QUICK
@given(st.floats(0.1, 100), st.floats(0, 50), st.floats(0, 0.5), LOSS)
def test_more_demand_never_needs_fewer_units(demand, more, headroom, loss):
    needed = np.array([[demand], [demand + more]])
    units = unit_counts(needed, np.array([[7.0]]), headroom, loss).units[0]
    assert units[0] <= units[1]


def test_the_two_margins_are_not_added_up():
    counts = unit_counts(np.array([[9.0]]), np.array([[5.0]]), 0.1, Loss(units=1))
    assert counts.units.tolist() == [[3]]
    assert counts.by_loss.tolist() == [[True]]
    counts = unit_counts(np.array([[9.0]]), np.array([[5.0]]), 0.5, Loss(units=1))
    assert counts.units.tolist() == [[4]]
    assert counts.by_loss.tolist() == [[False]]


def test_binding_resource_is_named_per_step():
    needed = np.array([[10.0, 1.0], [10.0, 90.0], [0.0, 0.0]])
    counts = unit_counts(needed, np.array([[5.0, 10.0]]), 0.0, Loss())
    assert counts.units.tolist() == [[2, 9, 1]]
    assert counts.binding.tolist() == [[0, 1, -1]]


def test_an_unknown_limit_is_said_and_not_infinite():
    counts = unit_counts(np.array([[10.0, 5.0]]), np.array([[5.0, np.nan]]), 0.0, Loss())
    assert counts.unchecked.tolist() == [[False, True]]
    assert np.isnan(headroom_left(np.array([[10.0, 5.0]]), np.array([5.0, np.nan]), np.array([2]), Loss())[0, 1])


def test_an_offer_without_the_resource_or_room_is_infeasible():
    counts = unit_counts(np.array([[10.0]]), np.array([[0.0], [4.0], [20.0]]), 0.0, Loss(), most=2)
    assert counts.units.tolist() == [[-1], [-1], [1]]
    assert counts.feasible.tolist() == [False, False, True]
    assert cheapest_offer(counts, np.array([1.0, 1.0, np.nan]), np.array([730.0])) is None
    assert cheapest_offer(counts, np.array([1.0, 1.0, 9.0]), np.array([730.0])) == 2


def test_volumes_keep_what_was_bought():
    assert never_shrinking(np.array([[2, 5, 3, 4], [1, -1, 2, 1]])).tolist() == [[2, 5, 5, 5], [1, -1, 2, 2]]


def test_cheapest_offer_looks_at_all_steps():
    counts = unit_counts(np.array([[4.0], [40.0]]), np.array([[4.0], [50.0]]), 0.0, Loss())
    assert cheapest_offer(counts, np.array([1.0, 4.0]), np.array([1000.0, 1.0])) == 0
    assert cheapest_offer(counts, np.array([1.0, 4.0]), np.array([1.0, 1000.0])) == 1


def test_impossible_inputs_are_named():
    one = np.ones((1, 1))
    with pytest.raises(ValueError, match="resource 0 at step 0 is nan"):
        unit_counts(one * np.nan, one, 0.1, Loss())
    with pytest.raises(ValueError, match="headroom is 1"):
        unit_counts(one, one, 1.0, Loss())
    with pytest.raises(ValueError, match="share is below 1"):
        Loss(share=1.0)
    with pytest.raises(ValueError, match="give a finite limit"):
        unit_counts(one, one * np.inf, 0.1, Loss())
    with pytest.raises(ValueError, match="must agree on resources"):
        unit_counts(one, np.ones((1, 2)), 0.1, Loss())
