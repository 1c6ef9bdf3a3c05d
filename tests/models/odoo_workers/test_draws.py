"""Draws of a fitted pool follow its errors and depend on nothing but the seed and their number."""

import numpy as np
import pytest

from models.odoo_workers import LoadLevel, WorkerPool, draw_pools


@pytest.fixture(scope="module")
def fit():
    truth = WorkerPool(8, 4.0, cpu_s=0.04, database_s=0.01, delay_s=0.02, scv=2.0, database="same_host")
    levels = [
        LoadLevel(rate, truth.at(rate).mean_service_s, requests=2000, scv=2.0, cpu_busy=rate * 0.05, database_s=0.012, throughput=rate)
        for rate in (10, 25, 40, 55)
    ]
    return WorkerPool.fit(levels, workers=8, cores=4.0)


def test_draws_spread_like_the_fit(fit):
    unloaded = np.array([pool.mixture.unloaded_s for pool in draw_pools(fit, 400, seed=3)])
    assert unloaded.mean() == pytest.approx(fit.unloaded_s.mid, rel=0.02)
    assert unloaded.std() == pytest.approx(np.sqrt(fit.covariance[0][0]), rel=0.15)


def test_draw_k_does_not_depend_on_how_many_are_drawn(fit):
    assert draw_pools(fit, 50, seed=3)[:7] == draw_pools(fit, 7, seed=3)
    assert draw_pools(fit, 3, seed=3) != draw_pools(fit, 3, seed=4)


def test_no_draw_is_impossible(fit):
    for pool in draw_pools(fit, 200, seed=1):
        assert pool.mixture.cpu_s > 0
        assert pool.mixture.delay_s >= 0


def test_fewer_than_one_draw_is_refused(fit):
    with pytest.raises(ValueError, match="count"):
        draw_pools(fit, 0, seed=1)
