from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from models.topology.resources import Layer, Resource
from workbench.pipeline.session import open_session
from workbench.study.edits import AddTenant, MoveTenant, PinOffer, RemoveTenant, ScaleDriver, SetPrice, SetWorkers, SplitPool
from workbench.study.toml import read_study

PURE = ("multi-tenant", "dedicated")


@pytest.fixture(scope="session")
def comparison(small):
    return small.compare()


def test_fitted_demand_per_request_is_what_was_planted(small):
    for workload in small.workloads.tenants:
        parameters = workload.parameters
        for name, planted in (("service_s", 0.08), ("cpu_s", 0.05), ("database_s_per_request", 0.02), ("blocks_read_per_request", 20.0)):
            assert parameters[name].value == pytest.approx(planted, rel=0.15), (workload.tenant, name)


def test_totals_are_sums_of_lines_to_the_cent(comparison):
    for result in comparison.results:
        assert result.monthly_cost == sum((line.monthly_cost for line in result.bill.lines), Decimal(0))
        assert result.total_cost == sum((line.horizon_cash for line in result.bill.lines), Decimal(0))
        assert result.total_cost == sum((flow.cash for flow in result.bill.cash_flow()), Decimal(0))
        assert result.total_cost == result.total_cost.quantize(Decimal("0.01"))


def test_the_hybrid_is_never_worse_than_a_pure_split(comparison):
    hybrid = comparison.result("hybrid")
    for name in PURE:
        other = comparison.result(name)
        if other.feasible and other.risk.radius.worst_share <= 0.6:
            assert hybrid.sum_monthly <= other.sum_monthly


def test_every_tenant_stands_in_one_pool_of_every_layer(comparison):
    for result in comparison.results:
        for layer in (Layer.WORKERS, Layer.DATABASE, Layer.CACHE, Layer.INGRESS, Layer.FILESTORE, Layer.BACKUP):
            served = sorted(i for pool in result.plan.of_layer(layer) for i in pool.tenants)
            assert served == list(range(len(comparison.tenants))), (result.name, layer)


def test_sized_pools_keep_both_tests(comparison, small):
    for result in comparison.results:
        for pool in result.plan.pools:
            reserve = small.factory.sizer.rows.headroom[list(pool.tenants)].max()
            for resource in pool.planned:
                if np.isfinite(pool.headroom(resource)):
                    assert pool.headroom(resource) >= reserve - 0.02, (pool.name, resource)
                    if pool.production:
                        assert pool.headroom(resource, after_loss=True) >= -0.02, (pool.name, resource)


def test_the_users_limit_binds_the_hybrid(comparison, small):
    users = small.factory.sizer.rows.users
    for pool in comparison.result("hybrid").plan.pools:
        if pool.layer == Layer.BACKUP:  # losing the backup store takes nobody down
            continue
        assert len(pool.tenants) == 1 or users[list(pool.tenants)].sum() / users.sum() <= 0.6 + 1e-9


def test_the_same_study_and_seed_give_the_same_digits(small_folder, comparison):
    again = open_session(read_study(small_folder)).compare()
    assert again.basis.hash == comparison.basis.hash
    for one, other in zip(again.results, comparison.results, strict=True):
        assert (one.monthly_cost, one.total_cost, one.sum_monthly) == (other.monthly_cost, other.total_cost, other.sum_monthly)
        assert np.array_equal(one.total_paths, other.total_paths)


def test_the_order_of_tenants_changes_no_cost(write_small, comparison):
    folder = write_small(("delta", "alpha-staging", "gamma", "beta", "alpha"))
    shuffled = open_session(read_study(folder)).compare(PURE)
    for result in shuffled.results:
        other = comparison.result(result.name)
        assert float(result.monthly_cost) == pytest.approx(float(other.monthly_cost), rel=0.05)
        assert len(result.plan.pools) == len(other.plan.pools)


def test_more_demand_never_costs_less(small, comparison):
    more = small.edited([ScaleDriver("requests", 1.5)])
    for name in (*PURE, "hybrid"):
        assert more.result(name).sum_monthly >= comparison.result(name).sum_monthly - Decimal("0.01")


def test_a_tenant_to_come_costs_from_its_start_and_undo_restores_every_digit(small, comparison):
    added = small.edited([AddTenant("epsilon", "beta", 0.5, date(2027, 1, 1))])
    result = added.result("dedicated")
    assert result.total_cost > comparison.result("dedicated").total_cost
    mine = [line for line in result.bill.lines if line.line_key == "environment/epsilon"]
    assert [line.first_month for line in mine] == [2]
    assert small.edited([]).result("dedicated").total_cost == comparison.result("dedicated").total_cost


def test_a_tenant_that_leaves_frees_its_demand(small, comparison):
    left = small.edited([RemoveTenant("alpha", date(2026, 12, 31))])
    pool = next(pool for pool in left.result("multi-tenant").plan.of_layer(Layer.DATABASE) if pool.production)
    before = next(pool for pool in comparison.result("multi-tenant").plan.of_layer(Layer.DATABASE) if pool.production)
    assert pool.planned[Resource.POSTGRES_IOPS][4] < 0.8 * before.planned[Resource.POSTGRES_IOPS][4]
    assert pool.planned[Resource.POSTGRES_IOPS][0] == pytest.approx(before.planned[Resource.POSTGRES_IOPS][0])


def test_edits_by_hand_change_the_pools_they_name(small):
    base = small.result("multi-tenant").plan
    pool = next(pool for pool in base.of_layer(Layer.WORKERS) if len(pool.tenants) > 1 and pool.production)
    split = small.edited([SplitPool("multi-tenant", pool.name, ("delta",), "workers-extra")])
    assert split.result("multi-tenant").plan.pool("workers-extra").tenants == (small.tenants.index("delta"),)
    pinned = small.edited([PinOffer("multi-tenant", pool.name, "azure/D16s_v5"), SetWorkers(pool.name, 7)])
    changed = pinned.result("multi-tenant").plan.pool(pool.name)
    assert {part.offer_id for part in changed.parts} == {"azure/D16s_v5"}
    assert changed.workers == 7


def test_a_move_that_a_rule_forbids_names_both_tenants(small):
    pool = next(pool for pool in small.result("multi-tenant").plan.of_layer(Layer.WORKERS) if len(pool.tenants) > 1 and pool.production)
    moved = small.edited([MoveTenant("multi-tenant", "gamma", Layer.WORKERS, pool.name)])
    with pytest.raises(ValueError, match=r"gamma may not share the workers|may not share the workers"):
        moved.result("multi-tenant")


def test_a_price_set_by_hand_moves_the_bill_by_its_lines(small, comparison):
    dearer = small.edited([SetPrice("own/egress", "GB", Decimal("0.16"), "USD")]).result("multi-tenant")
    lines = {line.line_key: line for line in comparison.result("multi-tenant").bill.lines if line.offer == "own/egress"}
    assert lines
    moved = dearer.monthly_cost - comparison.result("multi-tenant").monthly_cost
    assert float(moved) == pytest.approx(float(sum(line.monthly_cost for line in lines.values())), abs=0.02 * len(lines))


def test_what_no_book_sells_is_on_no_bill_and_named_at_once(write_small):
    text = (write_small() / "study.toml").read_text().replace('"azure/blob-cool", ', "")
    folder = write_small(offers="offer,region,unit,price,currency,provider,kind,description,price_kind,as_of,source\n", text=text)
    session = open_session(read_study(folder), [])
    result = session.result("multi-tenant")
    keys = {line.offer for line in result.bill.lines}
    assert "own/egress" not in keys
    assert result.total_cost == sum((line.horizon_cash for line in result.bill.lines), Decimal(0))
    (said,) = [warning for warning in session.compare(("multi-tenant",)).warnings if "on no bill" in warning]
    assert "traffic to the internet" in said
    assert "file storage" in said
    assert said.endswith("price it in offers.csv")


def test_a_missing_price_leaves_no_total_and_all_are_named(write_small):
    folder = write_small()
    (folder / "topologies").mkdir()
    (folder / "topologies" / "current.toml").write_text(
        '[[pools]]\nname = "w"\nlayer = "workers"\ntenants = ["alpha"]\n'
        'parts = [{ offer = "azure/D4s_v5", count = 1, purchase = "committed" }]\n'
        '[[pools]]\nname = "d"\nlayer = "database server"\ntenants = ["alpha"]\nparts = [{ offer = "azure/E4s_v5", count = 1, '
        'purchase = "committed" }, { offer = "azure/premium-ssd-v2", count = 1, role = "volume", size = 10 }]\n'
    )
    text = (
        (folder / "study.toml")
        .read_text()
        .replace('lead_time = "4 weeks"', 'lead_time = "4 weeks"\ncommit = { share = 0, term = "7 months" }')
    )
    (folder / "study.toml").write_text(text)
    comparison = open_session(read_study(folder)).compare(("current", "multi-tenant"))
    assert comparison.result("current").total_cost is None
    assert comparison.result("multi-tenant").total_cost is not None
    missing = comparison.result("current").bill.missing
    assert [offer for offer in ("azure/D4s_v5", "azure/E4s_v5") if any(offer in gap for gap in missing)] == ["azure/D4s_v5", "azure/E4s_v5"]
    assert set(missing) <= set(comparison.warnings)
    assert comparison.cheapest() != "current"


def test_paired_differences_have_a_sign_only_when_their_range_has_one(comparison):
    for difference in comparison.differences():
        assert difference.clear == (difference.total_cost.p05 > 0 or difference.total_cost.p95 < 0)
        assert difference.total_cost.p05 <= difference.total_cost.p50 <= difference.total_cost.p95


def test_headroom_never_grows_when_load_grows(small):
    plans = [small.edited([ScaleDriver("requests", factor)]).result("multi-tenant").plan for factor in (1.0, 1.2)]
    for pool in plans[0].pools:
        for resource in pool.planned:
            assert plans[1].pool(pool.name).planned[resource][0] >= pool.planned[resource][0] - 1e-6


def test_an_empty_history_says_what_to_run(tmp_path, small_folder):
    folder = tmp_path / "empty"
    folder.mkdir()
    for name in ("study.toml", "tenants.csv", "offers.csv"):
        (folder / name).write_text((small_folder / name).read_text())
    with pytest.raises(ValueError, match='run "workbench collect"'):
        open_session(read_study(folder)).compare()
