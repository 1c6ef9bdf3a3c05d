from datetime import date
from decimal import Decimal

import pytest

from pricing.book import PriceBook
from pricing.book_csv import BookError, load_book
from pricing.offers import Offer, OfferKind
from pricing.price import Price, PriceKind
from workbench.prices.check import Doubt, check_book
from workbench.prices.files import import_prices, write_book_file
from workbench.prices.imported import PriceFileError

DAY = date(2026, 11, 1)


def price(name="own/x", region="*", **changes):
    known = {"as_of": date(2026, 10, 1), "source": "offer", **changes}
    return Price(name, region, "month", Decimal(1), "EUR", **known)


def book(*prices):
    offers = {(row.offer_id, row.region): Offer(row.offer_id, "own", row.region, OfferKind.OTHER) for row in prices}
    return PriceBook(tuple(offers.values()), prices)


def test_our_own_format_is_read_and_written(tmp_path, known):
    path = tmp_path / "book.csv"
    write_book_file(path, known)
    imported = import_prices(path, known)
    assert imported.format == "csv"
    assert imported.rows == len(known.prices)
    assert set(imported.book.prices) == set(known.prices)


def test_errors_of_our_format_name_file_and_line(tmp_path, known):
    path = tmp_path / "offers.csv"
    path.write_text("offer,region,unit,price,currency\nown/x,*,month,?,EUR\nown/y,*,month,1,EUR,7\n")
    with pytest.raises(BookError, match=r"offers.csv:2: price is '\?'") as raised:
        import_prices(path, known)
    assert [problem.line for problem in raised.value.problems] == [2, 3]


def test_a_header_with_a_spelling_error_is_still_ours(tmp_path, known):
    path = tmp_path / "offers.csv"
    path.write_text("offers,region,unit,price,currency\nown/x,*,month,1,EUR\n")
    with pytest.raises(BookError, match="lacks offer"):
        import_prices(path, known)


@pytest.mark.parametrize("data", [b"", b"hello\n", b"\x00\x01\x02", b"a;b;c\n"])
def test_unknown_format_is_refused(tmp_path, known, data):
    path = tmp_path / "thing.bin"
    path.write_bytes(data)
    with pytest.raises(PriceFileError, match="what is it"):
        import_prices(path, known)


def test_text_that_is_not_utf8_is_named(tmp_path, known):
    path = tmp_path / "offers.csv"
    path.write_bytes("offer,region,unit,price,currency\nown/über,*,month,1,EUR\n".encode("latin-1"))
    with pytest.raises(PriceFileError, match="save the file as UTF-8"):
        import_prices(path, known)


def test_a_failed_write_leaves_the_old_file(tmp_path):
    path = tmp_path / "book.csv"
    write_book_file(path, book(price()))
    before = path.read_bytes()
    orphan = PriceBook((), (price("own/unknown"),))
    with pytest.raises(ValueError, match="no offer"):
        write_book_file(path, orphan)
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["book.csv"]


def test_a_book_that_could_not_be_read_again_is_not_written(tmp_path):
    path = tmp_path / "book.csv"
    odd = Offer("own/x", "own", "*", OfferKind.OTHER, attributes={"sku": "A; B"})
    with pytest.raises(BookError, match="name=value pairs"):
        write_book_file(path, PriceBook((odd,), (price(),)))
    assert list(tmp_path.iterdir()) == []


def test_writing_twice_changes_no_byte(tmp_path):
    path = tmp_path / "book.csv"
    write_book_file(path, book(price("own/b"), price("own/a")))
    first = path.read_bytes()
    write_book_file(path, load_book(path))
    assert path.read_bytes() == first


def test_fresh_and_complete_book_has_nothing_to_doubt():
    assert check_book(book(price(), price("own/y", as_of=None, kind=PriceKind.ASSUMED)), DAY) == ()
    assert check_book(PriceBook(), DAY) == ()


@pytest.mark.parametrize(
    ("rows", "doubt"),
    [
        ((price(as_of=date(2026, 1, 1)),), Doubt.STALE),
        ((price(as_of=None),), Doubt.UNDATED),
        ((price(as_of=date(2027, 1, 1)),), Doubt.FUTURE),
        ((price(source=""),), Doubt.UNSOURCED),
        ((price(as_of=date(2026, 6, 1)), price("own/y")), Doubt.MIXED),
    ],
)
def test_doubts_are_found(rows, doubt):
    findings = check_book(book(*rows), DAY)
    assert [finding.doubt for finding in findings] == [doubt]
    assert findings[0].region == "own/*"


def test_gaps_and_conflicts_are_found():
    machine = Offer("own/server", "own", "brno", OfferKind.MACHINE, limits={"cpu": None})
    merged = PriceBook((machine,), (price(),)).merge(PriceBook((), (price(source="other"), price("own/y"))))
    changed = merged.merge(PriceBook((), (Price("own/x", "*", "month", Decimal(2), "EUR", as_of=DAY, source="new"),)))
    assert {finding.doubt for finding in check_book(changed, DAY)} == {Doubt.NO_PRICE, Doubt.UNKNOWN_LIMIT, Doubt.CONFLICT}


def test_only_the_regions_asked_for(known):
    findings = check_book(known, DAY, ("azure/northeurope",))
    assert findings == ()
    assert {finding.region for finding in check_book(known, DAY, ("azure/westeurope",))} == {"azure/westeurope"}


def test_many_conflicts_of_a_region_are_one_finding_with_those_that_differ_most():
    names = [f"own/x{number}" for number in range(9)]
    old = book(*(price(name) for name in names))
    changed = [Price(name, "*", "month", Decimal(f"1.{number + 1}"), "EUR", as_of=DAY, source="new") for number, name in enumerate(names)]
    (finding,) = [one for one in check_book(old.merge(PriceBook((), tuple(changed))), DAY) if one.doubt is Doubt.CONFLICT]
    assert finding.count == 9
    assert "own/x8 per month" in finding.text
    assert "own/x0 per month" not in finding.text


def test_a_few_conflicts_are_named_each():
    merged = book(price()).merge(PriceBook((), (Price("own/x", "*", "month", Decimal(2), "EUR", as_of=DAY, source="new"),)))
    (finding,) = [one for one in check_book(merged, DAY) if one.doubt is Doubt.CONFLICT]
    assert "replaces 1 EUR" in finding.text
    assert merged.conflicts[0].change == Decimal("0.5")


def test_another_currency_is_another_price_altogether():
    merged = book(price()).merge(PriceBook((), (Price("own/x", "*", "month", Decimal(1), "USD", as_of=DAY, source="new"),)))
    assert merged.conflicts[0].change == 1
