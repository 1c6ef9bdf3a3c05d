from datetime import date
from decimal import Decimal

import pytest

from workbench.prices.files import import_prices
from workbench.prices.imported import PriceFileError

SEEN = date(2026, 11, 1)


def money(net):
    return {"net": net, "gross": str(Decimal(net) * Decimal("1.19"))}


def place(location="fsn1", hour="0.0769", month="47.9900000000", traffic=20 * 2**40):
    return {
        "location": location,
        "price_hourly": money(hour),
        "price_monthly": money(month),
        "included_traffic": traffic,
        "price_per_tb_traffic": money("1.00"),
    }


def pricing(**changes):
    return {
        "pricing": {
            "currency": "EUR",
            "vat_rate": "19.00",
            "image": {"price_per_gb_month": money("0.0119")},
            "volume": {"price_per_gb_month": money("0.0440")},
            "server_backup": {"percentage": "20.00"},
            "primary_ips": [
                {"type": "ipv4", "prices": [{"location": "fsn1", "price_hourly": money("0.0008"), "price_monthly": money("0.5")}]}
            ],
            "floating_ips": [{"type": "ipv6", "prices": [{"location": "fsn1", "price_monthly": money("1.0")}]}],
            "server_types": [{"id": 1, "name": "ccx33", "prices": [place(), place("ash", "0.08", "49.99", 2**40)]}],
            "load_balancer_types": [{"id": 1, "name": "lb11", "prices": [place(hour="0.0082", month="5.39")]}],
            **changes,
        }
    }


@pytest.fixture
def book(json_file, every_book):
    return import_prices(json_file(pricing()), every_book, SEEN).book


def test_net_price_and_never_the_gross_one(book):
    hour = book.price("hetzner/ccx33", "fsn1", "hour")
    assert (hour.amount, hour.currency, hour.as_of) == (Decimal("0.0769"), "EUR", SEEN)
    assert "net" in hour.original


def test_the_month_caps_the_hours(book):
    (full,) = book.rents("hetzner/ccx33", "fsn1")
    assert (full.price.unit, full.price.amount) == ("month", Decimal("47.99"))


def test_a_server_that_is_off_is_billed_in_full(book):
    (sleeping,) = book.rents("hetzner/ccx33", "fsn1", hours=Decimal(200))
    assert (sleeping.price.unit, sleeping.price.amount) == ("month", Decimal("47.99"))


def test_each_location_has_its_price_and_its_included_traffic(book):
    german, american = (book.price("hetzner/ccx33", region, "GB") for region in ("fsn1", "ash"))
    assert german.amount == american.amount == Decimal("0.001")
    assert german.included == Decimal(20 * 2**40) / 10**9
    assert american.included == Decimal(2**40) / 10**9
    assert german.original == "1.00 per TB"


def test_backup_is_a_share_of_the_month_of_its_server(book):
    price = book.price("hetzner/ccx33-backup", "fsn1", "month")
    assert price.amount == Decimal("47.99") / 5
    assert price.original == "20.00 % of 47.9900000000 per month"


def test_volumes_images_balancers_addresses(book):
    assert book.price("hetzner/volume", "nbg1", "GiB-month").amount == Decimal("0.044")
    assert book.price("hetzner/snapshot", "fsn1", "GiB-month").amount == Decimal("0.0119")
    assert book.price("hetzner/lb11", "fsn1", "month").amount == Decimal("5.39")
    assert book.price("hetzner/primary-ip-ipv4", "fsn1", "month").amount == Decimal("0.5")
    assert not book.has("hetzner/floating-ip-ipv6", "fsn1", "hour")


def test_limits_come_from_the_known_server(book, every_book):
    known = every_book.offer("hetzner/ccx33", "fsn1")
    assert book.offer("hetzner/ccx33", "ash").limit("memory") == known.limit("memory")


def test_unknown_server_has_unknown_limits(json_file, every_book):
    new = {"name": "cx99", "prices": [place()]}
    offer = import_prices(json_file(pricing(server_types=[new])), every_book).book.offer("hetzner/cx99", "fsn1")
    assert (offer.limits["cpu"], offer.says("billed_when_off")) == (None, True)


def test_without_a_day_prices_are_undated(json_file, every_book):
    book = import_prices(json_file(pricing()), every_book).book
    assert {price.dated for price in book.prices} == {"undated"}


def test_imported_prices_replace_older_ones_and_say_so(json_file, every_book):
    dearer = {"name": "ccx33", "prices": [place(month="61.49")]}
    merged = every_book.merge(import_prices(json_file(pricing(server_types=[dearer])), every_book, SEEN).book)
    assert merged.price("hetzner/ccx33", "fsn1", "month").as_of == SEEN
    assert any("hetzner/ccx33 per month in fsn1 (on_demand): 61.49 EUR" in conflict.message for conflict in merged.conflicts)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"currency": ""}, "is no ISO 4217 code"),
        ({"server_types": [{"name": "", "prices": []}]}, "server_types 1: a type has no name"),
        ({"server_types": [{"name": "cx22", "prices": [place(location="")]}]}, "price without a location"),
        ({"server_types": [{"name": "cx22", "prices": [{"location": "fsn1"}]}]}, "price_monthly is None"),
        ({"volume": {"price_per_gb_month": {"gross": "1"}}}, "net is None"),
    ],
)
def test_what_is_broken_is_named(json_file, every_book, changes, said):
    with pytest.raises(PriceFileError, match=f"prices.json.*{said}"):
        import_prices(json_file(pricing(**changes)), every_book)


def test_file_cut_off_is_refused(json_file, every_book):
    path = json_file(pricing())
    path.write_text(path.read_text()[:-40])
    with pytest.raises(PriceFileError, match="ends in the middle"):
        import_prices(path, every_book)
