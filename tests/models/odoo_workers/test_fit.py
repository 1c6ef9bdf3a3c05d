"""Planted pools are found again, and what a fit cannot know it says."""

import math
from dataclasses import replace

import numpy as np
import pytest

from models.odoo_workers import LoadLevel, WorkerPool, concurrency_met, service_demand
from models.odoo_workers.log import HELD_BEYOND_LOG_S
from models.queueing.shared_pool import SharedPool, simulate_pool


def _levels(pool, rates, noise=0.0, seed=1):
    random = np.random.default_rng(seed)
    for rate in rates:
        load = pool.at(rate)
        wobble = 1 + noise * random.standard_normal()
        cpu = load.cpu_utilization * pool.cores + 0.1
        yield LoadLevel(rate, load.mean_service_s * wobble, requests=rate * 600, scv=2.0, cpu_busy=cpu, throughput=rate)


@pytest.mark.parametrize("delay_s", [0.0, 0.03])
def test_planted_demands_are_found(delay_s):
    truth = WorkerPool(8, 3.9, cpu_s=0.04, database_s=0.01, delay_s=delay_s, scv=2.0, database="same_host")
    fit = WorkerPool.fit(list(_levels(truth, (10, 25, 40, 55), noise=0.005)), workers=8, cores=4.0)
    assert fit.unloaded_s.holds(0.05 + delay_s)
    assert fit.cpu_s.mid == pytest.approx(0.05, rel=0.05)
    assert fit.base_cores.mid == pytest.approx(0.1, abs=0.03)
    assert fit.pool.at(65.0).mean_response_s == pytest.approx(truth.at(65.0).mean_response_s, rel=0.1)


def test_one_level_says_what_it_cannot_identify():
    truth = WorkerPool(4, 2.0, cpu_s=0.05, scv=2.0, database="same_host")
    fit = WorkerPool.fit(list(_levels(truth, (20,))), workers=4, cores=2.0)
    codes = [reason.code for reason in fit.reasons]
    assert "not_identified" in codes
    assert "not_separable" in codes
    assert fit.unloaded_s.high > fit.unloaded_s.low


def test_without_cpu_the_share_comes_from_the_growth_alone():
    truth = WorkerPool(8, 2.0, cpu_s=0.05, delay_s=0.05, scv=2.0, database="same_host")
    levels = [LoadLevel(rate, truth.at(rate).mean_service_s, requests=1e6, scv=2.0) for rate in (5, 15, 25, 33)]
    fit = WorkerPool.fit(levels, workers=8, cores=2.0)
    assert fit.cpu_s.mid == pytest.approx(0.05, rel=0.05)
    assert any(reason.code == "not_checked" for reason in fit.reasons)


def test_several_levels_are_said_to_identify_growth():
    truth = WorkerPool(8, 1.9, cpu_s=0.05, scv=2.0, database="same_host")
    fit = WorkerPool.fit(list(_levels(truth, (5, 15, 25, 33))), workers=8, cores=2.0)
    assert not any("growth_with_load" in reason.figures for reason in fit.reasons)
    assert fit.cpu_s.holds(0.05)


def test_cores_other_programs_take_are_not_the_pools():
    truth = WorkerPool(8, 2.4, cpu_s=0.05, scv=2.0, database="same_host")
    levels = [replace(level, foreign_cores=1.5) for level in _levels(truth, (10, 25, 35, 42))]
    fit = WorkerPool.fit(levels, workers=8, cores=4.0)
    assert fit.pool.cores == pytest.approx(2.4, abs=0.1)
    assert fit.pool.at(45.0).mean_response_s == pytest.approx(truth.at(45.0).mean_response_s, rel=0.15)


@pytest.mark.parametrize(("rate", "service"), [(0.0, 0.1), (1.0, 0.0), (math.nan, 0.1), (1.0, math.inf)])
def test_impossible_levels_are_refused(rate, service):
    with pytest.raises(ValueError, match="level 0"):
        WorkerPool.fit([LoadLevel(rate, service)], workers=2, cores=2.0)


def test_no_level_at_all_is_refused():
    with pytest.raises(ValueError, match="empty"):
        WorkerPool.fit([], workers=2, cores=2.0)


def test_concurrency_counts_overlapping_services():
    end, residence = np.array([1.0, 2.0, 2.5]), np.array([1.0, 1.5, 0.5])
    # The second runs 0.5 … 2.0, beside the first for half a second; the third runs alone.
    assert concurrency_met(end, residence) == pytest.approx([1.5, 4 / 3, 1.0])


def test_planted_stretch_in_a_log_is_found_and_demand_is_what_remains():
    random = np.random.default_rng(7)
    count = 20_000
    start = np.sort(random.uniform(0, 2000, count))
    kind = random.integers(0, 2, count)
    alone = np.where(kind == 0, 0.02, 0.1) * random.gamma(4, 0.25, count)
    beside = np.array([np.searchsorted(start, t) - np.searchsorted(start, t - 0.06) for t in start])
    residence = alone * (1 + 0.2 * beside)
    found = service_demand(start + residence, 0.3 * residence, 0.7 * residence, kind)
    assert found.sql_share == pytest.approx(0.3)
    assert found.slope.low > 0
    assert found.unloaded_s.mid < residence.mean()
    assert found.classes[1].unloaded_s(0) > 3 * found.classes[0].unloaded_s(0)


def test_a_log_without_overlap_does_not_identify_the_slope():
    end = np.arange(1.0, 101.0)
    found = service_demand(end, np.full(100, 0.01), np.full(100, 0.02))
    assert found.slope.high == math.inf
    assert any(reason.code == "not_identified" for reason in found.reasons)


@pytest.mark.parametrize("growth", [0.0, 0.3])
def test_long_services_among_short_ones_do_not_feign_a_growth(growth):
    # Two workers: what a service takes alone says nothing about how many it meets, yet short ones are more often alone.
    random = np.random.default_rng(3)
    arrivals, demands = np.cumsum(random.exponential(0.04, 30_000)), random.gamma(2, 0.02, 30_000)
    run = simulate_pool(SharedPool(2, 2 / (1 + growth)), arrivals, demands)
    residence = run.responses_s - run.waits_s
    end = arrivals[-residence.size :] + run.responses_s
    found = service_demand(end, np.zeros(end.size), np.maximum(residence - HELD_BEYOND_LOG_S, 0), workers=2)
    # A line through a curve: at half the time beside another, 1.13 and not 1.15 times the demand.
    assert found.slope.mid == pytest.approx(growth, abs=0.06)
    assert found.unloaded_s.mid == pytest.approx(0.04, rel=0.04)


def test_bad_logs_are_refused():
    with pytest.raises(ValueError, match="at least 30"):
        service_demand(np.arange(3.0), np.ones(3), np.ones(3))
    with pytest.raises(ValueError, match="shapes"):
        service_demand(np.arange(40.0), np.ones(40), np.ones(39))
    with pytest.raises(ValueError, match="negative"):
        service_demand(np.arange(40.0), -np.ones(40), np.ones(40))
