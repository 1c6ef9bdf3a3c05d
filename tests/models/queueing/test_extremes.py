"""Extreme and impossible input: answers where there is one, infinite waits without a steady state, clear errors else."""

import itertools

import numpy as np
import pytest

from models.queueing import MultiServerQueue, ServiceTime, closed_network, fit_usl, simulate
from models.queueing.laws import Deterministic, Gamma, Lognormal, Mixture

LAWS = (Lognormal(1.0, 0.3), Lognormal(1.0, 2.0), Gamma(1.0, 0.02), Mixture((0.9, 0.1), (Deterministic(0.5), Deterministic(5.5))))


def figures(queue):
    return [queue.wait_probability, queue.mean_wait, queue.wait_quantile(0.99), queue.response_quantile(0.95), queue.numerical_error]


@pytest.mark.parametrize("arrival_scv", [0.0, 0.5, 1.0, 4.0, 50.0])
@pytest.mark.parametrize("scv", [0.0, 0.3, 1.0, 50.0])
def test_any_scv_is_answered_in_order(scv, arrival_scv):
    for servers in (1, 64, 100):
        waits = []
        for load in (1e-9, 0.3, 0.95):
            queue = MultiServerQueue(load * servers, ServiceTime(1.0, scv), servers, arrival_scv)
            found = figures(queue)
            assert np.all(np.isfinite(found))
            assert 0 <= found[0] <= 1 + 1e-12
            waits.append(found[1])
        assert waits[0] <= waits[1] + 1e-9 <= waits[2] + 2e-9


@pytest.mark.parametrize("law", LAWS, ids=lambda law: f"{law.name} {law.scv:.1f}")
@pytest.mark.parametrize("room", [None, 12])
def test_any_law_is_answered_and_stays_infinite_without_a_steady_state(law, room):
    for load in (0.2, 0.9):
        assert np.all(np.isfinite(figures(MultiServerQueue(4 * load, ServiceTime.of(law), 4, room=room))))
    beyond = MultiServerQueue(5.0, ServiceTime.of(law), 4, room=room)
    if room is None:
        assert beyond.mean_wait == beyond.wait_quantile(0.5) == beyond.response_quantile(0.5) == np.inf
    else:
        assert 0.2 - 0.02 < beyond.loss_probability < 0.5
        assert np.isfinite(beyond.mean_wait)


@pytest.mark.parametrize(("scv", "arrival_scv"), [(0.0, 1.0), (50.0, 1.0), (50.0, 4.0), (0.3, 0.5)])
def test_a_hundred_thousand_servers_with_other_laws(scv, arrival_scv):
    queue = MultiServerQueue(99_900.0, ServiceTime(1.0, scv), 100_000, arrival_scv)
    assert 0 <= queue.mean_wait < 1
    assert np.isfinite(queue.response_quantile(0.95))
    assert MultiServerQueue(100_001.0, ServiceTime(1.0, scv), 100_000, arrival_scv).mean_wait == np.inf


def test_servers_for_large_loads_finds_the_fewest():
    queue = MultiServerQueue(20_000.0, ServiceTime(0.05, 1.0), 1)
    servers = queue.servers_for(percentile=0.95, response_s=0.2)
    enough, short = (MultiServerQueue(20_000.0, queue.service, count).response_quantile(0.95) for count in (servers, servers - 1))
    assert enough <= 0.2 < short


@pytest.mark.parametrize("scv", [0.0, 0.5, 4.0])
@pytest.mark.parametrize("arrival_scv", [0.5, 1.0, 4.0])
def test_servers_for_is_smallest_for_every_kind(scv, arrival_scv):
    queue = MultiServerQueue(40.0, ServiceTime(0.1, scv), 1, arrival_scv)
    servers = queue.servers_for(percentile=0.9, response_s=0.35)
    for count, within in ((servers, True), (servers - 1, False)):
        late = MultiServerQueue(40.0, queue.service, count, arrival_scv).response_survival(0.35)
        assert (late <= 0.1) is within


@pytest.mark.parametrize("value", [0.0, -1.0, np.nan, np.inf])
def test_impossible_times_are_refused_by_name(value):
    with pytest.raises(ValueError, match=r"^mean="):
        ServiceTime(value, 1.0)
    with pytest.raises(ValueError, match=r"^service_s="):
        closed_network(service_s=[value], visits=[1], servers=[1], population=2)
    with pytest.raises(ValueError, match="throughput"):
        fit_usl(np.array([1, 2, 3, 4.0]), np.array([1, 2, value, 3.0]))


@pytest.mark.parametrize("value", [-1.0, np.nan, np.inf])
def test_impossible_rates_are_refused_by_name(value):
    with pytest.raises(ValueError, match=r"^arrival_rate="):
        MultiServerQueue(value, ServiceTime(1.0, 1.0), 2)
    with pytest.raises(ValueError, match=r"^arrival_scv="):
        MultiServerQueue(1.0, ServiceTime(1.0, 1.0), 2, value)
    with pytest.raises(ValueError, match=r"^scv="):
        ServiceTime(1.0, value)


ROOMS = list(itertools.product((0.0, 0.3, 4.0), (0.8, 1.2)))


@pytest.mark.parametrize(("scv", "load"), ROOMS)
def test_finite_room_of_any_service_is_as_simulated_within_its_error(scv, load):
    queue = MultiServerQueue(load * 8, ServiceTime(1.0, scv), 8, room=16)
    run = simulate(queue, customers=400_000, seed=4)
    assert queue.loss_probability == pytest.approx(run.loss_probability, rel=queue.numerical_error + 0.03, abs=0.002)
    assert queue.mean_wait == pytest.approx(run.mean_wait, rel=queue.numerical_error, abs=4 * run.mean_wait_error + 0.002)
    assert queue.response_quantile(0.95) == pytest.approx(
        run.response_quantile(0.95), rel=queue.numerical_error, abs=4 * run.response_quantile_error(0.95)
    )
