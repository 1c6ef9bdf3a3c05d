from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricing.bill import Bill
from pricing.exchange import ExchangeRate
from pricing.gaps import PriceGap
from pricing.price import Price, Purchase
from pricing.repricing import exchanged, repriced

RATE = ExchangeRate("USD", "EUR", Decimal("0.90"))


@pytest.fixture(scope="module")
def bill(line):
    hourly = Price("azure/D2", "*", "hour", Decimal("0.115"), "USD")
    term = Price("azure/D4", "*", "hour", Decimal("0.05"), "USD", purchase=Purchase.COMMITTED, term_months=12, upfront=Decimal("401.37"))
    labour = Price("own/labour", "*", "hour", Decimal(85), "EUR")
    return Bill(
        (
            line(hourly, 730, key="a", exchange=RATE),
            line(term, 1460, key="b", exchange=RATE, instances=2, first_month=2),
            line(labour, 3, key="c", block="labour"),
        ),
        18,
        "EUR",
    )


def test_a_factor_of_one_changes_nothing(bill):
    assert repriced(bill, lambda _: Decimal(1)) == bill
    assert exchanged(bill, "USD", Decimal(1)) == bill


@given(st.decimals("0", "3", places=3))
def test_every_total_stays_a_sum_and_follows_the_factor(bill, factor):
    moved = repriced(bill, lambda _: factor)
    assert moved.total_cost == sum(flow.cash for flow in moved.cash_flow())
    assert moved.amortised_total == sum(flow.amortised for flow in moved.cash_flow())
    assert abs(moved.total_cost - factor * bill.total_cost) <= Decimal("0.01") * 18 * len(bill.lines)


def test_an_exchange_rate_moves_only_its_currency(bill):
    moved = exchanged(bill, "USD", Decimal("1.1"))
    assert moved.lines[2] == bill.lines[2]
    assert [line.unit_price for line in moved.lines] == [line.unit_price for line in bill.lines]
    assert moved.lines[0].exchange_rate == Decimal("0.990")
    assert moved.total_cost > bill.total_cost


def test_a_missing_price_stays_missing_and_a_negative_factor_is_refused(bill, line):
    gap = Bill((*bill.lines, line(PriceGap("azure/egress", "westeurope", "GB"), key="d")), 18, "EUR")
    assert repriced(gap, lambda _: Decimal(2)).total_cost is None
    with pytest.raises(ValueError, match="price factor of a is -1"):
        repriced(bill, lambda _: Decimal(-1))
