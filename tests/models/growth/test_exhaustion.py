"""First crossings, third days and their dates."""

import numpy as np
import pytest

from models.growth import forecast
from models.growth.exhaustion import Crossing
from models.growth.preparation import censored_days
from models.growth.quantiles import ordered_quantile, ordered_quantiles


def test_third_day_within_four_weeks():
    breach = np.zeros((4, 24 * 60), dtype=np.bool_)
    breach[0, [5, 6, 7, 8]] = True
    breach[1, [24 * 2 + 3, 24 * 9 + 1, 24 * 20 + 7]] = True
    breach[2, [24 * 2, 24 * 29, 24 * 31]] = True
    breach[3, [24 * 2, 24 * 29, 24 * 31, 24 * 33 + 5]] = True
    soft = Crossing("third day within 28", 24 * 60, 24, 1.0)
    np.testing.assert_array_equal(soft.of(breach), [np.inf, 24 * 20 + 8, np.inf, 24 * 33 + 6])
    hard = Crossing("first", 24 * 60, 24, 1.0)
    np.testing.assert_array_equal(hard.of(breach), [6, 24 * 2 + 4, 24 * 2 + 1, 24 * 2 + 1])


def test_dates_count_from_the_end(days, end):
    plan = forecast([days(1)], horizon=30, step="1d", paths=50, end=end)
    passage = plan.first_passage(0.0)
    assert passage.dates(0.5)[0] == end
    assert np.isnat(plan.first_passage(1e9).dates(0.5)[0])
    assert plan.first_passage(1e9).never[0] == 1.0
    with pytest.raises(ValueError, match="ends after 30"):
        passage.probability_within(31)
    with pytest.raises(ValueError, match="end of the history"):
        forecast([days(1)], horizon=3, step="1d", paths=5).first_passage(1.0).dates(0.5)


def test_soft_limits_are_reached_no_earlier_than_hard_ones(days, end):
    plan = forecast([days(1)], horizon=90, step="1d", paths=100, end=end)
    hard, soft = plan.first_passage(115.0), plan.first_passage(115.0, rule="third day within 28")
    assert (soft.steps >= hard.steps).all()


def test_quantiles_are_samples():
    samples = np.array([[3.0, 1.0, 2.0, np.inf]])
    assert ordered_quantile(samples, 0.75, axis=1)[0] == 3.0
    assert ordered_quantiles(samples, (0.0, 1.0), axis=1).ravel().tolist() == [1.0, np.inf]
    with pytest.raises(ValueError, match="p=1"):
        ordered_quantile(samples, 1.5, axis=1)


def test_a_day_seen_in_part_is_censored():
    usual = np.tile([1.0, 4.0, 4.0, 1.0], 3)
    observed = np.array([1, 1, 1, 0, 1, 0, 1, 1, 0, 1, 1, 0], dtype=np.bool_)
    np.testing.assert_array_equal(censored_days(observed, usual, np.repeat(np.arange(3), 4)), [False, True, False])
