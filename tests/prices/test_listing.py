from datetime import date

from pricing.book import PriceBook
from workbench.prices.listing import list_book


def test_listing_counts_every_price_once(known):
    rows = list_book(known)
    assert sum(row.prices for row in rows) == len(known.prices)
    assert [(row.provider, row.region) for row in rows] == sorted((row.provider, row.region) for row in rows)


def test_listing_says_how_old_and_in_which_currency(known):
    row = next(row for row in list_book(known) if row.region == "northeurope")
    assert (row.oldest, row.newest, row.undated) == (date(2026, 8, 22), date(2026, 8, 22), 0)
    assert (row.currencies, row.kinds) == (("USD",), ("list",))


def test_undated_prices_are_counted(known):
    assert sum(row.undated for row in list_book(known)) == sum(price.as_of is None for price in known.prices) > 0


def test_empty_book_lists_nothing():
    assert list_book(PriceBook()) == ()
