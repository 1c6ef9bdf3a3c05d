"""Memory, connections and the documentation's rule."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.odoo_workers import Processes, WorkerMemory, connections, most_workers, needed_bytes, rule_of_thumb, workers_that_fit

MIB = 2.0**20


def test_workers_fill_memory_and_not_a_byte_more():
    memory = WorkerMemory(250 * MIB, 90 * MIB, 15 * MIB, worker_spread_bytes=40 * MIB)
    fit = workers_that_fit(memory, 4096 * MIB, 3)
    assert fit.needed_bytes <= 4096 * MIB < needed_bytes(memory, fit.workers + 1, 3)


def test_each_tenant_a_worker_has_touched_costs_memory_up_to_its_recycling():
    memory = WorkerMemory(0.0, 100 * MIB, 15 * MIB, soft_limit_bytes=600 * MIB)
    assert needed_bytes(memory, 10, 20) == pytest.approx(10 * 400 * MIB)
    assert needed_bytes(memory, 10, 500) == pytest.approx(10 * 600 * MIB)


def test_a_machine_too_small_for_one_worker_says_so():
    fit = workers_that_fit(WorkerMemory(250 * MIB, 90 * MIB, 0.0), 256 * MIB, 1)
    assert fit.workers == 0
    assert fit.reasons[0].code == "too_small"


@settings(max_examples=30, deadline=None, derandomize=True)
@given(st.floats(0, 1e10), st.floats(0, 1e10))
def test_more_memory_never_carries_fewer_workers(available, more):
    memory = WorkerMemory(2e8, 9e7, 1.5e7, worker_spread_bytes=2e7)
    assert workers_that_fit(memory, available + more, 2).workers >= workers_that_fit(memory, available, 2).workers


def test_connections_grow_with_tenants_only_to_the_cap_of_each_process():
    processes = Processes(workers=2, cron=1)
    few, many = (connections(processes, 1, tenants, 100) for tenants in (1, 1000))
    # Measured with one database: 4 to 7 connections to it and 1 or 2 to "postgres" (Odoo 18.0-derived build).
    assert 5 <= few.usual <= 9
    assert many.usual == 5 * 64 + 1
    assert many.reasons[0].code == "too_small"
    assert few.worst == many.worst == 5 * 64


def test_an_unknown_limit_of_connections_is_not_checked():
    answer = connections(Processes(4), 2, 10, None)
    assert math.isnan(answer.usable)
    assert answer.reasons[0].code == "not_checked"


def test_rule_of_thumb_gives_the_documentations_example():
    # The documentation's sample: 60 users on 4 cores with 8 threads give 8 workers and 1 cron at about 3 GB; by its own
    # rules 60 users are 10 workers, and 9 processes need 9 · (0.8 · 150 MB + 0.2 · 1 GB) = 2.9 GB.
    assert rule_of_thumb(60).workers == 10
    assert rule_of_thumb(48).memory_bytes == pytest.approx(9 * 320e6)
    assert most_workers(4) == 9
    assert rule_of_thumb(0).workers == 1


@pytest.mark.parametrize("call", [lambda: rule_of_thumb(-1), lambda: most_workers(0), lambda: connections(Processes(1), 0, 1, 1)])
def test_impossible_questions_are_refused(call):
    with pytest.raises(ValueError, match="give"):
        call()
