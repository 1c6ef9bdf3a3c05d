"""Time to the first overflow against a simulation of tokens, shared cores and a finite queue.

Simulated means of 150 first overflows from idle, one worker-second of demand, numpy seed 1 (2026-11); standard error 8 %.
"""

import pytest

from models.odoo_workers import WorkerPool

SIMULATED = [
    # workers, cores, places, scv, arrivals/s, seconds
    (2, 2, 8, 1.0, 1.2, 646),
    (4, 2, 10, 1.0, 1.4, 957),
    (2, 2, 8, 0.2, 1.5, 365),
    (2, 2, 8, 4.0, 0.8, 1145),
    (2, 2, 17, 4.0, 1.0, 3728),
    (1, 1, 9, 4.0, 0.5, 446),
    (4, 2, 12, 4.0, 1.2, 1497),
    (4, 4, 12, 4.0, 2.2, 877),
]


@pytest.mark.parametrize(("workers", "cores", "places", "scv", "rate", "seconds"), SIMULATED)
def test_first_overflow_comes_when_simulated_or_is_foretold_early(workers, cores, places, scv, rate, seconds):
    pool = WorkerPool(workers, float(cores), cpu_s=1.0, scv=scv, backlog=places - 1, retry_after_s=())
    foretold = pool.at(rate).seconds_to_overflow
    assert 0.6 * seconds < foretold < 1.2 * seconds


def test_overflow_of_one_exponential_worker_is_the_exact_first_passage():
    # M/M/1 with one place to wait, rates 1 and 2: steps up take 1, 1 + 2, 1 + 2 · 3 seconds.
    pool = WorkerPool(1, 1.0, cpu_s=0.5, backlog=0, retry_after_s=())
    assert pool.at(1.0).seconds_to_overflow == pytest.approx(1 + 3 + 7)


def test_more_replicas_overflow_sooner_at_the_same_rate_each():
    one, four = (WorkerPool(2, 2.0, cpu_s=0.02, replicas=count).at(60.0 * count) for count in (1, 4))
    assert four.seconds_to_overflow == pytest.approx(one.seconds_to_overflow / 4)


def test_a_tighter_limit_of_overflow_carries_less():
    pool = WorkerPool(2, 2.0, cpu_s=0.025, scv=1.8)
    rates = [pool.capacity(overflow_per_hour=limit) for limit in (0.001, 0.01, 0.1, 0.9)]
    assert rates == sorted(rates)
    assert pool.usable().reasons[0].code == "overflow"


def test_beyond_usable_load_no_steady_state_is_claimed():
    pool = WorkerPool(2, 2.0, cpu_s=0.025, scv=1.8, core_speed=1.0)
    usable = pool.usable(overflow_per_hour=0.05)
    assert pool.at(0.95 * usable.keeps_queue).steady
    beyond = pool.at(1.05 * usable.keeps_queue)
    assert not beyond.steady
    (reason,) = [reason for reason in beyond.reasons if reason.code == "overflow"]
    assert reason.figures["overflow_in_an_hour"] > reason.figures["allowed_in_an_hour"] == 0.05
    assert pool.at(1.05 * usable.keeps_queue, overflow_per_hour=0.9).steady


def test_an_impossible_limit_is_refused():
    with pytest.raises(ValueError, match="overflow_per_hour"):
        WorkerPool(2, 2.0, cpu_s=0.025).at(1.0, overflow_per_hour=1.5)
