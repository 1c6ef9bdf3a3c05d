"""Exchange of currencies at rates that say their day and source; a missing rate is an error, never one."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from pricing.money import check_currency, check_decimal


@dataclass(frozen=True, slots=True)
class ExchangeRate:
    """What one unit of a currency is worth in another."""

    currency: str
    into: str
    rate: Decimal
    date: dt.date | None = None
    source: str = ""

    def __post_init__(self) -> None:
        """Refuse what cannot be a rate."""
        check_currency(self.currency)
        check_currency(self.into)
        if check_decimal(f"exchange rate of {self.currency} in {self.into}", self.rate) <= 0:
            raise ValueError(f"exchange rate of {self.currency} in {self.into} is {self.rate}: a rate is above zero")
        if self.currency == self.into and self.rate != 1:
            raise ValueError(f"exchange rate of {self.currency} in itself is {self.rate}: it is 1")


class MissingRateError(ValueError):
    """A price is in a currency for which the study has no rate."""

    def __init__(self, currency: str, into: str) -> None:
        super().__init__(
            f"no exchange rate from {currency} to {into}: add {currency} to [money] exchange in study.toml, with its date and source"
        )
        self.currency = currency
        self.into = into


def same_currency(currency: str) -> ExchangeRate:
    """Return the rate of a currency in itself."""
    return ExchangeRate(currency, currency, Decimal(1))


def rate_for(rates: Iterable[ExchangeRate], currency: str, into: str) -> ExchangeRate:
    """Return the rate from one currency into another, or raise MissingRateError; no rate is inverted or chained."""
    if currency == into:
        return same_currency(currency)
    for rate in rates:
        if rate.currency == currency and rate.into == into:
            return rate
    raise MissingRateError(currency, into)


def convert(amount: Decimal, rate: ExchangeRate) -> Decimal:
    """Return the amount in the rate's target currency, unrounded."""
    return amount * rate.rate
