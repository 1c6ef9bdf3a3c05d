"""States: what fills a disk grows, so the drift of now is not the mean of the past."""

import numpy as np
import pytest

from models.growth import forecast
from models.growth.state import drift_now

WEEKS_PER_MONTH = 30.4375 / 7


def filled(seed, weeks, growth=0.02):
    """Return the size (weeks,) of what a flow that grows by `growth` a month has filled."""
    random = np.random.default_rng(seed)
    flow = np.exp(growth * np.arange(weeks) / WEEKS_PER_MONTH) * random.lognormal(0, 0.15, weeks)
    return 100 + np.cumsum(flow)


def test_the_median_keeps_up_with_a_growing_drift():
    fleet = [filled(seed, 86) for seed in range(40)]
    plan = forecast([size[:80] for size in fleet], horizon=6, step="1w", paths=200, kind="state")
    truth = np.array([size[-1] for size in fleet])
    below = [np.mean(truth <= [np.quantile(plan.paths(row)[:, -1], p) for row in range(40)]) for p in (0.5, 0.9)]
    assert 0.3 <= below[0] <= 0.7
    assert 0.8 <= below[1] <= 1.0


def test_drift_and_its_growth_are_covered_as_often_as_said():
    inside = []
    for seed in range(200):
        changes = np.diff(filled(seed, 61))[::-1]
        found = drift_now(changes, prior=changes.mean(), per_month=WEEKS_PER_MONTH)
        inside.append(abs(found.now - np.exp(0.02 * 60 / WEEKS_PER_MONTH)) < 1.645 * found.error)
    assert 0.8 <= np.mean(inside) <= 0.97


@pytest.mark.parametrize("changes", [np.zeros(30), np.full(30, 2.0), np.array([3.0]), np.r_[np.ones(20), -40.0, np.ones(9)]])
def test_any_past_gives_a_drift_with_a_width(changes):
    """Constants are certain, a lone clean-up does not tilt the line, one change is hardly believed."""
    found = drift_now(changes, prior=1.0, per_month=WEEKS_PER_MONTH)
    assert np.isfinite([found.now, found.error, found.growth, found.growth_error]).all()
    assert found.now == pytest.approx(changes.mean() * (1 if changes.size > 1 else found.now / 3.0), abs=max(2 * found.error, 0.05))
    assert abs(found.growth) < 0.02
