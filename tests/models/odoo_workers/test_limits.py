"""Limits in which the pool is a queue with a known answer, and laws that hold in between."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.odoo_workers import RequestClass, WorkerPool

ENDLESS = 4000

# Mean waits of M/G/c with mean service 1 at load 0.8 per server, exact by two independent means (scv 4: balanced H2).
EXACT_WAITS = [(2, 1.0, 1.777778), (2, 4.0, 4.285378), (4, 4.0, 1.717616), (8, 1.0, 0.286028), (8, 0.5, 0.220136), (8, 4.0, 0.619518)]


@pytest.mark.parametrize(("workers", "scv", "wait"), EXACT_WAITS)
def test_enough_cores_and_nothing_shared_is_a_multi_server_queue(workers, scv, wait):
    pool = WorkerPool(workers, cores=float(workers), cpu_s=1.0, scv=scv, backlog=ENDLESS)
    assert pool.at(0.8 * workers).mean_wait_s == pytest.approx(wait, rel=0.03 if scv != 1 else 1e-5)


@pytest.mark.parametrize("scv", [0.0, 0.3, 1.0, 2.5, 8.0])
@pytest.mark.parametrize("load", [0.3, 0.7, 0.9])
def test_one_worker_on_one_core_is_pollaczek_khinchine(scv, load):
    pool = WorkerPool(1, cores=1.0, cpu_s=1.0, scv=scv, backlog=ENDLESS)
    assert pool.at(load).mean_wait_s == pytest.approx(load * (1 + scv) / 2 / (1 - load), rel=2e-4)


@pytest.mark.parametrize("scv", [0.2, 1.0, 4.0])
def test_many_workers_on_one_core_are_processor_sharing_whatever_the_law(scv):
    pool = WorkerPool(200, cores=1.0, cpu_s=1.0, scv=scv, database="same_host")
    assert pool.at(0.6).mean_response_s == pytest.approx(1 / (1 - 0.6), rel=1e-6)


def test_mean_number_busy_follows_littles_law():
    pool = WorkerPool(4, cores=2.0, cpu_s=0.03, database_s=0.01, scv=2.0, database="same_host")
    load = pool.at(40.0)
    assert load.utilization * 4 == pytest.approx(load.throughput * load.mean_service_s)


def test_loss_of_a_pool_without_queue_or_retry_is_erlangs():
    pool = WorkerPool(1, cores=1.0, cpu_s=1.0, backlog=0, retry_after_s=())
    # One place to wait beside the worker: M/M/1/2 loses ρ²/(1 + ρ + ρ²).
    assert pool.at(1.0).loss_rate == pytest.approx(1 / 3)


def test_flooded_pool_answers_at_its_largest_rate_and_does_not_raise():
    load = WorkerPool(4, cores=2.0, cpu_s=0.05, scv=3.0).at(10_000.0)
    assert load.throughput == pytest.approx(40.0, rel=1e-3)
    assert load.offered_utilization > 1
    assert load.response_quantile(0.99) == math.inf
    assert any(reason.code == "unstable" for reason in load.reasons)


def test_idle_pool_answers_in_its_unloaded_time():
    load = WorkerPool(4, cores=2.0, cpu_s=0.05).at(0.0)
    assert (load.mean_response_s, load.throughput, load.overflow_rate) == (0.05, 0.0, 0.0)


def test_a_huge_pool_answers():
    load = WorkerPool(600, cores=300.0, cpu_s=0.1, scv=0.0).at(2000.0)
    assert load.mean_response_s == pytest.approx(0.1, rel=0.01)


POOLS = st.builds(
    lambda workers, cores, cpu, delay, scv: WorkerPool(workers, cores, cpu_s=cpu, delay_s=delay, scv=scv),
    st.integers(1, 12),
    st.floats(0.5, 16),
    st.floats(0.005, 0.3),
    st.floats(0, 0.1),
    st.sampled_from([0.0, 0.4, 1.0, 3.0, 20.0]),
)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(POOLS, st.floats(0.05, 1.2), st.floats(1.01, 1.5))
def test_more_load_never_makes_anything_better(pool, share, more):
    rate = share * pool.workers / pool.mixture.unloaded_s * 0.8
    low, high = pool.at(rate), pool.at(rate * more)
    for figure in ("utilization", "wait_probability", "mean_service_s", "overflow_in_an_hour"):
        assert getattr(high, figure) >= getattr(low, figure) - 1e-6
    assert high.answered_within(0.8) <= low.answered_within(0.8) + 1e-6


@settings(max_examples=25, deadline=None, derandomize=True)
@given(POOLS)
def test_usable_load_keeps_both_promises_and_hardly_more_would(pool):
    usable = pool.usable(0.95, 1.0, 0.05)
    if usable.arrival_rate == 0:
        assert pool.at(1e-6).answered_within(1.0) < 0.95
        return
    kept, beyond = pool.at(usable.arrival_rate * 0.999), pool.at(usable.arrival_rate * 1.01)
    assert kept.answered_within(1.0) >= 0.95 - 1e-4
    assert kept.overflow_in_an_hour <= 0.05 * 1.01
    assert beyond.answered_within(1.0) < 0.95 or beyond.overflow_in_an_hour > 0.05 or beyond.offered_utilization >= 0.99


@settings(max_examples=20, deadline=None, derandomize=True)
@given(st.integers(1, 8), st.floats(0.2, 0.9), st.sampled_from([0.3, 1.0, 4.0]))
def test_quantiles_rise_and_agree_with_the_answered_share(workers, share, scv):
    pool = WorkerPool(workers, cores=workers / 2 + 0.5, cpu_s=0.04, scv=scv)
    load = pool.at(share * workers / 0.04 * 0.5)
    quantiles = [load.response_quantile(p) for p in (0.1, 0.5, 0.9, 0.99)]
    assert quantiles == sorted(quantiles)
    assert load.answered_within(quantiles[2]) == pytest.approx(0.9, abs=1e-4)


def test_kinds_have_percentiles_of_their_own_that_mix_to_the_whole():
    kinds = (RequestClass("heavy", 0.1, 0.3, scv=0.2), RequestClass("light", 0.9, 0.02, scv=0.5))
    load = WorkerPool(4, 2.0, classes=kinds).at(25.0)
    assert load.response_quantile(0.95, "heavy") > load.response_quantile(0.95) > load.response_quantile(0.95, "light")
    for time in (0.02, 0.1, 0.5):
        mixed = 0.1 * load.answered_within(time, "heavy") + 0.9 * load.answered_within(time, "light")
        assert load.answered_within(time) == pytest.approx(mixed)


def test_users_who_think_cannot_ask_for_more_than_they_are():
    pool = WorkerPool(2, 2.0, cpu_s=0.5)
    assert pool.at(users=3, think_s=0.001).throughput == pytest.approx(4.0, rel=0.01)
    few = pool.at(users=220, think_s=1000.0, requests_per_action=4)
    assert few.arrival_rate == pytest.approx(220 * 4 / 1000, rel=0.01)


def test_two_users_on_one_worker_match_the_closed_form():
    # Machine repair: N = 2 users think 1 s, one exponential worker of 1 s; P(0..2) = 1, 2, 2 over 5.
    load = WorkerPool(1, 1.0, cpu_s=1.0).at(users=2, think_s=1.0)
    assert load.throughput == pytest.approx(4 / 5)
    assert load.mean_response_s == pytest.approx(2 / (4 / 5) - 1)


def test_splitting_a_pool_costs_waiting_and_even_balancing_wins_some_back():
    whole = WorkerPool(8, 4.0, cpu_s=0.05, scv=2.0).at(60.0)
    split = WorkerPool(4, 2.0, cpu_s=0.05, scv=2.0, replicas=2).at(60.0)
    even = WorkerPool(4, 2.0, cpu_s=0.05, scv=2.0, replicas=2, balancing="round_robin").at(60.0)
    assert whole.mean_wait_s < even.mean_wait_s < split.mean_wait_s


def test_replicas_meet_in_a_shared_database():
    alone = WorkerPool(8, 4.0, cpu_s=0.02, database_s=0.05, database_cores=4.0, database="dedicated", replicas=4)
    shared = WorkerPool(8, 4.0, cpu_s=0.02, database_s=0.05, database_cores=4.0, database="shared", replicas=4)
    assert shared.at(60.0).mean_service_s > alone.at(60.0).mean_service_s
    assert shared.capacity() < alone.capacity()
    assert shared.at(20.0).throughput == pytest.approx(20.0)


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        ({"workers": 0, "cores": 1.0, "cpu_s": 0.1}, "workers"),
        ({"workers": 1, "cores": 0.0, "cpu_s": 0.1}, "cores"),
        ({"workers": 1, "cores": 1.0}, "cpu_s"),
        ({"workers": 1, "cores": 1.0, "cpu_s": -0.1}, "cpu_s"),
        ({"workers": 1, "cores": 1.0, "cpu_s": 0.0}, "demands nothing"),
        ({"workers": 1, "cores": 1.0, "cpu_s": math.nan}, "cpu_s"),
        ({"workers": 1, "cores": 1.0, "cpu_s": 0.1, "balancing": "best"}, "balancing"),
        ({"workers": 1, "cores": 1.0, "classes": (RequestClass("a", 0.5, 0.1),)}, "sum to"),
        ({"workers": 1, "cores": 1.0, "cpu_s": 0.1, "retry_after_s": (3, 1)}, "retry_after_s"),
    ],
)
def test_impossible_pools_are_refused_by_name(arguments, names):
    with pytest.raises(ValueError, match=names):
        WorkerPool(**arguments)


def test_impossible_questions_are_refused_by_name():
    pool = WorkerPool(2, 2.0, cpu_s=0.1)
    with pytest.raises(ValueError, match="exactly one"):
        pool.at()
    with pytest.raises(ValueError, match="arrival_rate"):
        pool.at(-1.0)
    with pytest.raises(ValueError, match="percentile"):
        pool.capacity(percentile=1.0)
    with pytest.raises(ValueError, match="request_class"):
        pool.at(1.0).response_quantile(0.5, "report")


def test_arrays_are_read_only():
    load = WorkerPool(2, 2.0, cpu_s=0.1).at(5.0)
    assert np.isclose(load.arrivals.seen.sum(), 1)
    with pytest.raises(ValueError, match="read-only"):
        load.arrivals.seen[0] = 1
