"""Quantities that span price tiers; tiers count per account, so the fleet's quantity is split, never a tenant's."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from pricing.price import Price


@dataclass(frozen=True, slots=True)
class TierPart:
    """The part of a quantity that one tier's price holds for."""

    price: Price
    quantity: Decimal


def split_by_tier(prices: Sequence[Price], quantity: Decimal) -> tuple[TierPart, ...]:
    """Return how a month's quantity of the whole account falls into tiers, lowest first; the parts sum to the quantity."""
    tiers = sorted(prices, key=lambda price: price.tier_from)
    if not tiers or tiers[0].tier_from != 0:
        known = ", ".join(str(price.tier_from) for price in tiers) or "none"
        raise ValueError(f"tiers start at {known}: the first starts at 0")
    ends = (*(price.tier_from for price in tiers[1:]), None)
    parts = (TierPart(price, _inside(quantity, price.tier_from, end)) for price, end in zip(tiers, ends, strict=True))
    return tuple(part for part in parts if part.quantity > 0)


def _inside(quantity: Decimal, start: Decimal, end: Decimal | None) -> Decimal:
    top = quantity if end is None else min(quantity, end)
    return max(top - start, Decimal(0))
