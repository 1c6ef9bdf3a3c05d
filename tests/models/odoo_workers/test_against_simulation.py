"""The pool against an independent simulation of tokens, shared processors, room and retries."""

import numpy as np
import pytest

from models.odoo_workers import RequestClass, WorkerPool
from models.queueing.shared_pool import SharedPool, simulate_pool

BEFORE_6_5_S = (1.0, 3.0, 7.0)
SINCE_6_5_S = (1.0, 2.0, 3.0, 4.0, 6.0, 10.0, 18.0)
MIX = (
    RequestClass("heavy", 0.1, 0.1, scv=0.1),
    RequestClass("light", 0.6, 0.012, scv=0.2),
    RequestClass("list", 0.2, 0.013, scv=0.3),
    RequestClass("write", 0.1, 0.04, scv=0.2),
)


def _simulated(pool, rate, seed=1, count=150_000, retries=()):
    random = np.random.default_rng(seed)
    kinds = pool.classes or (RequestClass("all", 1.0, pool.cpu_s, scv=pool.scv),)
    kind = random.choice(len(kinds), count, p=[one.share for one in kinds])
    demands = np.empty(count)
    for place, one in enumerate(kinds):
        chosen = kind == place
        demands[chosen] = random.gamma(1 / one.scv, one.scv * one.cpu_s, chosen.sum())
    gaps = tuple(np.diff((0.0, *retries)).tolist())
    shared = SharedPool(pool.workers, pool.cores, pool.workers + pool.room, gaps)
    return simulate_pool(shared, np.cumsum(random.exponential(1 / rate, count)), demands)


@pytest.mark.parametrize(
    ("workers", "cores", "load"), [(2, 2.0, 0.7), (4, 2.0, 0.6), (4, 2.0, 0.8), (8, 4.0, 0.8), (3, 1.0, 0.7), (12, 3.5, 0.85)]
)
def test_mean_and_tail_agree_when_workers_share_processors(workers, cores, load):
    pool = WorkerPool(workers, cores, classes=MIX, backlog=400)
    rate = load * cores / pool.mixture.unloaded_s
    steady, run = pool.at(rate), _simulated(pool, rate)
    assert steady.mean_response_s == pytest.approx(run.mean_response, rel=0.04, abs=3 * run.mean_response_error)
    assert steady.response_quantile(0.95) == pytest.approx(run.response_quantile(0.95), rel=0.08, abs=3 * run.response_quantile_error(0.95))
    in_service = float((run.responses_s - run.waits_s).mean())
    assert steady.mean_service_s == pytest.approx(in_service, rel=0.03)


@pytest.mark.parametrize("retries", [BEFORE_6_5_S, SINCE_6_5_S])
@pytest.mark.parametrize(("load", "backlog"), [(0.6, 5), (0.7, 8), (0.8, 16)])
def test_refused_connections_come_back_on_the_kernels_schedule(retries, load, backlog):
    pool = WorkerPool(2, 2.0, cpu_s=0.05, scv=1.0, backlog=backlog, retry_after_s=retries)
    rate = load * 40.0
    steady, run = pool.at(rate), _simulated(pool, rate, retries=retries, count=400_000)
    late = float((run.responses_s > 1.0).mean()) + run.loss_probability
    # A second later the queue is likelier full than in the mean, which the pool leaves out.
    assert 0.65 * late < 1 - steady.answered_within(1.0) < 1.1 * late
    assert steady.mean_response_s == pytest.approx(run.mean_response, rel=0.04)


def test_the_later_schedule_tries_sooner_and_more_often():
    before, since = (WorkerPool(2, 2.0, cpu_s=0.05, backlog=3, retry_after_s=retries).at(36.0) for retries in (BEFORE_6_5_S, SINCE_6_5_S))
    assert since.loss_rate < before.loss_rate
    assert since.mean_wait_s < before.mean_wait_s
    assert WorkerPool(2, 2.0, cpu_s=0.05, retry_after_s=SINCE_6_5_S, give_up_s=5.0).attempts_s == (0.0, 1.0, 2.0, 3.0, 4.0)


def test_quota_stops_requests_until_the_period_ends():
    pool = WorkerPool(4, 4.0, cpu_s=0.02, scv=0.0, quota_cores=1.0)
    even = WorkerPool(4, 1.0, cpu_s=0.02, scv=0.0)
    stopped, smooth = pool.at(15.0), even.at(15.0)
    assert stopped.mean_service_s == pytest.approx(smooth.mean_service_s, rel=0.01)
    assert stopped.throughput == pytest.approx(15.0)
    # More end undisturbed, and more wait out a stop.
    assert stopped.answered_within(0.0201) > smooth.answered_within(0.0201) + 0.05
    assert stopped.answered_within(0.05) < smooth.answered_within(0.05) - 0.03
    # Alone a request runs undisturbed under either.
    assert pool.at(0.01).response_quantile(0.5) == pytest.approx(0.02, rel=1e-3)


def test_stops_delay_a_request_as_a_walk_through_the_periods_says():
    from models.odoo_workers.processors import running_s

    for share, demand in ((0.5, 0.03), (0.75, 0.06), (0.2, 0.2)):
        starts = (np.arange(2000) + 0.5) / 2000 * 0.1
        walked = [_walk(start, demand, share) for start in starts]
        times = np.linspace(0.001, 1.2, 50)
        running = running_s(np.full(50, share), times, 2000)
        assert (running >= demand - 1e-12).mean(axis=0) == pytest.approx([(np.array(walked) <= time).mean() for time in times], abs=2e-3)


def _walk(start, demand, share):
    now, left, window = start, demand, (1 - share) * 0.1
    while True:
        phase = now % 0.1
        free = max(window - phase, 0.0)
        if left <= free + 1e-12:
            return now + left - start
        left -= free
        now += 0.1 - phase + 1e-13


def test_second_threads_of_a_core_add_a_quarter():
    cores, threads = (WorkerPool(16, 8.0, cpu_s=0.05, threads_per_core=count).usable().largest_completion_rate for count in (1, 2))
    assert threads == pytest.approx(cores * (4 + 0.25 * 4) / 8, rel=1e-6)


def test_speed_scales_time_on_processors_and_nothing_else():
    slow = WorkerPool(8, 4.0, cpu_s=0.04, delay_s=0.02, core_speed=0.5)
    assert slow.unloaded_s == pytest.approx(0.1)
    assert slow.at(1e-6).mean_response_s == pytest.approx(0.1)
    reference = WorkerPool(8, 4.0, cpu_s=0.04, delay_s=0.02, core_speed=1.0)
    assert slow.usable().largest_completion_rate < reference.usable().largest_completion_rate
    assert not any(reason.figures.get("core_speed") for reason in reference.at(1.0).reasons)
    assert any(reason.figures.get("core_speed") for reason in WorkerPool(8, 4.0, cpu_s=0.04).at(1.0).reasons)
