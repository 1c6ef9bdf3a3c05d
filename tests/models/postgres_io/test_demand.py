"""Attribution of a shared server: nothing is lost, planted truth is found, what cannot be told apart is said."""

import numpy as np
import pytest

from models.postgres_io import attribute


def _drivers(tenants, hours, seed):
    random = np.random.default_rng(seed)
    clock = np.arange(hours)
    phase = random.uniform(0, 24, (tenants, 1))
    shape = 1 + 0.8 * np.sin(2 * np.pi * (clock + phase) / 24)
    return random.uniform(5, 50, (tenants, 1)) * shape * random.lognormal(0, 0.3, (tenants, hours))


@pytest.mark.parametrize("seed", range(4))
def test_planted_use_per_unit_is_found_within_its_interval(seed):
    random = np.random.default_rng(seed + 100)
    drivers = _drivers(6, 24 * 60, seed)
    truth = random.uniform(0.5, 5, 6)
    truth[2] = 0.0
    use = truth @ drivers * random.lognormal(0, 0.1, drivers.shape[1]) + 40 + random.normal(0, 5, drivers.shape[1])
    found = attribute(use, drivers)
    inside = sum(interval.low - 0.05 <= value <= interval.high + 0.05 for interval, value in zip(found.per_unit, truth, strict=True))
    assert inside >= 5
    assert found.base.mid == pytest.approx(40, abs=15)
    assert found.explained > 0.8


@pytest.mark.parametrize("base", [0.0, 30.0])
def test_attributed_plus_base_is_the_measured_mean(base):
    drivers = _drivers(5, 500, 3)
    use = np.array([1, 2, 0, 3, 0.5]) @ drivers + base + np.random.default_rng(1).normal(0, 20, 500)
    found = attribute(use, drivers)
    assert found.attributed.sum() + found.base.mid == pytest.approx(found.measured)
    assert found.base.mid >= 0
    assert (found.attributed >= 0).all()


def test_tenants_that_always_move_together_are_named_and_only_their_sum_is_claimed():
    drivers = _drivers(3, 600, 5)
    drivers[2] = drivers[0] * 2
    use = 3 * drivers[0] + 1 * drivers[1] + 10
    found = attribute(use, drivers)
    assert found.together == ((0, 2),)
    assert found.attributed[0] + found.attributed[2] == pytest.approx(3 * drivers[0].mean(), rel=0.05)
    assert found.per_unit[0].low == 0
    assert found.per_unit[0].high == pytest.approx(3)
    assert any(reason.tenants == (0, 2) for reason in found.reasons)


def test_a_driver_that_never_moves_stays_in_the_base_and_is_named():
    drivers = _drivers(2, 300, 8)
    drivers[1] = 7.0
    found = attribute(2 * drivers[0] + 21, drivers)
    assert found.attributed[1] == 0
    assert found.base.mid == pytest.approx(21, rel=0.05)
    assert any(reason.tenants == (1,) for reason in found.reasons)


def test_missing_moments_are_left_out_and_units_do_not_matter():
    drivers = _drivers(3, 400, 9)
    use = np.array([1.0, 2.0, 3.0]) @ drivers + 5
    gaps = use.copy()
    gaps[::7] = np.nan
    assert attribute(gaps, drivers).per_unit[1].mid == pytest.approx(2, rel=1e-3)
    assert attribute(use * 1e9, drivers).per_unit[1].mid == pytest.approx(2e9, rel=1e-3)


def test_same_seed_same_digits():
    drivers = _drivers(3, 200, 2)
    use = drivers.sum(axis=0) * np.random.default_rng(0).lognormal(0, 0.2, 200)
    assert attribute(use, drivers, seed=4).per_unit == attribute(use, drivers, seed=4).per_unit


def test_bad_input_is_refused_by_name():
    drivers = _drivers(2, 100, 1)
    with pytest.raises(ValueError, match="shape"):
        attribute(np.ones(90), drivers)
    with pytest.raises(ValueError, match="at least 24"):
        attribute(np.full(100, np.nan), drivers)
    with pytest.raises(ValueError, match="negative"):
        attribute(np.ones(100), -drivers)
