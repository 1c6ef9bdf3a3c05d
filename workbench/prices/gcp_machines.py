"""Prices of Google's machines, which its catalogue does not have: vCPUs and memory of a family, times what a machine has of them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from pricing.book import PriceBook
from pricing.offers import Offer, OfferKind
from pricing.price import Price, Purchase
from workbench.prices.gcp_skus import MachinePart

_NAME = re.compile(r"gcp/(?P<family>[a-z]\d[a-z]?)-")
_GIB = Decimal(2**30)
_Key = tuple[str, str, int | None]


@dataclass(slots=True)
class _Pair:
    """The two prices of which a machine of a family consists, in a region and for a term."""

    core: Price | None = None
    memory: Price | None = None


@dataclass(slots=True)
class MachineParts:
    """Prices of vCPUs and memory by family, region and term, until machines can be made of them."""

    pairs: dict[_Key, _Pair] = field(default_factory=dict)

    def add(self, part: MachinePart, price: Price) -> None:
        """Remember what a vCPU (per hour) or a GiB (per hour) of a family costs."""
        pair = self.pairs.setdefault((part.family, price.region, part.term_months), _Pair())
        if part.is_memory:
            pair.memory = price
        else:
            pair.core = price

    def machines(self, known: PriceBook, warnings: list[str]) -> Iterator[tuple[Offer, Price]]:
        """Return the known machines with their prices in every region whose two parts are there."""
        shapes = _shapes(known)
        for (family, region, term), pair in sorted(self.pairs.items(), key=lambda item: (*item[0][:2], item[0][2] or 0)):
            if pair.core is None or pair.memory is None:
                lacking = "vCPU" if pair.core is None else "memory"
                warnings.append(f"{family} in {region}{_for(term)}: no {lacking} price, so no price of a machine")
                continue
            if family not in shapes:
                warnings.append(f"{family} in {region}{_for(term)}: the book knows no machine of this family; add one to offers.csv")
                continue
            for offer in shapes[family]:
                yield replace(offer, region=region), _machine_price(offer, pair.core, pair.memory, term)


def _shapes(known: PriceBook) -> Mapping[str, list[Offer]]:
    shapes: dict[str, dict[str, Offer]] = {}
    for offer in known.offers:
        name = _NAME.match(offer.id)
        if name and offer.kind is OfferKind.MACHINE and offer.number("vcpu") and offer.limit("memory"):
            shapes.setdefault(name["family"], {})[offer.id] = offer
    return {family: list(offers.values()) for family, offers in shapes.items()}


def _machine_price(offer: Offer, core: Price, memory: Price, term: int | None) -> Price:
    if core.currency != memory.currency:
        raise ValueError(f"{offer.id}: vCPU in {core.currency}, memory in {memory.currency}: download the catalogue in one currency")
    cores, gib = offer.number("vcpu") or Decimal(0), (offer.limit("memory") or Decimal(0)) / _GIB
    return replace(
        core,
        offer_id=offer.id,
        amount=cores * core.amount + gib * memory.amount,
        purchase=Purchase.ON_DEMAND if term is None else Purchase.COMMITTED,
        term_months=term,
        payment="" if term is None else "monthly",
        valid_from=_later(core.valid_from, memory.valid_from),
        original=f"{cores} x {core.original} + {gib} x {memory.original}",
    )


def _later(one: date | None, other: date | None) -> date | None:
    return max((day for day in (one, other) if day), default=None)


def _for(term: int | None) -> str:
    return f" for {term} months" if term else ""
