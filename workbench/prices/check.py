"""What a price book should be doubted for: age, gaps, rows without a day, conflicts."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from pricing.book import PriceBook
from pricing.conflicts import Conflict
from pricing.offers import ANYWHERE, Offer, OfferKind
from pricing.price import Price, PriceKind

STALE_DAYS = 180
"""Age from which a list price warns: large providers and Hetzner changed prices within half a year in 2026 (2026-04-01, 2026-06-15)."""
MIXED_DAYS = 90
"""Spread of days among the prices of one region from which a comparison mixes price levels."""
_SHOWN = 5


class Doubt(StrEnum):
    """Kinds of findings."""

    STALE = "stale"
    MIXED = "mixed"
    UNDATED = "undated"
    FUTURE = "future"
    UNSOURCED = "unsourced"
    NO_PRICE = "no price"
    UNKNOWN_LIMIT = "unknown limit"
    CONFLICT = "conflict"
    NO_RATE = "no exchange rate"
    NO_OFFER = "no offer"
    OUTLIVES = "outlives the horizon"


@dataclass(frozen=True, slots=True)
class Finding:
    """One doubt about a book."""

    doubt: Doubt
    region: str
    """Provider and region, such as azure/westeurope."""
    count: int
    """Prices or offers concerned."""
    text: str

    @property
    def is_error(self) -> bool:
        """Whether nothing can be compared before it is mended; other doubts make figures weaker, not impossible."""
        return self.doubt is Doubt.NO_RATE


def check_book(book: PriceBook, as_of: date, regions: Collection[str] = ()) -> tuple[Finding, ...]:
    """Return what is doubtful about a book on a day, by kind, then by region; an empty book has nothing to doubt.

    `regions`: such as azure/westeurope, to look at these and at what holds everywhere only; empty looks at all.
    """
    prices = [price for price in book.prices if _asked(price.offer_id, price.region, regions)]
    offers = [offer for offer in book.offers if _asked(offer.id, offer.region, regions)]
    day = as_of.isoformat()
    findings = [
        *_by_region(prices, Doubt.STALE, lambda price: _age(price, as_of) > STALE_DAYS, f"older than {STALE_DAYS} days on {day}"),
        *_mixed(prices),
        *_by_region(prices, Doubt.UNDATED, _undated, "without a day"),
        *_by_region(prices, Doubt.FUTURE, lambda price: _age(price, as_of) < 0, f"seen after {day}"),
        *_by_region(prices, Doubt.UNSOURCED, lambda price: not price.source, "without a source"),
        *_unpriced(prices, offers),
        *_unlimited(offers),
    ]
    findings.extend(_conflicts([one for one in book.conflicts if _asked(one.kept.offer_id, one.kept.region, regions)]))
    return tuple(findings)


def _asked(offer_id: str, region: str, regions: Collection[str]) -> bool:
    return not regions or region == ANYWHERE or _place(offer_id, region) in regions


def _age(price: Price, as_of: date) -> int:
    return (as_of - price.as_of).days if price.as_of else 0


def _undated(price: Price) -> bool:
    return price.as_of is None and price.kind is not PriceKind.ASSUMED


def _by_region(prices: Sequence[Price], doubt: Doubt, doubtful: Callable[[Price], bool], says: str) -> Iterator[Finding]:
    regions: dict[str, list[str]] = {}
    for price in prices:
        if doubtful(price):
            regions.setdefault(_place(price.offer_id, price.region), []).append(price.offer_id)
    for region, names in sorted(regions.items()):
        yield Finding(doubt, region, len(names), f"{len(names)} prices in {region} are {says}: {some_of(names)}")


def _mixed(prices: Sequence[Price]) -> Iterator[Finding]:
    regions: dict[str, list[date]] = {}
    for price in prices:
        if price.as_of:
            regions.setdefault(_place(price.offer_id, price.region), []).append(price.as_of)
    for region, days in sorted(regions.items()):
        spread = (max(days) - min(days)).days
        if spread > MIXED_DAYS:
            text = f"prices in {region} are from {min(days).isoformat()} to {max(days).isoformat()}: they mix price levels"
            yield Finding(Doubt.MIXED, region, len(days), text)


def _unpriced(prices: Sequence[Price], offers: Sequence[Offer]) -> Iterator[Finding]:
    priced = {(price.offer_id, price.region) for price in prices}
    for offer in sorted(offers, key=lambda offer: (offer.id, offer.region)):
        if (offer.id, offer.region) not in priced:
            yield Finding(Doubt.NO_PRICE, _place(offer.id, offer.region), 1, f"{offer.id} in {offer.region} has no price")


def _unlimited(offers: Sequence[Offer]) -> Iterator[Finding]:
    """Report machines whose limits are unknown, for they can be bought but not sized."""
    unknown: dict[tuple[str, str], list[str]] = {}
    for offer in offers:
        names = ", ".join(sorted(name for name, limit in offer.limits.items() if limit is None))
        if offer.kind is OfferKind.MACHINE and names:
            unknown.setdefault((_place(offer.id, offer.region), names), []).append(offer.id)
    for (region, names), machines in sorted(unknown.items()):
        text = f"{len(machines)} machines in {region} do not state {names}: {some_of(machines)}"
        yield Finding(Doubt.UNKNOWN_LIMIT, region, len(machines), text)


def _conflicts(conflicts: Sequence[Conflict]) -> Iterator[Finding]:
    """Name a few conflicts of a region each; of many, as after an import, those whose money differs most, and how many there are."""
    places: dict[str, list[Conflict]] = {}
    for conflict in conflicts:
        places.setdefault(_place(conflict.kept.offer_id, conflict.kept.region), []).append(conflict)
    for place, found in sorted(places.items()):
        if len(found) <= _SHOWN:
            yield from (Finding(Doubt.CONFLICT, place, 1, conflict.message) for conflict in found)
            continue
        most = sorted(found, key=lambda conflict: -conflict.change)[:_SHOWN]
        text = f"{len(found)} prices in {place} replace others; those that differ most: {'; '.join(one.message for one in most)}"
        yield Finding(Doubt.CONFLICT, place, len(found), text)


def _place(offer_id: str, region: str) -> str:
    return f"{offer_id.partition('/')[0]}/{region}"


def some_of(offers: Sequence[str]) -> str:
    """Return the first names of many, in their order, and how many more there are."""
    names = sorted(set(offers))
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"{', '.join(names[:_SHOWN])}{more}"
