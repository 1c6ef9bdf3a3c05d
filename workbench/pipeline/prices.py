"""The price book of a study: packaged books, then the study's own offers."""

from pricing.book import PriceBook
from pricing.book_csv import bundled_books, load_book
from workbench.study.estate import Study

OWN_OFFERS = "offers.csv"
"""File in the study's folder with its own offers and prices."""


def study_book(study: Study) -> PriceBook:
    """Return the packaged books of the providers the study may use, with its own offers on top (they win)."""
    wanted = {study.platform.region.partition("/")[0], *(pattern.partition("/")[0] for pattern in study.platform.offers)}
    book = bundled_books(*sorted(wanted & PACKAGED))
    own = study.folder / OWN_OFFERS
    return book.merge(load_book(own)) if own.exists() else book


PACKAGED = frozenset({"aws", "azure", "gcp", "hetzner"})
"""Providers with a packaged book."""
