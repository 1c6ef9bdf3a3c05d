"""Draws of a fitted pool follow its joint errors and depend on nothing but the seed and their number."""

import numpy as np
import pytest

from models.odoo_workers import LoadLevel, WorkerPool, with_drawn_speed
from models.odoo_workers.least_squares import RUN_ERROR


@pytest.fixture(scope="module")
def fit():
    truth = WorkerPool(8, 4.0, cpu_s=0.04, database_s=0.01, delay_s=0.02, scv=2.0, database="same_host")
    levels = [
        LoadLevel(rate, truth.at(rate).mean_service_s, requests=2000, scv=2.0, cpu_busy=rate * 0.05, database_s=0.012, throughput=rate)
        for rate in (10, 25, 40, 55)
    ]
    return WorkerPool.fit(levels, workers=8, cores=4.0)


def test_draws_spread_like_the_fit(fit):
    unloaded = np.array([pool.mixture.unloaded_s for pool in fit.draws(400, seed=3)])
    assert unloaded.mean() == pytest.approx(fit.unloaded_s.mid, rel=0.02)
    between_runs = RUN_ERROR * fit.unloaded_s.mid
    assert unloaded.std() == pytest.approx(np.hypot(np.sqrt(fit.covariance[0][0]), between_runs), rel=0.15)


def test_seconds_and_share_are_drawn_together(fit):
    pools = fit.draws(600, seed=5)
    seconds = np.array([pool.mixture.unloaded_s for pool in pools])
    share = np.array([(pool.mixture.cpu_s + pool.mixture.database_s) / pool.mixture.unloaded_s for pool in pools])
    covariance = np.array(fit.covariance)
    expected = covariance[0, 1] / np.sqrt(covariance[0, 0] * covariance[1, 1])
    assert abs(expected) > 0.2
    assert np.corrcoef(seconds, share)[0, 1] == pytest.approx(expected * np.sqrt(covariance[0, 0]) / seconds.std(), abs=0.15)


def test_draw_k_does_not_depend_on_how_many_are_drawn(fit):
    assert fit.draws(50, seed=3)[:7] == fit.draws(7, seed=3)
    assert fit.draws(3, seed=3) != fit.draws(3, seed=4)


def test_no_draw_is_impossible(fit):
    for pool in fit.draws(200, seed=1):
        assert pool.mixture.cpu_s > 0
        assert pool.mixture.delay_s >= 0
        assert 0 <= pool.uneven <= 1


def test_fewer_than_one_draw_is_refused(fit):
    with pytest.raises(ValueError, match="paths"):
        fit.draws(0, seed=1)


def test_a_speed_nobody_stated_is_drawn_within_a_fifth_and_a_stated_one_kept():
    pool = WorkerPool(4, 2.0, cpu_s=0.05)
    drawn = with_drawn_speed(pool, 300, seed=2)
    speeds = np.array([one.speed for one in drawn])
    assert 0.8 <= speeds.min() < 0.83
    assert 1.17 < speeds.max() <= 1.2
    assert all(one.processors.count == pytest.approx(2.0) for one in drawn)
    assert drawn[:5] == with_drawn_speed(pool, 5, seed=2)
    known = WorkerPool(4, 2.0, cpu_s=0.05, core_speed=1.3)
    assert with_drawn_speed(known, 2, seed=2) == (known, known)
