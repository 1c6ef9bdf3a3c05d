from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from pricing.bill import Block, Item, Line, make_line
from pricing.book import PriceBook
from pricing.book_csv import bundled_books
from pricing.exchange import ExchangeRate, same_currency
from pricing.gaps import PriceGap
from pricing.price import Price


@pytest.fixture(scope="session")
def azure() -> PriceBook:
    return bundled_books("azure")


@pytest.fixture(scope="session")
def everything() -> PriceBook:
    return bundled_books()


@pytest.fixture(scope="session")
def dollars() -> ExchangeRate:
    return ExchangeRate("USD", "EUR", Decimal("0.90"), date(2026, 10, 30), "treasury plan rate")


@pytest.fixture(scope="session")
def line() -> Callable[..., Line]:
    def build(
        price: Price | PriceGap,
        quantity: Decimal | int = 1,
        *,
        key: str = "line",
        block: str = Block.INFRASTRUCTURE,
        pool: str = "db-eu-1",
        layer: str = "database server",
        tenants: tuple[str, ...] = ("brno", "leipzig"),
        horizon_months: int = 18,
        **rest: object,
    ) -> Line:
        currency = "EUR" if isinstance(price, PriceGap) else price.currency
        rest.setdefault("exchange", same_currency(currency))
        item = Item(key, Block(block), layer, pool, tenants)
        return make_line(item, price, Decimal(quantity), horizon_months=horizon_months, **rest)

    return build
