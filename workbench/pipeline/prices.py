"""The price book of a study: packaged books, then the study's own offers."""

from fnmatch import fnmatchcase

from pricing.book import PriceBook
from pricing.book_csv import bundled_books, load_book
from pricing.offers import ANYWHERE, OfferKind, split_region
from workbench.study.estate import Study

OWN_OFFERS = "offers.csv"
"""File in the study's folder with its own offers and prices."""


def study_book(study: Study) -> PriceBook:
    """Return the packaged books of the providers the study may use, with its own offers on top (they win)."""
    wanted = {study.platform.region.partition("/")[0], *(pattern.partition("/")[0] for pattern in study.platform.offers)}
    book = bundled_books(*sorted(wanted & PACKAGED))
    own = study.folder / OWN_OFFERS
    return book.merge(load_book(own)) if own.exists() else book


def buyable(study: Study, book: PriceBook) -> PriceBook:
    """Return the part of a book that the study can buy from: its regions; of machines only those it allows, of all else everything."""
    regions = {split_region(region) for region in (study.platform.region, study.platform.disaster_region) if region} | {ANYWHERE}
    current = {part.offer for topology in study.topologies for pool in topology.pools for part in pool.parts}
    kept = {
        (offer.id, offer.region)
        for offer in book.offers
        if offer.region in regions
        and (
            offer.kind != OfferKind.MACHINE
            or offer.id in current
            or any(fnmatchcase(offer.id, pattern) for pattern in study.platform.offers)
        )
    }
    offers = tuple(offer for offer in book.offers if (offer.id, offer.region) in kept)
    return PriceBook(offers, tuple(price for price in book.prices if (price.offer_id, price.region) in kept))


PACKAGED = frozenset({"aws", "azure", "gcp", "hetzner"})
"""Providers with a packaged book."""
