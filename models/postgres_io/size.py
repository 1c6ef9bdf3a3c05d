"""How many operations and bytes per second a server needs at a cache size."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.intervals import Interval
from models.postgres_io.cache import CacheFit, misses_in_shared_cache
from models.postgres_io.device import PAGE_BYTES, DeviceFit
from models.topology.resources import Resource
from models.topology.verdict import Reason, ReasonCode


@dataclass(frozen=True, slots=True)
class Writes:
    """Writes of a server, whatever the cache; None where not measured."""

    operations_per_s: Interval | None = None
    """Write operations per second: checkpoints, background writer, backends and log syncs together."""
    bytes_per_s: Interval | None = None
    """Bytes written per second."""


@dataclass(frozen=True, slots=True)
class NeededIo:
    """Need of a server at one cache size."""

    iops: Interval
    """Operations per second, reads and writes."""
    bytes_per_s: Interval
    """Bytes per second, reads and writes."""
    blocks_read_per_s: Interval
    """Blocks that miss the cache."""
    reasons: tuple[Reason, ...]
    """What is missing or extrapolated."""


def needed_io(fits: Sequence[CacheFit], factors: Sequence[float], cache_pages: float, device: DeviceFit | None, writes: Writes) -> NeededIo:
    """Return the need of tenants that share a cache of `cache_pages` pages.

    Parameters
    ----------
    fits, factors
        One fit for each tenant, and what its observed rate of reads is multiplied by.
    cache_pages
        Size of the cache.
    device
        Operations for a block; None: between none (all from the system cache) and one, and a reason says so.
    writes
        Writes at this load.

    """
    misses = misses_in_shared_cache(fits, factors, cache_pages)
    blocks = Interval(sum(m.low for m in misses), sum(m.mid for m in misses), sum(m.high for m in misses))
    reads = Interval(0.0, blocks.mid, blocks.high) if device is None else device.operations_per_s(blocks)
    read_bytes = blocks.times(PAGE_BYTES)
    return NeededIo(
        iops=_plus(reads, writes.operations_per_s),
        bytes_per_s=_plus(read_bytes, writes.bytes_per_s),
        blocks_read_per_s=blocks,
        reasons=(*_reasons(blocks, device, writes), *(reason for fit in fits for reason in fit.reasons)),
    )


def _plus(one: Interval, other: Interval | None) -> Interval:
    return one if other is None else Interval(one.low + other.low, one.mid + other.mid, one.high + other.high)


def _reasons(blocks: Interval, device: DeviceFit | None, writes: Writes) -> tuple[Reason, ...]:
    reasons = []
    if device is None:
        reasons.append(Reason(ReasonCode.ASSUMED, Resource.POSTGRES_IOPS, figures={"operations_per_block": 1.0}))
    elif blocks.mid > device.highest_blocks_per_s:
        figures = {"blocks_per_s": blocks.mid, "highest_observed_per_s": device.highest_blocks_per_s}
        reasons.append(Reason(ReasonCode.EXTRAPOLATED, Resource.POSTGRES_IOPS, figures=figures))
    if writes.operations_per_s is None:
        reasons.append(Reason(ReasonCode.NOT_CHECKED, Resource.POSTGRES_IOPS, figures={"writes_measured": 0.0}))
    if writes.bytes_per_s is None:
        reasons.append(Reason(ReasonCode.NOT_CHECKED, Resource.POSTGRES_THROUGHPUT, figures={"writes_measured": 0.0}))
    return tuple(reasons)
