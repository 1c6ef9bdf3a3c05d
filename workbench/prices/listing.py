"""What a price book holds, region by region."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pricing.book import PriceBook
from pricing.price import Price


@dataclass(frozen=True, slots=True)
class BookRegion:
    """The prices of one provider in one region."""

    provider: str
    region: str
    """"*" holds everywhere."""
    offers: int
    prices: int
    oldest: date | None
    newest: date | None
    undated: int
    currencies: tuple[str, ...]
    kinds: tuple[str, ...]
    """How far the prices can be trusted: list, quote, assumed."""


def list_book(book: PriceBook) -> tuple[BookRegion, ...]:
    """Return one row for each provider and region, sorted."""
    regions: dict[tuple[str, str], list[Price]] = {}
    for price in book.prices:
        regions.setdefault((price.offer_id.partition("/")[0], price.region), []).append(price)
    return tuple(_row(provider, region, prices) for (provider, region), prices in sorted(regions.items()))


def _row(provider: str, region: str, prices: Sequence[Price]) -> BookRegion:
    days = [price.as_of for price in prices if price.as_of]
    return BookRegion(
        provider=provider,
        region=region,
        offers=len({price.offer_id for price in prices}),
        prices=len(prices),
        oldest=min(days, default=None),
        newest=max(days, default=None),
        undated=len(prices) - len(days),
        currencies=tuple(sorted({price.currency for price in prices})),
        kinds=tuple(sorted({price.kind.value for price in prices})),
    )
