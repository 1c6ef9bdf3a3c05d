"""What an instance is paid by: the cheapest way to pay for each of its parts."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from pricing.money import HOURS_PER_MONTH
from pricing.price import Price


@dataclass(frozen=True, slots=True)
class Rent:
    """One price of running an instance, and how many of its units an instance takes a month."""

    price: Price
    units_per_month: Decimal


def cheapest_parts(rows: Sequence[Price], hours: Decimal) -> tuple[Rent, ...]:
    """Choose for each component the cheapest month, upfront fees spread over their term; ties go to the least upfront."""
    parts: dict[str, Price] = {}
    for row in sorted(rows, key=lambda row: (row.component, monthly_amount(row, hours), row.upfront, row.unit)):
        parts.setdefault(row.component, row)
    return tuple(Rent(price, hours if price.unit == "hour" else Decimal(1)) for price in parts.values())


def monthly_amount(price: Price, hours: Decimal = HOURS_PER_MONTH) -> Decimal:
    """Return what an instance costs a month that runs so many hours, upfront fees spread over their term, unrounded."""
    return price.per_month(hours) + price.upfront / (price.term_months or 1)
