"""Budgets with their risk, terms with their break-even, environments with their cost, the other rule of buying."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from pricing.book import PriceBook
from pricing.price import Price, Purchase
from workbench.pipeline.budgets import cash_paths, years_at_risk
from workbench.pipeline.committed import committed_offers
from workbench.pipeline.environments import environment_costs, sleeping_saves
from workbench.pipeline.kept import Kept
from workbench.pipeline.present_value import present_value
from workbench.pipeline.purchase_rules import other_rule
from workbench.pipeline.session import open_session
from workbench.pipeline.show_charts import fiscal_years
from workbench.pipeline.step_ups import step_ups

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
        assert one.break_even == one.committed_hour / one.on_demand_hour < 1
        assert 0 <= one.used <= 1
        assert 0 <= one.outlived <= 1
        assert one.committed == int(one.committed) > 0
        needs = compared.factory.path_machines(result.plan.pool(one.pool).layer, result.plan.pool(one.pool).tenants, one.offer)
        assert np.mean(needs > float(one.level)) <= float(one.break_even)
        assert one.level == 0 or np.mean(needs >= float(one.level)) > float(one.break_even)
        assert one.ends_after_months == 6
    assert sum(one.beyond for one in found) == result.bill.committed_beyond > 0


@pytest.mark.parametrize("name", NAMES)
def test_step_ups_add_up_to_the_rise_of_the_bill(compared, name):
    result = compared.result(name)
    steps = step_ups(result)
    for month in range(1, compared.horizon_months):
        now, before = (sum(flow.amortised for flow in result.bill.cash_flow() if flow.month == at) for at in (month, month - 1))
        assert sum(step.more for step in steps if step.month == month) == now - before
    assert all(step.more or step.machines for step in steps)


def test_a_fee_that_is_paid_upfront_says_after_how_many_months_it_has_paid_for_itself(buying):
    offer = "azure/D2s_v5"
    term = Price(
        offer, "westeurope", "hour", Decimal("0.02"), "USD", purchase=Purchase.COMMITTED, term_months=12, upfront=Decimal("346.75"),
        as_of=date(2026, 10, 1), source="test", payment="partial_upfront",
    )  # fmt: skip
    study = buying.original
    kept = [price for price in buying.book.prices if (price.offer_id, price.purchase) != (offer, Purchase.COMMITTED)]
    session = open_session(study, kept=Kept(book=PriceBook(buying.book.offers, (*kept, term))))
    comparison = session.compare(("multi-tenant",))
    found = [one for one in committed_offers(comparison, comparison.result("multi-tenant")) if one.offer == offer]
    assert found
    for one in found:
        assert one.paid_back_months == Decimal("346.75") / (730 * (Decimal("0.115") - Decimal("0.02")))
        assert one.committed_hour == Decimal("0.02") + Decimal("346.75") / (12 * 730)
    assert comparison.result("multi-tenant").bill.upfront_cost > 0


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
