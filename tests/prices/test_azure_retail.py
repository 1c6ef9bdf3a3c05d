import json
from datetime import date
from decimal import Decimal

import pytest

from workbench.prices.files import import_prices
from workbench.prices.imported import PriceFileError

SEEN = date(2026, 11, 1)


def reasons(imported):
    return {left.reason: left.rows for left in imported.left_out}


def test_machine_by_the_hour_with_its_plans(azure_item, azure_file, known):
    plans = [{"term": "1 Year", "retailPrice": 0.165, "unitPrice": 0.165}, {"term": "3 Years", "retailPrice": 0.11, "unitPrice": 0.11}]
    imported = import_prices(azure_file(azure_item(savingsPlan=plans)), known, SEEN)
    book = imported.book
    on_demand = book.price("azure/D4s_v5", "azure/westeurope", "hour")
    assert (on_demand.amount, on_demand.currency, on_demand.as_of) == (Decimal("0.217"), "EUR", SEEN)
    assert on_demand.valid_from == date(2021, 11, 1)
    assert book.price("azure/D4s_v5", "westeurope", "hour", purchase="committed", term_months=36).amount == Decimal("0.11")
    assert book.offer("azure/D4s_v5", "westeurope").limit("postgres_iops") == 6400


def test_reservation_is_the_total_of_its_term_although_it_says_one_hour(azure_item, azure_file, known):
    item = azure_item(type="Reservation", reservationTerm="3 Years", retailPrice=26561.0, armSkuName="Standard_D48_v4")
    book = import_prices(azure_file(item), known).book
    price = book.price("azure/D48_v4", "westeurope", "month", purchase="committed", term_months=36)
    assert (price.amount, price.upfront, price.payment) == (0, 26561, "all_upfront")
    assert price.as_of is None


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"type": "DevTestConsumption"}, "DevTestConsumption is no price for production"),
        ({"skuName": "D4s v5 Spot"}, "spot and low priority can be taken away"),
        ({"skuName": "D4s v5 Low Priority"}, "spot and low priority can be taken away"),
        ({"productName": "Virtual Machines Dsv5 Series Windows"}, "Windows includes a licence"),
        ({"armRegionName": ""}, "meter without a region"),
        ({"isPrimaryMeterRegion": False}, "meter repeats one of another region"),
        ({"type": "Reservation"}, "reservation without a term"),
        ({"serviceName": "Azure Cosmos DB"}, "service Azure Cosmos DB is not read"),
        ({"unitOfMeasure": "10 Hours"}, "unit 10 Hours of a virtual machine is not read"),
        ({"productName": "Cloud Services"}, "no size of a virtual machine"),
    ],
)
def test_what_is_left_out_is_counted_with_its_reason(azure_item, azure_file, known, changes, reason):
    imported = import_prices(azure_file(azure_item(**changes), azure_item()), known)
    assert reasons(imported) == {reason: 1}
    assert imported.rows == 2
    assert len(imported.book.prices) == 1


def storage(azure_item, product, meter, price, unit, **changes):
    return azure_item(
        serviceName="Storage", productName=product, meterName=meter, retailPrice=price, unitOfMeasure=unit, armSkuName="", **changes
    )


def test_premium_ssd_v2_is_metered_per_hour(azure_item, azure_file, known):
    product = "Azure Premium SSD v2"
    items = (
        storage(azure_item, product, "Premium LRS Provisioned Capacity", 0.00013, "1 GiB/Hour"),
        storage(azure_item, product, "Premium LRS Provisioned IOPS", 0.000008, "1/Hour"),
        storage(azure_item, product, "Premium LRS Provisioned Throughput (MBps)", 0.000065, "1/Hour"),
    )
    book = import_prices(azure_file(*items), known).book
    for unit in ("GiB-month", "IOPS-month", "MBps-month"):
        imported = book.price("azure/premium-ssd-v2", "westeurope", unit)
        bundled = known.price("azure/premium-ssd-v2", "westeurope", unit)
        assert (imported.amount, imported.included) == (bundled.amount, bundled.included)


def test_disks_snapshots_and_blobs_with_tiers(azure_item, azure_file, known):
    items = (
        storage(azure_item, "Premium SSD Managed Disks", "P10 LRS Disk", 21.68, "1/Month"),
        storage(azure_item, "Standard HDD Managed Disks", "LRS Snapshots", 0.05, "1 GB/Month"),
        storage(azure_item, "General Block Blob v2", "Cool LRS Data Stored", 0.01, "1 GB/Month"),
        storage(azure_item, "General Block Blob v2", "Hot LRS Data Stored", 0.018, "1 GB/Month"),
        storage(azure_item, "General Block Blob v2", "Hot LRS Data Stored", 0.017, "1 GB/Month", tierMinimumUnits=51200.0),
        storage(azure_item, "General Block Blob v2", "Hot LRS Write Operations", 0.05, "10K"),
    )
    imported = import_prices(azure_file(*items), known)
    assert imported.book.price("azure/premium-ssd-p10-lrs", "westeurope", "month").amount == Decimal("21.68")
    assert [tier.tier_from for tier in imported.book.tiers("azure/blob-hot", "westeurope", "GiB-month")] == [0, 51200]
    assert reasons(imported) == {"storage meter is not used": 1}


def test_price_announced_for_later_waits_for_its_day(azure_item, azure_file, known):
    later = azure_item(retailPrice=0.3, effectiveStartDate="2026-12-01T00:00:00Z")
    book = import_prices(azure_file(azure_item(), later), known, SEEN).book
    assert book.price("azure/D4s_v5", "westeurope", "hour").amount == Decimal("0.217")
    assert book.price("azure/D4s_v5", "westeurope", "hour", as_of=date(2027, 1, 1)).amount == Decimal("0.3")
    merged = known.merge(import_prices(azure_file(later), known, SEEN).book)
    assert merged.price("azure/D4s_v5", "westeurope", "hour").amount == Decimal("0.23")


def test_imported_prices_replace_bundled_ones(azure_item, azure_file, known):
    merged = known.merge(import_prices(azure_file(azure_item()), known, SEEN).book)
    assert merged.price("azure/D4s_v5", "westeurope", "hour").amount == Decimal("0.217")
    assert "replaces 0.23 USD" in merged.conflicts[0].message


def test_two_meters_that_disagree_are_a_conflict(azure_item, azure_file, known):
    book = import_prices(azure_file(azure_item(), azure_item(retailPrice=0.5)), known).book
    assert len(book.prices) == len(book.conflicts) == 1


def test_offer_nobody_knows_has_unknown_limits(azure_item, azure_file, known):
    book = import_prices(azure_file(azure_item(armSkuName="Standard_D4s_v9")), known).book
    assert book.offer("azure/D4s_v9", "westeurope").limits["cpu"] is None


def test_list_of_pages_and_list_of_items_are_the_same(azure_item, tmp_path, known):
    pages = tmp_path / "pages.json"
    pages.write_text(json.dumps([{"Items": [azure_item()], "NextPageLink": "x"}, {"Items": [], "NextPageLink": None}]))
    items = tmp_path / "items.json"
    items.write_text(json.dumps([azure_item()]))
    assert import_prices(pages, known).book.prices[0].amount == import_prices(items, known).book.prices[0].amount
    assert import_prices(pages, known).warnings == ()


def test_single_page_of_several_warns(azure_item, azure_file, known):
    imported = import_prices(azure_file(azure_item(), next_page="https://prices.azure.com/next"), known)
    assert "save all pages" in imported.warnings[0]


@pytest.mark.parametrize("text", ['{"Items": [{"retailPrice": 1', "{}", "[1]", '{"Items": 3}'])
def test_file_that_is_no_answer_is_refused(tmp_path, known, text):
    path = tmp_path / "broken.json"
    path.write_text(text)
    with pytest.raises(PriceFileError, match=r"broken\.json"):
        import_prices(path, known)


@pytest.mark.parametrize("price", ["free", None])
def test_item_with_no_number_for_a_price_is_named(azure_item, azure_file, known, price):
    with pytest.raises(PriceFileError, match="item 2: retailPrice"):
        import_prices(azure_file(azure_item(), azure_item(retailPrice=price)), known)
