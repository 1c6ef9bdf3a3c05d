"""What came out of a provider's price file, and what was left out and why."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from pricing.book import PriceBook
from pricing.conflicts import Conflict, disagree, price_key
from pricing.offers import Offer
from pricing.price import Price

Entry = TypeVar("Entry")


class PriceFileError(ValueError):
    """A provider's price file that cannot be read as a whole."""


class NotTakenError(Exception):
    """An entry that is not read; the text is the reason."""


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
    """A value of `workbench.prices.recognise.Format`."""
    rows: int
    """Entries of the file: rows, items or products."""
    left_out: tuple[LeftOut, ...] = ()
    """Most frequent first."""
    warnings: tuple[str, ...] = ()


def take_each(entries: Iterable[tuple[str, Entry]], take: Callable[[Entry], None], left_out: Counter[str]) -> int:
    """Hand each entry to `take` and return how many there were; reasons of those not taken are counted in `left_out`.

    Entries come with their place in the file, which PriceFileError names when one cannot be read.
    """
    rows = 0
    for place, entry in entries:
        rows += 1
        try:
            take(entry)
        except NotTakenError as reason:
            left_out[str(reason)] += 1
        except ValueError as error:
            raise PriceFileError(f"{place}: {error}") from None
    return rows


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
