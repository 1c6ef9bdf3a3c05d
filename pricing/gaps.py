"""What to say when a price is in no book."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class PriceGap:
    """A price that was asked for and is in no book."""

    offer_id: str
    region: str
    unit: str
    purchase: str = "on_demand"
    term_months: int | None = None
    book_date: date | None = None
    """Newest day of any price in the book; None: nothing dated."""

    @property
    def message(self) -> str:
        """What is missing and how to supply it."""
        term = f" for {self.term_months} months" if self.term_months else ""
        seen = f"as of {self.book_date.isoformat()}" if self.book_date else "undated"
        return (
            f"no {self.purchase} price{term} per {self.unit} for {self.offer_id} in {self.region} (price book {seen}): "
            f'import one with "workbench prices import" or add a row to offers.csv'
        )


class MissingPriceError(ValueError):
    """A price is in no book; `gap` says which."""

    def __init__(self, gap: PriceGap) -> None:
        super().__init__(gap.message)
        self.gap = gap
