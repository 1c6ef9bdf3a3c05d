"""Offers as arrays: what a machine carries and what it costs a month in the study's currency."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from pricing.book import PriceBook
from pricing.gaps import PriceGap
from pricing.offers import Offer, OfferKind
from pricing.price import Purchase
from workbench.study.estate import Study

CORE_SPEED_ASSUMED = 1.0
"""Speed of a core relative to the one measured on, when the offer does not say."""


@dataclass(frozen=True, slots=True, eq=False)
class Machines:
    """Machines that may be used, sorted by price; every array has shape (options,), NaN is an unknown limit."""

    offers: tuple[Offer, ...]
    cores: NDArray[np.float64]
    memory_bytes: NDArray[np.float64]
    iops: NDArray[np.float64]
    throughput: NDArray[np.float64]
    """Bytes per second that volumes may move."""
    monthly: NDArray[np.float64]
    """Price of a full month on demand; NaN where the book has none."""

    def index(self, offer_id: str) -> int:
        """Return the option of an offer, or raise ValueError."""
        for i, offer in enumerate(self.offers):
            if offer.id == offer_id:
                return i
        raise ValueError(f"{offer_id} is no machine that [platform] offers allows: add it there or choose another")


@dataclass(frozen=True, slots=True)
class Rates:
    """Monthly prices in the study's currency, as floats for the search; bills use the same prices as Decimal."""

    book: PriceBook
    region: str
    to_currency: Callable[[Decimal, str], Decimal]

    def machine(self, offer_id: str) -> float:
        """Return the on-demand price of a full month; NaN if the book has none."""
        rents = self.book.rents(offer_id, self.region)
        if isinstance(rents, PriceGap):
            return float("nan")
        months = (rent.price.per_month() + rent.price.upfront / (rent.price.term_months or 1) for rent in rents)
        currencies = (rent.price.currency for rent in rents)
        return float(sum((self.to_currency(amount, currency) for amount, currency in zip(months, currencies, strict=True)), Decimal(0)))

    def unit(self, offer_id: str, unit: str) -> float:
        """Return the on-demand price of a unit; NaN if the book has none."""
        found = self.book.find(offer_id, self.region, unit, purchase=Purchase.ON_DEMAND)
        return float("nan") if isinstance(found, PriceGap) else float(self.to_currency(found.amount, found.currency))

    def included(self, offer_id: str, unit: str) -> float:
        """Return the quantity that each instance brings without charge."""
        found = self.book.find(offer_id, self.region, unit, purchase=Purchase.ON_DEMAND)
        return 0.0 if isinstance(found, PriceGap) else float(found.included)


def machines(study: Study, rates: Rates) -> Machines:
    """Return the machines that the study allows in its region, cheapest first; those without a price last."""
    found = [
        o
        for o in rates.book.offers_matching(study.platform.offers, rates.region, OfferKind.MACHINE)
        if o.limit("cpu") and o.limit("memory")
    ]
    prices = np.array([rates.machine(offer.id) for offer in found])
    order = sorted(range(len(found)), key=lambda i: (np.isnan(prices[i]), prices[i] if not np.isnan(prices[i]) else 0.0, found[i].id))
    chosen = tuple(found[i] for i in order)
    return Machines(
        offers=chosen,
        cores=np.array([cores(offer) for offer in chosen]),
        memory_bytes=np.array([_limit(offer, "memory") for offer in chosen]),
        iops=np.array([_limit(offer, "postgres_iops") for offer in chosen]),
        throughput=np.array([_limit(offer, "postgres_throughput") for offer in chosen]),
        monthly=prices[order] if order else prices,
    )


def cores(offer: Offer) -> float:
    """Return CPU seconds per second at reference speed."""
    speed = offer.number("core_speed")
    return _limit(offer, "cpu") * (CORE_SPEED_ASSUMED if speed is None else float(speed))


def _limit(offer: Offer, name: str) -> float:
    value = offer.limit(name)
    return float("nan") if value is None else float(value)
