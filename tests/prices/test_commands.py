import csv
import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from pricing.book_csv import BookError, load_book
from workbench.commands.prices import (
    PriceImportOptions,
    PriceListOptions,
    check_prices,
    doubts_json,
    import_price_file,
    list_prices,
    listed_json,
)
from workbench.pipeline.prices import study_book
from workbench.prices.check import Doubt
from workbench.prices.imported import PriceFileError
from workbench.study.toml import inspect_study

TODAY = date(2026, 11, 1)
OWN = "offer,region,unit,price,currency,kind,as_of,source\n"
ALL = PriceListOptions(TODAY)


def quiet(text, share):
    pass


def bring_in(study, path):
    return import_price_file(study, PriceImportOptions(path, TODAY), quiet)


def doubts(study):
    return [one.doubt for one in check_prices(study, TODAY).findings]


def test_imported_prices_are_kept_beside_the_study(price_study, azure_item, azure_file):
    study = price_study()
    found = bring_in(study, azure_file(azure_item()))
    book = load_book(study.folder / "offers.csv")
    assert book.price("azure/D4s_v5", "westeurope", "hour").as_of == TODAY
    assert (found.prices, found.format, found.conflicts) == (1, "azure-retail", ())


def test_importing_again_replaces_and_says_what(price_study, azure_item, azure_file):
    study = price_study()
    bring_in(study, azure_file(azure_item()))
    found = bring_in(study, azure_file(azure_item(retailPrice=0.3)))
    assert len(found.conflicts) == 1
    assert "0.3 EUR" in found.conflicts[0]
    assert "replaces 0.217 EUR" in found.conflicts[0]
    assert load_book(study.folder / "offers.csv").price("azure/D4s_v5", "westeurope", "hour").amount == Decimal("0.3")


def test_only_the_regions_asked_for_are_kept(price_study, azure_item, azure_file):
    study = price_study()
    path = azure_file(azure_item(), azure_item(armRegionName="northeurope"), azure_item(armRegionName="eastus"))
    found = import_price_file(study, PriceImportOptions(path, TODAY, regions=("azure/westeurope", "eastus")), quiet)
    assert found.prices == 2
    assert {one.region for one in load_book(study.folder / "offers.csv").prices} == {"westeurope", "eastus"}
    with pytest.raises(ValueError, match="no prices of mars in the file: it has eastus, northeurope, westeurope; nothing was written"):
        import_price_file(study, PriceImportOptions(path, TODAY, regions=("mars",)), quiet)


def test_prices_for_new_orders_leave_those_of_what_runs_already(price_study, azure_item, azure_file):
    study = price_study()
    since = date(2026, 6, 15)
    path = azure_file(azure_item(effectiveStartDate=None))
    import_price_file(study, PriceImportOptions(path, TODAY, since, "new"), quiet)
    dearer = study_book(study)
    assert dearer.price("azure/D4s_v5", "westeurope", "hour").amount == Decimal("0.217")
    assert dearer.price("azure/D4s_v5", "westeurope", "hour").valid_from == since
    (running,) = [
        one
        for one in dearer.prices_of("azure/D4s_v5", "westeurope", applies_to="existing")
        if one.unit == "hour" and one.purchase == "on_demand"
    ]
    assert running.amount == Decimal("0.23")


@pytest.mark.parametrize(
    "content",
    [
        OWN + "own/x,*,month,2,EUR,other,2026-10-01,me\nown/y,*,mon",
        '{"Items": [{"serviceName": "Virtual Machines"',
        '{"products": {"A": {"productFamily": "Compute',
        '{"pricing": {"currency": "EUR", "server_types": [',
        '{"skus": [{"description": "',
        '{"CPU": "0.03", "RAM": "0.0',
        "about:\n  timestamp: 1\ncompute:\n  instance:\n    n2-standard-4:\n      co",
        "EndTimestamp,InstanceID,Region,AssetClass,InstanceIDField,InstanceType,MarketPriceHourly,Version\n,a,,node,,x,0.1",
    ],
)
def test_half_a_file_leaves_the_study_as_it_was(price_study, tmp_path, content):
    study = price_study()
    offers = study.folder / "offers.csv"
    offers.write_text(OWN + "own/x,*,month,1,EUR,other,2026-10-01,me\n")
    before = offers.read_bytes()
    half = tmp_path / "half"
    half.write_text(content)
    with pytest.raises((PriceFileError, BookError), match="half"):
        bring_in(study, half)
    assert offers.read_bytes() == before
    assert sorted(entry.name for entry in study.folder.iterdir()) == ["offers.csv", "study.toml"]


def test_a_file_without_any_price_writes_nothing(price_study, azure_item, azure_file):
    study = price_study()
    found = bring_in(study, azure_file(azure_item(type="DevTestConsumption")))
    assert "nothing was written" in found.warnings[0]
    assert not (study.folder / "offers.csv").exists()


def test_the_bundled_study_is_not_written_to(price_study, azure_item, azure_file):
    study = replace(price_study(), demo=True)
    with pytest.raises(ValueError, match="workbench init"):
        bring_in(study, azure_file(azure_item()))


def test_currency_without_a_rate_is_an_error_and_said_on_import(price_study, azure_item, azure_file):
    study = price_study(exchange=False)
    found = check_prices(study, TODAY)
    assert found.findings[0].doubt is Doubt.NO_RATE
    assert "no exchange rate from USD to EUR" in found.findings[0].text
    assert not found.answered
    assert json.loads(doubts_json(found))["answered"] is False
    pounds = bring_in(study, azure_file(azure_item(currencyCode="GBP")))
    assert "no rate from GBP to EUR" in pounds.warnings[0]


def test_with_its_rate_a_currency_is_no_doubt(price_study):
    study = price_study()
    assert Doubt.NO_RATE not in doubts(study)
    assert check_prices(study, TODAY).answered


def test_commitment_longer_than_the_horizon_warns(price_study):
    found = check_prices(price_study(share='"stable"', term="3 years"), TODAY)
    outliving = [one for one in found.findings if one.doubt is Doubt.OUTLIVES]
    assert "36 months outlive the horizon of 18 by 18" in outliving[0].text
    assert found.answered


def test_commitment_longer_than_the_horizon_is_said_with_its_line_when_the_study_is_read(price_study):
    folder = price_study(share='"stable"', term="3 years").folder
    warnings = [str(one) for one in inspect_study(folder).warnings]
    assert any("study.toml:13:" in one and "commit.term" in one and "outlives the horizon of 18" in one for one in warnings)


@pytest.mark.parametrize(("share", "term"), [("0", "3 years"), ('"stable"', "1 year")])
def test_commitment_inside_the_horizon_or_none_does_not(price_study, share, term):
    assert Doubt.OUTLIVES not in doubts(price_study(share=share, term=term))


def test_term_that_nobody_prices_is_a_gap(price_study):
    found = check_prices(price_study(share="0.5", term="3 years"), TODAY).findings
    gaps = [one.text for one in found if one.doubt is Doubt.NO_PRICE]
    assert "1 machines in azure/westeurope have no price committed for 36 months" in gaps[0]
    assert "azure/D4s_v5" in gaps[0]


def test_pattern_that_fits_nothing_is_named(price_study):
    found = check_prices(price_study(offers='"azure/D4s_v5", "azure/Z*", "own/*"'), TODAY).findings
    assert next(one.text for one in found if one.doubt is Doubt.NO_OFFER).startswith("no offer in azure/westeurope fits azure/Z*")


def test_own_machine_without_a_price_by_time_is_a_gap(price_study):
    study = price_study(offers='"azure/D4s_v5", "azure/mine"')
    (study.folder / "offers.csv").write_text(OWN + "azure/mine,westeurope,GB,1,EUR,machine,2026-10-01,me\n")
    assert any("no price by the hour or month" in one.text for one in check_prices(study, TODAY).findings)


def test_list_is_by_book_until_something_is_asked_for(price_study):
    study = price_study()
    assert list_prices(study, ALL).prices is None
    assert "books" in json.loads(listed_json(list_prices(study, ALL)))
    asked = list_prices(study, replace(ALL, service="volume", region="azure/westeurope"))
    assert asked.prices
    assert {(one.service, one.region, one.provider) for one in asked.prices} == {("volume", "westeurope", "azure")}
    assert json.loads(listed_json(asked))["prices"][0]["price"] == str(asked.prices[0].price)


def test_list_by_age_keeps_what_is_undated(price_study):
    study = price_study()
    (study.folder / "offers.csv").write_text(OWN + "own/new,*,month,1,EUR,other,2026-10-30,me\nown/undated,*,month,1,EUR,other,,me\n")
    old = list_prices(study, replace(ALL, older_than_days=30, provider="own")).prices
    assert old is not None
    assert [(one.offer, one.as_of, one.age_days) for one in old] == [("own/undated", "undated", None)]


def test_what_holds_everywhere_belongs_to_each_region(price_study):
    study = price_study()
    (study.folder / "offers.csv").write_text(OWN + "own/egress,*,GB,1,EUR,egress,2026-10-30,me\n")
    found = list_prices(study, replace(ALL, region="northeurope", service="egress")).prices
    assert found is not None
    assert [one.region for one in found] == ["*"]


@pytest.mark.parametrize(("field", "name"), [("provider", "azur"), ("region", "azure/mars"), ("service", "machines")])
def test_names_that_the_book_does_not_have_are_refused(price_study, field, name):
    with pytest.raises(ValueError, match=rf"no {field} .* in the price book: there are "):
        list_prices(price_study(), replace(ALL, **{field: name}))


@pytest.mark.parametrize(("dialect", "separator", "price"), [("machine", ",", "0.23"), ("excel", ";", "0,23")])
def test_csv_has_a_row_for_each_price_in_both_dialects(price_study, tmp_path, dialect, separator, price):
    study = price_study()
    path = tmp_path / "out" / "prices.csv"
    list_prices(study, replace(ALL, csv=path, dialect=dialect))
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=separator))
    assert len(rows) == sum(one.prices for one in list_prices(study, ALL).books)
    machine = next(row for row in rows if (row["offer"], row["region"], row["purchase"]) == ("azure/D4s_v5", "westeurope", "on_demand"))
    assert (machine["price"], machine["as_of"], machine["age_days"]) == (price, "2026-08-22", "70")
    assert "undated" in {row["as_of"] for row in rows}
