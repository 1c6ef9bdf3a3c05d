"""Memory a Redis instance needs: data, fragmentation, copy while saving, buffers."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from models.intervals import Interval
from models.redis_memory.fork import ForkCopy
from models.topology.resources import Resource
from models.topology.verdict import Reason, ReasonCode

LEAST_FRAGMENTATION = 1.0
"""Resident memory is never planned below used memory, though swapping or freed pages can show less."""


@dataclass(frozen=True, slots=True)
class NeededMemory:
    """Memory of one instance and what it is made of, bytes."""

    total_bytes: Interval
    """What the machine or container must provide."""
    used_bytes: Interval
    """used_memory: what `maxmemory` is compared with."""
    copy_bytes: Interval
    """Reserved for copy on write while saving."""
    reasons: tuple[Reason, ...]
    """What was assumed."""


def needed_memory(used: Interval, fragmentation: Interval, copy: ForkCopy, buffers_bytes: float = 0.0) -> NeededMemory:
    """Return used × fragmentation + copy while saving + buffers, bytes.

    `buffers_bytes` are client, replica and append-only buffers that `used` does not hold.
    """
    if buffers_bytes < 0 or used.low < 0:
        raise ValueError(f"buffers_bytes {buffers_bytes} and used memory {used.low} must be at least 0")
    total = Interval(
        used.low * max(fragmentation.low, LEAST_FRAGMENTATION) + copy.bytes.low + buffers_bytes,
        used.mid * max(fragmentation.mid, LEAST_FRAGMENTATION) + copy.bytes.mid + buffers_bytes,
        used.high * max(fragmentation.high, LEAST_FRAGMENTATION) + copy.bytes.high + buffers_bytes,
    )
    return NeededMemory(total, used, copy.bytes, copy.reasons)


def fragmentation_of(resident_bytes: Sequence[float], used_bytes: Sequence[float]) -> Interval:
    """Return the range of resident over used memory; small instances are all overhead, so only the larger half counts.

    Raises
    ------
    ValueError
        If no sample holds both.

    """
    pairs = [(used, rss / used) for rss, used in zip(resident_bytes, used_bytes, strict=True) if used > 0 and math.isfinite(rss)]
    if not pairs:
        raise ValueError("no sample holds resident and used memory above 0: fragmentation is unknown")
    median = sorted(used for used, _ in pairs)[len(pairs) // 2]
    ratios = sorted(ratio for used, ratio in pairs if used >= median)
    return Interval(ratios[0], ratios[len(ratios) // 2], ratios[-1])


def check_evictions(used: Interval, max_bytes: float | None, policy: str) -> tuple[Reason, ...]:
    """Return what happens at `maxmemory`: in a session store an eviction is a forced logout, a refused write an error.

    `policy` is Redis's `maxmemory-policy`; an unknown limit (None or 0) is reported as not checked.
    """
    if not max_bytes:
        return (Reason(ReasonCode.NOT_CHECKED, Resource.REDIS_MEMORY, figures={"used_bytes_high": used.high}),)
    figures = {"used_bytes_high": used.high, "max_bytes": max_bytes, "evicts": float(policy != "noeviction")}
    code = ReasonCode.TOO_SMALL if used.high > max_bytes else ReasonCode.BINDING
    return (Reason(code, Resource.REDIS_MEMORY, figures=figures),)
