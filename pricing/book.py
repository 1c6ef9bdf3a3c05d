"""A book of offers and prices that answers what something costs, or names what is missing; it never guesses."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fnmatch import fnmatchcase

from pricing.conflicts import Conflict, disagree, price_subject
from pricing.gaps import MissingPriceError, PriceGap
from pricing.money import HOURS_PER_MONTH
from pricing.offers import ANYWHERE, Offer, split_region
from pricing.price import Price, PriceKind, Purchase
from pricing.rents import Rent, cheapest_parts

__all__ = ["Conflict", "MissingPriceError", "Price", "PriceBook", "PriceGap", "Rent"]

_RENT_UNITS = ("hour", "month")


@dataclass(frozen=True, slots=True, eq=False)
class PriceBook:
    """Offers and their prices; regions may be written westeurope or azure/westeurope, "*" in the book stands for every region."""

    offers: tuple[Offer, ...] = field(default=(), repr=False)
    prices: tuple[Price, ...] = field(default=(), repr=False)
    conflicts: tuple[Conflict, ...] = ()
    """Found when books were merged."""
    _offers: dict[tuple[str, str], Offer] = field(init=False, repr=False)
    _prices: dict[tuple[str, str], list[Price]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Index both by offer and region."""
        by_region: defaultdict[tuple[str, str], list[Price]] = defaultdict(list)
        for price in self.prices:
            by_region[price.offer_id, price.region].append(price)
        object.__setattr__(self, "_offers", {(offer.id, offer.region): offer for offer in self.offers})
        object.__setattr__(self, "_prices", dict(by_region))

    @property
    def newest(self) -> date | None:
        """The newest day of any price; None when all are undated."""
        return max((price.as_of for price in self.prices if price.as_of), default=None)

    @property
    def oldest(self) -> date | None:
        """The oldest day of any dated price."""
        return min((price.as_of for price in self.prices if price.as_of), default=None)

    def offer(self, offer_id: str, region: str) -> Offer:
        """Return an offer, or raise ValueError naming the regions that have it."""
        name = split_region(region)
        found = self._offers.get((offer_id, name)) or self._offers.get((offer_id, ANYWHERE))
        if found:
            return found
        regions = sorted(known for known_id, known in self._offers if known_id == offer_id)
        where = f"the book has it in {', '.join(regions)}" if regions else "the book has no such offer"
        raise ValueError(f"no offer {offer_id} in {name}: {where}; write it into offers.csv or import a price file")

    def has_offer(self, offer_id: str, region: str) -> bool:
        """Return whether the offer exists in the region."""
        name = split_region(region)
        return (offer_id, name) in self._offers or (offer_id, ANYWHERE) in self._offers

    def offers_matching(self, patterns: Sequence[str], region: str, kind: str | None = None) -> tuple[Offer, ...]:
        """Return the offers of a region whose ids fit a shell pattern such as azure/D*s_v5, sorted by id."""
        name = split_region(region)
        found = {
            offer.id: offer
            for offer in sorted(self.offers, key=lambda offer: offer.region != ANYWHERE)
            if offer.region in {name, ANYWHERE}
            and (kind is None or offer.kind == kind)
            and any(fnmatchcase(offer.id, pattern) for pattern in patterns)
        }
        return tuple(found[offer_id] for offer_id in sorted(found))

    def prices_of(self, offer_id: str, region: str, as_of: date | None = None, applies_to: str = "new") -> tuple[Price, ...]:
        """Return every price of an offer in a region that holds on a day, for new orders or for what already runs.

        Of several with different valid_from the latest that holds is taken. Without a day, a row is taken as in force unless it was
        announced for a day after it was seen.
        """
        name = split_region(region)
        rows = self._prices.get((offer_id, name)) or self._prices.get((offer_id, ANYWHERE), [])
        latest: dict[tuple[object, ...], Price] = {}
        for row in rows:
            if row.applies_to not in {"", applies_to} or not _in_force(row, as_of):
                continue
            key = (row.unit, row.purchase, row.term_months, row.payment, row.component, row.tier_from)
            known = latest.get(key)
            if known is None or _rank(row) > _rank(known):
                latest[key] = row
        return tuple(latest.values())

    def find(
        self,
        offer_id: str,
        region: str,
        unit: str,
        *,
        purchase: str = Purchase.ON_DEMAND,
        term_months: int | None = None,
        payment: str | None = None,
        as_of: date | None = None,
    ) -> Price | PriceGap:
        """Return the price of a unit in the first tier, or the gap that stands for it.

        Of several ways to pay for a commitment the one with the least upfront is taken unless `payment` names one.
        """
        rows = [
            row
            for row in self.prices_of(offer_id, region, as_of)
            if row.unit == unit
            and row.purchase == purchase
            and (term_months is None or row.term_months == term_months)
            and (payment is None or row.payment == payment)
        ]
        if not rows:
            return PriceGap(offer_id, split_region(region), unit, purchase, term_months, self.newest)
        parts = sorted({row.component for row in rows})
        if len(parts) > 1:
            raise ValueError(f"{offer_id} has several prices per {unit} ({', '.join(parts)}): ask for its rents, one line for each part")
        return min(rows, key=lambda row: (row.tier_from, row.upfront, row.term_months or 0, row.payment))

    def price(
        self,
        offer_id: str,
        region: str,
        unit: str,
        *,
        purchase: str = Purchase.ON_DEMAND,
        term_months: int | None = None,
        payment: str | None = None,
        as_of: date | None = None,
    ) -> Price:
        """Return the price of a unit as `find` does, or raise MissingPriceError."""
        found = self.find(offer_id, region, unit, purchase=purchase, term_months=term_months, payment=payment, as_of=as_of)
        if isinstance(found, PriceGap):
            raise MissingPriceError(found)
        return found

    def has(self, offer_id: str, region: str, unit: str, *, purchase: str = Purchase.ON_DEMAND, term_months: int | None = None) -> bool:
        """Return whether the price is in the book."""
        return isinstance(self.find(offer_id, region, unit, purchase=purchase, term_months=term_months), Price)

    def tiers(self, offer_id: str, region: str, unit: str) -> tuple[Price, ...]:
        """Return the on-demand prices of a unit by tier, lowest quantity first; empty when there is none."""
        rows = [row for row in self.prices_of(offer_id, region) if row.unit == unit and row.purchase is Purchase.ON_DEMAND]
        return tuple(sorted(rows, key=lambda row: row.tier_from))

    def rents(
        self,
        offer_id: str,
        region: str,
        hours: Decimal = HOURS_PER_MONTH,
        *,
        purchase: str = Purchase.ON_DEMAND,
        term_months: int | None = None,
        as_of: date | None = None,
    ) -> tuple[Rent, ...] | PriceGap:
        """Return what an instance that runs so many hours a month is paid by, one rent for each part, or the gap.

        Where a month is capped (an hourly and a monthly price), the cheaper of the two is due. Own machines and quotes are found
        without asking for them: what is not sold by the hour has no on-demand price. An offer of other regions only is a gap here, one
        that no region has raises ValueError.
        """
        if purchase == Purchase.COMMITTED and term_months is None:
            raise ValueError(f"{offer_id} is to be committed without a term: say for how many months, such as 12")
        gap = PriceGap(offer_id, split_region(region), "hour", purchase, term_months, self.newest)
        if not self.has_offer(offer_id, region) and any(offer.id == offer_id for offer in self.offers):
            return gap
        billed_hours = HOURS_PER_MONTH if self.offer(offer_id, region).says("billed_when_off") else hours
        for wanted in _fallbacks(purchase):
            rows = [
                row
                for row in self.prices_of(offer_id, region, as_of)
                if row.purchase == wanted
                and row.unit in _RENT_UNITS
                and row.tier_from == 0
                and (term_months is None or wanted == Purchase.OWNED or row.term_months == term_months)
            ]
            if rows:
                return cheapest_parts(rows, billed_hours)
        return gap

    def merge(self, other: "PriceBook") -> "PriceBook":
        """Return both books as one; what the other one prices replaces what this one says of it, and disagreements are listed.

        A price that the other book only announces for a later day replaces nothing.
        """
        offers = {(offer.id, offer.region): offer for offer in (*self.offers, *other.offers)}
        current = {price_subject(price): price for price in other.prices if _in_force(price, None)}
        kept, conflicts = [], [*self.conflicts, *other.conflicts]
        for price in self.prices:
            replacing = current.get(price_subject(price))
            if replacing is None:
                kept.append(price)
            elif disagree(replacing, price):
                conflicts.append(Conflict(replacing, price))
        return PriceBook(tuple(offers.values()), (*kept, *other.prices), tuple(conflicts))

    def override(
        self, offer_id: str, unit: str, amount: Decimal, currency: str, *, source: str = "edit", as_of: date | None = None
    ) -> "PriceBook":
        """Return a book in which a unit of an offer costs this much in every region, as an assumption; commitments stay."""
        if not any(offer.id == offer_id for offer in self.offers):
            raise ValueError(f"no offer {offer_id} to price: write it into offers.csv first")

        def replaced(price: Price) -> bool:
            return price.offer_id == offer_id and price.unit == unit and price.purchase is not Purchase.COMMITTED

        changed = [
            replace(price, amount=amount, currency=currency, kind=PriceKind.ASSUMED, source=source, as_of=as_of, original="")
            for price in self.prices
            if replaced(price)
        ]
        if not changed:
            changed = [Price(offer_id, ANYWHERE, unit, amount, currency, kind=PriceKind.ASSUMED, source=source, as_of=as_of)]
        kept = [price for price in self.prices if not replaced(price)]
        return PriceBook(self.offers, (*kept, *changed), self.conflicts)


def _in_force(price: Price, as_of: date | None) -> bool:
    day = as_of or price.as_of
    return price.valid_from is None or day is None or price.valid_from <= day


def _rank(price: Price) -> tuple[date, bool, date]:
    return (price.valid_from or date.min, bool(price.applies_to), price.as_of or date.min)


def _fallbacks(purchase: str) -> tuple[str, ...]:
    if purchase == Purchase.ON_DEMAND:
        return (Purchase.ON_DEMAND, Purchase.QUOTE, Purchase.OWNED)
    return (purchase,)
