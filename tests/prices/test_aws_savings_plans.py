from datetime import date
from decimal import Decimal

import pytest

from pricing.book import PriceBook
from pricing.commitments import effective_hourly
from pricing.offers import Offer, OfferKind
from workbench.prices.files import import_prices
from workbench.prices.imported import PriceFileError

DAY = date(2026, 9, 1)


@pytest.fixture
def with_skus():
    machine = Offer("aws/m6i.xlarge", "aws", "eu-west-1", OfferKind.MACHINE, attributes={"sku": "ABC"})
    return PriceBook((machine,))


def plan(payment="No Upfront", family="ComputeSavingsPlans", sku="P1"):
    return {"sku": sku, "productFamily": family, "attributes": {"purchaseOption": payment, "purchaseTerm": "1yr"}}


def rate(sku="ABC", price="0.10", unit="Hrs"):
    return {"discountedSku": sku, "discountedUsageType": "EU-BoxUsage:m6i.xlarge", "unit": unit,
            "discountedRate": {"price": price, "currency": "USD"}}  # fmt: skip


def terms(*rates, sku="P1", years=1, description="1 year No Upfront Compute Savings Plan"):
    lease = {"duration": years, "unit": "year"}
    return {
        "sku": sku,
        "description": description,
        "effectiveDate": "2026-08-15T00:00:00Z",
        "leaseContractLength": lease,
        "rates": list(rates),
    }


def plans(products, savings):
    return {"version": "1", "publicationDate": "2026-09-01T00:00:00Z", "products": products, "terms": {"savingsPlan": savings}}


def test_rate_is_joined_on_the_sku(json_file, with_skus):
    found = import_prices(json_file(plans([plan()], [terms(rate(), rate("OTHER", "9"))])), with_skus)
    (price,) = found.book.prices
    assert (price.offer_id, price.region, price.amount, price.term_months) == ("aws/m6i.xlarge", "eu-west-1", Decimal("0.10"), 12)
    assert (price.payment, price.upfront, price.as_of, price.valid_from) == ("savings_plan", 0, DAY, date(2026, 8, 15))
    assert [(left.reason, left.rows) for left in found.left_out] == [("SKU of no offer in the book", 1)]
    assert found.format == "aws-savings-plans"


@pytest.mark.parametrize(
    ("payment", "hourly", "upfront"),
    [("No Upfront", "0.10", "0"), ("Partial Upfront", "0.05", "438"), ("All Upfront", "0", "876")],
)
def test_upfront_is_part_of_the_same_hour(json_file, with_skus, payment, hourly, upfront):
    (price,) = import_prices(json_file(plans([plan(payment)], [terms(rate())])), with_skus).book.prices
    assert (price.amount, price.upfront) == (Decimal(hourly), Decimal(upfront))
    assert effective_hourly(price) == Decimal("0.10")


def test_plans_of_both_kinds_and_reservations_do_not_overwrite_each_other(json_file, with_skus):
    document = plans([plan(), plan(family="EC2InstanceSavingsPlans", sku="P2")], [terms(rate()), terms(rate(price="0.08"), sku="P2")])
    book = import_prices(json_file(document), with_skus).book
    assert {price.payment: price.amount for price in book.prices} == {
        "savings_plan": Decimal("0.10"),
        "instance_savings_plan": Decimal("0.08"),
    }
    assert book.conflicts == ()


def test_term_may_be_said_after_the_rates(json_file, with_skus):
    late = terms(rate(), years=3)
    late = {"rates": late.pop("rates"), **late}
    (price,) = import_prices(json_file(plans([plan()], [late])), with_skus).book.prices
    assert price.term_months == 36


def test_unknown_kinds_of_plan_are_counted(json_file, with_skus):
    found = import_prices(json_file(plans([plan(family="MachineLearningSavingsPlans")], [terms(rate())])), with_skus)
    assert found.book.prices == ()
    assert found.left_out[0].reason == "savings plan without a known kind and payment"
    assert "no rate is for an offer of the book" in found.warnings[0]


def test_book_without_skus_says_what_to_import_first(json_file, known):
    with pytest.raises(PriceFileError, match="import the price list of the region"):
        import_prices(json_file(plans([plan()], [terms(rate())])), known)


def test_skus_of_an_imported_list_are_kept_for_the_join(json_file, aws_row, aws_file, known):
    first = import_prices(aws_file(aws_row()), known).book
    (price,) = import_prices(json_file(plans([plan()], [terms(rate())])), known.merge(first)).book.prices
    assert (price.offer_id, price.region) == ("aws/m6i.xlarge", "eu-west-1")


def test_file_cut_off_is_refused(json_file, with_skus):
    path = json_file(plans([plan()], [terms(*[rate()] * 20)]))
    path.write_text(path.read_text()[:-30])
    with pytest.raises(PriceFileError, match="ends in the middle"):
        import_prices(path, with_skus)
