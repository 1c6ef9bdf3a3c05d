"""Short histories of a fleet: peaks follow what happened to the class; demand at a ceiling is a lower bound."""

import numpy as np
import pytest

from models.growth import forecast
from models.growth.diagnostics import GrowthReason
from models.growth.peaks import recognised_ceiling


def bursty(seed, days=24, series=40):
    """Return hourly load of machines of very different size with jobs that come some days: peaks come from jobs, not from a tail."""
    random = np.random.default_rng(seed)
    fleet = []
    for _ in range(series):
        base = 5 * random.lognormal(0, 1) * (1 + 0.3 * np.sin(np.arange(days * 24) / 24 * 2 * np.pi))
        jobs = np.repeat(random.random(days) < 0.15, 24) * random.lognormal(0.5, 0.7) * 5 * np.repeat(random.lognormal(0, 0.5, days), 24)
        fleet.append(base * random.lognormal(0, 0.1, days * 24) + jobs)
    return fleet


def test_peaks_of_short_histories_are_as_often_exceeded_as_said():
    below = []
    for seed in range(4):
        fleet = bursty(seed)
        plan = forecast([load[: 15 * 24] for load in fleet], horizon=9 * 24, paths=200)
        actual = np.array([load[15 * 24 :].max() for load in fleet])
        below.append([(actual <= plan.maximum_quantile(p)).mean() for p in (0.5, 0.9, 0.95)])
        assert GrowthReason.PEAKS_FROM_FLEET in plan.diagnostics[0].reasons
        assert plan.diagnostics[0].backtested_steps == 7 * 24
    median, upper, top = np.mean(below, axis=0)
    assert 0.35 <= median <= 0.7
    assert 0.86 <= upper <= 0.98
    assert top >= 0.92


def test_peaks_of_steady_days_are_hardly_widened():
    """What comes every day needs no second window: the same moves say more where days are alike."""
    random = np.random.default_rng(5)
    day = 1 + 0.8 * np.sin(np.arange(14 * 24) / 24 * 2 * np.pi)
    noise = np.repeat(random.lognormal(0, 0.1, (30, 14)), 24, axis=1) * random.lognormal(0, 0.02, (30, 14 * 24))
    within = np.stack([random.permutation(24) for _ in range(14)]).ravel() + np.repeat(np.arange(14) * 24, 24)
    steady, erratic = day * noise, (day * noise)[:, within]
    ratio = {}
    for name, fleet in (("steady", steady), ("erratic", erratic)):
        plan = forecast(list(fleet), horizon=7 * 24, paths=200)
        ratio[name] = np.median(np.log(plan.maximum_quantile(0.95) / plan.maximum_quantile(0.5)))
    assert ratio["steady"] < 0.8 * ratio["erratic"]


def test_moved_peaks_keep_the_laws_of_the_paths():
    fleet = bursty(9, days=12, series=22)
    plan = forecast(fleet, horizon=100, paths=60, end=np.datetime64("2026-11-01"))
    whole = np.stack([plan.paths(row) for row in range(22)])
    pieces = np.concatenate([piece for _, piece in plan.stream(chunk=17)], axis=2)
    np.testing.assert_array_equal(pieces, whole)
    assert np.isfinite(whole).all()
    assert (whole >= 0).all()
    limit = np.median(whole.max(axis=2), axis=1)
    np.testing.assert_array_equal(plan.first_passage(limit).probability_within(100), (whole.max(axis=2) > limit[:, None]).mean(axis=1))


def test_few_series_or_a_far_horizon_keep_their_own_paths():
    fleet = bursty(3, days=14, series=22)
    for plan in (forecast(fleet[:5], horizon=48, paths=20), forecast(fleet, horizon=24 * 90, paths=20)):
        assert GrowthReason.PEAKS_FROM_FLEET not in plan.diagnostics[0].reasons


def test_a_class_that_fills_per_cent_is_a_utilisation():
    assert recognised_ceiling([np.array([3.0, 98.0])] * 20) == 100
    assert recognised_ceiling([np.array([0.3, 0.99])] * 20) == 1
    assert np.isinf(recognised_ceiling([np.array([3.0, 101.0])] * 20))
    assert np.isinf(recognised_ceiling([np.array([3.0, 98.0])] * 2))


@pytest.mark.parametrize("named", [None, 100.0])
def test_demand_at_the_ceiling_is_a_lower_bound(hours, end, named):
    """What is cut at 100 % is forecast closer to what was asked for than the cut values alone would be, and the result says so."""
    true = hours(3, days=140, growth=0.06)
    offered = true * 135 / np.quantile(true, 0.98)
    measured = np.minimum(offered, 100.0)
    plans = {
        name: forecast([values], horizon=24 * 7, paths=200, end=end, ceiling=bound, calendar=["DE"])
        for name, values, bound in (
            ("seen", measured, named),
            ("true", offered, None),
            ("blind", np.where(measured == 100, 99.9 + 0.0001 * np.arange(measured.size) / measured.size, measured), None),
        )
    }
    peak = {name: float(plan.maximum_quantile(0.5)[0]) for name, plan in plans.items()}
    assert abs(peak["seen"] - peak["true"]) < 0.8 * abs(peak["blind"] - peak["true"])
    assert GrowthReason.SATURATED in plans["seen"].diagnostics[0].reasons
    assert GrowthReason.SATURATED not in plans["true"].diagnostics[0].reasons
    assert 0.02 < plans["seen"].diagnostics[0].saturated_share < 0.3


def test_a_ceiling_below_the_data_is_refused(hours):
    with pytest.raises(ValueError, match=r"ceiling=10 for history\[0\]"):
        forecast([hours(1)], ceiling=10.0)
    with pytest.raises(ValueError, match="2 entries for 1"):
        forecast([hours(1)], ceiling=[None, 1e9])
