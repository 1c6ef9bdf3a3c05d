"""The yearly loss by convolution against simulation and closed forms."""

import numpy as np
import pytest

from models.topology.annual_loss import annual_loss


def simulated_years(rate, loss, years, seed):
    rng = np.random.default_rng(seed)
    return rng.poisson(rate, size=(years, len(rate))) @ loss


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_bad_year_agrees_with_simulation(seed):
    rng = np.random.default_rng(seed)
    rate, loss = rng.uniform(0.05, 3, 12), rng.lognormal(9, 1, 12)
    exact = annual_loss(rate, loss)
    years = np.sort(simulated_years(rate, loss, 400_000, seed))
    assert exact.p95 == pytest.approx(np.quantile(years, 0.95), rel=0.01)
    assert exact.cvar95 == pytest.approx(years[-len(years) // 20 :].mean(), rel=0.01)
    assert exact.mean == pytest.approx(years.mean(), rel=0.01)
    assert exact.standard_deviation == pytest.approx(years.std(), rel=0.01)


def test_convolution_keeps_mean_and_mass():
    result = annual_loss(np.array([0.3, 2.0, 0.01]), np.array([1000.0, 50.0, 90_000.0]))
    assert result.probability.sum() == pytest.approx(1)
    assert result.probability @ result.loss == pytest.approx(result.mean, rel=1e-4)
    assert result.mean == pytest.approx(0.3 * 1000 + 2 * 50 + 0.01 * 90_000)


def test_one_rare_event_is_a_poisson_count():
    result = annual_loss(np.array([0.2]), np.array([10.0]))
    assert result.none == pytest.approx(np.exp(-0.2))
    assert result.p95 == pytest.approx(10, abs=0.02)
    at_one, at_two = 0.2 * np.exp(-0.2), 0.02 * np.exp(-0.2)
    beyond = 1 - np.exp(-0.2) - at_one
    tail = 10 * (0.05 - beyond) + 20 * at_two + 30 * (beyond - at_two)
    assert result.cvar95 == pytest.approx(tail / 0.05, rel=0.01)


def test_the_same_expectation_in_fewer_larger_events_makes_worse_years():
    spread = annual_loss(np.full(10, 0.3), np.full(10, 100.0))
    lumped = annual_loss(np.array([0.3]), np.array([1000.0]))
    assert spread.mean == pytest.approx(lumped.mean)
    assert lumped.cvar95 > spread.cvar95
    assert lumped.p95 > spread.p95


def test_nothing_to_lose():
    result = annual_loss(np.array([1.0, 0.0]), np.array([0.0, 5.0]))
    assert (result.mean, result.p95, result.cvar95, result.none) == (0, 0, 0, 1)


def test_an_unknown_loss_is_refused():
    with pytest.raises(ValueError, match=r"loss_per_event\[0\] is nan"):
        annual_loss(np.array([1.0]), np.array([np.nan]))
