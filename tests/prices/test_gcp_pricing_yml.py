from datetime import date
from decimal import Decimal

import pytest

from workbench.prices.files import import_prices
from workbench.prices.imported import PriceFileError

TEXT = """---
about:
  generated: Thu Oct  1 00:00:00 2026
  timestamp: 1790812800
compute:
  instance:
    n2-standard-4:
      cost:
        europe-west3:
          hour: 0.25
          hour_spot: 0.05
          month: 146
          month_1y: 115.0
          month_3y: 82.10
          month_spot: 36.5
      cpu: 4
      ram: 16
    x9-standard-8:
      cost:
        europe-west3:
          hour: 0.5
          month: 365
      cpu: 8
      ram: 62
  network:
    nat:
      data:
        cost:
          europe-west3:
            month: 0.045
    traffic:
      egress:
        internet:
          china:
            cost:
              0-1:
                europe-west3:
                  month: 0.23
          cost:
            0-1:
              europe-west3:
                month: 0.12
            1-10:
              europe-west3:
                month: 0.11
            10n:
              europe-west3:
                month: 0.08
  storage:
    hyperdisk-extreme:
      cost:
        europe-west3:
          month: 0.13
    ssd:
      cost:
        europe-west3:
          month: 0.204
storage:
  bucket:
    archiv-multi:
      cost:
        europe-multi:
          month: 0.0024
"""
REGION = "europe-west3"


@pytest.fixture
def book(tmp_path, every_book):
    return import_prices(written(tmp_path), every_book).book


def written(tmp_path, text=TEXT):
    path = tmp_path / "anything.txt"
    path.write_text(text)
    return path


def test_machine_with_its_commitments_and_the_files_own_day(book):
    price = book.price("gcp/n2-standard-4", REGION, "hour")
    assert (price.amount, price.currency, price.as_of) == (Decimal("0.25"), "USD", date(2026, 10, 1))
    for months, amount in ((12, "115"), (36, "82.1")):
        committed = book.price("gcp/n2-standard-4", REGION, "month", purchase="committed", term_months=months)
        assert committed.amount == Decimal(amount)


def test_sustained_use_is_a_month_below_its_hours(book):
    (rent,) = book.rents("gcp/n2-standard-4", REGION)
    assert (rent.price.unit, rent.price.amount) == ("month", 146)
    (part,) = book.rents("gcp/n2-standard-4", REGION, hours=Decimal(100))
    assert part.price.unit == "hour"


def test_month_of_730_hours_is_not_another_price(book):
    assert not book.has("gcp/x9-standard-8", REGION, "month")


def test_month_may_stand_before_the_hour(tmp_path, every_book):
    text = TEXT.replace("          hour: 0.5\n          month: 365\n", "          month: 365\n          hour: 0.5\n")
    found = import_prices(written(tmp_path, text), every_book)
    assert not found.book.has("gcp/x9-standard-8", REGION, "month")


def test_new_machine_has_the_size_that_the_file_states(book):
    offer = book.offer("gcp/x9-standard-8", REGION)
    assert (offer.limit("cpu"), offer.limit("memory")) == (8, 62 * 2**30)
    assert offer.limits["postgres_iops"] is None


def test_egress_tiers_are_binary_and_of_the_account(book):
    tiers = book.tiers("gcp/egress", REGION, "GiB")
    assert [(tier.tier_from, tier.amount) for tier in tiers] == [
        (0, Decimal("0.12")),
        (1024, Decimal("0.11")),
        (10240, Decimal("0.08")),
    ]


@pytest.mark.parametrize(
    ("offer", "unit", "amount", "region"),
    [
        ("gcp/pd-ssd", "GiB-month", "0.204", REGION),
        ("gcp/hyperdisk-extreme", "GiB-month", "0.13", REGION),
        ("gcp/gcs-archive-multi", "GiB-month", "0.0024", "europe-multi"),
        ("gcp/nat-data", "GB", "0.045", REGION),
    ],
)
def test_names_and_units_are_those_of_the_bundled_book(book, every_book, offer, unit, amount, region):
    assert book.price(offer, region, unit).amount == Decimal(amount)
    assert any(known.id == offer for known in every_book.offers)


def test_what_is_left_out_is_counted(tmp_path, every_book):
    found = import_prices(written(tmp_path), every_book)
    assert {left.reason: left.rows for left in found.left_out} == {
        "spot can be taken away": 2,
        "month of 730 h that the hour already says": 1,
        "network prices that are not used here": 1,
    }


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8])
def test_file_cut_off_is_refused_although_half_a_yaml_is_yaml(tmp_path, every_book, share):
    lines = TEXT.splitlines(keepends=True)
    path = written(tmp_path, "".join(lines[: int(len(lines) * share)]))
    with pytest.raises(PriceFileError, match=r"ends without .*storage: is it cut off"):
        import_prices(path, every_book)


def test_half_a_number_is_refused(tmp_path, every_book):
    with pytest.raises(PriceFileError, match="the last line has no line break"):
        import_prices(written(tmp_path, TEXT[:-2]), every_book)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [("hour: 0.25", "hour: cheap", r"anything.txt:10: hour is 'cheap'"), ("cpu: 4", 'cpu: "4', r"anything.txt:\d+: .*cut off")],
)
def test_what_is_broken_is_named_with_its_line(tmp_path, every_book, old, new, said):
    with pytest.raises(PriceFileError, match=said):
        import_prices(written(tmp_path, TEXT.replace(old, new)), every_book)
