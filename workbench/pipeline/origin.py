"""Where a value comes from."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class OriginKind(StrEnum):
    """How a value came to be."""

    MEASURED = "measured"
    FITTED = "fitted"
    ASSUMED = "assumed"
    PRICE_BOOK = "price book"
    COMPUTED = "computed"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value comes from, with what stands behind it."""

    kind: OriginKind
    what: str
    """In words: the series, the model, the assumption, the price row."""
    period: tuple[date, date] | None = None
    """First and last day of the data behind it."""
    samples: int | None = None
    """Number of samples (hours, requests, rows)."""
    quality: float | None = None
    """Share of the period that is covered, 0 to 1."""
    as_of: date | None = None
    """Date of a price or a belief."""
    low: float | None = None
    """5 % quantile of the value's own uncertainty."""
    high: float | None = None
    """95 % quantile of the value's own uncertainty."""
    parents: tuple["Origin", ...] = ()
    """What it was computed from."""

    def assumed(self) -> bool:
        """Whether it or anything behind it is an assumption."""
        return self.kind == OriginKind.ASSUMED or any(parent.assumed() for parent in self.parents)


def measured(what: str, period: tuple[date, date] | None = None, samples: int | None = None, quality: float | None = None) -> Origin:
    """Return the origin of a measured value."""
    return Origin(OriginKind.MEASURED, what, period, samples, quality)


def assumed(what: str, as_of: date | None = None) -> Origin:
    """Return the origin of an assumption."""
    return Origin(OriginKind.ASSUMED, what, as_of=as_of)


def computed(what: str, *parents: Origin) -> Origin:
    """Return the origin of a value computed from others."""
    return Origin(OriginKind.COMPUTED, what, parents=parents)
