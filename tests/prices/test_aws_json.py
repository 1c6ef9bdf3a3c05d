from datetime import date
from decimal import Decimal

import pytest

from pricing.commitments import effective_hourly
from workbench.prices.files import import_prices
from workbench.prices.imported import PriceFileError


def product(family="Compute Instance", **changes):
    attributes = {
        "regionCode": "eu-west-1",
        "location": "EU (Ireland)",
        "locationType": "AWS Region",
        "instanceType": "m6i.xlarge",
        "vcpu": "4",
        "memory": "16 GiB",
        "operatingSystem": "Linux",
        "tenancy": "Shared",
        "preInstalledSw": "NA",
        "capacitystatus": "Used",
        "operation": "RunInstances",
        "usagetype": "EU-BoxUsage:m6i.xlarge",
    }
    return {"productFamily": family, "attributes": {**attributes, **changes}}


def dimension(unit, price, begin="0", currency="USD"):
    return {"unit": unit, "beginRange": begin, "endRange": "Inf", "pricePerUnit": {currency: price}}


def term(*dimensions, since="2026-08-01T00:00:00Z", **attributes):
    rates = {f"rate{number}": one for number, one in enumerate(dimensions)}
    return {"effectiveDate": since, "priceDimensions": rates, "termAttributes": attributes}


def lease(*dimensions, option="Partial Upfront", offering="standard"):
    return term(*dimensions, LeaseContractLength="1yr", PurchaseOption=option, OfferingClass=offering)


def price_list(products, on_demand=None, reserved=None):
    terms = {"OnDemand": {sku: {"a": one} for sku, one in (on_demand or {}).items()}, "Reserved": reserved or {}}
    return {"formatVersion": "v1.0", "publicationDate": "2026-09-01T10:00:00Z", "products": products, "terms": terms}


def imported(json_file, known, *parts):
    return import_prices(json_file(price_list(*parts)), known)


def test_instance_on_demand_with_both_days(json_file, known):
    found = imported(json_file, known, {"A": product()}, {"A": term(dimension("Hrs", "0.2140000000"))})
    price = found.book.price("aws/m6i.xlarge", "eu-west-1", "hour")
    assert (price.amount, price.currency) == (Decimal("0.214"), "USD")
    assert (price.as_of, price.valid_from) == (date(2026, 9, 1), date(2026, 8, 1))
    assert found.book.offer("aws/m6i.xlarge", "eu-west-1").attributes["sku"] == "A"
    assert found.format == "aws-json"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"operatingSystem": "Windows"}, "Operating System other than Linux"),
        ({"tenancy": "Host"}, "Tenancy other than Shared"),
        ({"preInstalledSw": "SQL Web"}, "Pre Installed S/W other than NA"),
        ({"capacitystatus": "AllocatedCapacityReservation"}, "CapacityStatus other than Used"),
        ({"operation": "RunInstances:0010"}, "operation other than RunInstances"),
        ({"regionCode": ""}, "no region code"),
        ({"locationType": "AWS Wavelength Zone"}, "location type AWS Wavelength Zone is not read"),
    ],
)
def test_products_that_multiply_an_instance_are_left_out(json_file, known, changes, reason):
    cheap, dear = term(dimension("Hrs", "0.2")), term(dimension("Hrs", "9"))
    found = imported(json_file, known, {"A": product(), "B": product(**changes)}, {"A": cheap, "B": dear})
    assert [(left.reason, left.rows) for left in found.left_out] == [(reason, 1)]
    assert found.book.price("aws/m6i.xlarge", "eu-west-1", "hour").amount == Decimal("0.2")


def test_reservation_is_two_dimensions_of_one_term(json_file, known):
    reserved = {"A": {"t": lease(dimension("Hrs", "0.05"), dimension("Quantity", "438"))}}
    book = imported(json_file, known, {"A": product()}, {}, reserved).book
    price = book.price("aws/m6i.xlarge", "eu-west-1", "hour", purchase="committed", term_months=12)
    assert (price.amount, price.upfront, price.payment) == (Decimal("0.05"), 438, "partial_upfront")
    assert effective_hourly(price) == Decimal("0.10")


def test_convertible_reservations_are_left_out(json_file, known):
    reserved = {"A": {"t": lease(dimension("Hrs", "0.05"), option="No Upfront", offering="convertible")}}
    found = imported(json_file, known, {"A": product()}, {}, reserved)
    assert found.book.prices == ()
    assert found.left_out[0].reason == "convertible reservations are not read"


def test_tiers_of_one_sku_differ_by_their_start(json_file, known):
    outward = {"transferType": "AWS Outbound", "toLocation": "External", "fromRegionCode": "eu-west-1", "regionCode": ""}
    egress = product("Data Transfer", **outward)
    rates = term(dimension("GB", "0.09"), dimension("GB", "0.085", begin="10240"))
    stored = product("Storage", usagetype="EU-TimedStorage-ByteHrs")
    space = term(dimension("GB-Mo", "0.023"), dimension("GB-Mo", "0.022", begin="51200"))
    book = imported(json_file, known, {"E": egress, "S": stored}, {"E": rates, "S": space}).book
    assert [(tier.tier_from, tier.amount) for tier in book.tiers("aws/egress", "eu-west-1", "GB")] == [
        (0, Decimal("0.09")),
        (10240, Decimal("0.085")),
    ]
    assert [tier.tier_from for tier in book.tiers("aws/s3-standard", "eu-west-1", "GiB-month")] == [0, 51200]


def test_throughput_is_listed_per_gibibyte(json_file, known):
    throughput = product("Provisioned Throughput", usagetype="EU-EBS:VolumeP-Throughput.gp3")
    book = imported(json_file, known, {"A": throughput}, {"A": term(dimension("GiBps-mo", "45.056"))}).book
    price = book.price("aws/gp3", "eu-west-1", "MBps-month")
    assert (price.amount, price.included, price.original) == (Decimal("0.044"), 125, "45.056 per GiBps-mo")


def test_a_later_price_waits_for_its_day(json_file, known):
    first = imported(json_file, known, {"A": product()}, {"A": term(dimension("Hrs", "0.2"))}).book
    later = imported(json_file, known, {"A": product()}, {"A": term(dimension("Hrs", "0.3"), since="2026-12-01T00:00:00Z")}).book
    both = first.merge(later)
    assert both.price("aws/m6i.xlarge", "eu-west-1", "hour").amount == Decimal("0.2")
    assert both.price("aws/m6i.xlarge", "eu-west-1", "hour", as_of=date(2026, 12, 2)).amount == Decimal("0.3")


def test_other_currency_is_kept(json_file, known):
    chinese = product(regionCode="cn-north-1")
    book = imported(json_file, known, {"A": chinese}, {"A": term(dimension("Hrs", "1.5", currency="CNY"))}).book
    assert book.price("aws/m6i.xlarge", "cn-north-1", "hour").currency == "CNY"


@pytest.mark.parametrize("share", [0.05, 0.3, 0.5, 0.9, 0.999])
def test_file_cut_off_is_refused_with_its_place(json_file, known, share):
    path = json_file(price_list({f"S{n}": product() for n in range(50)}, {f"S{n}": term(dimension("Hrs", "1")) for n in range(50)}))
    text = path.read_text()
    path.write_text(text[: int(len(text) * share)])
    lines = path.read_text().count("\n") + 1
    with pytest.raises(PriceFileError, match=rf"prices.json:{lines}: the file ends in the middle.*Download it again"):
        import_prices(path, known)


def test_a_broken_price_names_the_product(json_file, known):
    with pytest.raises(PriceFileError, match=r"prices.json, OnDemand terms of A: PricePerUnit is 'free'"):
        imported(json_file, known, {"A": product()}, {"A": term(dimension("Hrs", "free"))})


def test_damage_in_the_middle_is_placed_between_lines(json_file, known):
    path = json_file(price_list({"A": product()}))
    path.write_text(path.read_text().replace('"eu-west-1"', "eu-west-1"))
    with pytest.raises(PriceFileError, match=r"prices.json, lines 1 to \d+: no JSON"):
        import_prices(path, known)


def test_memory_does_not_grow_with_what_is_left_out(json_file, known):
    import tracemalloc

    peaks = []
    for count in (200, 2_000):
        path = json_file(price_list({f"S{n}": product(tenancy="Host") for n in range(count)}))
        tracemalloc.start()
        assert import_prices(path, known).rows == count
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0]
