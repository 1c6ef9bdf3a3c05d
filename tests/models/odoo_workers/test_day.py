"""A day of changing load: against M(t)/M/c, against the steady state, and against three measured days."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from models.odoo_workers import RequestClass, WorkerPool, day_load
from models.queueing.shared_pool import SharedPool, simulate_pool
from models.queueing.timevarying import transient_queue

KINDS = ("heavy", "light", "list", "write")
KERNEL_RETRIES_S = (1, 2, 3, 4, 6, 10, 18)
INTERVAL_S = 15.0


@pytest.mark.parametrize("scv", [0.5, 1.0, 2.5])
def test_a_load_that_stays_ends_in_the_steady_state(scv):
    pool = WorkerPool(4, 2.0, cpu_s=0.05, scv=scv)
    day = day_load(pool, np.full(4, 30.0), interval_s=60.0, within_s=0.2)
    steady = pool.at(30.0)
    assert day.late[-1] == pytest.approx(1 - steady.answered_within(0.2), rel=1e-3)
    assert day.utilization[-1] == pytest.approx(steady.utilization, rel=1e-3)


def test_exponential_services_follow_the_transient_queue():
    rates = np.array([40.0, 60.0, 78.0, 84.0, 70.0, 40.0, 30.0]).repeat(40)
    day = day_load(WorkerPool(4, 4.0, cpu_s=0.05, backlog=300), rates, interval_s=0.1, within_s=0.3)
    empty = np.zeros(5)
    empty[0] = 1
    exact = transient_queue(rates, interval_s=0.1, service_s=0.05, servers=4, within_s=0.3, start=empty)
    assert day.mean_queue == pytest.approx(exact.mean_queue_length, rel=0.02, abs=0.02)
    assert day.late_share == pytest.approx(exact.late_share, rel=0.02)


def test_days_of_mixed_requests_agree_with_thinned_simulation():
    kinds = (RequestClass("heavy", 0.1, 0.1, scv=0.1), RequestClass("light", 0.9, 0.015, scv=0.2))
    pool = WorkerPool(4, 2.0, classes=kinds, retry_after_s=(1.0, 3.0, 7.0))
    rates, span = np.array([20.0, 45.0, 70.0, 82.0, 60.0, 30.0, 65.0, 75.0, 25.0]), 20.0
    late = [_simulated_late(pool, rates, span, seed) for seed in range(40)]
    predicted = [day_load(pool, rates, interval_s=span, within_s=within).late_share for within in (0.2, 0.5)]
    for column, share in enumerate(predicted):
        found = np.array([one[column] for one in late])
        assert share == pytest.approx(found.mean(), rel=0.1, abs=3 * found.std() / np.sqrt(found.size))


def _simulated_late(pool, rates, span_s, seed):
    random = np.random.default_rng(seed)
    highest = rates.max()
    times = np.cumsum(random.exponential(1 / highest, int(2 * highest * span_s * rates.size)))
    times = times[times < span_s * rates.size]
    times = times[random.random(times.size) < rates[(times // span_s).astype(int)] / highest]
    kind = random.choice(len(pool.classes), times.size, p=[one.share for one in pool.classes])
    means, scv = np.array([[one.cpu_s, one.scv] for one in pool.classes]).T
    demands = random.gamma(1 / scv[kind], scv[kind] * means[kind])
    # The simulation leaves out its first tenth: idle arrivals long before stand in for it.
    before = times.size // 9 + 1
    arrivals = np.concatenate((np.linspace(0, 500, before), 1000 + times))
    shared = SharedPool(pool.workers, pool.cores, pool.workers + pool.room, tuple(np.diff((0.0, *pool.retry_after_s)).tolist()))
    run = simulate_pool(shared, arrivals, np.concatenate((np.full(before, 1e-4), demands)))
    response = run.responses_s[-times.size :]
    return (response > 0.2).mean(), (response > 0.5).mean()


def test_a_backlog_is_carried_beyond_the_peak_that_left_it():
    rates = np.array([30.0, 60.0, 30.0, 30.0])
    day = day_load(WorkerPool(4, 2.0, cpu_s=0.05), rates, interval_s=5.0, within_s=0.5)
    assert day.late[2] > day.late[3] > day.late[0]
    assert any(reason.code == "metastable" for reason in day.reasons)
    assert day.overflow_probability > 0.9


def test_replicas_share_the_load_and_each_can_overflow():
    rates = np.array([30.0, 36.0])
    one, three = (
        day_load(WorkerPool(4, 2.0, cpu_s=0.05, replicas=count), rates * count, interval_s=60.0, within_s=0.5) for count in (1, 3)
    )
    assert three.late == pytest.approx(one.late, rel=1e-6)
    assert 1 - three.overflow_probability == pytest.approx((1 - one.overflow_probability) ** 3)


def test_an_hour_without_requests_has_none_late():
    day = day_load(WorkerPool(2, 2.0, cpu_s=0.05), np.array([0.0, 10.0, 0.0]), interval_s=60.0, within_s=0.01)
    assert day.late[0] == 0
    assert day.arrivals.sum() == pytest.approx(600)


@pytest.fixture(scope="module")
def fit(runs, quiet_demand):
    return WorkerPool.fit([runs[f"A{step}_s1"].level for step in (1, 2, 3, 4)], workers=2, cores=2.0, classes=quiet_demand.classes)


@pytest.fixture(scope="module")
def days(measured):
    table = pl.read_csv(measured / "odoo_days.csv").with_columns(hour=pl.col("start_s") // int(INTERVAL_S))
    return {name[0]: rows for name, rows in table.group_by("day")}


@pytest.mark.parametrize("day", ["day1", "day2", "day3"])
@pytest.mark.parametrize(("column", "within_s"), [("late_100ms", 0.1), ("late_200ms", 0.2)])
def test_measured_days_lie_within_what_the_fit_leaves_open(fit, days, day, column, within_s):
    hours = days[day].group_by("hour").agg(pl.col(*KINDS).sum()).sort("hour").select(KINDS).to_numpy().astype(float)
    counts = days[day].select(pl.sum_horizontal(KINDS).alias("offered"), column).to_numpy()
    share = counts[:, 1].sum() / counts[:, 0].sum()
    error = np.sqrt(((counts[:, 1] - share * counts[:, 0]) ** 2).sum()) / counts[:, 0].sum()
    ends = []
    for seconds in (fit.unloaded_s.low, fit.unloaded_s.high):
        kinds = tuple(_stretched(kind, seconds / fit.unloaded_s.mid) for kind in fit.pool.classes)
        pool = replace(fit.pool, classes=kinds, retry_after_s=KERNEL_RETRIES_S)
        ends.append(day_load(pool, hours.sum(axis=1) / INTERVAL_S, interval_s=INTERVAL_S, within_s=within_s, class_shares=hours).late_share)
    assert ends[0] - 2 * error <= share <= ends[1] + 2 * error
    assert ends[1] < 6 * ends[0]


def _stretched(kind: RequestClass, factor: float) -> RequestClass:
    return replace(kind, cpu_s=kind.cpu_s * factor, database_s=kind.database_s * factor, delay_s=kind.delay_s * factor)


@pytest.mark.parametrize(
    ("rates", "arguments", "names"),
    [
        ([-1.0, 2.0], {}, "arrival_rates"),
        ([], {}, "arrival_rates"),
        ([0.0], {}, "arrival_rates"),
        ([np.nan], {}, "arrival_rates"),
        ([1.0], {"interval_s": 0.0}, "interval_s"),
        ([1.0], {"class_shares": np.ones((2, 1))}, "class_shares"),
    ],
)
def test_bad_days_are_refused(rates, arguments, names):
    with pytest.raises(ValueError, match=names):
        day_load(WorkerPool(2, 2.0, cpu_s=0.1), np.array(rates), **({"interval_s": 60.0, "within_s": 0.5} | arguments))
