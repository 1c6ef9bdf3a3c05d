from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import numpy as np
import pytest

from models.topology.blast_radius import event_loss
from models.topology.resources import Layer
from workbench.pipeline.by_hand import as_topology
from workbench.pipeline.deciding import full_decision, known_decision
from workbench.pipeline.decision import growth_sums
from workbench.pipeline.differences import between, loss_of_horizon, paired_differences
from workbench.pipeline.frontier import estate_frontier
from workbench.pipeline.moves import groups_of, moves_between
from workbench.pipeline.no_worse import shared_users
from workbench.pipeline.recommendation import Refusal, recommend
from workbench.pipeline.regret import regrets
from workbench.pipeline.release_coupling import code_bases
from workbench.pipeline.risk import hourly_losses
from workbench.pipeline.sensitivity import Input, MonthlyParts, break_evens, parts_of_all, swings
from workbench.pipeline.session import open_session
from workbench.study.edits import MergePools, MoveTenant, SetFailureRate, SplitPool
from workbench.study.toml import read_study
from workbench.study.topology_files import topology_diff, write_topology


def quiet(_what, _share):
    return None


@pytest.fixture(scope="session")
def comparison(small):
    return small.compare()


@pytest.fixture(scope="session")
def decision(small, comparison):
    return full_decision(small, comparison, quiet)


def test_the_recommended_topology_has_the_least_sum_of_those_nothing_speaks_against(comparison):
    found = recommend(comparison)
    sums = {one.name: one.sum_monthly for one in found.candidates if not one.refusals}
    assert found.chosen in sums
    assert sums[found.chosen] == min(sums.values())
    assert found.candidate(found.chosen).beyond == 0
    for one in found.candidates:
        assert (Refusal.TOO_MANY_USERS in one.refusals) == (one.users_share > 0.6 + 1e-12)


def test_a_difference_turned_round_changes_its_sign(comparison):
    found = paired_differences(comparison)
    for one in found:
        turned = between(found, one.other, one.one)
        assert turned.cash.mean == pytest.approx(-one.cash.mean)
        assert (turned.cash.p05, turned.cash.p95) == (-one.cash.p95, -one.cash.p05)
        assert turned.cash.clear == one.cash.clear
        first, second = comparison.result(one.one), comparison.result(one.other)
        assert one.cash.mean == pytest.approx(float(np.mean(first.total_paths - second.total_paths)))
        loss = loss_of_horizon(comparison, first) - loss_of_horizon(comparison, second)
        assert one.with_loss.mean == pytest.approx(one.cash.mean + loss)


def test_regret_is_zero_where_a_choice_is_the_best_of_every_future(comparison):
    found = regrets(comparison)
    paths = comparison.factory.sizer.demand.paths
    assert found.futures == paths
    assert sum(one.best_share for one in found.choices) >= 1 - 1e-9
    for one in found.choices:
        assert 0 <= one.expected <= one.worst + 1e-9
        assert (one.best_share == 1) == (one.worst <= 1e-6)
        assert one.shortfall >= 0
    assert found.least == min(found.choices, key=lambda one: one.expected).topology


def test_parts_add_up_to_the_sum_of_a_topology(comparison):
    for name, parts in parts_of_all(comparison).items():
        own = float(comparison.result(name).sum_monthly)
        assert parts.total() == pytest.approx(own, abs=0.02)


def test_a_failure_rate_enters_the_sum_as_the_sensitivity_says(small, comparison):
    doubled = small.edited([SetFailureRate("release", 4.0)], hold_partition=True).result("dedicated")
    plain = comparison.result("dedicated")
    (bill, loss), (plain_bill, plain_loss) = [(one.monthly_cost, one.expected_loss_monthly) for one in (doubled, plain)]
    assert bill == plain_bill
    assert loss > plain_loss


def test_at_a_break_even_both_topologies_cost_the_same(comparison):
    parts = parts_of_all(comparison)
    for one in break_evens(parts, "hybrid"):
        if one.times is not None and one.what in {what.value for what in Input}:
            what = Input(one.what)
            assert parts["hybrid"].total(what, one.times) == pytest.approx(parts[one.other].total(what, one.times), rel=1e-9)


def test_growth_turns_where_the_margin_changes_sign():
    parts = {"a": MonthlyParts(100.0, 0.0, 0.0, 0.0, {}), "b": MonthlyParts(120.0, 0.0, 0.0, 0.0, {})}
    found = break_evens(parts, "a", lambda times: {"a": 50 + 50 * times, "b": 110 + 10 * times})
    turned = next(one for one in found if one.what == "growth")
    assert turned.times == pytest.approx(1.5, abs=0.07)
    assert turned.times >= 1.5
    row = next(row for row in swings(parts, "a", ("a", "b"), lambda times: {"a": 100 * times**3, "b": 120.0}) if row.what == Input.GROWTH)
    assert row.turns
    assert row.high == ("b", "a")


def test_growth_is_sized_on_held_partitions(small, comparison):
    sums = growth_sums(small, comparison, quiet)
    plain = float(comparison.result("dedicated").sum_monthly)
    assert sums(1.0)["dedicated"] == plain
    assert sums(2.0)["dedicated"] >= sums(0.0)["dedicated"] - 0.01


def test_each_step_of_the_frontier_is_safer_and_dearer_and_says_who_moves(decision):
    points = decision.frontier.points
    shares, sums = [one.worst_share for one in points], [one.sum_monthly for one in points]
    assert shares == sorted(set(shares), reverse=True)
    assert sums == sorted(set(sums))
    assert [one.dearer for one in points] == [None, *(later - sooner for sooner, later in pairwise(sums))]
    plans = [groups_of(one.result.plan) for one in points]
    moved = [one.moves for one in points]
    assert moved == [(), *(moves_between(before, after) for before, after in pairwise(plans))]
    assert all(moved[1:])


def test_relaxing_the_limit_on_users_never_raises_the_sum(small):
    sums = []
    for limit in (None, 0.8, 0.6, 0.4, 0.2, 0.01):
        result = small.evaluated(small.planner.plan_of("x", small.planner.split(limit)))
        share = shared_users(small.factory.sizer.rows.users, result.plan)
        assert limit is None or share <= limit + 1e-12
        sums.append(float(result.sum_monthly))
    assert sums == sorted(sums)


def test_without_risk_the_hybrid_has_the_smallest_bill(small_folder):
    study = read_study(small_folder)
    study = replace(study, money=replace(study.money, risk_weight=Decimal(0)), users_share_limit=None)
    session = open_session(study)
    bills = {name: session.result(name).monthly_cost for name in ("multi-tenant", "hybrid", "dedicated")}
    assert bills["hybrid"] == min(bills.values())


def test_releases_of_a_partition_cost_what_its_domains_say(small, comparison):
    sizer, rates = small.factory.sizer, small.planner.rates
    bases = code_bases(sizer.tenants, sizer.rows, rates, sizer.study.recovery)
    hourly, ramps = hourly_losses(sizer.tenants)
    for result in comparison.results:
        groups = [pool.tenants for pool in result.plan.of_layer(Layer.WORKERS)]
        released = [domain for domain in result.risk.domains if domain.kind == "release"]
        lost = event_loss(np.array([domain.outage_h for domain in released]), np.nan_to_num(hourly), ramps)
        wanted = sum(domain.rate_per_year * lost[i, tenant] for i, domain in enumerate(released) for tenant in domain.tenants)
        found = sum(base.loss([group for group in groups if group[0] in base.tenants]) for base in bases)
        assert found == pytest.approx(wanted, rel=1e-9)
        assert sum(base.floor() for base in bases) <= found * (1 + 1e-9)


def test_a_split_by_hand_is_undone_and_can_be_split_again(small):
    plain = small.result("hybrid")
    pool = next(pool for pool in small.result("multi-tenant").plan.of_layer(Layer.CACHE) if len(pool.tenants) > 2)
    merged = [one.name for one in plain.plan.of_layer(Layer.CACHE) if one.production]
    edits = [MergePools("hybrid", tuple(merged), "one-cache")] if len(merged) > 1 else []
    first = small.edited(edits, hold_partition=True)
    search = first.result("hybrid").plan.search
    assert search.held_from is not None
    name = "one-cache" if edits else merged[0]
    leaving = (small.tenants[pool.tenants[0]],)
    second = first.edited([*edits, SplitPool("hybrid", name, leaving, "cache-extra")], hold_partition=True)
    extra = second.result("hybrid").plan.pool("cache-extra").tenants
    assert extra == (pool.tenants[0],)
    undone = second.edited([], hold_partition=True).result("hybrid")
    same = groups_of(undone.plan) == groups_of(plain.plan)
    assert same
    sums = {undone.sum_monthly, plain.sum_monthly}
    assert len(sums) == 1


def test_pools_kept_as_a_file_cost_what_they_cost_by_hand(write_small, small):
    folder = write_small()
    pool = next(pool for pool in small.result("multi-tenant").plan.of_layer(Layer.DATABASE) if len(pool.tenants) > 2)
    study = read_study(folder)
    session = open_session(study, [SplitPool("multi-tenant", pool.name, ("delta",), "db-extra")])
    result = session.result("multi-tenant")
    spec = as_topology(session, result.plan, "my-split")
    assert '"db-extra"' in topology_diff(study, spec)
    path = write_topology(study, spec)
    assert path.name == "my-split.toml"
    again = open_session(read_study(folder)).result("my-split")
    bills = [again.monthly_cost, result.monthly_cost]
    assert bills[0] == bills[1]
    named = [{(pool.name, pool.tenants) for pool in one.plan.pools} for one in (again, result)]
    assert named[0] == named[1]
    assert topology_diff(read_study(folder), spec) == ""


def test_a_computed_name_is_not_overwritten_and_a_bad_one_says_what_to_use(small):
    plan = small.result("hybrid").plan
    with pytest.raises(ValueError, match="the name is taken by one that is computed"):
        as_topology(small, plan, "dedicated")
    with pytest.raises(ValueError, match="use letters, digits and hyphens"):
        topology_diff(small.original, as_topology(small, plan, "../x"))


def test_who_stays_in_the_heir_of_a_pool_does_not_move():
    before = {Layer.CACHE: ((0, 1, 2, 3), (4,))}
    after = {Layer.CACHE: ((0, 1, 2), (3, 4))}
    assert [(move.tenant, move.before, move.after) for move in moves_between(before, after)] == [(3, (0, 1, 2, 3), (3, 4))]
    assert moves_between(after, after) == ()


def test_a_move_to_a_pool_that_a_limit_forbids_is_allowed_by_hand_and_refused_as_a_choice(small):
    cache = [pool.name for pool in small.result("dedicated").plan.of_layer(Layer.CACHE) if pool.production]
    home, *others = sorted(cache)
    edits = [MoveTenant("dedicated", name.removeprefix("cache-"), Layer.CACHE, home) for name in others]
    found = recommend(small.edited(edits).compare(("dedicated", "multi-tenant")))
    assert Refusal.TOO_MANY_USERS in found.candidate("dedicated").refusals
    assert found.chosen is None


def test_the_frontier_of_one_session_is_computed_once(small, decision):
    same = full_decision(small, small.compare(), quiet) is decision
    known = known_decision(small, small.compare()) is decision
    assert (same, known) == (True, True)
    again, first = [one.points[0].sum_monthly for one in (estate_frontier(small, quiet), decision.frontier)]
    assert again == first
