"""Availability against closed forms; removing a redundancy never helps."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.topology.availability import k_of_n, parallel, redundant_pair, series, single, tenant_availability

SHARE = st.floats(0, 1)
PAIR = st.fixed_dictionaries({"failover_h": st.floats(0, 50), "failover_works": SHARE, "common_cause": SHARE})
QUICK = settings(max_examples=60, derandomize=True, deadline=None)


def test_closed_forms():
    assert series(np.array([0.9, 0.8])) == pytest.approx(0.72)
    assert parallel(np.array([0.9, 0.8])) == pytest.approx(0.98)
    assert k_of_n(2, 3, 0.9) == pytest.approx(3 * 0.81 * 0.1 + 0.729)
    assert k_of_n(0, 3, 0.0) == 1
    assert single(2.0, 4.0) == pytest.approx(8760 / 8768)


@QUICK
@given(st.lists(SHARE, min_size=2, max_size=6))
def test_removing_a_parallel_part_never_helps(parts):
    values = np.array(parts)
    assert parallel(values[1:]) <= parallel(values) + 1e-12
    assert series(values) <= series(values[1:]) + 1e-12


@QUICK
@given(st.integers(1, 8), st.integers(0, 8), SHARE)
def test_removing_a_spare_never_helps(needed, spare, up):
    assert k_of_n(needed, needed + spare, up) <= k_of_n(needed, needed + spare + 1, up) + 1e-12


@QUICK
@given(st.floats(0, 50), st.floats(0, 100), PAIR)
def test_removing_the_standby_never_helps(rate, repair, pair):
    assert single(rate, repair) <= redundant_pair(rate, repair, **pair) + 1e-12


@QUICK
@given(st.floats(0, 50), st.floats(0, 100), PAIR, SHARE)
def test_a_better_failover_never_hurts(rate, repair, pair, better):
    worse, best = sorted((pair["failover_works"], better))
    first, second = (redundant_pair(rate, repair, **{**pair, "failover_works": works}) for works in (worse, best))
    assert first <= second + 1e-12


def test_pair_that_never_fails_over_is_a_single_part():
    pair = redundant_pair(3.0, 5.0, failover_h=0.1, failover_works=0.0, common_cause=0.0)
    assert pair == pytest.approx(single(3.0, 5.0))
    shared = redundant_pair(3.0, 5.0, failover_h=0.0, failover_works=1.0, common_cause=1.0)
    assert shared == pytest.approx(single(3.0, 5.0))


def test_every_domain_adds_to_what_a_tenant_loses():
    seen = tenant_availability(np.array([1.0, 2.0]), np.array([10.0, 5.0]), np.array([[True, True], [True, False]]))
    assert seen == pytest.approx([1 - 20 / 8760, 1 - 10 / 8760])


def test_impossible_inputs_are_named():
    with pytest.raises(ValueError, match="between 0 and 1"):
        series(np.array([1.2]))
    with pytest.raises(ValueError, match="4 of 3 parts"):
        k_of_n(4, 3, 0.9)
    with pytest.raises(ValueError, match="repair_h is inf"):
        single(1.0, np.inf)
