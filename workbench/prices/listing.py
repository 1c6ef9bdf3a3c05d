"""What a price book holds: region by region, or price by price."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pricing.book import PriceBook
from pricing.offers import ANYWHERE, OfferKind, split_region
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


@dataclass(frozen=True, slots=True)
class PriceRow:
    """One price as it is listed; the fields are the columns of the CSV."""

    provider: str
    region: str
    """"*" holds everywhere."""
    service: str
    """Kind of the offer: machine, volume, egress, …"""
    offer: str
    unit: str
    price: Decimal
    currency: str
    purchase: str
    term_months: int | None
    payment: str
    upfront: Decimal
    tier_from: Decimal
    included: Decimal
    valid_from: date | None
    applies_to: str
    as_of: str
    """ISO day, or "undated"."""
    age_days: int | None
    """None: undated."""
    price_kind: str
    original: str
    source: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which prices to list; what is empty restricts nothing."""

    provider: str = ""
    region: str = ""
    """westeurope or azure/westeurope; what holds everywhere belongs to it."""
    service: str = ""
    """A value of OfferKind."""
    older_than_days: float | None = None
    """Undated prices are of unknown age and listed as well."""

    @property
    def restricts(self) -> bool:
        """Whether anything is left out."""
        return self != Wanted()


def list_prices_of(book: PriceBook, wanted: Wanted, as_of: date) -> tuple[PriceRow, ...]:
    """Return the prices asked for, by offer and region; ValueError names what there is when the book has nothing of that name."""
    _check_names(book, wanted)
    kinds = {offer.id: offer.kind.value for offer in book.offers}
    rows = [_price_row(price, kinds[price.offer_id], as_of) for price in book.prices if _is_at(price, wanted)]
    chosen = [row for row in rows if wanted.service in {"", row.service} and _is_old(row, wanted.older_than_days)]
    return tuple(
        sorted(chosen, key=lambda row: (row.offer, row.region, row.unit, row.purchase, row.term_months or 0, row.payment, row.tier_from))
    )


def list_book(book: PriceBook) -> tuple[BookRegion, ...]:
    """Return one row for each provider and region, sorted."""
    regions: dict[tuple[str, str], list[Price]] = {}
    for price in book.prices:
        regions.setdefault((_provider(price), price.region), []).append(price)
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


def _check_names(book: PriceBook, wanted: Wanted) -> None:
    providers = {_provider(price) for price in book.prices}
    regions = {price.region for price in book.prices}
    services = {kind.value for kind in OfferKind}
    asked = (
        ("provider", wanted.provider, providers),
        ("region", split_region(wanted.region), regions),
        ("service", wanted.service, services),
    )
    for what, name, known in asked:
        if name and name not in known:
            raise ValueError(f"no {what} {name} in the price book: there are {', '.join(sorted(known))}")


def _is_at(price: Price, wanted: Wanted) -> bool:
    place = (wanted.region.rpartition("/")[0] or wanted.provider, split_region(wanted.region))
    if wanted.provider and _provider(price) != wanted.provider:
        return False
    if not wanted.region or price.region == ANYWHERE:
        return True
    return price.region == place[1] and place[0] in {"", _provider(price)}


def _is_old(row: PriceRow, days: float | None) -> bool:
    return days is None or row.age_days is None or row.age_days > days


def _provider(price: Price) -> str:
    return price.offer_id.partition("/")[0]


def _price_row(price: Price, service: str, as_of: date) -> PriceRow:
    return PriceRow(
        provider=_provider(price),
        region=price.region,
        service=service,
        offer=price.offer_id,
        unit=price.unit,
        price=price.amount,
        currency=price.currency,
        purchase=price.purchase.value,
        term_months=price.term_months,
        payment=price.payment,
        upfront=price.upfront,
        tier_from=price.tier_from,
        included=price.included,
        valid_from=price.valid_from,
        applies_to=price.applies_to,
        as_of=price.dated,
        age_days=(as_of - price.as_of).days if price.as_of else None,
        price_kind=price.kind.value,
        original=price.original,
        source=price.source,
    )
