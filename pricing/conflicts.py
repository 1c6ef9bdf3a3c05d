"""When two books say different things about one price."""

from dataclasses import dataclass
from decimal import Decimal

from pricing.price import Price


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two books that disagree about one price; the later book wins."""

    kept: Price
    dropped: Price

    @property
    def message(self) -> str:
        """Both prices with their days and sources."""
        new, old = self.kept, self.dropped
        return (
            f"{new.offer_id} per {new.unit} in {new.region} ({new.purchase}): {new.amount} {new.currency} ({new.dated}, {new.source}) "
            f"replaces {old.amount} {old.currency} ({old.dated}, {old.source})"
        )

    @property
    def change(self) -> Decimal:
        """How much the money differs, as a share of the larger; 1 where one of them is zero or in another currency."""
        new, old = (price.amount + price.upfront / (price.term_months or 1) for price in (self.kept, self.dropped))
        if self.kept.currency != self.dropped.currency:
            return Decimal(1)
        return abs(new - old) / max(new, old) if max(new, old) else Decimal(0)


def price_key(price: Price) -> tuple[object, ...]:
    """Return what tells a price from every other; two rows with one key are a conflict."""
    return (*price_subject(price), price.valid_from)


def price_subject(price: Price) -> tuple[object, ...]:
    """Return what a price is the price of, whenever it holds."""
    return (
        price.offer_id,
        price.region,
        price.unit,
        price.purchase,
        price.term_months,
        price.payment,
        price.component,
        price.tier_from,
        price.applies_to,
    )


def disagree(one: Price, other: Price) -> bool:
    """Return whether two prices of the same thing are different money."""
    return (one.amount, one.upfront, one.currency, one.included) != (other.amount, other.upfront, other.currency, other.included)
