from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pricing.book import PriceBook
from pricing.book_csv import BookError, bundled_books, load_book, write_book
from pricing.book_rows import COLUMNS
from pricing.offers import Offer, OfferKind
from pricing.price import Price, PriceKind, Purchase, Spend

OWN = """\
offer,region,unit,price,currency,kind,limits,purchase,term_months,upfront,price_kind,spend,component,as_of,source
own/rack-server,*,month,0,EUR,machine,cpu=32; memory=2048; postgres_iops=?,owned,60,14000,assumed,capex,depreciation,2026-10-01,books
own/rack-server,*,month,61.50,EUR,,,owned,,,assumed,,power,2026-10-01,450 W at 0.19 per kWh
own/rack-server,*,month,38,EUR,,,owned,,,quote,,rack,,colocation offer
own/egress,*,GB,0.05,EUR,egress,,,,,assumed,,,,assumption
"""


def test_own_offers_are_read_with_their_parts():
    book = load_book(OWN)
    server = book.offer("own/rack-server", "azure/westeurope")
    assert server.provider == "own"
    assert server.limit("cpu") == 32
    assert server.limits["postgres_iops"] is None
    depreciation, power, rack = book.prices_of("own/rack-server", "anywhere")
    assert (depreciation.upfront, depreciation.term_months, depreciation.spend) == (Decimal(14000), 60, Spend.CAPEX)
    assert (power.amount, power.kind, power.as_of) == (Decimal("61.50"), PriceKind.ASSUMED, date(2026, 10, 1))
    assert (rack.as_of, rack.dated) == (None, "undated")


def test_every_error_at_once_with_its_line(tmp_path):
    lines = OWN.splitlines()
    lines[1] = lines[1].replace("machine", "teapot")
    lines[2] = lines[2].replace("61.50", "61,50")
    lines[3] = lines[3].replace("EUR", "€")
    lines[4] = lines[4].replace("GB", "furlong")
    path = tmp_path / "offers.csv"
    path.write_text("\n".join((*lines, "")))
    with pytest.raises(BookError) as raised:
        load_book(path)
    assert [problem.line for problem in raised.value.problems] == [2, 3, 4, 5]
    assert f"{path}:2: own/rack-server: kind is 'teapot': use one of machine, volume" in str(raised.value)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("own/egress,", "egress,", "provider/name"),
        ("own/egress,*", "own/egress,", "no region"),
        (",assumed,,,,assumption", ",hoped,,,,assumption", "price_kind is 'hoped'"),
        ("2026-10-01,450", "yesterday,450", "write a day such as"),
        (",60,14000", ",five,14000", "whole number"),
        (",60,14000", ",,14000", "set term_months"),
        ("cpu=32", "cpu", "name=value"),
        ("cpu=32", "cores=32", "limits cores"),
        ("cpu=32", "cpu=many", "limit cpu is 'many'"),
        ("0.05", "-0.05", "not negative"),
        ("0.05", "NaN", "finite"),
        ("component,as_of", "component,seen", "unknown column seen"),
        ("offer,region,unit,price", "offer,region,unit,unit", "lacks price"),
        ("component,as_of", "component,component", "twice"),
    ],
)
def test_what_is_wrong_is_named(old, new, says):
    with pytest.raises(BookError, match=says):
        load_book(OWN.replace(old, new))


def test_the_same_price_twice_names_both_lines():
    with pytest.raises(BookError, match=r"price book:6: own/egress per GB in \* is already priced in line 5"):
        load_book(OWN + OWN.splitlines()[-1] + "\n")


@pytest.mark.parametrize("kept", [0.35, 0.5, 0.8, 0.97])
def test_a_file_cut_off_is_an_error(azure, kept):
    text = write_book(azure)
    cut = text[: int(len(text) * kept)]
    if cut.endswith("\n"):
        cut = cut[:-5]
    with pytest.raises(BookError, match="cut off"):
        load_book(cut)


@pytest.mark.parametrize("text", ["", "\n", "a,b\n1,2\n"])
def test_what_is_no_price_book_says_which_columns_it_lacks(text):
    with pytest.raises(BookError, match="lacks offer, region, unit, price, currency"):
        load_book(text)


def test_header_alone_is_an_empty_book():
    assert load_book(",".join(COLUMNS) + "\n").prices == ()


def test_a_byte_order_mark_and_windows_line_ends_change_nothing():
    assert load_book("\ufeff" + OWN.replace("\n", "\r\n")).prices == load_book(OWN).prices


def test_bundled_books_survive_writing_and_reading(everything):
    again = load_book(write_book(everything))
    assert set(again.prices) == set(everything.prices)
    assert {(offer.id, offer.region): offer for offer in again.offers} == {(offer.id, offer.region): offer for offer in everything.offers}
    assert write_book(again) == write_book(everything)


def test_bundled_books_are_named():
    assert {price.offer_id.partition("/")[0] for price in bundled_books("hetzner").prices} == {"hetzner"}
    with pytest.raises(ValueError, match="for azur: there are aws, azure, gcp, hetzner"):
        bundled_books("azur")


MONEY = st.decimals(min_value=0, max_value=10**6, places=8, allow_nan=False)
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters=";="), max_size=12).map(str.strip)


@given(
    amount=MONEY,
    upfront=MONEY,
    included=MONEY,
    source=TEXT,
    component=TEXT,
    description=TEXT,
    purchase=st.sampled_from(Purchase),
    spend=st.sampled_from(Spend),
    kind=st.sampled_from(PriceKind),
    as_of=st.none() | st.dates(date(2000, 1, 1)),
)
@settings(max_examples=60, derandomize=True, deadline=None)
def test_any_price_survives_writing_and_reading(amount, upfront, included, source, component, description, purchase, spend, kind, as_of):
    price = Price(
        offer_id="own/thing",
        region="*",
        unit="month",
        amount=amount,
        currency="CHF",
        purchase=purchase,
        term_months=12,
        upfront=upfront,
        kind=kind,
        as_of=as_of,
        source=source,
        spend=spend,
        included=included,
        component=component,
    )
    offer = Offer("own/thing", "own", "*", OfferKind.OTHER, description)
    again = load_book(write_book(PriceBook((offer,), (price,))))
    assert again.prices == (price,)
    assert again.offers == (offer,)
