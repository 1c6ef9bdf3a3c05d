from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pricing.bill import Bill, Block, Item, make_line
from pricing.chargeback import Rule, allocate, charge_back
from pricing.exchange import same_currency
from pricing.gaps import PriceGap
from pricing.price import Price

WEIGHTS = st.lists(st.decimals(min_value=0, max_value=10**9, places=6, allow_nan=False), min_size=1, max_size=30)


@given(st.integers(-(10**9), 10**9), WEIGHTS)
@settings(max_examples=150, derandomize=True, deadline=None)
def test_parts_sum_to_the_amount_and_miss_their_share_by_less_than_a_cent(cents, weights):
    amount = Decimal(cents).scaleb(-2)
    parts = allocate(amount, weights)
    assert sum(parts) == amount
    total = sum(weights)
    for part, weight in zip(parts, weights, strict=True):
        share = weight / total if total else Decimal(1) / len(weights)
        assert abs(part - amount * share) < Decimal("0.0100001")


def test_cents_left_go_to_the_largest_remainders():
    assert allocate(Decimal("1.00"), [Decimal(1)] * 3) == (Decimal("0.34"), Decimal("0.33"), Decimal("0.33"))
    assert allocate(Decimal("0.05"), [Decimal(1), Decimal(3)]) == (Decimal("0.01"), Decimal("0.04"))
    assert allocate(Decimal("-0.01"), [Decimal(1), Decimal(3)]) == (0, Decimal("-0.01"))


def test_share_of_a_very_small_weight_is_exact():
    tiny = Decimal("1e-40")
    assert allocate(Decimal("100.00"), [tiny, 2 * tiny, tiny]) == (25, 50, 25)


@pytest.mark.parametrize("weights", [[], [Decimal(-1), Decimal(2)]])
def test_weights_must_make_sense(weights):
    with pytest.raises(ValueError, match="weights"):
        allocate(Decimal(1), weights)


def test_fractions_of_cents_are_not_split():
    with pytest.raises(ValueError, match="round it"):
        allocate(Decimal("0.001"), [Decimal(1)])


def bill(*pools, horizon=4):
    lines = [
        make_line(
            Item(f"{pool} {number}", Block.INFRASTRUCTURE, "workers", pool, tenants),
            Price("own/x", "*", "month", Decimal(amount), "EUR"),
            Decimal(1),
            exchange=same_currency("EUR"),
            horizon_months=horizon,
            first_month=first,
        )
        for number, (pool, amount, tenants, first) in enumerate(pools)
    ]
    return Bill(tuple(lines), horizon, "EUR")


def test_charges_follow_the_peak():
    charges = charge_back(bill(("w1", "100", ("brno", "leipzig"), 0)), Rule.PEAK, {"w1": {"brno": Decimal(1), "leipzig": Decimal(3)}})
    assert [(charge.tenant, charge.amount) for charge in charges if charge.month == 0] == [("brno", 25), ("leipzig", 75)]
    assert {charge.rule for charge in charges} == {Rule.PEAK}


def test_pool_without_weights_is_split_evenly_and_says_so():
    charges = charge_back(bill(("w1", "100", ("brno", "leipzig"), 0)), Rule.USE, {"w1": {"brno": Decimal(0)}})
    assert {(charge.amount, charge.rule) for charge in charges} == {(50, Rule.EVEN)}


def test_what_is_for_nobody_in_particular_is_for_everybody():
    charges = charge_back(bill(("w1", "10", ("b", "a"), 0), ("platform", "30", (), 0)), Rule.EVEN, {})
    assert [(charge.tenant, charge.amount) for charge in charges if charge.pool == "platform" and charge.month == 0] == [
        ("a", 15),
        ("b", 15),
    ]


def test_order_of_tenants_changes_nothing():
    weights = {"w1": {"a": Decimal(1), "b": Decimal(1), "c": Decimal(1)}}
    forward = charge_back(bill(("w1", "100", ("a", "b", "c"), 0)), Rule.PEAK, weights)
    assert charge_back(bill(("w1", "100", ("c", "a", "b"), 0)), Rule.PEAK, weights) == forward


def test_a_bill_with_gaps_is_not_charged(line):
    with pytest.raises(ValueError, match="azure/egress"):
        charge_back(Bill((line(PriceGap("azure/egress", "westeurope", "GB")),), 18, "EUR"), Rule.EVEN, {})


def test_nobody_to_charge():
    with pytest.raises(ValueError, match="nobody"):
        charge_back(bill(("platform", "30", (), 0)), Rule.EVEN, {})


POOLS = st.lists(
    st.tuples(
        st.sampled_from(["w1", "w2"]),
        st.decimals(min_value=0, max_value=1000, places=2, allow_nan=False),
        st.sampled_from([("a",), ("a", "b"), ("a", "b", "c")]),
        st.integers(0, 3),
    ),
    min_size=1,
    max_size=6,
)


@given(POOLS, st.sampled_from(Rule), st.lists(st.decimals(min_value=0, max_value=100, places=3, allow_nan=False), min_size=3, max_size=3))
@settings(max_examples=60, derandomize=True, deadline=None)
def test_charges_sum_to_the_bill_to_the_cent(pools, rule, peaks):
    weights = {pool: dict(zip("abc", peaks, strict=True)) for pool in ("w1", "w2")}
    whole = bill(*pools)
    charges = charge_back(whole, rule, weights)
    assert sum(charge.amount for charge in charges) == whole.amortised_total
    for month in range(4):
        amortised = sum(flow.amortised for flow in whole.cash_flow() if flow.month == month)
        assert sum(charge.amount for charge in charges if charge.month == month) == amortised
