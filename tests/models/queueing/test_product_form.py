"""Closed networks against their product form summed state by state (Baskett, Chandy, Muntz & Palacios 1975)."""

import itertools
import math

import numpy as np
import pytest

from models.queueing import closed_network
from models.queueing.network import approximate_network, load_dependent_throughput
from models.queueing.network_of_classes import network_of_classes


def states(total, parts):
    """Return all ways to place `total` customers on `parts` stations."""
    if parts == 1:
        return [(total,)]
    return [(first, *rest) for first in range(total + 1) for rest in states(total - first, parts - 1)]


def weight(visits, rates, think_s, state):
    *inside, thinking = state
    value = think_s**thinking / math.factorial(thinking)
    for visit, station, n in zip(visits, rates, inside, strict=True):
        value *= visit**n / math.prod(station[:n])
    return value


def summed(visits, rates, think_s, population):
    """Return throughput and queue lengths."""
    normal = {n: sum(weight(visits, rates, think_s, s) for s in states(n, len(rates) + 1)) for n in (population - 1, population)}
    queues = [
        sum(weight(visits, rates, think_s, s) * s[i] for s in states(population, len(rates) + 1)) / normal[population]
        for i in range(len(rates))
    ]
    return normal[population - 1] / normal[population], queues


@pytest.mark.parametrize("servers", [(1, 1, 1), (2, 1, 3), (4, 2, np.inf)])
@pytest.mark.parametrize("population", [1, 3, 9])
def test_several_servers(servers, population):
    visits, services, think_s = (1.0, 2.5, 0.7), (0.3, 0.2, 0.9), 1.3
    rates = [[min(n, m) / s for n in range(1, population + 1)] for m, s in zip(servers, services, strict=True)]
    throughput, queues = summed(visits, rates, think_s, population)
    found = closed_network(service_s=services, visits=visits, servers=servers, population=population, think_s=think_s)
    assert found.throughput == pytest.approx(throughput, rel=1e-12)
    np.testing.assert_allclose(found.queue_lengths, queues, rtol=1e-10)


def test_rates_that_rise_and_fall_with_the_number():
    population, visits = 8, (1.0, 1.5)
    rates = [np.array([2.0, 3.5, 4.0, 3.0, 2.5, 2.0, 1.5, 1.2]), np.array([1.0, 1.9, 2.7, 3.4, 3.4, 3.4, 3.4, 3.4])]
    found = load_dependent_throughput(rates, visits, population, think_s=0.8)
    for n in (1, 4, population):
        assert found[n - 1] == pytest.approx(summed(visits, [r.tolist() for r in rates], 0.8, n)[0], rel=1e-12)


def test_two_classes_at_two_stations_and_a_delay():
    demand, think_s, population = np.array([[0.4, 0.1], [0.15, 0.6]]), (2.0, 0.5), (4, 3)

    def class_weight(placed):
        value = 1.0
        for station in range(2):
            here = [placed[k][station] for k in range(2)]
            value *= math.factorial(sum(here)) * math.prod(demand[k, station] ** n / math.factorial(n) for k, n in enumerate(here))
        return value * math.prod(think_s[k] ** placed[k][2] / math.factorial(placed[k][2]) for k in range(2))

    def normal(counts):
        return sum(class_weight(placed) for placed in itertools.product(*(states(n, 3) for n in counts)))

    found = network_of_classes(service_s=demand, visits=np.ones((2, 2)), population=population, think_s=think_s)
    whole = normal(population)
    np.testing.assert_allclose(found.throughput, [normal((3, 3)) / whole, normal((4, 2)) / whole], rtol=1e-12)


@pytest.mark.parametrize("servers", [1, 20, 200])
def test_saturated_station_of_a_stable_form_reaches_its_capacity(servers):
    """Plain load-dependent mean value analysis turns negative here (Casale 2008)."""
    found = closed_network(service_s=[1.0, 0.01], visits=[1, 1], servers=[servers, 1], population=600, think_s=0.1)
    assert found.throughput == pytest.approx(min(servers, 100), rel=1e-6)
    assert np.all(found.queue_lengths >= 0)


def test_a_million_users_keep_to_the_bounds():
    found = approximate_network(service_s=[0.02, 0.001], visits=[1, 4], servers=[40, 8], population=1_000_000, think_s=500.0)
    assert found.throughput == pytest.approx(min(2000.0, 1_000_000 / (500.0 + found.system_response_s)), rel=1e-3)
    assert found.throughput <= 2000 * (1 + 1e-9)
    assert found.queue_lengths.sum() + found.throughput * 500.0 == pytest.approx(1_000_000, rel=1e-9)
