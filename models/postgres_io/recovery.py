"""What a failover and a restore cost: bytes not yet copied, a cache that is cold, hours of copying."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from models.intervals import Interval
from models.postgres_io.cache import CacheFit, filling_misses

_HALVINGS = 60


@dataclass(frozen=True, slots=True)
class ColdStart:
    """A server whose cache is empty after a failover or a restart."""

    blocks_per_s: Interval
    """Blocks read per second at first, if the device gave them as fast as they are asked for."""
    warm_after_s: float
    """Seconds until no more than `surplus` above the steady rate is read, by the cautious law; infinite if never."""
    blocks_until_warm: float
    """Blocks read beyond the steady rate until then, by the cautious law."""


def cold_start(fits: Sequence[CacheFit], factors: Sequence[float], cache_pages: float, *, surplus: float = 0.1) -> ColdStart:
    """Return what tenants or tables that share a cache of so many pages read after it was emptied.

    `factors` multiply their observed rates of reads. Reads that always hit are not among the first ones: their pages are few.

    Raises
    ------
    ValueError
        If `surplus` is not above 0 or the factors do not fit.

    """
    if not surplus > 0:
        raise ValueError(f"surplus is {surplus}: give a share above 0 of the steady reads")

    def high(since_s: float) -> float:
        return sum(part.high for part in filling_misses(fits, factors, cache_pages, since_s))

    first = filling_misses(fits, factors, cache_pages, 0.0)
    ends = [sum(getattr(part, end) for part in first) for end in ("low", "mid", "high")]
    steady = high(math.inf)
    wanted = max(steady * (1 + surplus), ends[2] * 1e-6)
    early, late = math.log(1e-3), math.log(1e9)
    if high(math.exp(late)) > wanted:
        return ColdStart(Interval(*ends), math.inf, math.inf)
    for _ in range(_HALVINGS):
        middle = (early + late) / 2
        early, late = (middle, late) if high(math.exp(middle)) > wanted else (early, middle)
    warm = math.exp(late)
    points = [0.0, *(warm * (place / 20) ** 2 for place in range(1, 21))]
    rates = [high(point) - steady for point in points]
    blocks = sum((a + b) / 2 * (y - x) for a, b, x, y in zip(rates, rates[1:], points, points[1:], strict=False))
    return ColdStart(Interval(*ends), warm, max(blocks, 0.0))


def lost_on_failover(log_bytes_per_s: Interval, lag_s: Interval) -> Interval:
    """Return log bytes a replica had not received when its primary went: rate times lag (the objective for lost data)."""
    if log_bytes_per_s.low < 0 or lag_s.low < 0:
        raise ValueError(f"log_bytes_per_s {log_bytes_per_s.low} and lag_s {lag_s.low} must be at least 0")
    return Interval(log_bytes_per_s.low * lag_s.low, log_bytes_per_s.mid * lag_s.mid, log_bytes_per_s.high * lag_s.high)
