from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pricing.bill import Bill, Block, Item, make_line
from pricing.exchange import ExchangeRate
from pricing.gaps import PriceGap
from pricing.money import CENT, round_money
from pricing.price import Price, PriceKind, Purchase, Spend

GAP = PriceGap("azure/egress", "westeurope", "GB")


def price(amount="1", **changes):
    return Price(**{"offer_id": "own/server", "region": "*", "unit": "month", "amount": Decimal(amount), "currency": "EUR", **changes})


COMMITTED = price("100", purchase=Purchase.COMMITTED, term_months=12)
OWNED = price("0", purchase=Purchase.OWNED, term_months=60, upfront=Decimal(14_000), spend=Spend.CAPEX)


def test_month_is_quantity_times_price_times_exchange_rounded_once(azure, dollars, line):
    hourly = azure.price("azure/E8s_v5", "azure/westeurope", "hour")
    bought = line(hourly, 1460, exchange=dollars)
    assert bought.monthly_cost == round_money(Decimal(1460) * Decimal("0.608") * Decimal("0.90")) == Decimal("798.91")
    assert bought.horizon_cash == 18 * Decimal("798.91")
    assert bought.unit_price == Decimal("0.608")
    assert (bought.price_currency, bought.exchange_rate, bought.currency) == ("USD", Decimal("0.90"), "EUR")


def test_tiny_unit_prices_are_not_rounded_before_they_are_multiplied(line):
    assert line(price("0.00584"), 100_000).monthly_cost == 584


def test_line_counts_only_its_months(line):
    step = line(price("10"), 2, first_month=3, last_month=5)
    assert step.horizon_cash == 60
    assert step.monthly_cost == 0
    assert line(price("10"), 2, first_month=3).monthly_cost == 20


def test_one_off_is_paid_once_and_is_no_monthly_cost(line):
    moved = line(price("800", unit="once"), block=Block.ONE_OFF, first_month=4)
    assert (moved.horizon_cash, moved.monthly_cost, moved.last_month) == (800, 0, 4)


def test_upfront_fee_is_cash_at_the_start_and_cost_over_its_term(line):
    fee = price("0", purchase=Purchase.COMMITTED, term_months=12, upfront=Decimal(1200))
    bought = line(fee, instances=2)
    assert bought.upfront_cost == 4800
    assert bought.horizon_cash == 4800
    assert bought.horizon_cost == 3600
    assert bought.monthly_cost == 200
    assert bought.committed_beyond_horizon == 1200


def test_upfront_fee_needs_to_know_for_how_many(line):
    with pytest.raises(ValueError, match="how many instances"):
        line(OWNED)


def test_commitment_beyond_the_horizon_is_shown(line):
    assert line(COMMITTED).committed_beyond_horizon == 600
    assert line(COMMITTED, horizon_months=12).committed_beyond_horizon == 0
    assert line(price("100")).committed_beyond_horizon == 0


def test_own_machine_keeps_its_book_value_beyond_the_horizon(line):
    bought = line(OWNED, instances=1)
    assert bought.horizon_cash == 14_000
    assert bought.horizon_cost == Decimal("4200.00")
    assert bought.horizon_cost + bought.committed_beyond_horizon == 14_000
    assert bought.spend is Spend.CAPEX


def test_commitment_cannot_be_cut_short(line):
    with pytest.raises(ValueError, match="let it run to month 11"):
        line(COMMITTED, last_month=6)
    assert line(COMMITTED, last_month=11).horizon_cash == 1200
    assert line(COMMITTED, first_month=2, last_month=13).committed_beyond_horizon == 0


@pytest.mark.parametrize("months", [(-1, 3), (5, 4), (0, 18), (18, 18)])
def test_months_lie_in_the_horizon(line, months):
    with pytest.raises(ValueError, match="both from 0 to 17"):
        line(price(), first_month=months[0], last_month=months[1])


def test_wrong_rate_is_refused(line, dollars):
    with pytest.raises(ValueError, match="priced in EUR, not in USD"):
        line(price(), exchange=dollars)


def test_missing_price_keeps_its_line_and_takes_every_total(line):
    bill = Bill((line(price("10"), key="a"), line(GAP, key="b"), line(GAP, key="c", pool="edge", layer="ingress")), 18, "EUR")
    assert bill.lines[1].monthly_cost is None
    assert bill.missing == (GAP.message,)
    assert bill.monthly_cost is None
    assert bill.total_cost is None
    assert bill.amortised_total is None
    assert bill.committed_beyond is None
    assert bill.assumed_share is None
    assert bill.paid_by_month() == (None,) * 18
    assert bill.by_pool() == {"db-eu-1": None, "edge": None}
    assert {flow.cash for flow in bill.cash_flow() if flow.line_key == "b"} == {None}


def test_a_price_of_nothing_is_not_a_missing_price(line):
    bill = Bill((line(price("0")),), 18, "EUR")
    assert bill.missing == ()
    assert bill.monthly_cost == 0


def test_bill_refuses_what_does_not_belong(line, dollars):
    one = line(price())
    with pytest.raises(ValueError, match="stand twice"):
        Bill((one, one), 18, "EUR")
    with pytest.raises(ValueError, match="on a bill in USD"):
        Bill((one,), 18, "USD")
    with pytest.raises(ValueError, match="beyond the horizon of 6"):
        Bill((one,), 6, "EUR")


def test_groups_and_dates(line):
    lines = (
        line(price("10", kind=PriceKind.ASSUMED), key="a"),
        line(price("30"), key="b", layer="ingress", pool="edge"),
        line(price("5"), key="c", block=Block.ONE_OFF),
    )
    bill = Bill(lines, 18, "EUR")
    assert bill.by_layer() == {"database server": 10, "ingress": 30}
    assert bill.by_block() == {Block.INFRASTRUCTURE: 720, Block.LABOUR: 0, Block.ONE_OFF: 5}
    assert bill.assumed_share == Decimal("0.25")
    assert bill.price_dates is None
    assert bill.undated == ("own/server",)


def test_empty_bill_costs_nothing():
    bill = Bill((), 12, "EUR")
    assert bill.monthly_cost == bill.total_cost == bill.assumed_share == 0


CENTS = st.decimals(min_value=0, max_value=10**5, places=6, allow_nan=False)


@st.composite
def bills(draw):
    horizon = draw(st.integers(1, 40))
    lines = []
    for number in range(draw(st.integers(1, 6))):
        term = draw(st.none() | st.integers(1, 60))
        upfront = draw(CENTS) if term else Decimal(0)
        bought = Price("own/x", "*", "month", draw(CENTS), "USD", term_months=term, upfront=upfront)
        block = draw(st.sampled_from(Block))
        first = draw(st.integers(0, horizon - 1))
        last = horizon - 1 if term else draw(st.integers(first, horizon - 1))
        item = Item(
            f"line {number}", block, draw(st.sampled_from(["workers", "cache"])), f"pool {number % 2}", ("a", "b", "c")[: number + 1]
        )
        rate = ExchangeRate("USD", "EUR", draw(st.decimals("0.01", 10, places=4)))
        lines.append(
            make_line(
                item, bought, draw(CENTS), exchange=rate, horizon_months=horizon, instances=number, first_month=first, last_month=last
            )
        )
    return Bill(tuple(lines), horizon, "EUR")


@given(bills())
@settings(max_examples=120, derandomize=True, deadline=None)
def test_totals_are_sums_of_lines_and_months_to_the_cent(bill):
    flows = bill.cash_flow()
    assert bill.total_cost == sum(line.horizon_cash for line in bill.lines) == sum(flow.cash for flow in flows)
    assert bill.total_cost == sum(bill.paid_by_month())
    assert bill.amortised_total == sum(flow.amortised for flow in flows)
    assert bill.monthly_cost == sum(
        flow.amortised for flow in flows if flow.month == bill.horizon_months - 1 and flow.block is not Block.ONE_OFF
    )
    assert bill.monthly_cost == sum(bill.by_layer().values()) == sum(bill.by_pool().values())
    assert bill.total_cost == sum(bill.by_block().values())
    for amount in (*(flow.cash for flow in flows), *(flow.amortised for flow in flows), bill.committed_beyond):
        assert amount == amount.quantize(CENT)


@given(bills())
@settings(max_examples=80, derandomize=True, deadline=None)
def test_cost_within_and_beyond_the_horizon_is_the_cost_of_whole_terms(bill):
    for line in bill.lines:
        schedule = line.schedule()
        whole = replace(schedule, last_month=schedule.last_month + schedule.months_left)
        assert schedule.cost + schedule.beyond == whole.cost == whole.cash
        assert schedule.cash_in(schedule.last_month + 1) == schedule.cost_in(schedule.first_month - 1) == 0
