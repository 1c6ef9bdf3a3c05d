from datetime import date
from decimal import Decimal

import pytest

from pricing.commitments import effective_hourly
from pricing.offers import billed_units
from workbench.prices.files import import_prices
from workbench.prices.imported import PriceFileError


def test_instance_on_demand(aws_row, aws_file, known):
    imported = import_prices(aws_file(aws_row()), known)
    price = imported.book.price("aws/m6i.xlarge", "eu-west-1", "hour")
    assert (price.amount, price.currency, price.as_of) == (Decimal("0.214"), "USD", date(2026, 9, 1))
    assert imported.format == "aws-bulk"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"Operating_System": "Windows"}, "Operating System other than Linux"),
        ({"Tenancy": "Dedicated"}, "Tenancy other than Shared"),
        ({"Pre_Installed_S/W": "SQL Std"}, "Pre Installed S/W other than NA"),
        ({"CapacityStatus": "UnusedCapacityReservation"}, "CapacityStatus other than Used"),
        ({"operation": "RunInstances:0002"}, "operation other than RunInstances"),
        ({"Product_Family": "Load Balancer"}, "product family Load Balancer is not read"),
        ({"Unit": "Seconds"}, "unit Seconds is not read"),
        ({"TermType": "Spot"}, "term type Spot is not read"),
    ],
)
def test_rows_that_multiply_an_instance_are_left_out(aws_row, aws_file, known, changes, reason):
    imported = import_prices(aws_file(aws_row(), aws_row(PricePerUnit="9", **changes)), known)
    assert [(left.reason, left.rows) for left in imported.left_out] == [(reason, 1)]
    assert imported.book.price("aws/m6i.xlarge", "eu-west-1", "hour").amount == Decimal("0.214")


def reserved(aws_row, unit, price, option="Partial Upfront", offering="standard"):
    return aws_row(
        TermType="Reserved", Unit=unit, PricePerUnit=price, LeaseContractLength="1yr", PurchaseOption=option, OfferingClass=offering
    )


def test_reservation_is_two_rows(aws_row, aws_file, known):
    rows = (reserved(aws_row, "Hrs", "0.0500"), reserved(aws_row, "Quantity", "438"), aws_row())
    book = import_prices(aws_file(*rows), known).book
    price = book.price("aws/m6i.xlarge", "eu-west-1", "hour", purchase="committed", term_months=12)
    assert (price.amount, price.upfront, price.payment) == (Decimal("0.05"), 438, "partial_upfront")
    assert effective_hourly(price) == Decimal("0.10")


def test_half_a_reservation_is_no_price(aws_row, aws_file, known):
    imported = import_prices(aws_file(reserved(aws_row, "Hrs", "0.05")), known)
    assert imported.book.prices == ()
    assert "without its upfront fee" in imported.warnings[0]


def test_reservation_without_upfront_is_one_row_and_convertible_ones_are_left_out(aws_row, aws_file, known):
    rows = (reserved(aws_row, "Hrs", "0.13", "No Upfront"), reserved(aws_row, "Hrs", "0.15", "No Upfront", "convertible"))
    imported = import_prices(aws_file(*rows), known)
    assert [price.amount for price in imported.book.prices] == [Decimal("0.13")]
    assert imported.left_out[0].reason == "convertible reservations are not read"


def test_volumes_with_iops_and_throughput_per_gibibyte(aws_row, aws_file, known):
    rows = (
        aws_row(Product_Family="Storage", Unit="GB-Mo", PricePerUnit="0.088", Volume_API_Name="gp3"),
        aws_row(Product_Family="System Operation", Unit="IOPS-Mo", PricePerUnit="0.0055", usageType="EU-EBS:VolumeP-IOPS.gp3"),
        aws_row(
            Product_Family="Provisioned Throughput", Unit="GiBps-mo", PricePerUnit="45.056", usageType="EUC1-EBS:VolumeP-Throughput.gp3"
        ),
        aws_row(Product_Family="System Operation", Unit="IOPS-Mo", PricePerUnit="0.05", usageType="EU-EBS:VolumeP-IOPS.io2.tier2"),
        aws_row(Product_Family="System Operation", Unit="IOs", PricePerUnit="0.05", usageType="EU-EBS:VolumeIOUsage"),
        aws_row(Product_Family="Storage", Unit="GB-Mo", PricePerUnit="0.02", usageType="TimedStorage-INT-FA-ByteHrs"),
    )
    imported = import_prices(aws_file(*rows), known)
    book = imported.book
    assert book.price("aws/gp3", "eu-west-1", "MBps-month").amount == Decimal("0.044")
    assert book.price("aws/gp3", "eu-west-1", "MBps-month").included == 125
    assert book.price("aws/gp3", "eu-west-1", "IOPS-month").included == 3000
    assert sum(left.rows for left in imported.left_out) == 3


def test_databases_and_caches(aws_row, aws_file, known):
    base = {"Product_Family": "Database Instance", "Database_Engine": "PostgreSQL", "Instance_Type": "db.r6g.xlarge", "Memory": "32 GiB"}
    rows = (
        aws_row(**base, Deployment_Option="Single-AZ", PricePerUnit="0.5"),
        aws_row(**base, Deployment_Option="Multi-AZ", PricePerUnit="1.0"),
        aws_row(**base, Deployment_Option="Multi-AZ (readable standbys)"),
        aws_row(**{**base, "Database_Engine": "MySQL"}),
        aws_row(Product_Family="Cache Instance", Cache_Engine="Valkey", Instance_Type="cache.r8g.large", Memory="13.07 GiB"),
        aws_row(Product_Family="Cache Instance", Cache_Engine="Memcached", Instance_Type="cache.r8g.large", Memory="13.07 GiB"),
    )
    imported = import_prices(aws_file(*rows), known)
    pair = imported.book.offer("aws/rds-postgres-r6g.xlarge-multi-az", "eu-west-1")
    assert billed_units(pair, 1, 1) == 1
    assert pair.limit("database_memory") == 32 * 2**30
    node = imported.book.offer("aws/valkey-r8g.large", "eu-west-1")
    assert node.limit("redis_memory") == (Decimal("13.07") * 2**30).quantize(Decimal(1)) * 3 // 4
    assert sum(left.rows for left in imported.left_out) == 3


def test_unknown_limits_of_a_new_instance(aws_row, aws_file, known):
    book = import_prices(aws_file(aws_row(Instance_Type="m99.xlarge"), aws_row(Instance_Type="t9.large")), known).book
    machine = book.offer("aws/m99.xlarge", "eu-west-1")
    assert (machine.limit("cpu"), machine.limit("memory")) == (4, 16 * 2**30)
    assert machine.limits["postgres_iops"] is None
    assert book.offer("aws/t9.large", "eu-west-1").limits["cpu"] is None


def test_columns_are_found_by_name_and_a_spreadsheet_line_is_skipped(aws_row, aws_file, known):
    path = aws_file(aws_row())
    lines = path.read_text().splitlines()
    header = lines[5].replace('"', "").split(",")
    shuffled = aws_file(aws_row(), preamble="sep=,\n" + "\n".join(lines[:5]) + "\n", columns=header[::-1])
    assert import_prices(shuffled, known).book.prices[0].amount == Decimal("0.214")


def test_file_cut_in_half_is_refused(aws_row, aws_file, known):
    path = aws_file(*(aws_row() for _ in range(20)))
    path.write_text(path.read_text()[:-40])
    with pytest.raises(PriceFileError, match="cut off"):
        import_prices(path, known)


def test_row_with_a_broken_price_is_named(aws_row, aws_file, known):
    with pytest.raises(PriceFileError, match=r"index.csv:8: PricePerUnit is 'free'"):
        import_prices(aws_file(aws_row(), aws_row(PricePerUnit="free")), known)


def test_file_without_a_header_is_refused(aws_row, aws_file, known):
    with pytest.raises(PriceFileError, match="lacks Unit"):
        import_prices(aws_file(aws_row(), columns=["SKU", "TermType", "PriceDescription"]), known)


def test_memory_does_not_grow_with_the_file(aws_row, aws_file, known):
    import tracemalloc

    row = aws_row(Operating_System="Windows")
    peaks = []
    for count in (2_000, 20_000):
        path = aws_file(*[row] * count)
        tracemalloc.start()
        imported = import_prices(path, known)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert imported.rows == count
    assert peaks[1] < 1.5 * peaks[0]
