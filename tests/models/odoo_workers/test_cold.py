"""Cold requests: none when all registries fit, more with more tenants, and they cost capacity."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.odoo_workers import RequestClass, WorkerMemory, WorkerPool, cold_share, registries_held, with_cold_requests

MIB = 2.0**20


def test_nothing_is_cold_while_all_tenants_fit():
    assert cold_share(np.array([1.0, 2.0, 0.1]), 4, 3).mean_share == 0


def test_equal_tenants_miss_by_the_share_that_does_not_fit():
    found = cold_share(np.full(100, 0.5), 4, 40)
    assert found.mean_share == pytest.approx(0.6, abs=0.01)
    assert found.registries_per_worker == pytest.approx(40)


def test_simulated_least_recently_used_list_agrees():
    random = np.random.default_rng(1)
    rates = 1 / np.arange(1, 41) ** 0.9
    held, misses = [], 0
    draws = random.choice(40, 40_000, p=rates / rates.sum())
    for tenant in draws:
        if tenant in held:
            held.remove(tenant)
        else:
            misses += 1
        held = [*held, tenant][-12:]
    assert cold_share(rates, 1, 12).mean_share == pytest.approx(misses / draws.size, rel=0.05)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.lists(st.floats(0, 50), min_size=1, max_size=30), st.integers(1, 20), st.integers(1, 15))
def test_more_room_never_makes_more_requests_cold(rates, workers, registries):
    rates = np.array(rates)
    tight, wide = (cold_share(rates, workers, size) for size in (registries, registries + 3))
    assert wide.mean_share <= tight.mean_share + 1e-9
    assert ((tight.share >= 0) & (tight.share <= 1)).all()


def test_recycling_costs_one_loading_of_each_active_tenant():
    # 10 requests a second over 2 workers and 1000 requests a life: each tenant is loaded once in 200 s of a worker.
    found = cold_share(np.array([9.0, 1.0]), 2, 5, requests_per_recycle=1000)
    assert found.share == pytest.approx([1 / 900, 1 / 100], rel=1e-6)


def test_registries_are_bounded_by_the_list_and_by_memory():
    assert registries_held(WorkerMemory(0, 90 * MIB, 10 * MIB), 600 * MIB) == 40
    assert registries_held(WorkerMemory(0, 90 * MIB, 60 * MIB), 600 * MIB) == 8
    assert registries_held(WorkerMemory(0, 900 * MIB, 60 * MIB), 600 * MIB) == 1


def test_cold_requests_cost_capacity():
    warm = (RequestClass("all", 1.0, 0.02, scv=2.0),)
    capacities = [WorkerPool(8, 4.0, classes=with_cold_requests(warm, share, 0.7)).capacity() for share in (0.0, 0.01, 0.05)]
    assert capacities[0] > capacities[1] > capacities[2]


@pytest.mark.parametrize(
    "call",
    [
        lambda: cold_share(np.array([-1.0]), 1, 1),
        lambda: cold_share(np.array([math.nan]), 1, 1),
        lambda: cold_share(np.array([1.0]), 0, 1),
        lambda: with_cold_requests((RequestClass("all", 1.0, 0.1),), 1.0, 0.1),
    ],
)
def test_impossible_questions_are_refused(call):
    with pytest.raises(ValueError, match="give"):
        call()
