"""Amounts of money: exact decimals, one rounding per line and month, currencies that are checked."""

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

HOURS_PER_MONTH = Decimal(730)
"""Billing month of the large providers: 8,760 hours a year / 12 (AWS, Azure and Google price calculators, 2026)."""

CENT = Decimal("0.01")
"""Smallest amount on a bill."""

NOTHING = Decimal("0.00")
"""No money, as it stands on a bill."""

_CURRENCY = re.compile(r"[A-Z]{3}")


def round_money(amount: Decimal) -> Decimal:
    """Return the amount rounded to two places, halves away from zero."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def check_currency(currency: str) -> str:
    """Return the currency code, or raise ValueError unless it has the form of ISO 4217."""
    if _CURRENCY.fullmatch(currency) is None:
        raise ValueError(f"currency {currency!r} is no ISO 4217 code: write three capital letters such as EUR")
    return currency


def check_decimal(name: str, value: object) -> Decimal:
    """Return the value if it is a finite Decimal, else raise ValueError: binary fractions have no place in money."""
    if not isinstance(value, Decimal) or not value.is_finite():
        raise ValueError(f"{name} is {value!r}: money and quantities are finite Decimal values")
    return value


def parse_decimal(name: str, text: str) -> Decimal:
    """Read a plain decimal number such as 0.000008, or raise ValueError naming what it should be."""
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        raise ValueError(f"{name} is {text!r}: write a number with a decimal point and no thousands separators") from None
    if not value.is_finite():
        raise ValueError(f"{name} is {text!r}: write a finite number")
    return value


def plain(value: Decimal) -> str:
    """Return the number without exponent and without trailing zeros."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
