"""Where copies are kept for how long: a tier by retention, the least time that it bills, full copies' worth of storage."""

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from pricing.offers import Offer

DAILY_CHANGE = 0.03
"""Share of a database that a day changes, for incremental copies; a belief."""
DAYS_PER_MONTH = 30
MINIMUM_DAYS = {
    "azure/blob-cool*": 30,
    "azure/blob-cold*": 90,
    "azure/blob-archive*": 180,
    "aws/s3-standard-ia": 30,
    "aws/s3-one-zone-ia": 30,
    "aws/s3-glacier*": 90,
    "gcp/gcs-nearline*": 30,
    "gcp/gcs-coldline*": 90,
    "gcp/gcs-archive*": 365,
}
"""Days for which a copy is billed however early it goes (Azure: access tiers for blob data; AWS: S3 storage classes; Google: storage
classes; 2026)."""
READABLE_AT_ONCE = (
    "*/blob-hot", "*/blob-cool", "*/blob-cold", "*/s3-standard", "*/s3-standard-ia", "*/gcs-standard", "*/gcs-nearline", "*/gcs-coldline",
)  # fmt: skip
"""Tiers that answer within seconds: copies are read in an emergency, so those that take hours are not taken by price alone."""


@dataclass(frozen=True, slots=True)
class Copies:
    """Full copies' worth of storage of one set of rules."""

    recent: float
    """One full copy and the daily changes of the first retention tier."""
    lasting: float
    """One full copy a month for later tiers."""


def minimum_days(offer: Offer | None) -> int:
    """Return the days that a copy is billed for at least; 0 where the provider states none."""
    return next((days for pattern, days in MINIMUM_DAYS.items() if offer is not None and fnmatchcase(offer.id, pattern)), 0)


def fitting(offers: Sequence[Offer], days: int) -> tuple[Offer, ...]:
    """Return the offers that bill no longer than copies are kept; those with the shortest minimum if all of them bill longer."""
    fit = tuple(offer for offer in offers if minimum_days(offer) <= days)
    shortest = min((minimum_days(offer) for offer in offers), default=0)
    return fit or tuple(offer for offer in offers if minimum_days(offer) == shortest)


def copies_of(keep_days: tuple[int, ...], recent: Offer | None, lasting: Offer | None) -> Copies:
    """Return what is stored for retention tiers: daily changes first, a full copy a month later; billed for the offers' least days."""
    first, *later = keep_days
    return Copies(
        1 + DAILY_CHANGE * max(first, minimum_days(recent)), sum(max(days, minimum_days(lasting)) / DAYS_PER_MONTH for days in later)
    )
