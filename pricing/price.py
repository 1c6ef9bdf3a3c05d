"""One price: what a unit of an offer costs, since when, for whom and according to whom."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from pricing.money import HOURS_PER_MONTH, check_currency, check_decimal

UNITS = frozenset(
    {
        "hour",
        "month",
        "once",
        "GiB-month",
        "IOPS-month",
        "MBps-month",
        "GiB",
        "GB",
        "TB",
        "kWh",
        "LCU-hour",
        "request-million",
    }
)
"""Normalised units; a provider's own unit stays in `Price.original`. Per-hour storage, IOPS and MB/s become per month of 730 h."""

ZERO = Decimal(0)


class Purchase(StrEnum):
    """How something is bought."""

    ON_DEMAND = "on_demand"
    COMMITTED = "committed"
    QUOTE = "quote"
    OWNED = "owned"


class PriceKind(StrEnum):
    """How far a price can be trusted."""

    LIST = "list"
    QUOTE = "quote"
    ASSUMED = "assumed"


class Spend(StrEnum):
    """How finance books the money."""

    OPEX = "opex"
    CAPEX = "capex"


@dataclass(frozen=True, slots=True)
class Price:
    """What one unit of an offer costs, net of tax."""

    offer_id: str
    region: str
    """Provider's region, or "*"."""
    unit: str
    """One of UNITS."""
    amount: Decimal
    """Recurring price of a unit, unrounded."""
    currency: str
    purchase: Purchase = Purchase.ON_DEMAND
    term_months: int | None = None
    """Months of a commitment, or over which an upfront amount is written off."""
    upfront: Decimal = ZERO
    """Paid at the start of each term for an instance (units of a month's or an hour's use alike)."""
    kind: PriceKind = PriceKind.LIST
    as_of: date | None = None
    """Day on which the price was seen; None: undated."""
    source: str = ""
    tier_from: Decimal = ZERO
    """Quantity a month, over the whole account, from which this price holds."""
    valid_from: date | None = None
    applies_to: str = ""
    """"" everybody, new (orders and rescales) or existing (what already runs)."""
    spend: Spend = Spend.OPEX
    payment: str = ""
    """Of a commitment: monthly, partial_upfront or all_upfront; a savings plan beside reservations names its kind before that."""
    included: Decimal = ZERO
    """Quantity that each instance brings without charge, such as 3,000 IOPS a volume."""
    component: str = ""
    """Part of an offer that has several prices in one unit, such as depreciation, power and rack."""
    original: str = ""
    """Price and unit as the source says them."""

    def __post_init__(self) -> None:
        """Refuse what cannot be a price."""
        check_currency(self.currency)
        for name in ("amount", "upfront", "tier_from", "included"):
            if check_decimal(f"{name} of {self.offer_id}", getattr(self, name)) < 0:
                raise ValueError(f"{name} of {self.offer_id} is {getattr(self, name)}: a price is not negative")
        if self.unit not in UNITS:
            raise ValueError(f"unit of {self.offer_id} is {self.unit!r}: use one of {', '.join(sorted(UNITS))}")
        if self.applies_to not in {"", "new", "existing"}:
            raise ValueError(f"applies_to of {self.offer_id} is {self.applies_to!r}: leave it empty or write new or existing")
        self._check_term()

    def _check_term(self) -> None:
        needs_term = self.purchase is Purchase.COMMITTED or self.upfront > 0
        if needs_term and (self.term_months is None or self.term_months < 1):
            raise ValueError(f"{self.offer_id} is {self.purchase} with {self.upfront} upfront and no term: set term_months, such as 12")

    @property
    def dated(self) -> str:
        """The day of the price for reading, or "undated"."""
        return self.as_of.isoformat() if self.as_of else "undated"

    def billable(self, per_instance: Decimal, instances: int) -> Decimal:
        """Return the quantity to pay when each of so many instances needs so much: the included part is per instance, not per fleet."""
        return max(per_instance - self.included, ZERO) * instances

    def per_month(self, hours: Decimal = HOURS_PER_MONTH) -> Decimal:
        """Return the recurring price of a month in which an hourly unit runs so many hours; other units do not depend on them."""
        return self.amount * hours if self.unit == "hour" else self.amount
