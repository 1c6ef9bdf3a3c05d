import numpy as np
import pytest

from models.queueing import closed_network
from models.queueing.network_of_classes import network_of_classes


def test_two_classes_match_lazowska():
    found = network_of_classes(
        service_s=np.array([[1 / 10, 1 / 3], [2 / 5, 1.0]]), visits=np.array([[10, 9], [5, 4]]), population=[1, 1], think_s=[0, 0]
    )
    np.testing.assert_allclose(found.queue_lengths, [[4 / 19, 15 / 19], [5 / 19, 14 / 19]])
    np.testing.assert_allclose(found.response_s * [[10, 9], [5, 4]], [[4 / 3, 5], [5 / 2, 7]])
    np.testing.assert_allclose(found.throughput, [3 / 19, 2 / 19])


def test_four_stations_match_the_published_throughputs():
    visits = np.array([[1, 0.45, 0.5, 0], [1, 0, 0.5, 0.49]])
    service = np.array([[0.01, 0.09, 0.10, 0.08], [0.05, 0.09, 0.10, 0.08]])
    found = network_of_classes(service_s=service, visits=visits, population=[3, 2], think_s=[0, 0])
    expected = [[12.1517, 5.4682, 6.0758, 0], [6.8669, 0, 3.4334, 3.3648]]
    np.testing.assert_allclose(found.throughput[:, None] * visits, expected, atol=1.1e-4)  # the last printed digits are cut


def test_one_class_is_the_plain_network():
    found = network_of_classes(service_s=np.array([[0.2, 0.05]]), visits=np.array([[1, 3]]), population=[15], think_s=[2.0])
    plain = closed_network(service_s=[0.2, 0.05], visits=[1, 3], servers=[1, 1], population=15, think_s=2.0)
    assert found.throughput[0] == pytest.approx(plain.throughput)
    np.testing.assert_allclose(found.queue_lengths[0], plain.queue_lengths)


def test_many_customers_are_approximated_near_the_exact_solution(monkeypatch):
    arguments = {
        "service_s": np.array([[0.2, 0.05], [0.05, 0.1]]),
        "visits": np.ones((2, 2)),
        "think_s": [3.0, 1.0],
        "population": [60, 40],
    }
    exact = network_of_classes(**arguments)
    monkeypatch.setattr("models.queueing.network_of_classes.EXACT_STATES", 1000)
    rough = network_of_classes(**arguments)
    assert (exact.method, rough.method) == ("exact mean value analysis", "Schweitzer approximation")
    np.testing.assert_allclose(rough.throughput, exact.throughput, rtol=0.05)


def test_impossible_classes_are_refused():
    with pytest.raises(ValueError, match="class 0 has neither"):
        network_of_classes(service_s=np.zeros((1, 1)), visits=np.ones((1, 1)), population=[1], think_s=[0.0])
    with pytest.raises(ValueError, match="shape"):
        network_of_classes(service_s=np.zeros(2), visits=np.ones((1, 2)), population=[1], think_s=[0.0])
