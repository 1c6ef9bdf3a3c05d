"""A bill at other prices: the same purchases, every line re-priced, nothing sized anew."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from pricing.bill import Bill
from pricing.line import Block, Line
from pricing.money import NOTHING, check_decimal, round_money
from pricing.schedule import Schedule


def repriced(bill: Bill, factor: Callable[[Line], Decimal]) -> Bill:
    """Return the bill with each line's prices times its factor, rounded once a line and month as any bill; a factor of 1 changes nothing.

    Lines without a price stay without one. Whether another size would now be cheaper is not asked: that takes a new plan. Raises
    ValueError for a factor that is negative.
    """
    return Bill(tuple(_repriced(line, factor(line), bill.horizon_months) for line in bill.lines), bill.horizon_months, bill.currency)


def exchanged(bill: Bill, currency: str, factor: Decimal) -> Bill:
    """Return the bill with one currency's rate times a factor; lines priced in other currencies stay."""

    def of(line: Line) -> Decimal:
        return factor if line.price_currency == currency and line.currency != currency else Decimal(1)

    moved = repriced(bill, of)
    lines = (
        line if line.exchange_rate is None or old.unit_price is None or of(old) == 1 else
        replace(line, unit_price=old.unit_price, exchange_rate=line.exchange_rate * factor)
        for old, line in zip(bill.lines, moved.lines, strict=True)
    )  # fmt: skip
    return Bill(tuple(lines), bill.horizon_months, bill.currency)


def _repriced(line: Line, factor: Decimal, horizon_months: int) -> Line:
    if check_decimal(f"price factor of {line.line_key}", factor) < 0:
        raise ValueError(f"price factor of {line.line_key} is {factor}: it is not negative; 1.1 is ten per cent dearer")
    old = line.schedule()
    if factor == 1 or old is None or line.unit_price is None:
        return line
    new = Schedule(round_money(old.monthly * factor), round_money(old.fee * factor), old.term_months, old.first_month, old.last_month)
    bound = new.last_month == horizon_months - 1
    return replace(
        line,
        unit_price=line.unit_price * factor,
        upfront_cost=new.fees,
        monthly_cost=NOTHING if line.block is Block.ONE_OFF else new.cost_in(horizon_months - 1),
        horizon_cash=new.cash,
        horizon_cost=new.cost,
        committed_beyond_horizon=new.beyond if bound else NOTHING,
    )
