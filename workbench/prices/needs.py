"""What a study asks of its price book: rates for its currencies, machines to buy, terms to commit for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from pricing.book import PriceBook
from pricing.offers import ANYWHERE, Offer, OfferKind, split_region
from pricing.price import Price, Purchase
from workbench.prices.check import Doubt, Finding, some_of

_RENTED = ("hour", "month")


@dataclass(frozen=True, slots=True)
class Needs:
    """What must be priced, in what, and for how long."""

    regions: tuple[str, ...]
    """Such as azure/westeurope, the first is where it runs."""
    patterns: tuple[str, ...]
    """Shell patterns of the machines that may be bought."""
    currency: str
    """In which everything is compared."""
    rates: frozenset[str]
    """Other currencies with an exchange rate into it."""
    horizon_months: int
    commit_months: int | None = None
    """Term of commitments; None: nothing is committed."""


def check_needs(book: PriceBook, needs: Needs) -> tuple[Finding, ...]:
    """Return what keeps a study from being priced: the errors first, then gaps, then terms that outlive the plan."""
    return (*_unconvertible(book, needs), *_unmatched(book, needs), *_without_rent(book, needs), *_outliving(book, needs))


def _unconvertible(book: PriceBook, needs: Needs) -> Iterator[Finding]:
    regions = {split_region(region) for region in needs.regions} | {ANYWHERE}
    foreign: dict[str, list[Price]] = {}
    for price in book.prices:
        if price.region in regions and price.currency not in needs.rates | {needs.currency}:
            foreign.setdefault(price.currency, []).append(price)
    for currency, prices in sorted(foreign.items()):
        text = (
            f"no exchange rate from {currency} to {needs.currency} for {len(prices)} prices ({some_of([one.offer_id for one in prices])}): "
            f"add {currency} to [money] exchange in study.toml, with its date and source"
        )
        yield Finding(Doubt.NO_RATE, ", ".join(needs.regions), len(prices), text)


def _unmatched(book: PriceBook, needs: Needs) -> Iterator[Finding]:
    """A pattern of another provider than the region's is for own offers, which need not be there yet."""
    if not needs.regions:
        return
    region = needs.regions[0]
    for pattern in needs.patterns:
        if pattern.partition("/")[0] == region.partition("/")[0] and not book.offers_matching([pattern], region):
            yield Finding(Doubt.NO_OFFER, region, 0, f"no offer in {region} fits {pattern}: correct [platform] offers or import its prices")


def _without_rent(book: PriceBook, needs: Needs) -> Iterator[Finding]:
    machines = [(offer, region) for region in needs.regions for offer in _machines(book, needs, region)]
    yield from _gap(book, machines, Purchase.ON_DEMAND, None, "by the hour or month, so they cannot be bought")
    if needs.commit_months:
        term = needs.commit_months
        yield from _gap(book, machines, Purchase.COMMITTED, term, f"committed for {term} months, so they are bought on demand")


def _gap(book: PriceBook, machines: Sequence[tuple[Offer, str]], purchase: Purchase, term: int | None, says: str) -> Iterator[Finding]:
    lacking: dict[str, list[str]] = {}
    for offer, region in machines:
        bought = {purchase, Purchase.QUOTE, Purchase.OWNED} if purchase is Purchase.ON_DEMAND else {purchase}
        rows = [
            price
            for price in book.prices_of(offer.id, region)
            if price.unit in _RENTED and price.purchase in bought and (term is None or price.term_months == term)
        ]
        if not rows:
            lacking.setdefault(region, []).append(offer.id)
    for region, names in lacking.items():
        text = f'{len(names)} machines in {region} have no price {says}: {some_of(names)}; import one with "workbench prices import"'
        yield Finding(Doubt.NO_PRICE, region, len(names), text)


def _machines(book: PriceBook, needs: Needs, region: str) -> tuple[Offer, ...]:
    patterns = [pattern for pattern in needs.patterns if not pattern.startswith("own/")]
    return book.offers_matching(patterns, region, OfferKind.MACHINE)


def _outliving(book: PriceBook, needs: Needs) -> Iterator[Finding]:
    if needs.commit_months and needs.commit_months > needs.horizon_months:
        months, horizon = needs.commit_months, needs.horizon_months
        text = (
            f"commitments of {months} months outlive the horizon of {horizon} by {months - horizon}: what is due after it is shown beside "
            f"the plan's cost and not in it; set a shorter [purchase] commit term or a longer horizon"
        )
        yield Finding(Doubt.OUTLIVES, needs.regions[0] if needs.regions else "", 0, text)
    owned = [
        price.offer_id
        for price in book.prices
        if price.purchase is Purchase.COMMITTED
        and (price.term_months or 0) > needs.horizon_months
        and any(fnmatchcase(price.offer_id, pattern) for pattern in needs.patterns if pattern.startswith("own/"))
    ]
    if owned:
        text = (
            f"commitments of {some_of(owned)} outlive the horizon of {needs.horizon_months} months: what is due after it is not in the cost"
        )
        yield Finding(Doubt.OUTLIVES, ANYWHERE, len(owned), text)
