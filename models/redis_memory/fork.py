"""Memory copied while a child saves: copy on write."""

import math
from dataclasses import dataclass

from models.intervals import Interval
from models.topology.resources import Resource
from models.topology.verdict import Reason, ReasonCode

PAGE_BYTES = 4096
"""Memory page without transparent huge pages."""
HUGE_PAGE_BYTES = 2 * 1024 * 1024
"""Memory page with them: one write copies 512 times as much."""
OBSERVED_MARGIN = 1.25
"""What the largest observed copy is multiplied by; an assumption, shown as such."""


@dataclass(frozen=True, slots=True)
class ForkCopy:
    """Bytes copied while saving."""

    bytes: Interval
    """Extra memory: none (no save), expected, all of it."""
    reasons: tuple[Reason, ...]
    """Where the figure comes from."""


def copied_bytes(resident_bytes: float, writes_per_s: float, save_s: float, page_bytes: float = PAGE_BYTES) -> float:
    """Return the expected bytes copied when so many page writes a second fall evenly on the pages during a save.

    P·(1 − e^(−w·T/P)) pages of P (occupancy of cells by random balls).
    """
    if min(resident_bytes, writes_per_s, save_s) < 0 or not page_bytes > 0:
        raise ValueError("copied_bytes wants sizes, rates and times of at least 0 and page_bytes above 0")
    pages = resident_bytes / page_bytes
    return -math.expm1(-writes_per_s * save_s / pages) * resident_bytes if pages else 0.0


def fork_copy(resident_bytes: float, observed_bytes: float | None, *, saves: int = 1) -> ForkCopy:
    """Return the copy to reserve: the largest observed one with a margin; unknown, up to all resident memory.

    `saves` is the number of saves the largest copy was observed in; `saves=0` says that nothing is ever saved.
    """
    if resident_bytes < 0 or saves < 0 or (observed_bytes is not None and observed_bytes < 0):
        raise ValueError("fork_copy wants sizes and counts of at least 0")
    if saves == 0:
        return ForkCopy(Interval(0.0, 0.0, 0.0), ())
    if observed_bytes is None:
        figures = {"resident_bytes": resident_bytes, "copied_share_assumed": 1.0}
        return ForkCopy(
            Interval(0.0, resident_bytes, resident_bytes), (Reason(ReasonCode.ASSUMED, Resource.REDIS_MEMORY, figures=figures),)
        )
    most = min(observed_bytes * OBSERVED_MARGIN, max(resident_bytes, observed_bytes))
    figures = {"observed_copy_bytes": observed_bytes, "margin": OBSERVED_MARGIN}
    reason = Reason(ReasonCode.ASSUMED, Resource.REDIS_MEMORY, figures=figures)
    return ForkCopy(Interval(observed_bytes, most, max(most, min(2 * observed_bytes, resident_bytes))), (reason,))
