"""Price book from AWS Savings Plans price lists: hourly rates of commitments, joined to imported offers by their SKU."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

from pricing.book import PriceBook
from pricing.money import HOURS_PER_MONTH
from pricing.offers import Offer
from pricing.price import Price, Purchase
from workbench.prices.aws_json import published_day
from workbench.prices.aws_rows import PAYMENTS, SKU
from workbench.prices.imported import Imported, NotTakenError, PriceFileError, collect_book, most_frequent, take_each
from workbench.prices.json_stream import Item, JsonFile, as_item, day_of, decimal_of, text_of

UPFRONT_SHARE: Mapping[str, Decimal] = {"monthly": Decimal(0), "partial_upfront": Decimal("0.5"), "all_upfront": Decimal(1)}
"""Part of the commitment that is paid at its start; the rate says what an hour costs in all (AWS, Savings Plans user guide)."""
KINDS: Mapping[str, str] = {
    "ComputeSavingsPlans": "savings_plan",
    "EC2InstanceSavingsPlans": "instance_savings_plan",
    "DatabaseSavingsPlans": "savings_plan",
}
"""Families of plans with the first part of `Price.payment`: a plan of another kind is another way to pay, not another price."""
_MONTHS = {"year": 12, "month": 1}
_UNKNOWN = "SKU of no offer in the book"
_PLAN = "terms.savingsPlan.item"
_RATE = f"{_PLAN}.rates.item"


@dataclass(slots=True)
class _Plan:
    """One savings plan while its rates pass by; only those of known offers are kept."""

    said: dict[str, object] = field(default_factory=dict)
    rates: list[dict[str, object]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Joined:
    """A rate, its plan and the offer it is for."""

    rate: Item
    plan: Item
    offer: Offer


@dataclass(slots=True)
class _Reader:
    kinds: Mapping[str, tuple[str, str]]
    """Kind and payment of each plan, by its SKU."""
    published: date | None
    source: str
    prices: list[Price] = field(default_factory=list)

    def take(self, joined: _Joined) -> None:
        plan, rate, offer = joined.plan, joined.rate, joined.offer
        kind, payment = self.kinds.get(text_of(plan, "sku"), ("", ""))
        if not kind:
            raise NotTakenError("savings plan without a known kind and payment")
        months = decimal_of(plan, "duration") * _MONTHS.get(text_of(plan, "unit"), 0)
        if months < 1 or months != int(months):
            raise NotTakenError("savings plan without a known term")
        if text_of(rate, "unit") not in {"Hrs", ""}:
            raise NotTakenError(f"savings plan per {text_of(rate, 'unit')} is not read")
        hourly, early = decimal_of(rate, "price"), UPFRONT_SHARE[payment]
        self.prices.append(
            Price(
                offer_id=offer.id,
                region=offer.region,
                unit="hour",
                amount=hourly * (1 - early),
                currency=text_of(rate, "currency"),
                purchase=Purchase.COMMITTED,
                term_months=int(months),
                upfront=hourly * early * months * HOURS_PER_MONTH,
                payment=kind if payment == "monthly" else f"{kind}_{payment}",
                as_of=self.published,
                source=self.source,
                valid_from=day_of(plan, "effectiveDate"),
                original=f"{hourly} per hour, {text_of(plan, 'description')}",
            )
        )


def read_savings_plans(path: Path, source: str, known: PriceBook) -> Imported:
    """Return the plans of the offers in `known`, or raise PriceFileError.

    Rates name the SKU they discount: import the EC2 (or RDS, ElastiCache) price list of the region first, which keeps the SKUs.
    What a plan does not cover has no rate in it and so gets no price.
    """
    offers = {offer.attributes[SKU]: offer for offer in known.offers if SKU in offer.attributes}
    if not offers:
        raise PriceFileError(f"{source}: no offer has a SKU to join savings plans to: import the price list of the region (EC2) first")
    file, left_out, warnings = JsonFile(path, source), Counter[str](), list[str]()
    reader = _Reader(_kinds(file, source), published_day(file, source), source)
    rows = take_each(_joined(file, offers, source, left_out), reader.take, left_out)
    if not reader.prices:
        warnings.append(f"{source}: no rate is for an offer of the book: import the price list of the same region and version first")
    book = collect_book(offers.values(), reader.prices)
    return Imported(book, "aws-savings-plans", rows + left_out[_UNKNOWN], most_frequent(left_out), tuple(warnings))


def _kinds(file: JsonFile, source: str) -> Mapping[str, tuple[str, str]]:
    kinds = {}
    for value in file.items("products.item"):
        try:
            product = as_item(value, "product")
            attributes = as_item(product.get("attributes", {}), "attributes")
        except ValueError as error:
            raise PriceFileError(f"{source}: {error}") from None
        payment = PAYMENTS.get(text_of(attributes, "purchaseOption"))
        kind = KINDS.get(text_of(product, "productFamily"))
        if kind and payment:
            kinds[text_of(product, "sku")] = (kind, payment)
    return kinds


def _joined(file: JsonFile, offers: Mapping[str, Offer], source: str, left_out: Counter[str]) -> Iterator[tuple[str, _Joined]]:
    """Walk the plans event by event: a plan has too many rates to be held, and says its term before or after them."""
    plan, rate = _Plan(), dict[str, object]()
    for prefix, event, value in file.events():
        if not prefix.startswith(_PLAN):
            continue
        if prefix == _PLAN and event == "start_map":
            plan = _Plan()
        elif prefix == _PLAN and event == "end_map":
            for known in plan.rates:
                offer = offers[text_of(known, "discountedSku")]
                yield f"{source}, {text_of(plan.said, 'description')}, {offer.id}", _Joined(known, plan.said, offer)
        elif prefix == _RATE and event == "start_map":
            rate = {}
        elif prefix == _RATE and event == "end_map":
            if rate.get("discountedSku") in offers:
                plan.rates.append(rate)
            else:
                left_out[_UNKNOWN] += 1
        elif event in {"string", "number"}:
            (rate if prefix.startswith(_RATE) else plan.said)[prefix.rpartition(".")[2]] = value
