"""Planted truth is recovered within the stated intervals; the generator does not share the fitted form."""

from itertools import pairwise

import numpy as np
import pytest

from models.growth import clean, forecast
from models.growth.flow import fit_flow
from models.growth.grid import clock, dated
from models.growth.preparation import Exclusion

DRAWS = 80
NORMAL_95 = 1.645
GRID = dated("1d", np.datetime64("2026-11-01"))


@pytest.fixture
def fits(days):
    return [fit_flow(days(seed, step=0.2, month_end=0.25), GRID, "UTC", None, seed) for seed in range(DRAWS)]


def test_slope_month_end_and_step_lie_in_their_intervals(fits):
    slopes, bumps, steps = [], [], []
    for fit in fits:
        mean, root = fit.trend.posterior.mean, np.linalg.norm(fit.trend.posterior.root, axis=1)
        slopes.append(abs(mean[1] - 0.015) < NORMAL_95 * root[1])
        column = 2 + fit.trend.effects.index("month end +0")
        bumps.append(abs(mean[column] - np.log(1.25)) < NORMAL_95 * root[column])
        first = mean.size - len(fit.trend.shift_periods)
        steps += [
            abs(mean[first + index] - 0.2) < NORMAL_95 * root[first + index]
            for index, period in enumerate(fit.trend.shift_periods)
            if abs(period - 250) <= 7
        ]
    assert np.mean(slopes) >= 0.82
    assert np.mean(bumps) >= 0.8
    assert np.mean(steps) >= 0.78
    assert np.median([fit.trend.slope[1] for fit in fits]) < 0.004


def test_shifts_are_found_within_a_week_and_not_invented(fits, days):
    hits = [[abs(period - 250) <= 7 for period in fit.trend.shift_periods] for fit in fits]
    assert np.mean([any(hit) for hit in hits]) >= 0.9
    assert np.mean([found for hit in hits for found in hit]) >= 0.9
    calm = [len(fit_flow(days(seed), GRID, "UTC", None, seed).trend.shift_periods) for seed in range(20)]
    assert np.mean(calm) <= 0.1


def test_growth_ahead_is_covered_by_the_paths(days, end):
    """What really comes lies inside the 90 % band of its own monthly mean in most draws."""
    inside = []
    for first in range(0, 40, 10):
        whole = [days(seed, days=395 + 60, month_end=0.2) for seed in range(first, first + 10)]
        plan = forecast([history[:395] for history in whole], horizon=60, step="1d", paths=200, end=end - np.timedelta64(60, "D"))
        for row, history in enumerate(whole):
            monthly = plan.paths(row, 30, 60).mean(axis=1)
            low, high = np.quantile(monthly, [0.05, 0.95])
            inside.append(low <= history[-30:].mean() <= high)
    assert np.mean(inside) >= 0.75


def test_an_outage_is_not_low_demand(hours):
    history = hours(6, days=60)
    history[1000:1030] = 0
    night = np.where(np.arange(history.size) % 24 < 5, 0.0, history)
    found = clean(night, clock(dated("1h", np.datetime64("2026-11-01")), "UTC", -history.size, 0).slot)
    stretches = [stretch for stretch in found.stretches if stretch.reason is Exclusion.OUTAGE]
    assert [(stretch.start <= 1000 + 5, stretch.stop >= 1030 - 5) for stretch in stretches] == [(True, True)]
    # Nights that are always silent are demand of zero, not absence.
    assert found.outage.sum() <= 40
    assert np.isnan(found.values[1005:1025]).all()


def test_high_values_are_never_removed(hours):
    history = hours(6, days=60)
    history[700] *= 50
    found = clean(history, clock(dated("1h", np.datetime64("2026-11-01")), "UTC", -history.size, 0).slot)
    np.testing.assert_array_equal(found.values, history)
    labelled = clean(
        history, clock(dated("1h", np.datetime64("2026-11-01")), "UTC", -history.size, 0).slot, one_off=np.arange(history.size) == 700
    )
    assert labelled.stretches[0].reason is Exclusion.ONE_OFF


def test_cleanups_of_a_state_survive(end):
    """A disk that is cleaned every 50 days goes on rising and falling, and never below zero."""
    day = np.arange(400)
    disk = 100 + 0.2 * day + 2.0 * (day % 50)
    plan = forecast([disk], horizon=200, step="1d", paths=300, end=end, kind="state")
    demand = plan.paths(0)
    assert (np.diff(demand, axis=1) < -20).any(axis=1).mean() > 0.8
    low, high = np.quantile(demand[:, -1], [0.05, 0.95])
    assert low < 100 + 0.2 * 600 + 50 < high + 100
    assert (demand >= 0).all()


def test_short_horizon_beats_repeating_last_week(hours):
    series = [hours(seed, days=50) for seed in range(8)]
    plan = forecast([history[:-48] for history in series], horizon=48, paths=300)
    truth = np.stack([history[-48:] for history in series])
    naive = np.stack([history[-48 - 168 : -168] for history in series])
    assert np.abs(plan.quantile(0.5) - truth).mean() < 0.9 * np.abs(naive - truth).mean()
    within = (truth <= plan.quantile(0.95)).mean()
    assert 0.85 <= within <= 1.0
    assert not plan.extrapolated


def test_a_shorter_history_is_never_much_surer(days, end):
    """18 months ahead, p95 over median falls from days to a year of history, and nothing is tens of times the median."""
    lengths = (3, 7, 15, 30, 60, 90, 180, 395)
    widths = []
    for length in lengths:
        plans = [forecast([days(seed)[-length:]], horizon=540, step="1d", paths=200, end=end) for seed in range(6)]
        months = [plan.paths(0, 510, 540).mean(axis=1) for plan in plans]
        widths.append(np.median([np.quantile(month, 0.95) / np.median(month) for month in months]))
    assert all(shorter > 0.9 * longer for shorter, longer in pairwise(widths))
    assert 2.5 < widths[0] < 6
    assert 1.1 < widths[-1] < 1.6
