import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.queueing import MultiServerQueue, ServiceTime, erlang_c
from models.queueing.lattice import lattice_wait
from models.queueing.laws import Gamma, Lognormal, Mixture, balanced_hyperexponential, exponential, two_moment_law
from models.queueing.solution import solve

modest = settings(max_examples=40, derandomize=True, deadline=None)
loads = st.floats(0.05, 0.95)
scvs = st.sampled_from([0.0, 0.2, 0.5, 0.8, 1.0, 2.0, 4.0, 10.0])
counts = st.sampled_from([1, 2, 3, 8, 16])


@modest
@given(loads, st.floats(1.01, 1.5), scvs, counts)
def test_waits_never_shrink_when_load_grows(load, factor, scv, servers):
    quiet = MultiServerQueue(load * servers, ServiceTime(1.0, scv), servers)
    busy = MultiServerQueue(min(load * factor, 0.99) * servers, ServiceTime(1.0, scv), servers)
    assert busy.mean_wait >= quiet.mean_wait * (1 - 1e-9)
    assert busy.wait_quantile(0.95) >= quiet.wait_quantile(0.95) * (1 - 1e-9)
    assert busy.response_quantile(0.95) >= quiet.response_quantile(0.95) * (1 - 2e-3)


@modest
@given(loads, scvs, counts)
def test_waits_never_grow_with_another_server(load, scv, servers):
    few = MultiServerQueue(load * servers, ServiceTime(1.0, scv), servers)
    more = MultiServerQueue(load * servers, ServiceTime(1.0, scv), servers + 1)
    assert more.mean_wait <= few.mean_wait * (1 + 1e-9)
    assert more.wait_quantile(0.99) <= few.wait_quantile(0.99) * (1 + 1e-9)


@modest
@given(loads, counts, st.floats(0, 6), st.floats(0, 6))
def test_mean_wait_never_shrinks_when_services_vary_more(load, servers, one, other):
    low, high = sorted((one, other))
    steady, varied = (MultiServerQueue(load * servers, ServiceTime(1.0, scv), servers) for scv in (low, high))
    assert varied.mean_wait >= steady.mean_wait * (1 - 1e-6)


@modest
@given(loads, scvs, counts, st.floats(0.001, 1000))
def test_figures_scale_with_the_unit_of_time(load, scv, servers, unit):
    plain = MultiServerQueue(load * servers, ServiceTime(1.0, scv), servers)
    scaled = MultiServerQueue(load * servers / unit, ServiceTime(unit, scv), servers)
    assert scaled.mean_wait == pytest.approx(plain.mean_wait * unit, rel=1e-7, abs=1e-12 * unit)
    assert scaled.response_quantile(0.9) == pytest.approx(plain.response_quantile(0.9) * unit, rel=1e-6)


@modest
@given(loads, scvs, counts, st.floats(0.01, 0.999))
def test_quantile_inverts_survival(load, scv, servers, p):
    queue = MultiServerQueue(load * servers, ServiceTime(1.0, scv), servers)
    wait = queue.wait_quantile(p)
    if wait == 0:
        assert p <= 1 - queue.wait_probability + 1e-9
    else:
        assert queue.wait_survival(wait) == pytest.approx(1 - p, rel=1e-6, abs=1e-9)
    if scv > 0:
        assert queue.response_survival(queue.response_quantile(p)) == pytest.approx(1 - p, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("arrival_scv", [0.5, 1.0, 4.0])
@pytest.mark.parametrize("scv", [0.0, 0.5, 1.0, 4.0])
def test_mean_is_the_area_under_the_survival(scv, arrival_scv):
    queue = MultiServerQueue(6.4, ServiceTime(1.0, scv), 8, arrival_scv)
    t = np.concatenate([np.linspace(0, 2, 2001), np.geomspace(2, 400, 2000)[1:]])
    assert np.trapezoid(queue.wait_survival(t), t) == pytest.approx(queue.mean_wait, rel=2e-3)
    assert np.trapezoid(queue.response_survival(t), t) == pytest.approx(queue.mean_response, rel=2e-3)


@pytest.mark.parametrize("load", [0.3, 0.8, 0.97])
@pytest.mark.parametrize("scv", [0.0, 0.3, 0.5, 0.7, 2.0, 8.0])
def test_single_server_mean_is_pollaczek_khinchine(load, scv):
    queue = MultiServerQueue(load, ServiceTime(1.0, scv), 1)
    assert queue.mean_wait == pytest.approx(load * (1 + scv) / (2 * (1 - load)), rel=2e-4)


@pytest.mark.parametrize("law", [Lognormal(1.0, 1.0), Gamma(1.0, 0.4), Mixture((0.9, 0.1), (Lognormal(0.5, 0.4), Lognormal(5.5, 0.2)))])
def test_single_server_mean_holds_for_any_law(law):
    queue = MultiServerQueue(0.7, ServiceTime.of(law), 1)
    assert queue.mean_wait == pytest.approx(0.7 * law.mean**2 * (1 + law.scv) / (2 * (1 - 0.7 * law.mean)), rel=2e-3)


@pytest.mark.parametrize("load", [0.3, 0.9, 0.97])
@pytest.mark.parametrize("arrival_scv", [0.5, 4.0])
@pytest.mark.parametrize("service", [exponential(1.0), Gamma(1.0, 2.0), balanced_hyperexponential(1.0, 8.0)])
def test_phase_solution_agrees_with_the_lattice(load, arrival_scv, service):
    arrival = two_moment_law(1 / load, arrival_scv)
    phases, lattice = solve(arrival, service, 1), lattice_wait(arrival, service, 1)
    assert lattice.mean_s == pytest.approx(phases.mean_wait_s, rel=5e-3)
    p = np.array([0.9, 0.99])
    np.testing.assert_allclose(lattice.quantile(p), phases.wait.quantile(p), rtol=1e-2, atol=2e-3)


@pytest.mark.parametrize("servers", [1, 8, 64])
@pytest.mark.parametrize("load", [0.3, 0.97])
def test_constant_service_agrees_with_the_lattice(servers, load):
    queue = MultiServerQueue(load * servers, ServiceTime(1.0, 0.0), servers)
    lattice = lattice_wait(exponential(1 / (load * servers)), queue.service.distribution, servers)
    assert lattice.mean_s == pytest.approx(queue.mean_wait, rel=5e-3, abs=1e-6)
    assert float(lattice.quantile(np.array([0.99]))[0]) == pytest.approx(queue.wait_quantile(0.99), rel=5e-3, abs=2e-3)


@pytest.mark.parametrize("servers", [1, 4, 32])
@pytest.mark.parametrize("arrival_scv", [0.5, 4.0])
def test_exponential_service_matches_the_root_of_its_transform(servers, arrival_scv):
    """GI/M/c: the wait of those who wait is exponential at c (1 - sigma), sigma the root of E[exp(-c (1 - sigma) A)] = sigma."""
    queue = MultiServerQueue(0.97 * servers, ServiceTime(1.0, 1.0), servers, arrival_scv)
    rate = queue.arrival_rate
    share = (1 + np.sqrt(3 / 5)) / 2

    def transform(s):
        if arrival_scv == 0.5:
            return (2 * rate / (2 * rate + s)) ** 2
        return sum(p * 2 * p * rate / (2 * p * rate + s) for p in (share, 1 - share))

    sigma = 0.5
    for _ in range(20_000):
        sigma = transform(servers * (1 - sigma))
    ratio = queue.wait_quantile(0.999) - queue.wait_quantile(0.99)
    assert np.log(10) / ratio == pytest.approx(servers * (1 - sigma), rel=1e-6)


def test_large_pools_answer():
    queue = MultiServerQueue(99_900.0, ServiceTime(1.0, 4.0), 100_000)
    assert queue.wait_probability == pytest.approx(erlang_c(99_900.0, 100_000))
    assert 0 < queue.mean_wait < 0.1
    assert queue.wait_quantile(0.99) > 0


@pytest.mark.parametrize("servers", [2, 8, 32])
@pytest.mark.parametrize("scv", [0.3, 4.0])
def test_approximation_for_large_pools_is_near_the_exact_solution(servers, scv, monkeypatch):
    arrival, service = exponential(1 / (0.8 * servers)), two_moment_law(1.0, scv)
    exact = solve(arrival, service, servers)
    monkeypatch.setattr("models.queueing.solution.EXACT_SERVERS", 0)
    rough = solve.__wrapped__(arrival, service, servers)
    assert rough.mean_wait_s == pytest.approx(exact.mean_wait_s, rel=rough.numerical_error)
    p = np.array([0.95, 0.99])
    np.testing.assert_allclose(rough.wait.quantile(p), exact.wait.quantile(p), rtol=rough.numerical_error)


@pytest.mark.parametrize("scv", [0.0, 0.5, 1.0, 50.0])
def test_unstable_queue_waits_forever_without_an_exception(scv):
    queue = MultiServerQueue(9.0, ServiceTime(1.0, scv), 8)
    assert queue.offered_utilization == pytest.approx(1.125)
    assert queue.utilization == 1
    assert queue.mean_wait == queue.mean_response == queue.mean_queue_length == np.inf
    assert queue.wait_quantile(0.5) == queue.response_quantile(0.95) == np.inf
    assert queue.wait_survival(1e9) == 1
    assert queue.law_range is None


def test_no_arrivals_means_no_waits():
    queue = MultiServerQueue(0.0, ServiceTime(2.0, 1.0), 3)
    assert (queue.utilization, queue.mean_wait, queue.wait_probability, queue.mean_queue_length) == (0, 0, 0, 0)
    assert queue.response_quantile(0.5) == pytest.approx(2 * np.log(2))


def test_scalars_give_floats_and_arrays_keep_their_shape():
    queue = MultiServerQueue(6.4, ServiceTime(1.0, 4.0), 8)
    assert isinstance(queue.wait_quantile(0.9), float)
    assert queue.wait_quantile(np.full((2, 3), 0.9)).shape == (2, 3)
    assert queue.wait_quantile(1 - queue.wait_probability - 1e-6) == 0
    assert queue.wait_quantile(1.0) == np.inf
    assert queue.response_survival(-1.0) == 1


def test_servers_for_is_the_smallest_pool_that_meets_the_objective():
    queue = MultiServerQueue(90.0, ServiceTime(0.065, 2.5), 1)
    servers = queue.servers_for(percentile=0.95, response_s=0.4)
    assert MultiServerQueue(90.0, queue.service, servers).response_quantile(0.95) <= 0.4
    assert MultiServerQueue(90.0, queue.service, servers - 1).response_quantile(0.95) > 0.4


def test_servers_for_refuses_what_no_pool_can_meet():
    with pytest.raises(ValueError, match=r"response_s=0\.1 is not reachable"):
        MultiServerQueue(1.0, ServiceTime(1.0, 1.0), 1).servers_for(percentile=0.95, response_s=0.1)


def test_law_range_holds_the_answer_and_is_open_only_for_moments():
    queue = MultiServerQueue(6.4, ServiceTime(1.0, 4.0), 8)
    found = queue.law_range
    assert found is not None
    assert found.mean_wait_low < queue.mean_wait <= found.mean_wait_high
    assert MultiServerQueue(6.4, ServiceTime.of(Lognormal(1.0, 1.0)), 8).law_range is None


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ({"arrival_rate": -1.0}, "arrival_rate"),
        ({"arrival_rate": np.nan}, "arrival_rate"),
        ({"servers": 0}, "servers"),
        ({"servers": 2.5}, "servers"),
        ({"arrival_scv": -0.1}, "arrival_scv"),
        ({"room": 2}, "room"),
    ],
)
def test_impossible_queues_are_refused_by_name(arguments, name):
    plain = {"arrival_rate": 1.0, "service": ServiceTime(1.0, 1.0), "servers": 3}
    with pytest.raises(ValueError, match=f"^{name}="):
        MultiServerQueue(**(plain | arguments))


def test_impossible_questions_are_refused():
    queue = MultiServerQueue(1.0, ServiceTime(1.0, 1.0), 3)
    with pytest.raises(ValueError, match="probability"):
        queue.wait_quantile(1.5)
    with pytest.raises(ValueError, match="NaN"):
        queue.wait_survival(np.nan)


@pytest.mark.parametrize("load", [1e-6, 1e-3, 0.019, 0.3])
def test_quiet_single_server_of_any_law_keeps_its_mean(load):
    law = Lognormal(1.0, 1.2)
    queue = MultiServerQueue(load, ServiceTime.of(law), 1)
    assert queue.mean_wait == pytest.approx(load * (1 + law.scv) / (2 * (1 - load)), rel=2e-3)
    assert queue.wait_probability == pytest.approx(load, rel=2e-3)


def test_busy_large_pools_with_constant_service_keep_their_exact_mean():
    queue = MultiServerQueue(0.9999 * 500, ServiceTime(1.0, 0.0), 500)
    exponential_wait = MultiServerQueue(0.9999 * 500, ServiceTime(1.0, 1.0), 500).mean_wait
    assert queue.mean_wait == pytest.approx(exponential_wait / 2, rel=0.05)
    assert queue.wait_quantile(0.99) == pytest.approx(queue.mean_wait * np.log(100), rel=0.02)


@pytest.mark.parametrize("scv", [0.0, 1.0, 4.0])
def test_a_hundred_thousand_servers_answer_with_and_without_limit_to_the_room(scv):
    for room in (None, 100_100):
        queue = MultiServerQueue(99_900.0, ServiceTime(1.0, scv), 100_000, room=room)
        assert 0 < queue.mean_wait < 0.1
        assert queue.response_quantile(0.5) > queue.wait_quantile(0.5)
        assert queue.response_survival(0.9) >= float(queue.service.distribution.survival(np.array([0.9]))[0])
        assert queue.loss_probability < 0.01


def test_response_of_a_large_finite_pool_is_that_of_its_service():
    queue = MultiServerQueue(6_000.0, ServiceTime(1.0, 1.0), 10_000, room=10_010)
    assert queue.response_quantile(0.99) == pytest.approx(np.log(100), rel=1e-3)
