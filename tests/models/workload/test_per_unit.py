import numpy as np
import pytest

from models.workload import fit_per_unit, split_batch


@pytest.fixture
def rng():
    return np.random.default_rng(7)


def _day(hours):
    return 1 + 0.8 * np.sin(np.arange(hours) / 24 * 2 * np.pi)


def test_fit_recovers_planted_coefficients_within_their_interval(rng):
    hours = 90 * 24
    requests = 10 * _day(hours) * rng.lognormal(0, 0.2, hours)
    batch = np.where(np.arange(hours) % 24 == 2, 3.0, 0.0) * rng.lognormal(0, 0.2, hours)
    amount = (0.04 * requests + 0.9 * batch + 0.15) * rng.lognormal(0, 0.05, hours)
    fit = fit_per_unit(amount, np.stack([requests, batch]))
    assert np.all(np.abs(fit.value / [0.04, 0.9] - 1) < 3 * fit.relative_se + 0.01)
    assert fit.base == pytest.approx(0.15, rel=0.2)
    assert fit.explained > 0.9


def test_missing_hours_are_left_out_not_counted_as_zero(rng):
    hours = 30 * 24
    requests = 5 * _day(hours)
    amount = 0.1 * requests
    amount[100:400] = np.nan
    fit = fit_per_unit(amount, requests[None], with_base=False)
    assert fit.value[0] == pytest.approx(0.1, rel=1e-9)
    assert fit.hours == hours - 300


def test_coefficients_never_turn_negative(rng):
    hours = 200
    requests = rng.uniform(1, 2, hours)
    fit = fit_per_unit(5 - requests, requests[None])
    assert fit.value[0] == 0


def test_nothing_known_says_so():
    with pytest.raises(ValueError, match="none of 3 hours"):
        fit_per_unit(np.full(3, np.nan), np.ones((1, 3)))


def test_split_finds_the_night_and_leaves_the_day(rng):
    hours = 60 * 24
    clock = np.arange(hours)
    requests = 10 * np.clip(_day(hours), 0.3, None) * rng.lognormal(0, 0.1, hours)
    night = (clock % 24 == 3).astype(float)
    cpu = (0.05 * requests + 2.0 * night) * rng.lognormal(0, 0.05, hours)
    split = split_batch(cpu, requests, clock % 168)
    assert split.per_request == pytest.approx(0.05, rel=0.02)
    assert set(np.flatnonzero(split.slots) % 24) == {3}
    assert split.batch[night == 1].mean() == pytest.approx(2.0, rel=0.05)
    assert split.batch[night == 0].sum() == 0


def test_split_needs_requests():
    with pytest.raises(ValueError, match="nothing to split"):
        split_batch(np.ones(5), np.zeros(5), np.arange(5))


def test_draws_are_joint_repeatable_and_as_wide_as_the_errors(rng):
    hours = 60 * 24
    requests = 10 * _day(hours) * rng.lognormal(0, 0.2, hours)
    fit = fit_per_unit((0.04 * requests + 0.2) * rng.lognormal(0, 0.2, hours), requests[None])
    drawn = fit.draws(2000, 3)
    assert drawn.shape == (2000, 2)
    assert (drawn[:500] == fit.draws(500, 3)).all()
    assert drawn[:, 0].std() / fit.value[0] == pytest.approx(fit.relative_se[0], rel=0.1)
    # More for a request leaves less for the base.
    assert np.corrcoef(drawn.T)[0, 1] < -0.3
    alone = fit_per_unit(0.1 * requests, requests[None], with_base=False).draws(50, 3)
    assert (alone[:, 1] == 0).all()
