import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.queueing import closed_network
from models.queueing.network import approximate_network, load_dependent_throughput

modest = settings(max_examples=30, derandomize=True, deadline=None)


@modest
@given(st.lists(st.floats(0.01, 2), min_size=1, max_size=4), st.integers(1, 40), st.floats(0, 5))
def test_circulating_customers_add_up(services, population, think_s):
    found = closed_network(
        service_s=services, visits=[1.0] * len(services), servers=[2] * len(services), population=population, think_s=think_s
    )
    assert found.queue_lengths.sum() + found.throughput * think_s == pytest.approx(population, rel=1e-9)
    assert found.throughput * (found.system_response_s + think_s) == pytest.approx(population, rel=1e-9)
    assert np.all(found.utilization <= 1 + 1e-12)


@modest
@given(st.floats(0.05, 1), st.integers(1, 8), st.integers(1, 60))
def test_throughput_never_falls_with_more_customers(service, servers, population):
    arguments = {"service_s": [service, 0.1], "visits": [1, 2], "servers": [servers, 1], "think_s": 1.0}
    few, more = (closed_network(population=n, **arguments).throughput for n in (population, population + 1))
    assert more >= few * (1 - 1e-12)


def test_large_population_with_many_servers_stays_exact_at_saturation():
    found = closed_network(service_s=[1.0, 0.001], visits=[1, 1], servers=[200, 1], population=2000, think_s=1.0)
    assert found.throughput == pytest.approx(200, rel=1e-9)
    assert found.queue_lengths[0] == pytest.approx(2000 - 200 * 1.0 - found.queue_lengths[1], rel=1e-9)


def test_larger_populations_are_approximated_and_say_so():
    found = closed_network(service_s=[0.02], visits=[1], servers=[40], population=5000, think_s=1.0)
    assert "Bard-Schweitzer" in found.method
    assert found.throughput == pytest.approx(2000, rel=1e-2)


def test_approximation_is_near_the_exact_solution():
    arguments = {"service_s": [0.4, 0.1], "visits": [1, 3], "servers": [4, 1], "population": 40, "think_s": 5.0}
    assert approximate_network(**arguments).throughput == pytest.approx(closed_network(**arguments).throughput, rel=0.05)


def test_two_stations_match_the_birth_death_chain():
    """Machine repair: N thinkers and c servers is a birth-death chain of its own."""
    population, servers, service, think = 12, 3, 0.5, 2.0
    n = np.arange(population)
    p = np.concatenate([[1.0], np.cumprod((population - n) / think * service / np.minimum(n + 1, servers))])
    p /= p.sum()
    busy = np.minimum(np.arange(population + 1), servers) @ p
    found = closed_network(service_s=[service], visits=[1], servers=[servers], population=population, think_s=think)
    assert found.throughput == pytest.approx(busy / service)
    assert found.queue_lengths[0] == pytest.approx(np.arange(population + 1) @ p)


def test_load_dependent_rates_of_equal_servers_give_the_same_curve():
    n = np.arange(1, 31)
    curve = load_dependent_throughput([np.minimum(n, 4) / 0.2, np.full(30, 1 / 0.03)], [1, 1], 30)
    for population in (1, 7, 30):
        exact = closed_network(service_s=[0.2, 0.03], visits=[1, 1], servers=[4, 1], population=population)
        assert curve[population - 1] == pytest.approx(exact.throughput)


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ({"service_s": [0.0]}, "service_s"),
        ({"visits": [-1.0]}, "visits"),
        ({"visits": [0.0]}, "visits"),
        ({"servers": [0]}, "servers"),
        ({"servers": [1, 2]}, "service_s"),
        ({"population": 0}, "population"),
        ({"think_s": -1.0}, "think_s"),
    ],
)
def test_impossible_networks_are_refused_by_name(arguments, name):
    plain = {"service_s": [1.0], "visits": [1.0], "servers": [1], "population": 3, "think_s": 0.0}
    with pytest.raises(ValueError, match=f"^{name}"):
        closed_network(**(plain | arguments))
