import csv
import io
from collections import defaultdict
from dataclasses import replace
from decimal import Decimal

import pytest

from workbench.exports.focus import REQUIRED, check_focus, focus_csv, focus_name


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


@pytest.fixture(scope="module")
def rows(comparison):
    return rows_of(focus_csv(comparison)[0])


def test_the_twenty_one_columns_are_there_and_own_ones_say_so(rows):
    assert len(REQUIRED) == 21
    assert set(REQUIRED) <= set(rows[0])
    assert {"x_Scenario", "x_Topology", "x_Tenant", "x_Percentile", "x_PriceAsOf", "x_IsForecast"} <= set(rows[0])
    assert {row["x_IsForecast"] for row in rows} == {"true"}
    assert {row["x_Percentile"] for row in rows} <= {"0.95", ""}
    assert focus_name("x_is_forecast") == "x_IsForecast"


def test_billed_and_effective_cost_sum_to_the_bill_to_the_cent(comparison, rows):
    billed, effective = defaultdict(Decimal), defaultdict(Decimal)
    for row in rows:
        billed[row["x_Topology"]] += Decimal(row["BilledCost"])
        effective[row["x_Topology"]] += Decimal(row["EffectiveCost"])
    for result in comparison.results:
        assert billed[result.name] == result.total_cost
        assert effective[result.name] == result.bill.amortised_total


def test_fees_are_purchases_and_spread_over_what_is_used(comparison):
    result = comparison.result("current")
    line = next(one for one in result.bill.lines if one.monthly_cost and one.block == "infrastructure")
    months = line.last_month - line.first_month + 1
    prepaid = replace(
        line, term_months=months, upfront_cost=Decimal("120.00"), horizon_cash=line.horizon_cash + 120, horizon_cost=line.horizon_cost + 120
    )
    changed = replace(comparison, results=(replace(result, bill=replace(result.bill, lines=(prepaid,))),))
    found = rows_of(focus_csv(changed)[0])
    fees = [row for row in found if row["ChargeCategory"] == "Purchase"]
    assert [(row["BilledCost"], row["EffectiveCost"], row["ChargeFrequency"]) for row in fees] == [("120.00", "0.00", "One-Time")]
    assert sum(Decimal(row["EffectiveCost"]) for row in found) == line.horizon_cost + 120


def test_the_checks_find_what_a_validator_would():
    good = dict.fromkeys(REQUIRED, "x")
    good |= {"BilledCost": "1.0", "ContractedCost": "1.0", "EffectiveCost": "1.0", "ListCost": "1.0", "PricingQuantity": "2.0"}
    good |= {"BillingCurrency": "EUR", "ChargeCategory": "Usage", "ChargeClass": "", "ServiceCategory": "Compute"}
    good |= {f"{period}Start": "2026-11-01T00:00:00Z" for period in ("BillingPeriod", "ChargePeriod")}
    good |= {f"{period}End": "2026-12-01T00:00:00Z" for period in ("BillingPeriod", "ChargePeriod")}
    assert check_focus(list(good), [list(good.values())]) == ()
    wrong = {
        "BilledCost": "1.2e3", "ListCost": "", "PricingQuantity": "730", "BillingCurrency": "US$", "ChargeCategory": "Planned",
        "ChargeClass": "None", "ServiceCategory": "Servers", "BillingPeriodStart": "2026-11-01", "ChargePeriodEnd": "2026-10-01T00:00:00Z",
    }  # fmt: skip
    for name, value in wrong.items():
        bad = good | {name: value}
        assert len(check_focus(list(bad), [list(bad.values())])) == 1, name
    assert check_focus(list(good)[1:], []) == ("column BilledCost is missing",)
    assert check_focus([*good, "tenant"], []) == ("column tenant is neither FOCUS's nor begins with x_",)


def test_a_topology_without_a_total_is_left_out_by_name_or_refused(comparison):
    result = comparison.result("current")
    gap = replace(
        result.bill.lines[0],
        unit_price=None, upfront_cost=None, monthly_cost=None, horizon_cash=None, horizon_cost=None, committed_beyond_horizon=None,
    )  # fmt: skip
    lacking = replace(result, bill=replace(result.bill, lines=(gap, *result.bill.lines[1:])))
    text, left = focus_csv(replace(comparison, results=(lacking, comparison.result("hybrid"))))
    assert left == ("current",)
    assert {row["x_Topology"] for row in rows_of(text)} == {"hybrid"}
    with pytest.raises(ValueError, match="for current: FOCUS has no amount for a missing price"):
        focus_csv(replace(comparison, results=(lacking,)))


def test_hostile_texts_stay_in_their_cells(hostile):
    found = rows_of(focus_csv(hostile)[0])
    assert {row["BillingAccountName"] for row in found} == {hostile.study}
