"""Price book from answers of the Azure Retail Prices API saved as JSON: a page, a list of pages, or a list of items."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from pricing.book import PriceBook
from pricing.offers import Offer, OfferKind
from pricing.price import Price, Purchase
from workbench.prices.azure_meters import INCLUDED, MONTHLY_FACTORS, storage_meter
from workbench.prices.imported import Imported, PriceFileError, collect_book, most_frequent

Item = Mapping[str, object]
TERM_MONTHS = {"1 Year": 12, "3 Years": 36, "5 Years": 60}
_MACHINES, _STORAGE = "Virtual Machines", "Storage"


class _NotTakenError(Exception):
    """An item that is not read; the text is the reason."""


@dataclass(slots=True)
class _Reader:
    """Gathers offers and prices; `known` supplies the limits that the API does not state."""

    known: Mapping[str, Offer]
    as_of: date | None
    source: str
    offers: list[Offer] = field(default_factory=list)
    prices: list[Price] = field(default_factory=list)

    def take(self, item: Item) -> None:
        _refuse_special(item)
        service = _text(item, "serviceName")
        if service == _MACHINES:
            self._take_machine(item)
        elif service == _STORAGE:
            self._take_storage(item)
        else:
            raise _NotTakenError(f"service {service} is not read")

    def _take_machine(self, item: Item) -> None:
        size = _text(item, "armSkuName").removeprefix("Standard_")
        if not size or not _text(item, "productName").startswith("Virtual Machines"):
            raise _NotTakenError("no size of a virtual machine")
        base = self._price(item, f"azure/{size}", "hour", Decimal(1))
        if _text(item, "type") == "Reservation":
            self._add(item, OfferKind.MACHINE, _reservation(item, base))
            return
        if _text(item, "unitOfMeasure") != "1 Hour":
            raise _NotTakenError(f"unit {_text(item, 'unitOfMeasure')} of a virtual machine is not read")
        self._add(item, OfferKind.MACHINE, base, *_savings_plans(item, base))

    def _take_storage(self, item: Item) -> None:
        meter = storage_meter(_text(item, "productName"), _text(item, "meterName"))
        unit = _text(item, "unitOfMeasure")
        if meter is None:
            raise _NotTakenError("storage meter is not used")
        if _text(item, "type") != "Consumption" or unit not in MONTHLY_FACTORS:
            raise _NotTakenError(f"storage {_text(item, 'type')} per {unit} is not read")
        price = self._price(item, meter.offer_id, meter.unit, MONTHLY_FACTORS[unit])
        included = INCLUDED.get((meter.offer_id, meter.unit), Decimal(0))
        self._add(item, meter.kind, replace(price, included=included, tier_from=_number(item, "tierMinimumUnits")))

    def _price(self, item: Item, offer_id: str, unit: str, factor: Decimal) -> Price:
        amount = _number(item, "retailPrice")
        return Price(
            offer_id=offer_id,
            region=_text(item, "armRegionName"),
            unit=unit,
            amount=amount * factor,
            currency=_text(item, "currencyCode"),
            as_of=self.as_of,
            source=self.source,
            valid_from=_day(item),
            original=f"{amount} per {_text(item, 'unitOfMeasure')}",
        )

    def _add(self, item: Item, kind: OfferKind, *prices: Price) -> None:
        offer_id, region = prices[0].offer_id, prices[0].region
        self.offers.append(_offer(self.known, offer_id, region, kind, item))
        self.prices.extend(prices)


def read_azure_retail(text: str, source: str, as_of: date | None, known: PriceBook) -> Imported:
    """Return the book of saved API answers, or raise PriceFileError.

    The API says since when a price holds, not when it was asked: `as_of` is the day of the download, None stays undated. Limits come
    from `known`, for offers it does not have they stay unknown.
    """
    try:
        document = json.loads(text.removeprefix("\ufeff"), parse_float=Decimal, parse_int=Decimal)
    except json.JSONDecodeError as error:
        raise PriceFileError(f"{source}:{error.lineno}: {error.msg}: is the file cut off?") from None
    warnings: list[str] = []
    items = tuple(_items(document, source, warnings))
    reader, left_out = _Reader({offer.id: offer for offer in known.offers}, as_of, source), Counter[str]()
    for number, item in enumerate(items, start=1):
        try:
            reader.take(item)
        except _NotTakenError as reason:
            left_out[str(reason)] += 1
        except ValueError as error:
            raise PriceFileError(f"{source}: item {number}: {error}") from None
    book = collect_book(reader.offers, reader.prices)
    return Imported(book, "azure-retail", len(items), most_frequent(left_out), tuple(warnings))


def _items(document: object, source: str, warnings: list[str]) -> Iterator[Item]:
    pages = _objects(document if isinstance(document, list) else [document], source)
    for page in pages:
        if "retailPrice" in page:
            yield page
        else:
            yield from _objects(page.get("Items"), source)
    if pages and pages[-1].get("NextPageLink"):
        warnings.append(f"{source} ends with a link to a next page: prices are missing, save all pages as a list")


def _objects(value: object, source: str) -> list[Item]:
    if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
        raise PriceFileError(f"{source}: no Items: this is not an answer of the Azure Retail Prices API")
    return value


def _refuse_special(item: Item) -> None:
    kind, sku = _text(item, "type"), _text(item, "skuName")
    if kind not in {"Consumption", "Reservation"}:
        raise _NotTakenError(f"{kind} is no price for production")
    if sku.endswith((" Spot", " Low Priority")):
        raise _NotTakenError("spot and low priority can be taken away")
    if _text(item, "productName").endswith(" Windows"):
        raise _NotTakenError("Windows includes a licence")
    if item.get("isPrimaryMeterRegion") is False:
        raise _NotTakenError("meter repeats one of another region")


def _reservation(item: Item, base: Price) -> Price:
    """A reservation's retailPrice is the total of the term, whatever unitOfMeasure says."""
    term = TERM_MONTHS.get(_text(item, "reservationTerm"))
    if term is None:
        raise _NotTakenError("reservation without a term")
    return replace(
        base,
        unit="month",
        amount=Decimal(0),
        upfront=base.amount,
        purchase=Purchase.COMMITTED,
        term_months=term,
        payment="all_upfront",
        original=f"{base.amount} for {_text(item, 'reservationTerm')}",
    )


def _savings_plans(item: Item, base: Price) -> Iterator[Price]:
    plans = item.get("savingsPlan")
    for plan in plans if isinstance(plans, Sequence) else ():
        term = TERM_MONTHS.get(_text(plan, "term"))
        if term is not None:
            amount = _number(plan, "retailPrice")
            original = f"{amount} per 1 Hour, savings plan {_text(plan, 'term')}"
            yield replace(base, amount=amount, purchase=Purchase.COMMITTED, term_months=term, payment="monthly", original=original)


def _offer(known: Mapping[str, Offer], offer_id: str, region: str, kind: OfferKind, item: Item) -> Offer:
    if offer_id in known:
        return replace(known[offer_id], region=region)
    unknown = ("cpu", "memory", "postgres_iops", "postgres_throughput") if kind is OfferKind.MACHINE else ()
    spelling = _text(item, "armSkuName") or f"{_text(item, 'productName')} / {_text(item, 'meterName')}"
    return Offer(offer_id, "azure", region, kind, _text(item, "productName"), spelling, dict.fromkeys(unknown))


def _text(item: Item, key: str) -> str:
    value = item.get(key)
    return value if isinstance(value, str) else ""


def _number(item: Item, key: str) -> Decimal:
    value = item.get(key, Decimal(0))
    if not isinstance(value, Decimal) or not value.is_finite():
        raise ValueError(f"{key} is {value!r}: it is a number")
    return value


def _day(item: Item) -> date | None:
    text = _text(item, "effectiveStartDate")
    return date.fromisoformat(text[:10]) if text else None
