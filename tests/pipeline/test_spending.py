"""Budgets with their risk, terms with their break-even, environments with their cost, the other rule of buying."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from workbench.pipeline.budgets import cash_paths, years_at_risk
from workbench.pipeline.committed import committed_offers
from workbench.pipeline.environments import environment_costs, sleeping_saves
from workbench.pipeline.present_value import present_value
from workbench.pipeline.purchase_rules import other_rule
from workbench.pipeline.session import open_session
from workbench.pipeline.show_charts import fiscal_years

NAMES = ("multi-tenant", "dedicated")


@pytest.fixture(scope="module")
def buying(small):
    """The small study with a term, a budget and a discount rate."""
    study = small.original
    return open_session(
        replace(
            study,
            purchase=replace(study.purchase, commit_share="stable", commit_term_months=12),
            money=replace(study.money, budget={"FY2026": Decimal(9000), "FY2027": Decimal(10_000_000)}, discount_rate=Decimal("0.06")),
        )
    )


@pytest.fixture(scope="module")
def compared(buying):
    return buying.compare(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_the_months_of_a_path_add_up_to_its_total(compared, name):
    result = compared.result(name)
    cash = cash_paths(compared, result)
    assert cash.shape == (compared.factory.sizer.demand.paths, compared.horizon_months)
    assert np.allclose(cash.sum(axis=1), result.total_paths, rtol=1e-9)


@pytest.mark.parametrize("name", NAMES)
def test_a_year_is_overspent_on_the_paths_that_pay_more(compared, name):
    result = compared.result(name)
    first, last = years_at_risk(compared, result)
    assert [one.year for one in (first, last)] == list(fiscal_years(compared, result))
    assert last.over == 0
    paid = cash_paths(compared, result)[:, : first.year.months].sum(axis=1)
    assert first.over == np.mean(paid > 9000)
    assert first.paid.p05 <= first.paid.p50 <= first.paid.p95


@pytest.mark.parametrize("name", NAMES)
def test_terms_say_when_they_pay_and_what_is_used(compared, name):
    result = compared.result(name)
    found = committed_offers(compared, result)
    assert {one.pool for one in found} == {line.pool for line in result.bill.lines if line.purchase == "committed"} != set()
    for one in found:
        assert one.break_even == one.committed_month / one.on_demand_month < 1
        assert 0 <= one.used <= 1
        assert 0 <= one.outlived <= 1
        assert one.committed == int(one.committed) > 0
        needs = compared.factory.path_machines(result.plan.pool(one.pool).layer, result.plan.pool(one.pool).tenants, one.offer)
        assert np.mean(needs > float(one.level)) <= float(one.break_even)
        assert one.level == 0 or np.mean(needs >= float(one.level)) > float(one.break_even)
        assert one.ends_after_months == 6
    assert sum(one.beyond for one in found) == result.bill.committed_beyond > 0


def test_environments_beside_production_pay_what_they_are_charged(compared):
    result = compared.result("dedicated")
    (staging,) = environment_costs(compared, result)
    assert staging.tenant == "alpha-staging"
    assert not staging.idle
    assert 0 < staging.monthly < result.monthly_cost
    assert staging.awake_share == pytest.approx(70 / 168)
    assert sleeping_saves(result) > 0


def test_present_value_is_below_the_sum_and_absent_without_a_rate(compared, small):
    result = compared.result("dedicated")
    assert 0 < present_value(compared, result) < result.total_cost
    plain = small.compare(("dedicated",))
    assert present_value(plain, plain.result("dedicated")) is None


def test_buying_once_pays_for_the_last_month_from_the_first_on(buying, compared):
    once = other_rule(buying, "dedicated")
    assert once.step_months is None
    assert once.total_cost >= compared.result("dedicated").total_cost
    back = open_session(replace(buying.original, purchase=replace(buying.original.purchase, step_months=None)))
    assert back.result("dedicated").total_cost == once.total_cost
    assert other_rule(back, "dedicated").total_cost == compared.result("dedicated").total_cost
