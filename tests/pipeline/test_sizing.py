import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.odoo_workers import WorkerPool
from workbench.pipeline.sizing.metered import backup_copies, traffic_gb
from workbench.pipeline.sizing.needs import purchase_steps
from workbench.pipeline.sizing.stateful import SLOWDOWN, processor_load
from workbench.pipeline.sizing.usable import UsableTable, workers_of
from workbench.pipeline.sizing.workers import instances, lost
from workbench.study.estate import Purchase


def test_steps_carry_demand_until_the_next_step_and_its_lead_time():
    steps = purchase_steps(Purchase(step_months=3, lead_time_days=42), 18)
    assert steps.first_month == (0, 3, 6, 9, 12, 15)
    assert steps.until_month == (5, 8, 11, 14, 17, 18)
    assert [len(steps.months_of(step)) for step in range(steps.count)] == [3] * 6


def test_once_sizes_for_the_whole_horizon_on_day_one():
    steps = purchase_steps(Purchase(step_months=None), 18)
    assert (steps.first_month, steps.until_month, list(steps.months_of(0))) == ((0,), (18,), list(range(18)))


@settings(max_examples=200, derandomize=True, deadline=None)
@given(alive=st.integers(0, 60), after=st.integers(0, 60), survives=st.integers(0, 3))
def test_what_is_left_after_the_loss_carries_the_demand_and_one_less_would_not(alive, after, survives):
    kind = np.array([survives])
    after = after if survives else 0
    count = instances(np.array([alive]), np.array([after]), kind)
    assert count[0] >= max(alive, 1)
    assert count[0] - lost(count, kind)[0] >= after
    fewer = count - 1
    enough = fewer[0] >= max(alive, 1) and fewer[0] - lost(fewer, kind)[0] >= after
    assert not enough


def test_a_zone_takes_the_fullest_third():
    assert lost(np.array([1, 2, 3, 4, 6, 7]), np.full(6, 2)).tolist() == [1, 1, 1, 2, 2, 3]


def test_workers_are_bounded_by_cores_or_by_memory():
    assert workers_of(4, 64e9, 300e6) == 9
    assert workers_of(4, 3e9, 300e6) == 5
    assert workers_of(4, 1e9, 300e6) == 0


def test_the_table_agrees_with_the_model_at_its_nodes_and_between_them():
    table = UsableTable()
    law = (np.array([0.05]), np.array([1.7]), np.array([0.23]))
    found = table.busy_workers(4.0, 9, *law, np.array([0.8]), np.array([0.95]))[0]
    pool = WorkerPool(workers=9, cores=4.0, cpu_s=0.05 * 0.77, database_s=0.05 * 0.23, scv=1.7)
    assert found == pytest.approx(pool.capacity(percentile=0.95, response_s=0.8) * 0.05, rel=0.02)


def test_slower_requests_are_never_carried_at_a_higher_rate():
    table = UsableTable()
    service = np.array([0.02, 0.05, 0.1, 0.2, 0.4])
    many = np.ones(5)
    found = table.busy_workers(2.0, 5, service, 2 * many, 0.2 * many, 0.8 * many, 0.95 * many)
    assert np.all(np.diff(found / service) <= 1e-9)


def test_no_worker_carries_nothing():
    one = np.ones(1)
    assert UsableTable().busy_workers(2.0, 0, one, one, one, one, one * 0.9).tolist() == [0.0]


@pytest.mark.parametrize("cores", [1.0, 2.0, 8.0, 32.0])
def test_processors_are_loaded_until_sharing_slows_by_the_limit(cores):
    from models.queueing import erlang_c

    load = processor_load(cores)
    slowdown = 1 + float(erlang_c(offered_load=load, servers=int(cores))) / (cores - load)
    assert slowdown == pytest.approx(SLOWDOWN, rel=1e-6)


def test_backup_copies_count_daily_changes_and_monthly_fulls():
    assert backup_copies((14,)) == pytest.approx(1.42)
    assert backup_copies((14, 360)) == pytest.approx(13.42)


def test_traffic_is_rate_times_bytes_times_a_month_of_730_hours():
    assert traffic_gb(np.array([10.0]), 30e3)[0] == pytest.approx(10 * 730 * 3600 * 30e3 / 1e9)
