"""Device operations, limits, credits and the need of a server."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.postgres_io import (
    Bucket,
    Interval,
    Limits,
    Need,
    Stratum,
    Writes,
    check_limits,
    fit_cache,
    fit_device,
    needed_io,
    pages_touched,
    restore_seconds,
    run_bucket,
    wal_bytes_per_s,
)


def test_planted_line_is_found():
    random = np.random.default_rng(1)
    blocks = random.uniform(10, 500, 300)
    fit = fit_device(blocks, 12 + 0.4 * blocks + random.normal(0, 5, 300))
    assert fit.base.holds(12)
    assert fit.per_block.holds(0.4)
    assert fit.per_block.half_width < 0.05


def test_blocks_that_hardly_vary_do_not_identify_the_slope():
    fit = fit_device(np.full(50, 100.0), np.full(50, 60.0))
    assert fit.per_block.low == 0
    assert any(reason.code == "not_identified" for reason in fit.reasons)


def test_neither_coefficient_is_negative():
    blocks = np.linspace(0, 100, 50)
    assert fit_device(blocks, 50 - 0.2 * blocks).per_block.mid == 0
    assert fit_device(blocks, np.maximum(2 * blocks - 30, 0)).base.mid == 0


def test_too_few_moments_are_refused():
    with pytest.raises(ValueError, match="at least 8"):
        fit_device(np.ones(3), np.ones(3))


def test_log_of_a_transaction_falls_with_the_distance_of_checkpoints():
    rates = [wal_bytes_per_s(100, 500, pages_touched(300, 5000, time), time) / 100 for time in (30, 300, 3000)]
    assert rates[0] > rates[1] > rates[2] > 500


def test_log_model_explains_the_measured_runs(pgbench_runs):
    # Checkpoint before each run of 35 s, so every page touched is imaged once: accounts heap and index under even keys.
    run = pgbench_runs["D2_32_r50"]
    transactions = float(run["transactions_per_s"])
    pages = pages_touched(transactions * 2, int(run["database_bytes"]) / 8192, 35)
    assert wal_bytes_per_s(transactions, 600, pages, 35) * 35 == pytest.approx(float(run["wal_bytes"]), rel=0.2)


def test_the_limit_with_the_largest_share_binds_and_unknown_ones_are_named():
    check = check_limits(Need(iops=2000, bytes_per_s=50e6, connections=80), Limits(volume_iops=3000, volume_bytes_per_s=125e6))
    assert check.binding == "volume_iops"
    assert check.used == pytest.approx(2 / 3)
    assert set(check.not_checked) == {"machine_iops", "machine_bytes_per_s", "connections", "storage_bytes"}
    assert sum(reason.code == "not_checked" for reason in check.reasons) == 4


def test_nothing_known_is_nothing_checked():
    check = check_limits(Need(), Limits())
    assert check.binding is None
    assert math.isnan(check.used)


def test_a_bucket_serves_bursts_until_its_credits_are_gone():
    run = run_bucket(np.full(20, 1000.0), Bucket(baseline_per_s=500, burst_per_s=1000, credits=500 * 300 * 6), step_s=300)
    assert (run.served_per_s[:6] == 1000).all()
    assert (run.served_per_s[6:] == 500).all()
    assert run.first_empty_step == 5
    assert run.throttled_share == pytest.approx(14 * 500 / 20_000)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.lists(st.floats(0, 2000), min_size=1, max_size=60), st.floats(0, 1e7), st.floats(1, 1000), st.floats(0, 1000))
def test_a_bucket_never_serves_more_than_asked_or_allowed(demand, credit, baseline, more):
    bucket = Bucket(baseline, baseline + more, credit)
    run = run_bucket(np.array(demand), bucket)
    assert (run.served_per_s <= np.array(demand) + 1e-9).all()
    assert (run.served_per_s <= bucket.burst_per_s + 1e-9).all()
    assert run.served_per_s.sum() * 300 <= baseline * 300 * len(demand) + credit + 1e-3
    assert (run.credits >= 0).all()


def test_a_gap_in_a_demand_is_not_idle_time():
    with pytest.raises(ValueError, match="outage"):
        run_bucket(np.array([1.0, math.nan]), Bucket(1, 2, 3))


def test_restore_takes_longest_at_the_slow_end():
    assert restore_seconds(1e9, Interval(50e6, 100e6, 200e6)) == Interval(5.0, 10.0, 20.0)


def test_need_grows_with_load_and_falls_with_cache():
    (fit,) = fit_cache([Stratum(100_000, 2000, 0.1)], 8000)
    writes = Writes(Interval(10, 20, 30), Interval(1e5, 2e5, 3e5))
    device = fit_device(np.linspace(10, 400, 50), 5 + 0.8 * np.linspace(10, 400, 50))
    small, large, busy = (needed_io([fit], [factor], pages, device, writes) for factor, pages in ((1, 8000), (1, 40_000), (2, 8000)))
    assert large.iops.mid < small.iops.mid < busy.iops.mid
    assert small.iops.mid == pytest.approx(5 + 0.8 * 200 + 20, rel=0.01)
    assert small.bytes_per_s.mid == pytest.approx(200 * 8192 + 2e5, rel=0.01)


def test_missing_writes_and_device_are_said():
    (fit,) = fit_cache([Stratum(100_000, 2000, 0.1)], 8000)
    need = needed_io([fit], [1.0], 8000, None, Writes())
    assert need.iops.low == 0
    assert {reason.code for reason in need.reasons} >= {"assumed", "not_checked"}
