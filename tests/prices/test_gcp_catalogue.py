from datetime import date
from decimal import Decimal

import pytest

from pricing.money import HOURS_PER_MONTH
from workbench.prices.files import import_prices
from workbench.prices.imported import PriceFileError

SEEN = date(2026, 11, 1)
REGION = "europe-west3"


def rate(nanos, units="0", start=0, currency="USD"):
    return {"startUsageAmount": start, "unitPrice": {"currencyCode": currency, "units": units, "nanos": nanos}}


def sku(description, *rates, unit="h", usage="OnDemand", service="Compute Engine", regions=(REGION,), **info):
    expression = {"usageUnit": unit, "displayQuantity": 1000, "baseUnitConversionFactor": 3600, "tieredRates": list(rates)}
    return {
        "skuId": "AAAA-BBBB",
        "description": description,
        "category": {"serviceDisplayName": service, "resourceFamily": "Compute", "resourceGroup": "CPU", "usageType": usage},
        "serviceRegions": list(regions),
        "pricingInfo": [{"effectiveTime": "2026-10-05T00:00:00Z", "pricingExpression": expression, "currencyConversionRate": 0.9, **info}],
    }


def core(nanos=30_000_000, **more):
    return sku("N2 Instance Core running in Frankfurt", rate(nanos), **more)


def memory(nanos=4_000_000, **more):
    return sku("N2 Instance Ram running in Frankfurt", rate(nanos), **{"unit": "GiBy.h", **more})


def imported(json_file, book, *skus, **page):
    return import_prices(json_file({"skus": list(skus), **page}), book, SEEN)


def test_machine_is_vcpus_and_memory_of_its_family(json_file, every_book):
    book = imported(json_file, every_book, core(), memory()).book
    price = book.price("gcp/n2-standard-4", REGION, "hour")
    assert price.amount == 4 * Decimal("0.03") + 16 * Decimal("0.004")
    assert (price.as_of, price.valid_from) == (SEEN, date(2026, 10, 5))
    assert price.original == "4 x 0.03 per h + 16 x 0.004 per GiBy.h"
    assert book.price("gcp/n2-highmem-4", REGION, "hour").amount == 4 * Decimal("0.03") + 32 * Decimal("0.004")
    assert not book.has_offer("gcp/n2d-standard-4", REGION)
    assert book.offer("gcp/n2-standard-4", REGION).limit("cpu") == 4


def test_units_is_a_text_and_nanos_are_its_fraction(json_file, every_book):
    item = sku("Redis Capacity Basic M1 Frankfurt", rate(500_000_000, units="2"), unit="GiBy.h", service="Cloud Memorystore for Redis")
    price = imported(json_file, every_book, item).book.price("gcp/memorystore-redis-basic-m1", REGION, "GiB-month")
    assert (price.amount, price.original) == (Decimal("2.5") * HOURS_PER_MONTH, "2.5 per GiBy.h")


def test_commitments_are_parts_too(json_file, every_book):
    years = [
        sku("Commitment v1: N2 Cpu in Frankfurt for 3 Years", rate(13_000_000), usage="Commit3Yr"),
        sku("Commitment v1: N2 Ram in Frankfurt for 3 Years", rate(2_000_000), unit="GiBy.h", usage="Commit3Yr"),
    ]
    book = imported(json_file, every_book, *years).book
    price = book.price("gcp/n2-standard-4", REGION, "hour", purchase="committed", term_months=36)
    assert (price.amount, price.payment) == (4 * Decimal("0.013") + 16 * Decimal("0.002"), "monthly")


@pytest.mark.parametrize(
    ("description", "usage"),
    [
        ("Spot Preemptible N2 Instance Core running in Frankfurt", "Preemptible"),
        ("N2 Custom Instance Core running in Frankfurt", "OnDemand"),
        ("N2 Sole Tenancy Instance Core running in Frankfurt", "OnDemand"),
        ("Reserved N2 Instance Core in Frankfurt", "OnDemand"),
        ("N2D AMD Custom Extended Instance Ram running in Frankfurt", "OnDemand"),
        ("Licensing Fee for Windows Server 2022 (CPU cost)", "OnDemand"),
    ],
)
def test_other_skus_are_not_taken_for_parts(json_file, every_book, description, usage):
    found = imported(json_file, every_book, core(), memory(), sku(description, rate(999_000_000), usage=usage))
    assert sum(left.rows for left in found.left_out) == 1
    assert found.book.price("gcp/n2-standard-4", REGION, "hour").amount == 4 * Decimal("0.03") + 16 * Decimal("0.004")


def test_half_a_machine_has_no_price(json_file, every_book):
    found = imported(json_file, every_book, core())
    assert found.book.prices == ()
    assert found.warnings == ("n2 in europe-west3: no memory price, so no price of a machine",)


def test_family_without_known_machines_is_named(json_file, every_book):
    other = [sku("X9 Instance Core running in Frankfurt", rate(1)), sku("X9 Instance Ram running in Frankfurt", rate(1), unit="GiBy.h")]
    assert "knows no machine of this family" in imported(json_file, every_book, *other).warnings[0]


def test_parts_in_two_currencies_make_no_machine(json_file, every_book):
    euros = sku("N2 Instance Ram running in Frankfurt", rate(1, currency="EUR"), unit="GiBy.h")
    with pytest.raises(PriceFileError, match="vCPU in USD, memory in EUR: download the catalogue in one currency"):
        imported(json_file, every_book, core(), euros)


@pytest.mark.parametrize(
    ("service", "description", "unit", "offer", "factor"),
    [
        ("Compute Engine", "SSD backed PD Capacity in Frankfurt", "GiBy.mo", "gcp/pd-ssd", 1),
        ("Compute Engine", "Regional Balanced PD Capacity in Frankfurt", "GiBy.mo", "gcp/pd-balanced-replicated", 1),
        ("Compute Engine", "Storage PD Snapshot in Frankfurt", "GiBy.mo", "gcp/pd-snapshot", 1),
        ("Cloud Storage", "Nearline Storage Frankfurt", "GiBy.mo", "gcp/gcs-nearline", 1),
        ("Cloud SQL", "Cloud SQL for PostgreSQL: Regional - RAM in Frankfurt", "GiBy.h", "gcp/cloud-sql-mem-regional", 730),
        ("Cloud SQL", "Cloud SQL for PostgreSQL: Zonal - Standard storage in Frankfurt", "GiBy.mo", "gcp/cloud-sql-ssd-zonal", 1),
    ],
)
def test_what_is_sold_on_its_own_has_the_names_of_the_bundled_book(json_file, every_book, service, description, unit, offer, factor):
    found = imported(json_file, every_book, sku(description, rate(100_000_000), unit=unit, service=service))
    assert found.book.price(offer, REGION, "GiB-month").amount == Decimal("0.1") * factor
    known = next(one for one in every_book.offers if one.id == offer)
    assert found.book.offer(offer, REGION).kind is known.kind


def test_tiers_and_their_free_start_are_kept(json_file, every_book):
    item = sku("Standard Storage Frankfurt", rate(0), rate(23_000_000, start=5), unit="GiBy.mo", service="Cloud Storage")
    tiers = imported(json_file, every_book, item).book.tiers("gcp/gcs-standard", REGION, "GiB-month")
    assert [(tier.tier_from, tier.amount) for tier in tiers] == [(0, 0), (5, Decimal("0.023"))]


def test_a_price_with_the_standby_in_it_says_so(json_file, every_book):
    item = sku("Redis Capacity Standard M2 Frankfurt", rate(54_000_000), unit="GiBy.h", service="Cloud Memorystore for Redis")
    book = imported(json_file, every_book, item).book
    assert book.offer("gcp/memorystore-redis-standard-m2", REGION).says("includes_standby")


def test_the_newest_of_a_timeline_counts_and_conversion_is_not_applied_twice(json_file, every_book):
    item = sku("SSD backed PD Capacity in Frankfurt", rate(200_000_000), unit="GiBy.mo")
    old = {**item["pricingInfo"][0], "effectiveTime": "2025-01-01T00:00:00Z"}
    item["pricingInfo"] = [old, item["pricingInfo"][0]]
    price = imported(json_file, every_book, item).book.price("gcp/pd-ssd", REGION, "GiB-month")
    assert (price.amount, price.valid_from) == (Decimal("0.2"), date(2026, 10, 5))


def test_every_region_of_a_sku_has_the_price(json_file, every_book):
    regions = ("us-central1", "us-east1")
    book = imported(json_file, every_book, core(regions=regions), memory(regions=regions)).book
    assert book.has("gcp/n2-standard-2", "us-east1", "hour")


def test_pages_as_a_list_and_a_missing_page(json_file, every_book):
    pages = [{"skus": [core()], "nextPageToken": "x"}, {"skus": [memory()], "nextPageToken": ""}]
    whole = import_prices(json_file(pages), every_book)
    assert whole.warnings == ()
    assert whole.book.price("gcp/n2-standard-4", REGION, "hour").as_of is None
    assert "save all pages" in imported(json_file, every_book, core(), memory(), nextPageToken="more").warnings[0]


def test_file_cut_off_is_refused(json_file, every_book):
    path = json_file({"skus": [core(), memory()]})
    path.write_text(path.read_text()[:-20])
    with pytest.raises(PriceFileError, match="ends in the middle"):
        import_prices(path, every_book)


def test_a_broken_price_names_the_sku(json_file, every_book):
    with pytest.raises(PriceFileError, match=r"prices.json: SKU 2: nanos is 'many'"):
        imported(json_file, every_book, core(), memory("many"))
