from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from models.topology.resources import Resource
from pricing.book import MissingPriceError, PriceBook, PriceGap
from pricing.offers import LIMIT_NAMES, Offer, OfferKind, billed_units
from pricing.price import Price, PriceKind, Purchase

SERVER = Offer("own/server", "own", "*", OfferKind.MACHINE)


def price(amount="1", **changes):
    return Price(**{"offer_id": "own/server", "region": "*", "unit": "month", "amount": Decimal(amount), "currency": "EUR", **changes})


def test_limits_speak_the_language_of_resources():
    assert {resource.value for resource in Resource} == LIMIT_NAMES


def test_limit_outside_the_vocabulary_is_refused():
    with pytest.raises(ValueError, match="iops"):
        replace(SERVER, limits={"iops": Decimal(1)})


def test_published_anchor_prices(everything):
    def amount(*key, **how):
        return everything.price(*key, **how).amount

    assert amount("azure/D4s_v5", "azure/westeurope", "hour") == Decimal("0.23")
    assert amount("azure/D4s_v5", "westeurope", "hour", purchase="committed", term_months=12) == Decimal("0.1748")
    assert amount("azure/D4s_v5", "northeurope", "hour") == Decimal("0.214")
    assert amount("aws/m6i.xlarge", "us-east-1", "hour") == Decimal("0.192")
    assert amount("gcp/n2-standard-4", "europe-west3", "month", purchase="committed", term_months=36) == Decimal("82.11916")
    assert amount("hetzner/ccx33", "fsn1", "month") == Decimal("47.99")
    assert amount("aws/redis-r7g.large", "eu-central-1", "hour") == Decimal("0.263")


def test_missing_price_names_offer_region_unit_purchase_day_and_fix(azure):
    with pytest.raises(MissingPriceError, match="no committed price for 36 months per hour for azure/D4s_v5 in westeurope") as raised:
        azure.price("azure/D4s_v5", "azure/westeurope", "hour", purchase="committed", term_months=36)
    assert "2026-08-22" in str(raised.value)
    assert "workbench prices import" in str(raised.value)
    assert raised.value.gap == PriceGap("azure/D4s_v5", "westeurope", "hour", "committed", 36, date(2026, 8, 22))


def test_commitment_discount_is_not_given_to_storage(azure):
    assert azure.has("azure/premium-ssd-v2", "westeurope", "GiB-month")
    assert not azure.has("azure/premium-ssd-v2", "westeurope", "GiB-month", purchase="committed")


def test_offers_are_found_by_pattern_and_kind(azure):
    found = azure.offers_matching(("azure/D*s_v5", "azure/premium-ssd-v2"), "azure/westeurope", kind="machine")
    assert [offer.id for offer in found] == sorted(offer.id for offer in found)
    assert "azure/D8s_v5" in {offer.id for offer in found}
    assert {offer.kind for offer in found} == {OfferKind.MACHINE}


def test_unknown_offer_says_where_it_exists(azure):
    with pytest.raises(ValueError, match=r"azure/load-balancer in westeurope: the book has it in eastus"):
        azure.offer("azure/load-balancer", "azure/westeurope")


def test_price_of_a_region_goes_before_the_price_anywhere():
    book = PriceBook((SERVER,), (price("1"), price("2", region="brno")))
    assert book.price("own/server", "brno", "month").amount == 2
    assert book.price("own/server", "leipzig", "month").amount == 1


def test_new_orders_and_running_machines_have_their_own_price():
    book = PriceBook((SERVER,), (price("1"), price("2", applies_to="new", valid_from=date(2026, 6, 15), as_of=date(2026, 7, 1))))
    assert [row.amount for row in book.prices_of("own/server", "x", date(2026, 11, 1))] == [2]
    assert [row.amount for row in book.prices_of("own/server", "x", date(2026, 5, 1))] == [1]
    assert [row.amount for row in book.prices_of("own/server", "x", date(2026, 11, 1), applies_to="existing")] == [1]


def test_price_announced_for_later_is_not_used_before_its_day():
    book = PriceBook((SERVER,), (price("1"), price("2", valid_from=date(2026, 9, 1), as_of=date(2026, 8, 21))))
    assert book.price("own/server", "x", "month").amount == 1
    assert book.price("own/server", "x", "month", as_of=date(2026, 8, 31)).amount == 1
    assert book.price("own/server", "x", "month", as_of=date(2026, 9, 1)).amount == 2


def test_later_book_wins_and_the_conflict_is_listed():
    merged = PriceBook((SERVER,), (price("1"),)).merge(PriceBook((SERVER,), (price("2"),)))
    assert merged.price("own/server", "x", "month").amount == 2
    assert len(merged.conflicts) == 1
    assert "2 EUR" in merged.conflicts[0].message


def test_merging_a_book_with_itself_is_no_conflict(azure):
    merged = azure.merge(azure)
    assert merged.conflicts == ()
    assert len(merged.prices) == len(azure.prices)


def test_override_is_an_assumption_and_leaves_commitments(azure):
    changed = azure.override("azure/D4s_v5", "hour", Decimal("0.5"), "EUR", source="edit")
    assert changed.price("azure/D4s_v5", "westeurope", "hour").kind is PriceKind.ASSUMED
    assert changed.price("azure/D4s_v5", "northeurope", "hour").amount == Decimal("0.5")
    assert changed.price("azure/D4s_v5", "westeurope", "hour", purchase="committed").amount == Decimal("0.1748")
    assert azure.price("azure/D4s_v5", "westeurope", "hour").amount == Decimal("0.23")


def test_override_supplies_a_price_that_is_missing(azure):
    changed = azure.override("azure/load-balancer", "month", Decimal(20), "EUR")
    assert changed.price("azure/load-balancer", "westeurope", "month").amount == 20
    with pytest.raises(ValueError, match="no offer azure/teapot"):
        azure.override("azure/teapot", "month", Decimal(20), "EUR")


def test_own_machine_is_rented_part_by_part():
    parts = (
        price("0", component="depreciation", upfront=Decimal(12000), term_months=60, purchase=Purchase.OWNED),
        price("55", component="power", purchase=Purchase.OWNED),
        price("40", component="rack", purchase=Purchase.OWNED),
    )
    book = PriceBook((SERVER,), parts)
    rents = book.rents("own/server", "azure/westeurope")
    assert [rent.price.component for rent in rents] == ["depreciation", "power", "rack"]
    with pytest.raises(ValueError, match="depreciation, power, rack"):
        book.price("own/server", "x", "month", purchase="owned")


def test_capped_month_is_the_cheaper_of_hours_and_cap(everything):
    (full,) = everything.rents("hetzner/ccx33", "fsn1")
    assert (full.price.unit, full.units_per_month) == ("month", Decimal(1))
    assert full.price.amount < Decimal(730) * everything.price("hetzner/ccx33", "fsn1", "hour").amount


def test_machine_billed_when_off_does_not_sleep(everything):
    (slept,) = everything.rents("hetzner/ccx33", "fsn1", Decimal(10))
    assert slept.price.unit == "month"
    (azure_slept,) = everything.rents("azure/D4s_v5", "westeurope", Decimal(10))
    assert azure_slept.units_per_month == 10


def test_rents_of_a_commitment_need_a_term_and_do_not_fall_back(azure):
    with pytest.raises(ValueError, match="without a term"):
        azure.rents("azure/D4s_v5", "westeurope", purchase="committed")
    assert isinstance(azure.rents("azure/D4s_v5", "westeurope", purchase="committed", term_months=36), PriceGap)


@pytest.mark.parametrize(
    ("offer", "primaries", "standbys", "units"),
    [
        ("azure/E8s_v5", 1, 1, 2),
        ("aws/rds-postgres-t4g.small-multi-az", 1, 1, 1),
        ("aws/rds-postgres-t4g.small", 1, 1, 2),
        ("gcp/cloud-sql-vcpu-regional", 1, 1, 1),
        ("gcp/memorystore-redis-standard-m2", 1, 1, 1),
        ("azure/managed-redis-Balanced-B3", 1, 0, 2),
    ],
)
def test_standby_is_paid_exactly_once(everything, offer, primaries, standbys, units):
    sold = next(known for known in everything.offers if known.id == offer)
    assert billed_units(sold, primaries, standbys) == units


def test_ha_price_is_twice_the_zonal_one_and_already_holds_the_standby(everything):
    zonal = everything.price("gcp/cloud-sql-vcpu-zonal", "us-central1", "hour").amount
    regional = everything.price("gcp/cloud-sql-vcpu-regional", "us-central1", "hour").amount
    assert abs(regional / zonal - 2) < Decimal("0.001")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"amount": Decimal(-1)}, "not negative"),
        ({"amount": 1.5}, "Decimal"),
        ({"unit": "fortnight"}, "use one of"),
        ({"currency": "eur"}, "ISO 4217"),
        ({"purchase": Purchase.COMMITTED}, "term_months"),
        ({"upfront": Decimal(1)}, "term_months"),
        ({"applies_to": "friends"}, "new or existing"),
    ],
)
def test_what_cannot_be_a_price_is_refused(changes, says):
    with pytest.raises(ValueError, match=says):
        replace(price(), **changes)


def test_offer_of_other_regions_is_a_gap_and_an_unknown_one_an_error(azure):
    gap = azure.rents("azure/load-balancer", "azure/westeurope")
    assert isinstance(gap, PriceGap)
    assert gap.region == "westeurope"
    with pytest.raises(ValueError, match="no such offer"):
        azure.rents("azure/teapot", "azure/westeurope")


def test_machines_say_their_architecture(everything):
    assert everything.offer("azure/D8ps_v5", "westeurope").attributes["architecture"] == "arm64"
    assert everything.offer("azure/D8s_v5", "westeurope").attributes["architecture"] == "x86_64"
    assert all("architecture" in offer.attributes for offer in everything.offers if offer.kind is OfferKind.MACHINE)
