"""Commitments, fiscal years and net present value."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pricing.commitments import break_even_months, break_even_share, commitment, effective_hourly, outlive_probability
from pricing.fiscal import budget_years, fiscal_year, month_start, net_present_value
from pricing.price import Price, Purchase


def cost(level, needs, committed, on_demand):
    return sum(level * committed + max(need - level, 0) * on_demand for need in needs)


@given(st.lists(st.integers(0, 30), min_size=1, max_size=40), st.integers(1, 99))
@settings(max_examples=150, derandomize=True, deadline=None)
def test_no_other_level_costs_less(needs, percent):
    samples = [Decimal(need) for need in needs]
    committed, on_demand = Decimal(percent) / 100, Decimal(1)
    chosen = commitment(samples, committed, on_demand)
    best = cost(chosen.level, samples, committed, on_demand)
    assert all(best <= cost(Decimal(level), samples, committed, on_demand) for level in range(31))
    assert 0 <= chosen.used_share <= 1


def test_newsvendor_level_is_a_quantile():
    needs = [Decimal(need) for need in range(1, 101)]
    assert commitment(needs, Decimal("0.6"), Decimal(1)).level == 40


def test_commitment_that_costs_as_much_as_on_demand_is_not_made():
    assert commitment([Decimal(4), Decimal(5)], Decimal(1), Decimal(1)).level == 0


def test_constant_need_is_committed_whole():
    chosen = commitment([Decimal(4)] * 10, Decimal("0.76"), Decimal(1))
    assert (chosen.level, chosen.break_even_share, chosen.used_share) == (4, Decimal("0.76"), 1)


def test_commitments_need_samples_and_prices():
    with pytest.raises(ValueError, match="no samples"):
        commitment([], Decimal(1), Decimal(2))
    with pytest.raises(ValueError, match="above zero"):
        break_even_share(Decimal(1), Decimal(0))


def test_effective_hour_spreads_the_fee_over_the_hours_of_the_term():
    partial = Price(
        "aws/x", "r", "hour", Decimal("0.05"), "USD", Purchase.COMMITTED, term_months=12, upfront=Decimal(438), payment="partial_upfront"
    )
    assert effective_hourly(partial) == Decimal("0.10")


def test_break_even():
    assert break_even_months(Decimal(600), Decimal(0), Decimal(100)) == 6
    assert break_even_months(Decimal(600), Decimal(100), Decimal(100)) is None


def test_risk_of_outliving_the_plan():
    assert outlive_probability([6, 12, 18, 24], 12) == Decimal("0.25")
    with pytest.raises(ValueError, match="at least one"):
        outlive_probability([], 12)


@pytest.mark.parametrize(
    ("day", "starts", "year"),
    [
        (date(2026, 11, 1), (4, 1), "FY2026"),
        (date(2027, 3, 31), (4, 1), "FY2026"),
        (date(2027, 4, 1), (4, 1), "FY2027"),
        (date(2026, 1, 1), (1, 1), "FY2026"),
        (date(2026, 12, 31), (1, 1), "FY2026"),
    ],
)
def test_fiscal_year_is_named_by_the_year_it_starts_in(day, starts, year):
    assert fiscal_year(day, starts) == year


def test_months_of_the_horizon_are_calendar_months():
    assert [month_start(date(2026, 11, 17), month) for month in (0, 1, 2, 14)] == [
        date(2026, 11, 1),
        date(2026, 12, 1),
        date(2027, 1, 1),
        date(2028, 1, 1),
    ]


def test_budget_gap_per_fiscal_year():
    years = budget_years([Decimal(100)] * 18, date(2026, 11, 1), {"FY2026": Decimal(450), "FY2027": Decimal(1300)}, (4, 1))
    assert [(year.fiscal_year, year.months, year.paid, year.gap) for year in years] == [
        ("FY2026", 5, 500, -50),
        ("FY2027", 12, 1200, 100),
        ("FY2028", 1, 100, None),
    ]
    assert sum(year.paid for year in years) == 1800


def test_net_present_value():
    paid = [Decimal(100)] * 13
    assert net_present_value(paid, Decimal(0)) == 1300
    assert net_present_value([Decimal(0)] * 12 + [Decimal(106)], Decimal("0.06")) == 100
    assert net_present_value(paid, Decimal("0.06")) < 1300
    with pytest.raises(ValueError, match="above -1"):
        net_present_value(paid, Decimal(-1))
