import numpy as np
import pytest

from models.queueing import MultiServerQueue, ServiceTime
from models.queueing.timevarying import late_share, transient_queue


@pytest.mark.parametrize(
    ("period", "cycles", "waits", "queue", "peak"), [(10.0, 6, 0.47916, 2.039, 0.618), (200.0, 1, 0.52421, 3.938, 0.817)]
)
def test_sinusoidal_load_matches_the_integrated_equations(period, cycles, waits, queue, peak):
    """M(t)/M/8 of load 0.8 (1 + 0.2 sin): values of an ODE solver and of thinned simulation."""
    parts = 100 if period < 100 else 400
    settle = 0 if cycles > 1 else parts // 2
    t = (np.arange(parts * cycles + settle) + 0.5) * period / parts
    found = transient_queue(
        6.4 * (1 + 0.2 * np.sin(2 * np.pi * t / period)), interval_s=period / parts, service_s=1.0, servers=8, within_s=3.0
    )
    last = slice(-parts, None)
    share = found.wait_probability[last] @ found.arrivals[last] / found.arrivals[last].sum()
    assert share == pytest.approx(waits, abs=2e-4)
    assert found.mean_queue_length[last].mean() == pytest.approx(queue, abs=2e-3)
    assert found.wait_probability[last].max() == pytest.approx(peak, abs=1e-3)


@pytest.mark.parametrize(("servers", "load"), [(1, 0.7), (8, 0.8), (40, 0.9)])
def test_constant_rate_is_the_stationary_queue(servers, load):
    queue = MultiServerQueue(load * servers, ServiceTime(1.0, 1.0), servers)
    found = transient_queue(np.full(3, load * servers), interval_s=20.0, service_s=1.0, servers=servers, within_s=2.5)
    assert found.late_share == pytest.approx(queue.response_survival(2.5), rel=1e-6)
    assert found.mean_wait_s[-1] == pytest.approx(queue.mean_wait, rel=1e-6)
    assert found.arrival_wait_probability == pytest.approx(queue.wait_probability, rel=1e-6)


def test_overload_carries_its_backlog_into_the_next_interval():
    found = transient_queue(np.array([4.0, 16.0, 4.0, 4.0]), interval_s=10.0, service_s=1.0, servers=8, within_s=3.0)
    assert found.mean_queue_length[2] > 40
    assert found.late[2] > found.late[3] > found.late[0]
    assert found.lost_mass < 1e-9


def test_settled_share_averages_over_arrivals_and_counts_overload_as_late():
    service = ServiceTime(0.1, 2.0)
    one = MultiServerQueue(40.0, service, 8).response_survival(0.4)
    share = late_share(np.array([40.0, 100.0]), weights=np.array([3.0, 1.0]), service=service, servers=8, within_s=0.4)
    assert share == pytest.approx((120 * one + 100) / 220)


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        ({"arrival_rates": np.array([-1.0])}, "arrival_rates"),
        ({"service_s": 0.0}, "service_s"),
        ({"servers": 0}, "servers"),
        ({"start": np.array([0.5])}, "start"),
    ],
)
def test_impossible_days_are_refused(arguments, match):
    plain = {"arrival_rates": np.array([1.0]), "interval_s": 1.0, "service_s": 1.0, "servers": 2, "within_s": 1.0}
    with pytest.raises(ValueError, match=match):
        transient_queue(**(plain | arguments))
