"""Release rings, learned failure rates and noisy neighbours."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.topology.failure_rate import updated_rate
from models.topology.noisy_neighbour import overload
from models.topology.release_rings import ring_domains, ring_reach

SHARE = st.floats(0, 1)
QUICK = settings(max_examples=50, derandomize=True, deadline=None)


def test_rings_follow_the_published_formula():
    sizes, found = np.array([0.1, 0.3, 0.6]), 0.7
    reach = ring_reach(sizes, found, emergency=0.0, common_cause=0.0)
    published = 0.1 * 0.7 + 0.4 * 0.3 * 0.7 + 1.0 * 0.09 * 0.7 + 0.3**3
    assert reach.expected_share == pytest.approx(published)
    assert reach.probability.sum() == pytest.approx(1)


@QUICK
@given(st.lists(st.floats(0.01, 5), min_size=1, max_size=5), SHARE, SHARE, SHARE)
def test_bypassing_rings_never_shrinks_the_reach(sizes, found, emergency, common):
    careful = ring_reach(sizes, found, 0.0, 0.0)
    hasty = ring_reach(sizes, found, emergency, common)
    assert careful.expected_share <= hasty.expected_share + 1e-12
    assert hasty.expected_share <= 1 + 1e-12
    assert ring_reach([1.0], found, 0.0, 0.0).expected_share == 1


def test_rings_as_failure_domains():
    reach = ring_reach([1, 2], 0.5, 0.0, 0.0)
    rates, members = ring_domains(np.array([[True, False, False], [False, True, True]]), reach, rate_per_year=4.0)
    assert rates.tolist() == [2.0, 2.0]
    assert members.tolist() == [[True, False, False], [True, True, True]]
    with pytest.raises(ValueError, match="must agree"):
        ring_domains(np.ones((3, 2), dtype=bool), reach, 1.0)


def test_incident_log_moves_the_belief():
    before = updated_rate(0.3, 2.0)
    after = updated_rate(0.3, 2.0, events=6, exposure_years=4.0)
    assert before.mean_per_year == pytest.approx(0.3)
    assert after.mean_per_year == pytest.approx(6.6 / 6)
    assert before.low_per_year < 0.3 < before.high_per_year
    narrow = updated_rate(0.3, 2.0, events=600, exposure_years=400.0)
    assert narrow.high_per_year - narrow.low_per_year < after.high_per_year - after.low_per_year


def test_interval_holds_the_true_rate_as_often_as_it_says():
    rng = np.random.default_rng(1)
    rates = rng.gamma(0.6, 1 / 2.0, size=600)
    counts = rng.poisson(rates * 3.0)
    learned = [updated_rate(0.3, 2.0, events=int(count), exposure_years=3.0) for count in counts]
    held = np.mean([one.low_per_year <= rate <= one.high_per_year for one, rate in zip(learned, rates, strict=True)])
    assert 0.86 <= held <= 0.94


@pytest.mark.parametrize("arguments", [(0.0, 2.0), (0.3, 0.0), (np.nan, 1.0), (0.3, 2.0, 3, 0.0), (0.3, 2.0, -1, 1.0)])
def test_impossible_beliefs_are_refused(arguments):
    with pytest.raises(ValueError, match=r"positive number|counts need"):
        updated_rate(*arguments)


def test_the_culprit_is_the_one_whose_leaving_helps():
    rng = np.random.default_rng(3)
    demand = rng.uniform(0, 1, (4, 50, 24))
    demand[2, :, 5] += 10
    result = overload(demand, 6.0)
    assert result.probability == pytest.approx(1 / 24)
    assert result.culprits == (2,)
    assert result.ever == 1
    assert result.standard_error == pytest.approx(0, abs=1e-12)


@QUICK
@given(st.integers(0, 1000))
def test_leaving_never_raises_overload_when_demand_is_positive(seed):
    demand = np.random.default_rng(seed).exponential(1.0, (5, 8, 10))
    result = overload(demand, 7.0)
    assert (result.relief >= 0).all()
    assert overload(demand, 9.0).probability <= result.probability


@QUICK
@given(st.integers(0, 1000))
def test_what_others_do_and_what_one_does_add_up_to_the_overload(seed):
    demand = np.random.default_rng(seed).exponential(1.0, (4, 20, 6))
    result = overload(demand, 7.0)
    assert np.allclose(result.suffered + result.ever_relief, result.ever)
    alone = [overload(np.delete(demand, tenant, axis=0), 7.0).ever for tenant in range(4)]
    assert np.allclose(result.suffered, alone)


@QUICK
@given(st.lists(st.floats(0.01, 5), min_size=1, max_size=5), st.integers(0, 4), st.floats(0.05, 0.95), SHARE, SHARE, SHARE)
def test_one_more_ring_never_raises_the_expected_share(sizes, place, cut, found, emergency, common):
    place = place % len(sizes)
    finer = [*sizes[:place], sizes[place] * cut, sizes[place] * (1 - cut), *sizes[place + 1 :]]
    coarse = ring_reach(sizes, found, emergency, common).expected_share
    assert ring_reach(finer, found, emergency, common).expected_share <= coarse + 1e-12


def test_missing_demand_is_not_zero():
    with pytest.raises(ValueError, match="demand of tenant 1"):
        overload(np.array([[[1.0]], [[np.nan]]]), 1.0)
    with pytest.raises(ValueError, match=r"detection is 1\.5"):
        ring_reach([1.0], 1.5, 0.0, 0.0)
    with pytest.raises(ValueError, match="ring sizes"):
        ring_reach([], 0.5, 0.0, 0.0)
