"""Batch jobs: planted laws are found, weights share processors, and a growing job outgrows its window when it should."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.odoo_workers import BatchWindow, WorkerPool, batch_outlook, batch_speed, beside_batch, fit_batch_law
from models.odoo_workers.batch_window import ends_after_s

ALONE = np.ones(24)
NIGHT = BatchWindow(opens_s=2 * 3600.0, closes_s=6 * 3600.0)


def _records(exponent, spread=0.1, count=60, seed=4, stretch=1.0):
    random = np.random.default_rng(seed)
    units = np.exp(random.uniform(np.log(200), np.log(2000), count))
    return units, 3.0 * units**exponent * np.exp(spread * random.standard_normal(count)) * stretch


@pytest.mark.parametrize("exponent", [0.7, 1.0, 1.6])
def test_planted_law_is_found(exponent):
    laws = [fit_batch_law(*_records(exponent, seed=seed)) for seed in range(100)]
    assert 82 <= sum(law.exponent.holds(exponent) for law in laws) <= 98
    law = laws[0]
    assert law.exponent.half_width < 0.1
    assert law.duration_s(700) == pytest.approx(3 * 700**exponent, rel=0.06)
    assert law.spread == pytest.approx(0.1, rel=0.3)
    assert law.reasons == ()


def test_stretch_of_the_records_is_taken_out():
    random = np.random.default_rng(8)
    stretch = random.uniform(1, 3, 60)
    law = fit_batch_law(*_records(1.0, stretch=stretch), stretch)
    assert law.duration_s(700) == pytest.approx(2100, rel=0.06)


def test_runs_of_one_size_do_not_tell_the_exponent():
    law = fit_batch_law(np.full(20, 500.0), np.full(20, 900.0))
    assert [reason.code for reason in law.reasons] == ["not_identified"]
    assert law.exponent.high - law.exponent.low > 0.8
    assert law.duration_s(500) == pytest.approx(900)


def test_draws_spread_as_the_fit_says_and_depend_on_the_seed_and_path_alone():
    law = fit_batch_law(*_records(1.0, spread=0.3, count=15))
    drawn = law.draws(800, seed=2)
    assert drawn.exponent.std() == pytest.approx(math.sqrt(law.covariance[1][1]), rel=0.1)
    assert (drawn.exponent[:5] == law.draws(5, seed=2).exponent).all()
    assert np.corrcoef(drawn.log_scale, drawn.exponent)[0, 1] < -0.9


def test_weights_divide_processors_only_while_they_are_wanted():
    processors = beside_batch(WorkerPool(8, 2.0, cpu_s=0.05, uneven=0.0), NIGHT).processors
    speed = processors.batch_speed(np.array([0.0, 1.0, 4.0, 8.0]))
    assert speed == pytest.approx([1.0, 1.0, 2 * 110 / (4 * 1024 + 110), 2 * 110 / (8 * 1024 + 110)])
    assert processors.used(np.array([1.0, 4.0])) == pytest.approx([1.0, 2 * 4096 / (4096 + 110)])


def test_a_cron_job_costs_users_little_and_an_equal_one_much():
    pool = WorkerPool(8, 4.0, cpu_s=0.05, scv=2.0)
    four = BatchWindow(0.0, 3600.0, parallel=4)
    alone, cron, equal = (one.at(60.0).mean_response_s for one in (pool, beside_batch(pool, four), beside_batch(pool, four, weight=1024.0)))
    assert 0 < cron - alone < 0.2 * (equal - alone)


def test_a_job_stands_back_in_busy_hours():
    pool = WorkerPool(16, 4.0, cpu_s=0.05, scv=2.0)
    speed = batch_speed(pool, np.array([0.0, 40.0, 70.0]), NIGHT)
    assert speed[0] == pytest.approx(1.0)
    assert speed[0] > speed[1] > speed[2] > 0
    waits = batch_speed(pool, np.array([70.0]), BatchWindow(0.0, 3600.0, computing=0.2))
    assert waits[0] > speed[2]


def test_wall_clock_follows_the_hours_it_runs_through():
    speed = np.where(np.arange(24) < 6, 1.0, 0.5)
    # Begun at 05:00: an hour at full speed, the rest at half.
    assert ends_after_s(np.array([1800.0, 7200.0]), speed, 5 * 3600.0) == pytest.approx([1800.0, 3600 + 7200])
    a_day = 6 * 3600 + 18 * 1800
    assert ends_after_s(np.array([2.0 * a_day]), speed, 5 * 3600.0) == pytest.approx([2 * 86400])


@settings(max_examples=30, deadline=None, derandomize=True)
@given(st.floats(1, 4e5), st.floats(0, 86000), st.integers(0, 50))
def test_contention_never_shortens_a_job(work, opens, seed):
    speed = np.random.default_rng(seed).uniform(0.1, 1, 24)
    slow, fast = (float(ends_after_s(np.array([work]), one, opens)[0]) for one in (speed, ALONE))
    assert slow >= fast - 1e-6
    assert fast == pytest.approx(work)
    assert float(ends_after_s(np.array([work * 1.5]), speed, opens)[0]) > slow


def test_a_growing_job_outgrows_its_window_at_the_planted_date():
    law = fit_batch_law(*_records(1.0, spread=0.05, count=600))
    # 3 s a unit and 4 hours: 4800 units fill the window; 4 % a month reach that after 21 months.
    units = np.tile(2100 * 1.04 ** np.arange(36), (400, 1))
    outlook = batch_outlook(law, NIGHT, units, speed=ALONE, allowed=0.5)
    assert outlook.outgrows_at == pytest.approx(21, abs=1)
    assert outlook.late_probability[0] == 0
    assert outlook.late_probability[-1] == 1
    assert {reason.code for reason in outlook.reasons} == {"extrapolated", "assumed"}
    slower = batch_outlook(law, NIGHT, units, speed=np.full(24, 0.7), allowed=0.5)
    assert slower.outgrows_at < outlook.outgrows_at
    assert (slower.late_probability >= outlook.late_probability).all()


def test_uncertain_growth_makes_lateness_gradual_and_a_parallel_job_fits():
    law = fit_batch_law(*_records(1.0))
    random = np.random.default_rng(5)
    units = 3000 * np.exp(np.outer(random.normal(0.03, 0.02, 500), np.arange(24)))
    outlook = batch_outlook(law, NIGHT, units, speed=ALONE)
    middle = outlook.late_probability[(outlook.late_probability > 0.1) & (outlook.late_probability < 0.9)]
    assert middle.size > 4
    assert (np.diff(outlook.duration_s, axis=0) >= 0).all()
    parallel = batch_outlook(law, BatchWindow(NIGHT.opens_s, NIGHT.closes_s, parallel=8), units, speed=ALONE)
    assert parallel.outgrows_at is None
    assert not any("serial_job" in reason.figures for reason in parallel.reasons)


@pytest.mark.parametrize(
    "call",
    [
        lambda: fit_batch_law(np.array([1.0, 0.0]), np.array([1.0, 1.0])),
        lambda: fit_batch_law(np.array([]), np.array([])),
        lambda: fit_batch_law(np.ones(3), np.ones(2)),
        lambda: BatchWindow(100.0, 50.0),
        lambda: BatchWindow(0.0, 50.0, parallel=0),
        lambda: batch_outlook(fit_batch_law(np.ones(1), np.ones(1)), NIGHT, np.ones(3), speed=ALONE),
        lambda: batch_outlook(fit_batch_law(np.ones(1), np.ones(1)), NIGHT, np.ones((1, 1)), speed=np.zeros(24)),
        lambda: WorkerPool(1, 1.0, cpu_s=0.1, batch_jobs=-1.0),
    ],
)
def test_impossible_jobs_are_refused(call):
    with pytest.raises(ValueError, match=r"give|leave"):
        call()
