import numpy as np
import pytest

from models.queueing import MultiServerQueue, ServiceTime, shared_pool
from models.queueing.arrivals import batch_arrivals, batch_factor, index_of_dispersion, poisson_arrivals, varying_arrivals
from models.queueing.laws import Gamma, Law, balanced_hyperexponential, exponential
from models.queueing.shared_pool import SharedPool, simulate_pool
from models.queueing.timevarying import transient_queue

CUSTOMERS = 300_000


def streams(rate: float, law: Law, seed: int = 1, customers: int = CUSTOMERS):
    rng = np.random.default_rng(seed)
    return poisson_arrivals(rate, customers, rng), law.sample(rng, customers)


@pytest.mark.parametrize("law", [exponential(1.0), balanced_hyperexponential(1.0, 4.0)])
def test_a_core_for_every_token_is_the_multi_server_queue(law):
    run = simulate_pool(SharedPool(tokens=4, cores=4.0), *streams(2.8, law))
    queue = MultiServerQueue(2.8, ServiceTime.of(law), 4)
    assert run.mean_wait == pytest.approx(queue.mean_wait, abs=4 * run.mean_wait_error)
    assert run.response_quantile(0.95) == pytest.approx(queue.response_quantile(0.95), abs=4 * run.response_quantile_error(0.95))


@pytest.mark.parametrize("law", [Gamma(1.0, 4.0), exponential(1.0), balanced_hyperexponential(1.0, 8.0)])
def test_many_tokens_on_one_core_are_processor_sharing_whatever_the_law(law):
    run = simulate_pool(SharedPool(tokens=2000, cores=1.0), *streams(0.7, law))
    assert run.mean_response == pytest.approx(1 / (1 - 0.7), abs=4 * run.mean_response_error)


def test_retries_lose_fewer_and_wait_longer():
    stream = streams(5.0, exponential(1.0), customers=50_000)
    plain, patient = (simulate_pool(SharedPool(4, 4.0, room=8, retry_after_s=delays), *stream) for delays in ((), (1.0, 3.0, 7.0)))
    lost = MultiServerQueue(5.0, ServiceTime(1.0, 1.0), 4, room=8).loss_probability
    assert plain.loss_probability == pytest.approx(lost, abs=0.01)
    assert patient.loss_probability < plain.loss_probability
    assert patient.mean_wait > plain.mean_wait


def test_batches_wait_as_long_as_the_closed_form_says():
    """Poisson batches, one exponential server: mean number in the system rho (1 + E[B^2]/E[B]) / (2 (1 - rho))."""
    rng = np.random.default_rng(5)
    arrivals = batch_arrivals(0.6, 3.0, CUSTOMERS, rng)
    run = simulate_pool(SharedPool(1, 1.0), arrivals, exponential(1.0).sample(rng, len(arrivals)))
    factor = 5.0  # E[B^2] / E[B] of a geometric batch of mean 3
    assert run.mean_response == pytest.approx((1 + factor) / (2 * (1 - 0.6)), rel=0.06)
    sizes = np.unique(arrivals, return_counts=True)[1]
    assert batch_factor(sizes) == pytest.approx(factor, rel=0.02)


def test_a_simulated_day_is_as_late_as_the_integrated_one():
    rates = 6.4 * (1 + 0.2 * np.sin(2 * np.pi * (np.arange(200) + 0.5) / 200))
    integrated = transient_queue(rates, interval_s=1.0, service_s=1.0, servers=8, within_s=3.0)
    shares = []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        arrivals = varying_arrivals(rates, 1.0, rng)
        run = simulate_pool(SharedPool(8, 8.0), arrivals, exponential(1.0).sample(rng, len(arrivals)))
        shares.append((run.responses_s > 3.0).mean())
    kept = integrated.late[20:] @ integrated.arrivals[20:] / integrated.arrivals[20:].sum()
    assert np.mean(shares) == pytest.approx(kept, abs=4 * np.std(shares) / np.sqrt(len(shares)) + 0.005)


def test_dispersion_of_poisson_is_one_and_of_batches_their_factor():
    rng = np.random.default_rng(2)
    windows = np.array([0.5, 5.0, 1e9])
    poisson = index_of_dispersion(poisson_arrivals(10.0, 200_000, rng), windows)
    assert np.all(np.abs(poisson.index[:2] - 1) < 4 * poisson.error[:2])
    assert np.isnan(poisson.index[2])
    batches = index_of_dispersion(batch_arrivals(10.0, 3.0, 200_000, rng), windows)
    assert batches.index[1] == pytest.approx(5.0, rel=0.1)


def test_slow_path_gives_the_same_times(monkeypatch):
    arrivals, services = streams(3.0, exponential(1.0), customers=3_000)
    pool = SharedPool(4, 2.5, room=10, retry_after_s=(1.0,))
    fast = simulate_pool(pool, arrivals, services)
    monkeypatch.setattr(shared_pool, "_kernels", lambda: (shared_pool._run, shared_pool._next_arrival, shared_pool._soonest, "python"))
    slow = simulate_pool(pool, arrivals, services)
    np.testing.assert_allclose(fast.waits_s, slow.waits_s, atol=1e-9)
    np.testing.assert_allclose(fast.responses_s, slow.responses_s, atol=1e-9)


def test_impossible_pools_and_streams_are_refused():
    with pytest.raises(ValueError, match="tokens=0"):
        SharedPool(0, 1.0)
    with pytest.raises(ValueError, match="room=2"):
        SharedPool(4, 1.0, room=2)
    with pytest.raises(ValueError, match="retry_after_s"):
        SharedPool(4, 1.0, retry_after_s=(0.0,))
    with pytest.raises(ValueError, match="ascending"):
        simulate_pool(SharedPool(1, 1.0), np.array([1.0, 0.5]), np.array([1.0, 1.0]))
    with pytest.raises(ValueError, match="ascending"):
        index_of_dispersion(np.array([2.0, 1.0]), np.array([1.0]))
