"""Every figure here was published or computed by two independent programs; a printed value is good to half a unit of its last digit."""

import numpy as np
import pytest

from models.queueing import MultiServerQueue, ServiceTime, closed_network, erlang_b, erlang_c, fit_usl
from models.queueing.approximate import approximate_mean_wait
from models.queueing.laws import two_moment_law
from models.queueing.network import approximate_network

ERLANG = [  # offered load, servers, B, C (GNU Octave queueing 1.2.7 and the recursion)
    (1, 2, 0.20000000, 0.33333333),
    (5, 6, 0.19184726, 0.58751645),
    (6.4, 8, 0.14439389, 0.45764493),
    (7.2, 8, 0.19031317, 0.70153299),
    (8, 10, 0.1216610643, 0.4091801508),
    (9, 10, 0.16796323, 0.66873152),
    (18, 20, 0.10921285, 0.55076900),
    (45, 50, 0.05410447, 0.36386447),
    (95, 100, 0.04880421, 0.50645685),
]

MGC = [  # servers, service scv, P(wait), mean wait, p90, p95, p99 at load 0.8 and mean service 1
    (2, 1.0, 0.711111, 1.777778, 4.9041, 6.6370, 10.6606),
    (2, 0.0, 0.701898, 0.903284, 2.3973, 3.2018, 5.0696),
    (2, 0.5, 0.708696, 1.342391, 3.6562, 4.9240, 7.8679),
    (2, 4.0, 0.718383, 4.285378, 12.5602, 17.4518, 28.8099),
    (4, 1.0, 0.596432, 0.745541, 2.2322, 3.0987, 5.1105),
    (4, 0.0, 0.578282, 0.386095, 1.1193, 1.5205, 2.4546),
    (4, 0.5, 0.591447, 0.567652, 1.6809, 2.3149, 3.7868),
    (4, 4.0, 0.610180, 1.717616, 5.3924, 7.8337, 13.5121),
    (8, 1.0, 0.457645, 0.286028, 0.9506, 1.3838, 2.3897),
    (8, 0.0, 0.433795, 0.151954, 0.5044, 0.7013, 1.1696),
    (8, 0.5, 0.450849, 0.220136, 0.7300, 1.0476, 1.7837),
    (8, 4.0, 0.475486, 0.619518, 2.0504, 3.2369, 6.0618),
]


@pytest.mark.parametrize(("load", "servers", "loss", "delay"), ERLANG)
def test_erlang_formulas_match_published_values(load, servers, loss, delay):
    assert erlang_b(load, servers) == pytest.approx(loss, abs=5.1e-9)
    assert erlang_c(load, servers) == pytest.approx(delay, abs=5.1e-9)


@pytest.mark.parametrize(("servers", "scv", "waits", "mean", "p90", "p95", "p99"), MGC)
def test_poisson_queues_match_the_exact_table(servers, scv, waits, mean, p90, p95, p99):
    queue = MultiServerQueue(0.8 * servers, ServiceTime(1.0, scv), servers)
    assert queue.wait_probability == pytest.approx(waits, abs=5.1e-7)
    assert queue.mean_wait == pytest.approx(mean, abs=5.1e-7)
    np.testing.assert_allclose(queue.wait_quantile(np.array([0.9, 0.95, 0.99])), [p90, p95, p99], atol=5.1e-5)


def test_memoryless_queue_matches_lecture_values():
    two, four = (MultiServerQueue(9.0, ServiceTime(0.2, 1.0), servers) for servers in (2, 4))
    assert (two.mean_queue_length, two.mean_response) == (pytest.approx(7.674, abs=5e-4), pytest.approx(1.053, abs=5e-4))
    assert (four.mean_queue_length, four.mean_response) == (pytest.approx(0.105, abs=5e-4), pytest.approx(0.212, abs=5e-4))
    assert MultiServerQueue(6.0, ServiceTime(1 / 3, 1.0), 3).mean_response == pytest.approx(0.4814815, abs=5e-8)


def test_finite_room_matches_published_values():
    three = MultiServerQueue(40.0, ServiceTime(1 / 30, 1.0), 3, room=7)
    assert three.mean_response == pytest.approx(0.036517, abs=5e-7)
    assert MultiServerQueue(50.0, ServiceTime(0.1, 1.0), 4, room=6).loss_probability == pytest.approx(0.293543, abs=5e-7)
    two = MultiServerQueue(3.0, ServiceTime(0.5, 1.0), 2, room=5)
    assert two.loss_probability == pytest.approx(0.085113, abs=1e-6)  # printed digits are cut, not rounded
    assert two.mean_wait == pytest.approx(0.230857, abs=1e-6)
    inside = 3.0 * (1 - two.loss_probability) * two.mean_response
    assert inside == pytest.approx(2.00595, abs=5e-6)
    balanced = MultiServerQueue(1.0, ServiceTime(1.0, 1.0), 1, room=10)
    assert (1 - balanced.loss_probability) * balanced.mean_response == pytest.approx(5.0, abs=1e-9)


WHITT = [  # servers, load, arrival scv, service scv, mean wait
    (8, 0.8, 1.0, 0.0, 0.152073),
    (8, 0.8, 1.0, 0.5, 0.221989),
    (8, 0.8, 1.0, 4.0, 0.636126),
    (8, 0.9, 2.0, 2.0, 1.753832),
    (8, 0.9, 4.0, 1.0, 2.249263),
    (4, 0.7, 0.5, 0.5, 0.145980),
    (10, 0.9, 1.0, 2.0, 0.970403),
]


@pytest.mark.parametrize(("servers", "load", "arrival_scv", "service_scv", "mean"), [row for row in WHITT if row[2] != 1.0])
def test_two_moment_formula_matches_its_coded_values(servers, load, arrival_scv, service_scv, mean):
    found = approximate_mean_wait(load * servers, two_moment_law(1.0, service_scv), servers, arrival_scv)
    assert found == pytest.approx(mean, abs=5.1e-7)


def test_closed_network_matches_jain():
    found = closed_network(service_s=[0.125, 0.3, 0.2], visits=[16, 10, 5], servers=[1, 1, 1], population=20, think_s=4)
    np.testing.assert_allclose(found.response_s, [0.373, 4.854, 0.300], atol=5.1e-4)
    np.testing.assert_allclose(found.queue_lengths, [1.991, 16.177, 0.500], atol=5.1e-4)
    assert found.throughput == pytest.approx(0.3332465122, abs=1e-10)
    assert found.system_response_s == pytest.approx(56.0156319, abs=5.1e-8)


def test_closed_network_with_several_servers_matches_bolch():
    found = closed_network(service_s=[0.5, 0.6, 0.8, 1], visits=[1, 0.5, 0.5, 1], servers=[2, 1, 1, np.inf], population=3)
    np.testing.assert_allclose(found.queue_lengths, [0.624, 0.473, 0.686, 1.217], atol=5.1e-4)
    assert found.throughput == pytest.approx(1.2174606338, abs=1e-10)


def test_bard_schweitzer_matches_lazowska():
    found = approximate_network(service_s=[0.605, 2.1, 1.35], visits=[1, 1, 1], servers=[1, 1, 1], population=3, think_s=15)
    np.testing.assert_allclose(found.queue_lengths, [0.0973, 0.4021, 0.2359], atol=5.1e-5)
    assert found.throughput == pytest.approx(0.1510, abs=5.1e-5)
    assert found.system_response_s == pytest.approx(4.87, abs=5.1e-3)


RAYTRACER_N = np.array([1, 4, 8, 12, 16, 20, 24, 28, 32, 48, 64.0])
RAYTRACER_X = np.array([20, 78, 130, 170, 190, 200, 210, 230, 260, 280, 310.0])


def test_scalability_law_matches_the_raytracer_fit():
    law = fit_usl(RAYTRACER_N[:6], RAYTRACER_X[:6])
    assert law.alpha == pytest.approx(0.0244440, abs=5.1e-7)
    assert law.beta == pytest.approx(0.00162681, abs=5.1e-9)
    assert law.gamma == pytest.approx(20.856045, abs=5.1e-6)
    assert law.residual_sum == pytest.approx(10.0919, abs=5.1e-5)


def test_scalability_law_says_that_a_parameter_is_at_its_bound():
    law = fit_usl(RAYTRACER_N, RAYTRACER_X)
    assert law.beta == 0
    assert law.peak == np.inf
    assert law.alpha == pytest.approx(0.0577708, abs=5.1e-7)
    assert law.limit == pytest.approx(378.1988, abs=5.1e-4)
    assert law.beta_interval[1] > 0
    assert any("bound" in note for note in law.warnings)


def test_scalability_law_recovers_a_synthetic_one():
    law = fit_usl(np.array([1, 2, 4, 6, 8, 10.0]), np.array([1, 1.8868, 3.0769, 3.5294, 3.5398, 3.3557]))
    assert (law.alpha, law.beta, law.gamma) == (pytest.approx(0.02, abs=1e-3), pytest.approx(0.02, abs=1e-3), pytest.approx(1.0, abs=1e-3))
