import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.odoo_workers import RequestClass, WorkerPool
from pricing.offers import Offer, OfferKind
from workbench.pipeline.service_classes import ServiceLaw
from workbench.pipeline.session import open_session
from workbench.pipeline.sizes import Load, Users, fewest_replicas, option
from workbench.pipeline.sizing.metered import traffic_gb
from workbench.pipeline.sizing.needs import purchase_steps
from workbench.pipeline.sizing.retention import Copies, copies_of, fitting
from workbench.pipeline.sizing.stateful import SLOWDOWN, processor_load
from workbench.pipeline.sizing.usable import Laws, UsableTable, workers_of
from workbench.pipeline.sizing.workers import instances, lost
from workbench.pipeline.worker_servers import Database
from workbench.study.estate import Purchase
from workbench.study.toml import read_study


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
    law = Laws(*(np.array([value]) for value in (0.05, 1.7, 0.23, 0.8, 0.95, 0.05)))
    found = table.busy_workers(4.0, 9, law)[0]
    pool = WorkerPool(workers=9, cores=4.0, cpu_s=0.05 * 0.77, database_s=0.05 * 0.23, scv=1.7)
    assert found == pytest.approx(pool.capacity(percentile=0.95, response_s=0.8) * 0.05, rel=0.02)


def test_slower_requests_are_never_carried_at_a_higher_rate():
    table = UsableTable()
    service = np.array([0.02, 0.05, 0.1, 0.2, 0.4])
    many = np.ones(5)
    found = table.busy_workers(2.0, 5, Laws(service, 2 * many, 0.2 * many, 0.8 * many, 0.95 * many, 0.05 * many))
    assert np.all(np.diff(found / service) <= 1e-9)


def test_no_worker_carries_nothing():
    one = np.ones(1)
    assert UsableTable().busy_workers(2.0, 0, Laws(one, one, one, one, one * 0.9, one * 0.05)).tolist() == [0.0]


@pytest.mark.parametrize("cores", [1.0, 2.0, 8.0, 32.0])
def test_processors_are_loaded_until_sharing_slows_by_the_limit(cores):
    from models.queueing import erlang_c

    load = processor_load(cores)
    slowdown = 1 + float(erlang_c(offered_load=load, servers=int(cores))) / (cores - load)
    assert slowdown == pytest.approx(SLOWDOWN, rel=1e-6)


def test_backup_copies_count_daily_changes_and_monthly_fulls():
    assert copies_of((14,), None, None) == Copies(pytest.approx(1.42), 0)
    assert copies_of((14, 360), None, None) == Copies(pytest.approx(1.42), pytest.approx(12))


def test_a_tier_bills_its_least_days_and_is_taken_only_for_copies_that_stay_as_long():
    hot, cool, cold = (Offer(f"azure/blob-{tier}", "azure", "westeurope", OfferKind.OBJECT_STORAGE) for tier in ("hot", "cool", "cold"))
    assert copies_of((14, 60), cool, cold) == Copies(pytest.approx(1.9), pytest.approx(3))
    assert [offer.id for offer in fitting((hot, cool, cold), 14)] == ["azure/blob-hot"]
    assert fitting((hot, cool, cold), 60) == (hot, cool)
    assert fitting((hot, cool, cold), 360) == (hot, cool, cold)
    assert fitting((cool, cold), 14) == (cool,)
    assert fitting((), 14) == ()


def test_backups_lie_in_tiers_by_retention(write_small):
    folder = write_small()
    written = folder / "study.toml"
    text = written.read_text().replace('"azure/blob-cool", ', "").replace('keep = ["14 days"]', 'keep = ["14 days", "12 months"]')
    written.write_text(text)
    session = open_session(read_study(folder))
    lines = [line for line in session.result("multi-tenant").bill.lines if line.layer == "backup"]
    assert {line.offer for line in lines} == {"azure/blob-hot", "azure/blob-cold"}
    away = [line for line in lines if line.region == "northeurope"]
    assert {line.offer for line in away} == {"azure/blob-hot", "azure/blob-cold"}


def test_traffic_is_rate_times_bytes_times_a_month_of_730_hours():
    assert traffic_gb(np.array([10.0]), 30e3)[0] == pytest.approx(10 * 730 * 3600 * 30e3 / 1e9)


KINDS = (
    RequestClass("kind 1", 0.8, 0.5, scv=0.1),
    RequestClass("kind 2", 0.19, 2.0, scv=0.1),
    RequestClass("kind 3", 0.01, 22.0, scv=0.1),
)


def laws(service_s=0.12, scv=1.7, elsewhere=0.4, within_s=0.8, share=0.95, overflow=0.05):
    return Laws(*(np.array([value]) for value in (service_s, scv, elsewhere, within_s, share, overflow)))


@pytest.mark.parametrize(("cores", "workers"), [(2.0, 5), (4.0, 9)])
def test_the_table_carries_what_the_kinds_of_requests_carry_where_the_group_is_typical(cores, workers):
    scv = ServiceLaw(0.072, 0.0, 0.048, 1.0, KINDS).pool(workers, cores).mixture.scv
    typical = ServiceLaw(0.072, 0.0, 0.048, scv, KINDS)
    exact = typical.pool(workers, cores).capacity(0.95, 0.8) * typical.service_s
    assert UsableTable().busy_workers(cores, workers, laws(scv=scv), typical)[0] == pytest.approx(exact, rel=0.02)


def test_a_stricter_accept_queue_never_carries_more():
    table = UsableTable()
    found = [table.busy_workers(2.0, 5, laws(overflow=limit))[0] for limit in (0.001, 0.01, 0.05, 0.2)]
    assert found == sorted(found)
    assert found[0] < found[-1]


@settings(max_examples=12, derandomize=True, deadline=None)
@given(workers=st.integers(1, 10), cores=st.sampled_from([1.0, 2.0, 4.0]), scv=st.floats(0.3, 5))
def test_more_workers_never_hold_fewer_in_the_queue(workers, cores, scv):
    load = Load(8.0, ServiceLaw(0.06, 0.02, 0.02, scv), 0.8, 0.95)
    fewer, more = option(load, workers, cores, 1), option(load, workers + 1, cores, 1)
    assert more.keeps_queue >= fewer.keeps_queue * (1 - 1e-3)
    assert 0 <= more.answered <= 1


def test_replicas_never_carry_more_than_as_many_pools_of_their_own():
    load = Load(8.0, ServiceLaw(0.06, 0.02, 0.02, 2.0), 0.8, 0.95, database=Database(1.0, same_host=False))
    alone, three = option(load, 5, 2.0, 1), option(load, 5, 2.0, 3)
    assert three.carries <= 3 * alone.carries * (1 + 1e-3)


def test_fewest_replicas_are_enough_and_one_less_is_not():
    load = Load(120.0, ServiceLaw(0.06, 0.02, 0.02, 2.0), 0.8, 0.95)
    found = fewest_replicas(load, 9, 4.0, 64)
    assert found.keeps
    assert not option(load, 9, 4.0, found.replicas - 1).keeps


def test_users_who_wait_ask_for_less():
    law = ServiceLaw(0.06, 0.02, 0.02, 2.0)
    few = option(Load(None, law, 0.8, 0.95, users=Users(50, 20.0, 2)), 5, 2.0, 1)
    many = option(Load(None, law, 0.8, 0.95, users=Users(5000, 20.0, 2)), 5, 2.0, 1)
    assert few.rate == pytest.approx(50 * 2 / 20.0, rel=0.02)
    assert many.rate < 5000 * 2 / 20.0
    assert few.keeps
    assert not many.keeps


def test_a_load_is_either_a_rate_or_users():
    with pytest.raises(ValueError, match="either a rate or users"):
        Load(None, ServiceLaw(0.06, 0.02, 0.02, 2.0), 0.8, 0.95)
    with pytest.raises(ValueError, match="either a rate or users"):
        Load(5.0, ServiceLaw(0.06, 0.02, 0.02, 2.0), 0.8, 0.95, users=Users(5, 5.0))
