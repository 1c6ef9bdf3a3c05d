"""Queues at the cap of a volume, cold caches, lost log; and draws that move together."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.postgres_io import (
    Bucket,
    Interval,
    TableBlocks,
    attribute,
    cold_start,
    fit_device,
    fit_tables,
    lost_on_failover,
    run_bucket,
    run_queue,
)


def test_latency_is_flat_to_the_cap_and_then_a_queue_that_is_worked_off():
    demand = np.array([900.0, 1500, 1500, 500, 500, 500])
    run = run_queue(demand, Bucket(1000, 1000, 0), 0.001, step_s=60)
    assert run.latency_s[0] == 0.001
    assert run.waiting[2] == pytest.approx(60_000)
    assert run.latency_s[2] == pytest.approx(60.001)
    assert run.latency_s[-1] == 0.001
    assert run.slow_share == pytest.approx((1500 + 1500 + 500) / demand.sum())


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.lists(st.floats(0, 2000), min_size=1, max_size=40), st.floats(0, 1e6), st.floats(1, 1000), st.floats(0, 1000))
def test_a_queue_loses_nothing_and_waits_only_where_a_bucket_throttles(demand, credit, baseline, more):
    bucket = Bucket(baseline, baseline + more, credit)
    run, dropped = run_queue(np.array(demand), bucket, 0.002), run_bucket(np.array(demand), bucket)
    assert (run.latency_s >= 0.002).all()
    assert (run.waiting >= 0).all()
    if dropped.throttled_share <= 0:
        assert run.waiting.max() == pytest.approx(0, abs=1e-6)


def test_a_volume_that_serves_nothing_and_gaps_are_refused():
    with pytest.raises(ValueError, match="baseline_per_s"):
        run_queue(np.ones(3), Bucket(0, 1, 1), 0.001)
    with pytest.raises(ValueError, match="outage"):
        run_queue(np.array([1.0, math.nan]), Bucket(1, 1, 0), 0.001)


TABLE = TableBlocks(80_000, 13_000, 900, 800, 2700, 650, 60)


def test_a_cold_cache_asks_for_more_and_gets_warm():
    fit = fit_tables([TABLE], 6000)
    cold = cold_start(fit.tables, [1.0], 40_000)
    steady = fit.misses_per_s(40_000)
    assert cold.blocks_per_s.mid > 1.5 * steady.mid
    assert 1 < cold.warm_after_s < 1e5
    # What is read beyond the steady rate fills the cache at most once.
    assert 0 < cold.blocks_until_warm <= 40_000
    busier = cold_start(fit.tables, [2.0], 40_000)
    assert busier.warm_after_s == pytest.approx(cold.warm_after_s / 2, rel=0.05)
    with pytest.raises(ValueError, match="surplus"):
        cold_start(fit.tables, [1.0], 40_000, surplus=0)


def test_log_lost_on_failover_is_rate_times_lag():
    assert lost_on_failover(Interval(1e6, 2e6, 4e6), Interval(0, 1, 3)) == Interval(0, 2e6, 12e6)
    with pytest.raises(ValueError, match="lag_s"):
        lost_on_failover(Interval(0, 1, 2), Interval(-1, 0, 1))


def test_draws_of_a_cache_have_one_law_a_path_at_every_size():
    fit = fit_tables([TABLE], 6000)
    small, large = fit.draws(3000, 500, 9), fit.draws(40_000, 500, 9)
    assert (fit.draws(40_000, 200, 9) == large[:200]).all()
    assert np.corrcoef(small, large)[0, 1] < -0.5
    known = fit.misses_per_s(40_000)
    assert np.mean((large >= known.low) & (large <= known.high)) == pytest.approx(0.9, abs=0.04)


def test_draws_of_a_device_and_of_an_attribution_are_joint():
    random = np.random.default_rng(2)
    blocks = random.uniform(10, 500, 100)
    device = fit_device(blocks, 12 + 0.4 * blocks + random.normal(0, 20, 100)).draws(500, 5)
    assert np.corrcoef(device.T)[0, 1] < -0.5
    drivers = random.lognormal(2, 0.5, (3, 600))
    drivers[2] = drivers[0] * 2
    shared = attribute(3 * drivers[0] + drivers[1] + 20 + random.normal(0, 5, 600), drivers)
    drawn = shared.draws(300, 5)
    assert (drawn == shared.draws(400, 5)[:300]).all()
    assert (drawn[:, 0] == drawn[:, 2]).all()
    assert drawn[:, 1].mean() == pytest.approx(shared.per_unit[1].mid, rel=0.1)
    assert any(reason.code == "not_separable" for reason in shared.reasons)
