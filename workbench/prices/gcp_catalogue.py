"""Price book from Google's Cloud Billing Catalog saved as JSON: a page, a list of pages, or a list of SKUs."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from pricing.book import PriceBook
from pricing.offers import ANYWHERE, Offer, OfferKind
from pricing.price import Price
from workbench.prices.gcp_machines import MachineParts
from workbench.prices.gcp_skus import UNITS, MachinePart, Sold, machine_part, sold_item
from workbench.prices.imported import Imported, NotTakenError, PriceFileError, collect_book, most_frequent, take_each
from workbench.prices.json_stream import Item, JsonFile, as_item, as_list, day_of, decimal_of, text_of

_LAYOUTS = {"skus.item": "nextPageToken", "item.skus.item": "item.nextPageToken", "item": ""}
"""Where SKUs stand in a page, in a list of pages, in a list of SKUs, and where a page says that more follow."""
_NANO = Decimal(10**9)
_PAID = frozenset({"OnDemand", "Commit1Yr", "Commit3Yr"})
_UNKNOWN_LIMITS: Mapping[OfferKind, tuple[str, ...]] = {
    OfferKind.VOLUME: ("storage", "postgres_iops", "postgres_throughput"),
    OfferKind.DATABASE: ("connections",),
    OfferKind.CACHE: ("redis_memory",),
}


@dataclass(slots=True)
class _Reader:
    """Gathers offers, prices and parts of machines while SKUs pass by."""

    known: Mapping[str, Offer]
    as_of: date | None
    source: str
    offers: list[Offer] = field(default_factory=list)
    prices: list[Price] = field(default_factory=list)
    parts: MachineParts = field(default_factory=MachineParts)

    def take(self, value: object) -> None:
        sku = as_item(value, "SKU")
        description, category = text_of(sku, "description"), as_item(sku.get("category", {}), "category")
        if text_of(category, "usageType") not in _PAID:
            raise NotTakenError(f"{text_of(category, 'usageType') or 'no usage type'}: can be taken away or is no price")
        part = machine_part(description)
        sold = None if part else sold_item(text_of(category, "serviceDisplayName"), description)
        if part is None and sold is None:
            raise NotTakenError(f"{text_of(category, 'serviceDisplayName')}, {text_of(category, 'resourceGroup')}: not used here")
        expression, since = _newest(sku)
        for region in as_list(sku.get("serviceRegions", []), "serviceRegions"):
            where = ANYWHERE if region == "global" else str(region)
            if part:
                self._take_part(part, expression, where, since)
            elif sold:
                self._take_sold(sold, expression, where, since, sku)

    def _take_part(self, part: MachinePart, expression: Item, region: str, since: date | None) -> None:
        listed = text_of(expression, "usageUnit")
        if listed != ("GiBy.h" if part.is_memory else "h"):
            raise NotTakenError(f"part of a machine per {listed} is not read")
        (rate, *further) = _rates(expression)
        if further:
            raise NotTakenError("part of a machine with tiers is not read")
        name = f"gcp/{part.family}-{'memory' if part.is_memory else 'vcpu'}"
        self.parts.add(part, self._price(name, region, "hour", rate, since, listed))

    def _take_sold(self, sold: Sold, expression: Item, region: str, since: date | None, sku: Item) -> None:
        listed = text_of(expression, "usageUnit")
        if listed not in UNITS:
            raise NotTakenError(f"unit {listed} is not read")
        unit, factor = UNITS[listed]
        for rate in _rates(expression):
            price = self._price(sold.offer_id, region, unit, rate, since, listed)
            self.prices.append(replace(price, amount=price.amount * factor, tier_from=rate.start / factor))
        self.offers.append(_offer(self.known, sold, region, text_of(sku, "description"), text_of(sku, "skuId")))

    def _price(self, name: str, region: str, unit: str, rate: "_Rate", since: date | None, listed: str) -> Price:
        return Price(
            offer_id=name,
            region=region,
            unit=unit,
            amount=rate.amount,
            currency=rate.currency,
            as_of=self.as_of,
            source=self.source,
            valid_from=since,
            original=f"{rate.amount} per {listed}",
        )


@dataclass(frozen=True, slots=True)
class _Rate:
    start: Decimal
    """Quantity from which it holds, in the SKU's unit of use."""
    amount: Decimal
    currency: str


def read_gcp_catalogue(path: Path, source: str, as_of: date | None, known: PriceBook) -> Imported:
    """Return the book of saved catalogue pages, SKU by SKU, or raise PriceFileError.

    The catalogue has no machines: those in `known` are priced as vCPUs and memory of their family, other limits come from there too.
    It says since when a price holds, not when it was asked: `as_of` is the day of the download, None stays undated. Prices are taken in
    the currency in which they stand; the catalogue's conversion rate has been applied already.
    """
    file, left_out, warnings = JsonFile(path, source), Counter[str](), list[str]()
    layout = next((prefix for prefix in _LAYOUTS if next(file.items(prefix), None) is not None), None)
    if layout is None:
        raise PriceFileError(f"{source}: no skus: this is not an answer of the Cloud Billing Catalog, save one as JSON")
    reader = _Reader({offer.id: offer for offer in known.offers}, as_of, source)
    skus = ((f"{source}: SKU {number}", sku) for number, sku in enumerate(file.items(layout), start=1))
    rows = take_each(skus, reader.take, left_out)
    if _LAYOUTS[layout] and file.one(_LAYOUTS[layout]):
        warnings.append(f"{source} ends with a token of a next page: prices are missing, save all pages as a list")
    try:
        machines = list(reader.parts.machines(known, warnings))
    except ValueError as error:
        raise PriceFileError(f"{source}: {error}") from None
    offers = (*reader.offers, *(offer for offer, _ in machines))
    book = collect_book(offers, (*reader.prices, *(price for _, price in machines)))
    return Imported(book, "gcp-catalogue", rows, most_frequent(left_out), tuple(warnings))


def _newest(sku: Item) -> tuple[Item, date | None]:
    """The catalogue gives a timeline, oldest first."""
    timeline = as_list(sku.get("pricingInfo", []), "pricingInfo")
    if not timeline:
        raise NotTakenError("SKU without a price")
    newest = as_item(timeline[-1], "pricingInfo")
    return as_item(newest.get("pricingExpression", {}), "pricingExpression"), day_of(newest, "effectiveTime")


def _rates(expression: Item) -> list[_Rate]:
    rates = []
    for value in as_list(expression.get("tieredRates", []), "tieredRates"):
        tier = as_item(value, "rate")
        money = as_item(tier.get("unitPrice", {}), "unitPrice")
        whole = decimal_of(money, "units") if money.get("units") not in {None, ""} else Decimal(0)
        parts = decimal_of(money, "nanos") if "nanos" in money else Decimal(0)
        start = decimal_of(tier, "startUsageAmount") if "startUsageAmount" in tier else Decimal(0)
        rates.append(_Rate(start, whole + parts / _NANO, text_of(money, "currencyCode")))
    if not rates:
        raise NotTakenError("SKU without a price")
    return rates


def _offer(known: Mapping[str, Offer], sold: Sold, region: str, description: str, sku: str) -> Offer:
    if sold.offer_id in known:
        return replace(known[sold.offer_id], region=region)
    attributes = {"includes_standby": "yes"} if sold.includes_standby else {}
    limits = dict.fromkeys(_UNKNOWN_LIMITS.get(sold.kind, ()))
    return Offer(sold.offer_id, "gcp", region, sold.kind, description, sku, limits, "not in the catalogue", attributes)
