"""When the money of one line moves: payments, and their spread over the months that they pay for."""

from dataclasses import dataclass
from decimal import Decimal

from pricing.money import NOTHING, round_money


@dataclass(frozen=True, slots=True)
class Schedule:
    """A monthly amount and an upfront fee that is due again at the start of each term, from one month to another.

    Months count from 0, the first of the horizon; the last one is inclusive. A fee is spread over its term so that the months add up
    to it exactly.
    """

    monthly: Decimal
    """Due every month, rounded."""
    fee: Decimal
    """Due at the start of each term, rounded."""
    term_months: int
    """Months between fees; 1 without a term."""
    first_month: int
    last_month: int

    @property
    def months(self) -> int:
        """Number of months."""
        return self.last_month - self.first_month + 1

    @property
    def payments(self) -> int:
        """Number of terms begun."""
        return -(-self.months // self.term_months)

    @property
    def fees(self) -> Decimal:
        """All upfront fees."""
        return self.fee * self.payments

    @property
    def cash(self) -> Decimal:
        """Everything paid."""
        return self.monthly * self.months + self.fees

    @property
    def cost(self) -> Decimal:
        """Everything used: the monthly amounts and the part of the fees that these months have used up."""
        full, rest = divmod(self.months, self.term_months)
        return self.monthly * self.months + self.fee * full + self._used(rest)

    @property
    def months_left(self) -> int:
        """Months of the running term after the last month."""
        return -self.months % self.term_months

    @property
    def beyond(self) -> Decimal:
        """What the running term still costs after the last month, paid already or not."""
        left = self.months_left
        return self.monthly * left + (self.fee - self._used(self.term_months - left) if left else NOTHING)

    def cash_in(self, month: int) -> Decimal:
        """Return what is paid in a month."""
        if not self.first_month <= month <= self.last_month:
            return NOTHING
        due = (month - self.first_month) % self.term_months == 0
        return self.monthly + (self.fee if due else NOTHING)

    def cost_in(self, month: int) -> Decimal:
        """Return what a month uses up."""
        if not self.first_month <= month <= self.last_month:
            return NOTHING
        elapsed = (month - self.first_month) % self.term_months
        return self.monthly + self._used(elapsed + 1) - self._used(elapsed)

    def _used(self, months: int) -> Decimal:
        return round_money(self.fee * months / self.term_months) if self.fee else NOTHING
