import builtins

import numpy as np
import pytest

from models.queueing import MultiServerQueue, ServiceTime, simulate, simulation
from models.queueing.laws import Lognormal, Mixture


@pytest.mark.parametrize(("scv", "arrival_scv"), [(0.0, 1.0), (1.0, 0.5), (4.0, 1.0)])
def test_simulation_agrees_with_the_exact_solution(scv, arrival_scv):
    queue = MultiServerQueue(5.6, ServiceTime(1.0, scv), 8, arrival_scv)
    run = simulate(queue, customers=300_000, seed=2)
    assert run.mean_wait == pytest.approx(queue.mean_wait, abs=4 * run.mean_wait_error)
    assert run.wait_quantile(0.95) == pytest.approx(queue.wait_quantile(0.95), abs=4 * run.wait_quantile_error(0.95))
    assert run.response_quantile(0.95) == pytest.approx(queue.response_quantile(0.95), abs=4 * run.response_quantile_error(0.95))
    assert run.wait_probability == pytest.approx(queue.wait_probability, abs=0.02)


@pytest.mark.parametrize("scv", [1.0, 4.0])
def test_finite_room_loses_as_many_as_the_exact_solution(scv):
    queue = MultiServerQueue(10.0, ServiceTime(1.0, scv), 8, room=20)
    run = simulate(queue, customers=200_000, seed=3)
    assert run.loss_probability == pytest.approx(queue.loss_probability, abs=0.01)
    assert run.mean_wait == pytest.approx(queue.mean_wait, abs=5 * run.mean_wait_error)


def test_known_laws_are_simulated_as_they_are():
    law = Mixture((0.9, 0.1), (Lognormal(0.5, 0.3), Lognormal(5.5, 0.2)))
    run = simulate(MultiServerQueue(0.5, ServiceTime.of(law), 1), customers=400_000, seed=1)
    assert run.mean_wait == pytest.approx(MultiServerQueue(0.5, ServiceTime.of(law), 1).mean_wait, abs=5 * run.mean_wait_error)


@pytest.mark.parametrize("room", [None, 6])
def test_same_seed_same_digits_with_and_without_the_compiler(room, monkeypatch):
    queue = MultiServerQueue(3.0, ServiceTime(1.0, 2.0), 4, room=room)
    fast = simulate(queue, customers=5_000, seed=7)
    original = builtins.__import__

    def without_numba(name, *rest):
        if name == "numba":
            raise ImportError(name)
        return original(name, *rest)

    simulation._kernel.cache_clear()
    monkeypatch.setattr(builtins, "__import__", without_numba)
    slow = simulate(queue, customers=5_000, seed=7)
    simulation._kernel.cache_clear()
    assert "install capacity-workbench[fast]" in slow.engine
    np.testing.assert_allclose(slow.waits_s, fast.waits_s, rtol=0, atol=1e-9)
    assert slow.loss_probability == fast.loss_probability


def test_standard_error_falls_with_the_root_of_the_customers():
    queue = MultiServerQueue(4.0, ServiceTime(1.0, 1.0), 8)
    short, long = (simulate(queue, customers=n, seed=4).mean_wait_error for n in (20_000, 2_000_000))
    assert 3 < short / long < 30


def test_impossible_runs_are_refused():
    with pytest.raises(ValueError, match="customers"):
        simulate(MultiServerQueue(1.0, ServiceTime(1.0, 1.0), 2), customers=10)
    with pytest.raises(ValueError, match="arrival_rate"):
        simulate(MultiServerQueue(0.0, ServiceTime(1.0, 1.0), 2))
