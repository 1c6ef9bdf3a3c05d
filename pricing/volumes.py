"""What a volume of a given size can be set to: caps that grow with size, and the baseline that comes with it."""

from dataclasses import dataclass
from decimal import Decimal

from pricing.offers import Offer

BYTES_PER_MB = Decimal(10**6)
"""Providers state MB/s in powers of ten (Azure size pages: MBps = 10^6 bytes/s)."""

BYTES_PER_GIB = Decimal(2**30)


@dataclass(frozen=True, slots=True)
class VolumeCaps:
    """The most that one volume of a size can be set to; None is unknown."""

    iops: Decimal | None
    bytes_per_s: Decimal | None


def volume_caps(offer: Offer, size_gib: Decimal, iops: Decimal | None = None) -> VolumeCaps:
    """Return the caps of a volume of so many GiB; throughput at `iops` provisioned, by default the most the size allows.

    Raises ValueError when the offer has no volume of that size.
    """
    largest, smallest = offer.limit("storage"), offer.number("minimum_gib") or Decimal(0)
    if size_gib < smallest or (largest is not None and size_gib * BYTES_PER_GIB > largest):
        most = "unknown" if largest is None else f"{largest / BYTES_PER_GIB} GiB"
        raise ValueError(f"{offer.id} of {size_gib} GiB: it is sold from {smallest} GiB to {most}; take more volumes or another offer")
    most_iops = _grown(offer.limit("postgres_iops"), offer.number("iops_per_gib"), size_gib, offer.number("baseline_iops"))
    set_iops = most_iops if iops is None or most_iops is None else min(iops, most_iops)
    limit = offer.limit("postgres_throughput")
    cap = None if limit is None else limit / BYTES_PER_MB
    cap = _grown(cap, offer.number("mbps_per_iops"), set_iops, offer.number("baseline_mbps"))
    return VolumeCaps(most_iops, None if cap is None else cap * BYTES_PER_MB)


def _grown(cap: Decimal | None, rate: Decimal | None, basis: Decimal | None, floor: Decimal | None) -> Decimal | None:
    if cap is None or rate is None or basis is None:
        return cap
    return min(cap, max(rate * basis, floor or Decimal(0)))
