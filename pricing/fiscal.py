"""Fiscal years, budgets and net present value of a cash flow by month."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext

from pricing.money import NOTHING, round_money

_MONTHS = 12
_PRECISION = 50
"""Digits carried while discounting; far more than are shown, so that the last cent does not depend on the order of the sum."""


@dataclass(frozen=True, slots=True)
class BudgetYear:
    """What a fiscal year costs within the horizon, against its budget."""

    fiscal_year: str
    months: int
    """Months of the year that lie in the horizon."""
    paid: Decimal
    budget: Decimal | None
    """None: no budget given, which is not a budget of nothing."""
    gap: Decimal | None
    """Budget minus paid; negative when it is overspent."""


def month_start(as_of: date, month: int) -> date:
    """Return the first day of a month of the horizon; month 0 is the calendar month of `as_of`."""
    years, index = divmod(as_of.month - 1 + month, _MONTHS)
    return date(as_of.year + years, index + 1, 1)


def fiscal_year(day: date, starts: tuple[int, int] = (1, 1)) -> str:
    """Return the fiscal year of a day, such as FY2026: named by the calendar year in which it starts, `starts` = (month, day)."""
    month, first_day = starts
    begun = (day.month, day.day) >= (month, first_day)
    return f"FY{day.year if begun else day.year - 1}"


def budget_years(
    paid_by_month: Sequence[Decimal], as_of: date, budget: Mapping[str, Decimal], starts: tuple[int, int] = (1, 1)
) -> tuple[BudgetYear, ...]:
    """Return each fiscal year that the horizon touches, in order; a month belongs to the year of its first day."""
    years: dict[str, list[Decimal]] = {}
    for month, paid in enumerate(paid_by_month):
        years.setdefault(fiscal_year(month_start(as_of, month), starts), []).append(paid)
    return tuple(_year(name, amounts, budget.get(name)) for name, amounts in years.items())


def net_present_value(paid_by_month: Sequence[Decimal], yearly_rate: Decimal) -> Decimal:
    """Return the value of the payments at the start of month 0, discounted monthly: sum of paid / (1 + rate)^(month / 12), to the cent."""
    if yearly_rate <= -1:
        raise ValueError(f"discount rate is {yearly_rate} a year: it is above -1, such as 0.06 for six per cent")
    with localcontext() as context:
        context.prec = _PRECISION
        monthly = (1 + yearly_rate) ** (Decimal(1) / _MONTHS)
        value = sum((paid / monthly**month for month, paid in enumerate(paid_by_month)), NOTHING)
    return round_money(value)


def _year(name: str, amounts: Sequence[Decimal], budget: Decimal | None) -> BudgetYear:
    paid = sum(amounts, NOTHING)
    return BudgetYear(name, len(amounts), paid, budget, None if budget is None else budget - paid)
