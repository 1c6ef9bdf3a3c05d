"""Elasticities are fitted on four-week means, believed to be one where nothing is known, and never taken from two lines that rise."""

import numpy as np
import pytest

from models.workload.elasticity import LEAST_BLOCKS, demand_per_unit, fit_elasticity

DAYS = 28 * 26


def planted(elasticity: float, seed: int, *, days: int = DAYS, noise: float = 0.02):
    """Return (demand, driver) of days: the driver has a year and noise of its own."""
    random = np.random.default_rng(seed)
    day = np.arange(days)
    level = np.exp(0.35 * np.sin(2 * np.pi * day / 365.25) + 0.2 * np.sin(2 * np.pi * day / 180))
    counts = random.poisson(80 * level).astype(float)
    return 5 * level**elasticity * np.exp(noise * random.standard_normal(days)), counts


@pytest.mark.parametrize("elasticity", [0.6, 1.0, 1.3])
def test_the_interval_holds_the_planted_elasticity(elasticity):
    held = 0
    for seed in range(20):
        demand, driver = planted(elasticity, seed)
        fit = fit_elasticity(demand, driver[None])
        held += abs(fit.mean[0] - elasticity) <= 1.645 * fit.sd[0]
    assert held >= 16
    assert fit.sd[0] < 0.15


def test_fifteen_days_leave_the_belief_as_it_is():
    demand, driver = planted(0.5, 1, days=15)
    fit = fit_elasticity(demand, driver[None])
    assert fit.assumed
    assert fit.mean == pytest.approx([1.0])
    assert fit.sd == pytest.approx([0.2])


def test_several_drivers_share_what_one_would_have():
    demand, driver = planted(1.0, 2, days=20)
    fit = fit_elasticity(demand, np.stack([driver, driver]))
    assert fit.mean == pytest.approx([0.5, 0.5])
    total = np.ones(2) @ fit.root
    assert np.linalg.norm(total) == pytest.approx(0.2)


def test_two_lines_that_rise_prove_little():
    day = np.arange(28 * 6)
    fit = fit_elasticity(np.exp(0.003 * day), np.exp(0.001 * day)[None])
    assert fit.points >= LEAST_BLOCKS
    assert fit.sd[0] > 0.15


def test_missing_days_change_nothing_but_the_certainty():
    demand, driver = planted(1.0, 3)
    holed = np.where(np.arange(DAYS) % 5 == 0, np.nan, driver)
    whole, part = fit_elasticity(demand, driver[None]), fit_elasticity(demand, holed[None])
    assert part.mean == pytest.approx(whole.mean, abs=0.1)


def test_draws_have_the_stated_mean_and_spread():
    fit = fit_elasticity(np.full(5, np.nan), np.ones((2, 5)))
    draws = fit.draws(np.random.default_rng(0).standard_normal((2, 100_000)))
    assert draws.mean(axis=1) == pytest.approx([0.5, 0.5], abs=0.01)
    assert draws.sum(axis=0).std() == pytest.approx(0.2, rel=0.05)


def test_demand_per_unit_is_a_ratio_of_sums():
    driver = np.array([10.0, 20.0, 30.0, np.nan, 40.0])
    value, error = demand_per_unit(3 * driver, driver)
    assert value == pytest.approx(3.0)
    assert error == pytest.approx(0.0, abs=1e-12)
    assert np.isnan(demand_per_unit(driver[:2], driver[:2])[0])


def test_days_that_do_not_agree_are_refused():
    with pytest.raises(ValueError, match=r"give \(drivers, days\)"):
        fit_elasticity(np.ones(5), np.ones((1, 4)))
