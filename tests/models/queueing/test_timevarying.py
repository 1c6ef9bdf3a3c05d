import numpy as np
import pytest

from models.queueing import MultiServerQueue, ServiceTime
from models.queueing.month import late_month
from models.queueing.shared_pool import SharedPool
from models.queueing.simulated_day import simulate_days
from models.queueing.timevarying import late_share, settled_lateness, transient_queue


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


def test_finite_room_settles_to_the_closed_form():
    queue = MultiServerQueue(10.0, ServiceTime(1.0, 1.0), 8, room=20)
    found = transient_queue(np.full(3, 10.0), interval_s=100.0, service_s=1.0, servers=8, within_s=2.5, room=20)
    assert found.lost_share == pytest.approx(queue.loss_probability, rel=1e-9)
    assert found.mean_wait_s[-1] == pytest.approx(queue.mean_wait, rel=1e-6)
    assert found.arrival_wait_probability == pytest.approx(queue.wait_probability, rel=1e-6)
    assert found.late_share == pytest.approx(settled_lateness(queue, 2.5), rel=1e-6)
    assert len(found.probabilities) == 21


def test_rates_by_number_in_service_of_unshared_processors_change_nothing():
    arguments = {"interval_s": 5.0, "service_s": 0.5, "servers": 4, "within_s": 1.0}
    rates = np.array([3.0, 9.0, 5.0])
    plain = transient_queue(rates, **arguments)
    same = transient_queue(rates, completions=np.arange(1, 5) / 0.5, **arguments)
    np.testing.assert_allclose(same.late, plain.late)


@pytest.mark.parametrize("room", [None, 12])
def test_shared_processors_are_as_late_as_simulated_ones(room):
    """8 tokens on 4 cores over a peak: completions min(n, 4) a second; a customer keeps its first speed, which costs little."""
    rates = np.concatenate([np.full(10, 2.5), np.full(5, 4.4), np.full(10, 2.5)])
    integrated = transient_queue(
        rates, interval_s=20.0, service_s=1.0, servers=8, within_s=5.0, completions=np.minimum(np.arange(1, 9), 4) * 1.0, room=room,
        start=np.ones(1),
    )  # fmt: skip
    simulated = simulate_days(
        rates, interval_s=20.0, service=ServiceTime(1.0, 1.0), pool=SharedPool(8, 4.0, room), within_s=5.0, days=150, seed=3
    )
    assert simulated.lost_share == pytest.approx(integrated.lost_share, abs=0.004)
    assert simulated.late_share == pytest.approx(integrated.late_share, rel=0.06, abs=4 * simulated.late_share_error)


@pytest.mark.parametrize("room", [None, 30])
def test_a_peak_that_touches_saturation_is_as_late_as_simulated(room):
    rates = np.concatenate([np.full(20, 5.0), np.full(20, 9.0), np.full(30, 6.0)])
    integrated = transient_queue(rates, interval_s=5.0, service_s=1.0, servers=8, within_s=3.0, start=np.ones(1), room=room)
    pool = SharedPool(8, 8.0, room)
    simulated = simulate_days(rates, interval_s=5.0, service=ServiceTime(1.0, 1.0), pool=pool, within_s=3.0, days=300, seed=5)
    assert simulated.late_share == pytest.approx(integrated.late_share, abs=4 * simulated.late_share_error)
    assert 0.1 < integrated.late_share < 0.6
    assert integrated.lost_mass < 1e-9


def test_simulated_days_repeat_their_digits_and_say_when_nobody_came():
    arguments = {"interval_s": 10.0, "service": ServiceTime(0.2, 4.0), "pool": SharedPool(3, 3.0), "within_s": 0.5, "days": 3}
    one, other = (simulate_days(np.array([5.0, 0.0]), **arguments) for _ in range(2))
    assert one.late_share == other.late_share
    assert np.isnan(one.late[1])
    with pytest.raises(ValueError, match="days=1"):
        simulate_days(np.array([1.0]), **(arguments | {"days": 1}))


DAY = np.array([4, 3, 3, 4, 6, 10, 13, 15, 15.5, 16.5, 15, 14, 10, 8, 12, 14, 12, 8, 6, 4, 3, 2, 2, 2.0])
"""Requests a second by hour, with services of half a second on 8 servers: beyond capacity at ten."""


@pytest.mark.parametrize(("scv", "room"), [(1.0, None), (4.0, None), (1.0, 73)])
def test_month_with_a_peak_beyond_saturation_is_as_late_as_simulated(scv, room):
    service = ServiceTime(0.5, scv)
    month = late_month(DAY, service=service, servers=8, within_s=3.0, room=room, hour_s=600.0)
    simulated = simulate_days(DAY, interval_s=600.0, service=service, pool=SharedPool(8, 8.0, room), within_s=3.0, days=8, seed=2)
    assert month.late_share == pytest.approx(simulated.late_share, rel=0.05, abs=4 * simulated.late_share_error)
    assert month.followed[9]
    assert not month.followed[3]


def test_calm_month_is_the_settled_share_by_weights():
    service = ServiceTime(0.05, 2.0)
    rates = np.array([20.0, 60.0, 60.0, 100.0])
    month = late_month(rates, service=service, servers=8, within_s=0.2)
    classes = late_share(np.array([20.0, 60.0, 100.0]), weights=np.array([1.0, 2.0, 1.0]), service=service, servers=8, within_s=0.2)
    assert not month.followed.any()
    assert month.late_share == pytest.approx(classes, rel=1e-9)


def test_impossible_months_are_refused():
    with pytest.raises(ValueError, match="hourly_rates"):
        late_month(np.zeros(3), service=ServiceTime(1.0, 1.0), servers=1, within_s=1.0)
    with pytest.raises(ValueError, match="completions"):
        transient_queue(np.ones(1), interval_s=1.0, service_s=1.0, servers=2, within_s=1.0, completions=np.ones(3))
    with pytest.raises(ValueError, match="room"):
        transient_queue(np.ones(1), interval_s=1.0, service_s=1.0, servers=2, within_s=1.0, room=1)
