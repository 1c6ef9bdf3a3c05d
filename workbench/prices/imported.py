"""What came out of a provider's price file, and what was left out and why."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from pricing.book import PriceBook
from pricing.conflicts import Conflict, disagree, price_key
from pricing.offers import Offer
from pricing.price import Price


class PriceFileError(ValueError):
    """A provider's price file that cannot be read as a whole."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Rows that were not taken, with the reason."""

    reason: str
    rows: int


@dataclass(frozen=True, slots=True, eq=False)
class Imported:
    """A price book read from a file."""

    book: PriceBook
    format: str
    """csv, azure-retail or aws-bulk."""
    rows: int
    """Rows of the file."""
    left_out: tuple[LeftOut, ...] = ()
    """Most frequent first."""
    warnings: tuple[str, ...] = ()


def collect_book(offers: Iterable[Offer], prices: Iterable[Price]) -> PriceBook:
    """Return a book with one price for each key; of several the later one wins and the conflict is listed."""
    kept: dict[tuple[object, ...], Price] = {}
    conflicts = []
    for price in prices:
        known = kept.get(price_key(price))
        if known and disagree(known, price):
            conflicts.append(Conflict(price, known))
        kept[price_key(price)] = price
    sold = {(price.offer_id, price.region) for price in kept.values()}
    chosen = {(offer.id, offer.region): offer for offer in offers if (offer.id, offer.region) in sold}
    return PriceBook(tuple(chosen.values()), tuple(kept.values()), tuple(conflicts))


def most_frequent(reasons: Counter[str]) -> tuple[LeftOut, ...]:
    """Return the reasons with their counts, most frequent first."""
    return tuple(LeftOut(reason, rows) for reason, rows in sorted(reasons.items(), key=lambda item: (-item[1], item[0])))
