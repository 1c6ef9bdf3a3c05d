"""Fit below 60 % of the measured saturation, predict above: the bar is max(15 %, two standard errors)."""

from dataclasses import replace

import numpy as np
import pytest

from models.odoo_workers import WorkerPool, has_collapsed

SATURATION_PER_S = 79.0
KERNEL_RETRIES_S = (1, 2, 3, 4, 6, 10, 18)


@pytest.fixture(scope="module")
def fit(runs, quiet_demand):
    levels = [runs[f"A{step}_s1"].level for step in (1, 2, 3, 4)]
    assert max(level.arrival_rate for level in levels) < 0.6 * SATURATION_PER_S
    return WorkerPool.fit(levels, workers=2, cores=2.0, classes=quiet_demand.classes)


@pytest.mark.parametrize("run", ["A5_s1", "A6_s1", "A7_s1", "B3_s1", "B5_s2"])
def test_response_between_60_and_90_percent_is_predicted(runs, fit, run):
    measured = runs[run]
    pool = replace(fit.pool, workers=measured.level.workers, retry_after_s=KERNEL_RETRIES_S)
    load = pool.at(measured.level.arrival_rate)
    mean, p95 = measured.response_s.mean(), np.quantile(measured.response_s, 0.95)
    assert abs(load.mean_response_s - mean) <= max(0.15 * mean, 2 * measured.error_of_mean())
    assert abs(load.response_quantile(0.95) - p95) <= max(0.15 * p95, 2 * measured.error_of_p95())


def test_service_grows_with_requests_per_core_not_with_the_rate(runs, fit):
    two, four = runs["A5_s1"].level, runs["B5_s2"].level
    assert four.mean_service_s > 1.3 * two.mean_service_s
    predicted = [replace(fit.pool, workers=level.workers).at(level.arrival_rate).mean_service_s for level in (two, four)]
    assert predicted[0] == pytest.approx(two.mean_service_s, rel=0.1)
    assert predicted[1] == pytest.approx(four.mean_service_s, rel=0.15)


def test_saturation_is_predicted(fit):
    assert fit.pool.usable().largest_completion_rate == pytest.approx(SATURATION_PER_S, rel=0.1)
    assert replace(fit.pool, workers=4).usable().largest_completion_rate == pytest.approx(SATURATION_PER_S, rel=0.1)


def test_onset_of_overflow_is_predicted(runs, fit):
    seen = min(run.level.arrival_rate for run in runs.values() if run.overflows > 0 and run.level.workers == 2)
    pool = replace(fit.pool, retry_after_s=KERNEL_RETRIES_S)
    rates = np.arange(35.0, 75.0, 0.5)
    expected = [60 / pool.at(rate).seconds_to_overflow for rate in rates]
    onset = float(np.interp(1.0, expected, rates))
    assert onset == pytest.approx(seen, rel=0.1)


def test_the_run_at_95_percent_lies_beyond_what_is_claimed(runs, fit):
    busiest, quiet = (replace(fit.pool, retry_after_s=KERNEL_RETRIES_S).at(runs[run].level.arrival_rate) for run in ("A8_s1", "A3_s1"))
    assert not busiest.steady
    assert any(reason.code == "overflow" for reason in busiest.reasons)
    assert quiet.steady


def test_a_collapsed_run_is_named_and_left_out(runs, fit, quiet_demand):
    levels = [runs[run].level for run in ("A1_s1", "A2_s1", "A3_s1", "A4_s1", "A8_s2")]
    again = WorkerPool.fit(levels, workers=2, cores=2.0, classes=quiet_demand.classes)
    assert again.collapsed == (4,)
    assert again.pool == fit.pool
    assert any(reason.code == "collapsed" and reason.figures["collapsed_levels"] == 1 for reason in again.reasons)


def test_no_uncollapsed_run_is_taken_for_collapsed(runs):
    levels = [run.level for run in runs.values() if run.quality == "ok"]
    assert WorkerPool.fit(levels, workers=2, cores=2.0).collapsed == ()


def test_demand_from_the_log_agrees_with_the_quietest_run(runs, quiet_demand):
    light = [kind for kind in quiet_demand.classes if kind.share > 0.5]
    assert len(light) == 1
    assert light[0].unloaded_s(0.0) == pytest.approx(runs["A1_s1"].level.mean_service_s * 0.53, rel=0.1)
    assert quiet_demand.unloaded_s.holds(0.025)
    assert quiet_demand.slope.low > 0


def test_extrapolation_is_said(fit):
    assert fit.extrapolation(30.0) == 0
    assert fit.extrapolation(60.0) == pytest.approx(60 / fit.highest_rate - 1)
    assert fit.beyond(30.0, 2) == ()
    (reason,) = fit.beyond(60.0, 4)
    assert reason.code == "extrapolated"
    assert reason.figures["most_workers_seen"] == 2
    assert reason.figures["highest_seen_per_s"] == fit.highest_rate


def test_a_full_queue_beside_idle_workers_is_a_collapse_whatever_was_answered(runs):
    level = runs["A7_s1"].level
    stuck = replace(level, throughput=0.85 * level.arrival_rate, arrival_rate=0.85 * level.arrival_rate, accept_queue=16.0)
    assert not has_collapsed(level, 2)
    assert has_collapsed(stuck, 2)
    assert not has_collapsed(replace(stuck, accept_queue=3.0), 2)
