"""A row of a price book: its columns, and how cells become an offer and a price and back.

The columns (COLUMNS, in any order; those after the required ones may be absent or empty):

offer           normalised id, such as azure/E8s_v5 or own/rack-server (required)
region          the provider's region, or * for every region (required)
unit            hour, month, once, GiB-month, IOPS-month, MBps-month, GiB, GB, TB, kWh, LCU-hour, request-million (required)
price           recurring price of a unit, net of tax, decimal point (required; 0 when all is paid upfront)
currency        ISO 4217 (required)
provider        empty: the part of the offer before the slash
kind            machine, volume, snapshot, object_storage, load_balancer, egress, zone_transfer, file_storage, logs, metrics,
                control_plane, cache, database, power, other
description     for people
own_spelling    the provider's own name
limits          name=number; name=?  with the names of `LIMIT_NAMES`, in cores, bytes, operations/s, bytes/s; ? is an unknown limit
limits_source   who says so
attributes      name=text; see `Offer`
purchase        on_demand (default), committed, quote, owned
term_months     months of a commitment, or over which `upfront` is written off
payment         of a commitment: monthly, partial_upfront, all_upfront, savings_plan, savings_plan_all_upfront, …
upfront         paid for each instance at the start of each term
price_kind      list (default), quote, assumed
spend           opex (default), capex
component       part of an offer with several prices, such as depreciation, power, rack
tier_from       monthly quantity of the whole account from which the price holds
included        quantity that each instance brings without charge
valid_from      ISO date
applies_to      empty, new, existing
as_of           ISO date on which the price was seen; empty is shown as undated
source          who says so
original        price and unit as the source says them

kind, description, own_spelling, limits, limits_source and attributes belong to the offer: they are taken from its first row in the
region, else from its first row in the file, and may be empty in the others. An own machine is several rows with purchase owned, unit
month and one component each: depreciation (upfront, term_months, spend capex), power, rack (price, spend opex).
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from pricing.money import parse_decimal, plain
from pricing.offers import Offer, OfferKind
from pricing.price import Price, PriceKind, Purchase, Spend

REQUIRED = ("offer", "region", "unit", "price", "currency")
OFFER_COLUMNS = ("provider", "kind", "description", "own_spelling", "limits", "limits_source", "attributes")
PRICE_COLUMNS = (
    "purchase",
    "term_months",
    "payment",
    "upfront",
    "price_kind",
    "spend",
    "component",
    "tier_from",
    "included",
    "valid_from",
    "applies_to",
    "as_of",
    "source",
    "original",
)
COLUMNS = (*REQUIRED, *OFFER_COLUMNS, *PRICE_COLUMNS)
UNKNOWN = "?"


Choice = TypeVar("Choice", bound=StrEnum)


def read_price(row: Mapping[str, str]) -> Price:
    """Return the price of a row, or raise ValueError saying what is wrong with it."""

    def cell(name: str) -> str:
        return row.get(name, "").strip()

    def number(name: str) -> Decimal:
        return parse_decimal(name, cell(name)) if cell(name) else Decimal(0)

    if "/" not in cell("offer"):
        raise ValueError(f"offer is {cell('offer')!r}: write provider/name, such as azure/E8s_v5 or own/rack-server")
    if not cell("region"):
        raise ValueError(f"{cell('offer')} has no region: write the provider's region, or * for every region")
    return Price(
        offer_id=cell("offer"),
        region=cell("region"),
        unit=cell("unit"),
        amount=parse_decimal("price", cell("price")),
        currency=cell("currency"),
        purchase=_one_of(Purchase, "purchase", cell("purchase") or Purchase.ON_DEMAND),
        term_months=_whole("term_months", cell("term_months")),
        upfront=number("upfront"),
        kind=_one_of(PriceKind, "price_kind", cell("price_kind") or PriceKind.LIST),
        as_of=_day("as_of", cell("as_of")),
        source=cell("source"),
        tier_from=number("tier_from"),
        valid_from=_day("valid_from", cell("valid_from")),
        applies_to=cell("applies_to"),
        spend=_one_of(Spend, "spend", cell("spend") or Spend.OPEX),
        payment=cell("payment"),
        included=number("included"),
        component=cell("component"),
        original=cell("original"),
    )


def read_offer(row: Mapping[str, str], offer_id: str, region: str) -> Offer:
    """Return the offer that a row describes, as sold in a region, or raise ValueError."""
    limits = {name: None if text == UNKNOWN else parse_decimal(f"limit {name}", text) for name, text in _pairs("limits", row)}
    return Offer(
        id=offer_id,
        provider=row.get("provider", "").strip() or offer_id.partition("/")[0],
        region=region,
        kind=_one_of(OfferKind, "kind", row.get("kind", "").strip()),
        description=row.get("description", "").strip(),
        own_spelling=row.get("own_spelling", "").strip(),
        limits=limits,
        limits_source=row.get("limits_source", "").strip(),
        attributes=dict(_pairs("attributes", row)),
    )


def describes_offer(row: Mapping[str, str]) -> bool:
    """Return whether any cell of the row is about the offer itself."""
    return any(row.get(column, "").strip() for column in OFFER_COLUMNS)


def offer_cells(offer: Offer) -> tuple[str, ...]:
    """Return the cells of OFFER_COLUMNS."""
    limits = "; ".join(f"{name}={UNKNOWN if limit is None else plain(limit)}" for name, limit in sorted(offer.limits.items()))
    attributes = "; ".join(f"{name}={text}" for name, text in sorted(offer.attributes.items()))
    return (offer.provider, offer.kind, offer.description, offer.own_spelling, limits, offer.limits_source, attributes)


def price_cells(price: Price) -> tuple[str, ...]:
    """Return the cells of PRICE_COLUMNS; what is the default stays empty."""
    return (
        "" if price.purchase is Purchase.ON_DEMAND else price.purchase,
        str(price.term_months or ""),
        price.payment,
        plain(price.upfront) if price.upfront else "",
        "" if price.kind is PriceKind.LIST else price.kind,
        "" if price.spend is Spend.OPEX else price.spend,
        price.component,
        plain(price.tier_from) if price.tier_from else "",
        plain(price.included) if price.included else "",
        price.valid_from.isoformat() if price.valid_from else "",
        price.applies_to,
        price.as_of.isoformat() if price.as_of else "",
        price.source,
        price.original,
    )


def _pairs(column: str, row: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    pairs = []
    for part in row.get(column, "").split(";"):
        name, equals, text = part.partition("=")
        if part.strip() and not (equals and name.strip() and text.strip()):
            raise ValueError(f"{column} holds {part.strip()!r}: write name=value pairs separated by semicolons")
        if equals:
            pairs.append((name.strip(), text.strip()))
    return tuple(pairs)


def _one_of(choices: type[Choice], column: str, text: str) -> Choice:
    for choice in choices:
        if choice.value == text:
            return choice
    raise ValueError(f"{column} is {text!r}: use one of {', '.join(choice.value for choice in choices)}")


def _day(column: str, text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise ValueError(f"{column} is {text!r}: write a day such as 2026-08-22, or leave it empty") from None


def _whole(column: str, text: str) -> int | None:
    if text and not (text.isascii() and text.isdigit()):
        raise ValueError(f"{column} is {text!r}: write a whole number, or leave it empty")
    return int(text) if text else None
