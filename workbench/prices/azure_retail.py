"""Price book from answers of the Azure Retail Prices API saved as JSON: a page, a list of pages, or a list of items."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from pricing.book import PriceBook
from pricing.offers import Offer, OfferKind
from pricing.price import Price, Purchase
from workbench.prices.azure_meters import INCLUDED, MONTHLY_FACTORS, storage_meter
from workbench.prices.imported import Imported, NotTakenError, PriceFileError, collect_book, most_frequent, take_each
from workbench.prices.json_stream import Item, JsonFile, as_item, day_of, decimal_of, text_of

_LAYOUTS = {"Items.item": "NextPageLink", "item.Items.item": "item.NextPageLink", "item": ""}
"""Where items stand in a page, in a list of pages, in a list of items, and where a page says that more follow."""
TERM_MONTHS = {"1 Year": 12, "3 Years": 36, "5 Years": 60}
_MACHINES, _STORAGE = "Virtual Machines", "Storage"


@dataclass(slots=True)
class _Reader:
    """Gathers offers and prices; `known` supplies the limits that the API does not state."""

    known: Mapping[str, Offer]
    as_of: date | None
    source: str
    offers: list[Offer] = field(default_factory=list)
    prices: list[Price] = field(default_factory=list)

    def take(self, value: object) -> None:
        item = as_item(value, "item")
        _refuse_special(item)
        service = text_of(item, "serviceName")
        if service == _MACHINES:
            self._take_machine(item)
        elif service == _STORAGE:
            self._take_storage(item)
        else:
            raise NotTakenError(f"service {service} is not read")

    def _take_machine(self, item: Item) -> None:
        size = text_of(item, "armSkuName").removeprefix("Standard_")
        if not size or not text_of(item, "productName").startswith("Virtual Machines"):
            raise NotTakenError("no size of a virtual machine")
        base = self._price(item, f"azure/{size}", "hour", Decimal(1))
        if text_of(item, "type") == "Reservation":
            self._add(item, OfferKind.MACHINE, _reservation(item, base))
            return
        if text_of(item, "unitOfMeasure") != "1 Hour":
            raise NotTakenError(f"unit {text_of(item, 'unitOfMeasure')} of a virtual machine is not read")
        self._add(item, OfferKind.MACHINE, base, *_savings_plans(item, base))

    def _take_storage(self, item: Item) -> None:
        meter = storage_meter(text_of(item, "productName"), text_of(item, "meterName"))
        unit = text_of(item, "unitOfMeasure")
        if meter is None:
            raise NotTakenError("storage meter is not used")
        if text_of(item, "type") != "Consumption" or unit not in MONTHLY_FACTORS:
            raise NotTakenError(f"storage {text_of(item, 'type')} per {unit} is not read")
        price = self._price(item, meter.offer_id, meter.unit, MONTHLY_FACTORS[unit])
        included = INCLUDED.get((meter.offer_id, meter.unit), Decimal(0))
        start = decimal_of(item, "tierMinimumUnits") if "tierMinimumUnits" in item else Decimal(0)
        self._add(item, meter.kind, replace(price, included=included, tier_from=start))

    def _price(self, item: Item, offer_id: str, unit: str, factor: Decimal) -> Price:
        amount = decimal_of(item, "retailPrice")
        return Price(
            offer_id=offer_id,
            region=text_of(item, "armRegionName"),
            unit=unit,
            amount=amount * factor,
            currency=text_of(item, "currencyCode"),
            as_of=self.as_of,
            source=self.source,
            valid_from=day_of(item, "effectiveStartDate"),
            original=f"{amount} per {text_of(item, 'unitOfMeasure')}",
        )

    def _add(self, item: Item, kind: OfferKind, *prices: Price) -> None:
        offer_id, region = prices[0].offer_id, prices[0].region
        self.offers.append(_offer(self.known, offer_id, region, kind, item))
        self.prices.extend(prices)


def read_azure_retail(path: Path, source: str, as_of: date | None, known: PriceBook) -> Imported:
    """Return the book of saved API answers, item by item, or raise PriceFileError.

    The API says since when a price holds, not when it was asked: `as_of` is the day of the download, None stays undated. Limits come
    from `known`, for offers it does not have they stay unknown.
    """
    file, left_out = JsonFile(path, source), Counter[str]()
    layout = next((prefix for prefix in _LAYOUTS if next(file.items(prefix), None) is not None), None)
    if layout is None:
        raise PriceFileError(f"{source}: no Items: this is not an answer of the Azure Retail Prices API, save one as JSON")
    reader = _Reader({offer.id: offer for offer in known.offers}, as_of, source)
    items = ((f"{source}: item {number}", item) for number, item in enumerate(file.items(layout), start=1))
    rows = take_each(items, reader.take, left_out)
    book = collect_book(reader.offers, reader.prices)
    return Imported(book, "azure-retail", rows, most_frequent(left_out), _further_pages(file, layout, source))


def _further_pages(file: JsonFile, layout: str, source: str) -> tuple[str, ...]:
    link = file.one(_LAYOUTS[layout]) if _LAYOUTS[layout] else None
    return (f"{source} ends with a link to a next page: prices are missing, save all pages as a list",) if link else ()


def _refuse_special(item: Item) -> None:
    kind, sku = text_of(item, "type"), text_of(item, "skuName")
    if kind not in {"Consumption", "Reservation"}:
        raise NotTakenError(f"{kind} is no price for production")
    if sku.endswith((" Spot", " Low Priority")):
        raise NotTakenError("spot and low priority can be taken away")
    if text_of(item, "productName").endswith(" Windows"):
        raise NotTakenError("Windows includes a licence")
    if not text_of(item, "armRegionName"):
        raise NotTakenError("meter without a region")
    if item.get("isPrimaryMeterRegion") is False:
        raise NotTakenError("meter repeats one of another region")


def _reservation(item: Item, base: Price) -> Price:
    """A reservation's retailPrice is the total of the term, whatever unitOfMeasure says."""
    term = TERM_MONTHS.get(text_of(item, "reservationTerm"))
    if term is None:
        raise NotTakenError("reservation without a term")
    return replace(
        base,
        unit="month",
        amount=Decimal(0),
        upfront=base.amount,
        purchase=Purchase.COMMITTED,
        term_months=term,
        payment="all_upfront",
        original=f"{base.amount} for {text_of(item, 'reservationTerm')}",
    )


def _savings_plans(item: Item, base: Price) -> Iterator[Price]:
    plans = item.get("savingsPlan")
    for entry in plans if isinstance(plans, list) else ():
        plan = as_item(entry, "savings plan")
        term = TERM_MONTHS.get(text_of(plan, "term"))
        if term is not None:
            amount = decimal_of(plan, "retailPrice")
            original = f"{amount} per 1 Hour, savings plan {text_of(plan, 'term')}"
            yield replace(base, amount=amount, purchase=Purchase.COMMITTED, term_months=term, payment="monthly", original=original)


def _offer(known: Mapping[str, Offer], offer_id: str, region: str, kind: OfferKind, item: Item) -> Offer:
    if offer_id in known:
        return replace(known[offer_id], region=region)
    unknown = ("cpu", "memory", "postgres_iops", "postgres_throughput") if kind is OfferKind.MACHINE else ()
    spelling = text_of(item, "armSkuName") or f"{text_of(item, 'productName')} / {text_of(item, 'meterName')}"
    return Offer(offer_id, "azure", region, kind, text_of(item, "productName"), spelling, dict.fromkeys(unknown))
