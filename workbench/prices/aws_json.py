"""Price book from AWS Price List JSON files, streamed: what is sold first, then the terms of what is kept."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from pricing.book import PriceBook
from workbench.prices.aws_products import Product, find_product
from workbench.prices.aws_rows import AwsRows, Row, known_offers
from workbench.prices.imported import Imported, PriceFileError, collect_book, most_frequent, take_each
from workbench.prices.json_stream import Item, JsonFile, as_item, text_of

COLUMNS: Mapping[str, str] = {
    "regionCode": "Region Code",
    "locationType": "Location Type",
    "instanceType": "Instance Type",
    "vcpu": "vCPU",
    "memory": "Memory",
    "operatingSystem": "Operating System",
    "tenancy": "Tenancy",
    "preInstalledSw": "Pre Installed S/W",
    "capacitystatus": "CapacityStatus",
    "volumeApiName": "Volume API Name",
    "usagetype": "usageType",
    "operation": "operation",
    "databaseEngine": "Database Engine",
    "deploymentOption": "Deployment Option",
    "cacheEngine": "Cache Engine",
    "transferType": "Transfer Type",
    "toLocation": "To Location",
    "fromRegionCode": "From Region Code",
}
"""Attributes of the JSON files, with the columns under which the CSV files say the same."""

TERMS = ("OnDemand", "Reserved")
_USUAL_CURRENCY = "USD"


@dataclass(slots=True)
class _Kept:
    """The products that are read, by SKU."""

    products: dict[str, tuple[Product, Row]] = field(default_factory=dict)

    def take(self, entry: tuple[str, object]) -> None:
        sku, product = entry[0], as_item(entry[1], "product")
        attributes = as_item(product.get("attributes", {}), "attributes")
        row = {column: text_of(attributes, name) for name, column in COLUMNS.items() if name in attributes}
        row |= {"SKU": sku, "Product Family": text_of(product, "productFamily")}
        self.products[sku] = (find_product(row), row)


def read_aws_json(path: Path, source: str, known: PriceBook) -> Imported:
    """Return the book of a price list in JSON, or raise PriceFileError naming the line or the product.

    Filters are those of the CSV files. Only one product or the terms of one product are in memory, beside what is kept.
    """
    file, kept, left_out = JsonFile(path, source), _Kept(), Counter[str]()
    rows = take_each(((f"{source}, product {sku}", (sku, value)) for sku, value in file.entries("products")), kept.take, left_out)
    if not rows:
        raise PriceFileError(f"{source}: no products: this is not a whole AWS price list, download it again")
    reader = AwsRows(known_offers(known), published_day(file, source), source)
    for term in TERMS:
        take_each(_rows(file, term, kept, source), lambda entry: reader.take(*entry), left_out)
    warnings = reader.finish()
    book = collect_book(reader.offers.values(), reader.prices)
    return Imported(book, "aws-json", rows, most_frequent(left_out), tuple(warnings))


def published_day(file: JsonFile, source: str) -> date | None:
    """Return the day that stands before the products of a price list or savings plans list; None if none does."""
    for prefix, _, value in file.events():
        if prefix == "publicationDate" and isinstance(value, str):
            try:
                return date.fromisoformat(value[:10])
            except ValueError:
                raise PriceFileError(f"{source}: publicationDate is {value!r}: it is a time such as 2026-09-01T00:00:00Z") from None
        if prefix in {"products", "terms"}:
            break
    return None


def _rows(file: JsonFile, term_type: str, kept: _Kept, source: str) -> Iterator[tuple[str, tuple[Row, Product]]]:
    for sku, offers in file.entries(f"terms.{term_type}"):
        if sku not in kept.products:
            continue
        product, sold = kept.products[sku]
        place = f"{source}, {term_type} terms of {sku}"
        try:
            rows = [row for term in as_item(offers, "terms").values() for row in _dimensions(as_item(term, "term"))]
        except ValueError as error:
            raise PriceFileError(f"{place}: {error}") from None
        for row in rows:
            yield place, ({**sold, "TermType": term_type, **row}, product)


def _dimensions(term: Item) -> Iterator[Row]:
    attributes = as_item(term.get("termAttributes", {}), "termAttributes")
    lease = {key: text_of(attributes, key) for key in ("LeaseContractLength", "OfferingClass", "PurchaseOption")}
    for dimension in as_item(term.get("priceDimensions", {}), "priceDimensions").values():
        entry = as_item(dimension, "price dimension")
        prices = as_item(entry.get("pricePerUnit", {}), "pricePerUnit")
        currency = _USUAL_CURRENCY if _USUAL_CURRENCY in prices else min(prices, default="")
        yield {
            **lease,
            "EffectiveDate": text_of(term, "effectiveDate"),
            "Unit": text_of(entry, "unit"),
            "StartingRange": text_of(entry, "beginRange"),
            "EndingRange": text_of(entry, "endRange"),
            "PricePerUnit": text_of(prices, currency),
            "Currency": currency,
        }
