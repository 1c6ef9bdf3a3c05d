"""Prices from what AWS lists, row by row: on demand as they are, reservations joined from their upfront and their hourly half."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from pricing.book import PriceBook
from pricing.money import parse_decimal
from pricing.offers import Offer, OfferKind
from pricing.price import Price, Purchase
from workbench.prices.aws_products import Product, region_of
from workbench.prices.imported import NotTakenError

Row = Mapping[str, str]
"""Cells of a price by the column names of the bulk CSV; the JSON files say the same under other names."""

SKU = "sku"
"""Attribute of an offer that keeps the seller's number, by which savings plans are joined."""

TERM_MONTHS = {"1yr": 12, "3yr": 36}
PAYMENTS = {"No Upfront": "monthly", "Partial Upfront": "partial_upfront", "All Upfront": "all_upfront"}
_WITH_SKU = frozenset({OfferKind.MACHINE, OfferKind.DATABASE, OfferKind.CACHE})
_Key = tuple[str, str, int, str]


@dataclass(slots=True)
class _Reservation:
    """The one or two rows of a reservation: an upfront fee, an hourly price, or both."""

    price: Price
    upfront: Decimal | None = None
    hourly: Decimal | None = None


@dataclass(slots=True)
class AwsRows:
    """Gathers offers, prices and halves of reservations while rows pass by; limits come from the known offers."""

    known: Mapping[str, Offer]
    published: date | None
    source: str
    offers: dict[tuple[str, str], Offer] = field(default_factory=dict)
    prices: list[Price] = field(default_factory=list)
    reservations: dict[_Key, _Reservation] = field(default_factory=dict)

    def take(self, row: Row, product: Product) -> None:
        """Take the price in a row of a product, or raise NotTakenError with the reason."""
        if row["TermType"] == "OnDemand":
            self.prices.append(self._price(row, product))
        elif row["TermType"] == "Reserved":
            self._take_reserved(row, product)
        else:
            raise NotTakenError(f"term type {row['TermType']} is not read")
        self._sell(product, row)

    def finish(self) -> list[str]:
        """Join the halves and return warnings: a reservation with an upfront fee must have said it."""
        warnings = []
        for (offer_id, region, term, payment), half in self.reservations.items():
            if payment != "monthly" and half.upfront is None:
                warnings.append(f"{offer_id} in {region}: {payment} reservation of {term} months without its upfront fee is left out")
                continue
            self.prices.append(replace(half.price, amount=half.hourly or Decimal(0), upfront=half.upfront or Decimal(0)))
        return warnings

    def _take_reserved(self, row: Row, product: Product) -> None:
        if row.get("OfferingClass") != "standard":
            raise NotTakenError("convertible reservations are not read")
        term, payment = TERM_MONTHS.get(row.get("LeaseContractLength", "")), PAYMENTS.get(row.get("PurchaseOption", ""))
        if term is None or payment is None:
            raise NotTakenError("reservation without a known term and payment")
        base = self._price(row, product)
        key = (base.offer_id, base.region, term, payment)
        committed = replace(base, purchase=Purchase.COMMITTED, term_months=term, payment=payment, unit="hour")
        half = self.reservations.setdefault(key, _Reservation(committed))
        if row["Unit"] == "Quantity":
            half.upfront = base.amount
        else:
            half.hourly = base.amount
        if base.original not in half.price.original:
            half.price = replace(half.price, original=f"{half.price.original} + {base.original}")

    def _price(self, row: Row, product: Product) -> Price:
        listed, factor = parse_decimal("PricePerUnit", row["PricePerUnit"]), product.factor_from(row["Unit"])
        start = row.get("StartingRange", "")
        return Price(
            offer_id=product.offer_id,
            region=region_of(row),
            unit=product.unit,
            amount=listed * factor,
            currency=row["Currency"],
            as_of=self.published,
            source=self.source,
            tier_from=parse_decimal("StartingRange", start) / factor if start else Decimal(0),
            valid_from=_day(row.get("EffectiveDate", "")),
            included=product.included,
            original=f"{listed} per {row['Unit']}",
        )

    def _sell(self, product: Product, row: Row) -> None:
        known, region = self.known.get(product.offer_id), region_of(row)
        offer = replace(known, region=region) if known else product.offer(region)
        if offer.kind in _WITH_SKU:
            offer = replace(offer, attributes={**offer.attributes, SKU: row["SKU"]})
        self.offers.setdefault((offer.id, region), offer)


def known_offers(book: PriceBook) -> Mapping[str, Offer]:
    """Return the offers of a book by id: what they can carry does not depend on the region."""
    return {offer.id: offer for offer in book.offers}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError:
        raise ValueError(f"EffectiveDate is {text!r}: it is a day such as 2026-09-01") from None
