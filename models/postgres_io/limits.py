"""Which limit of a database server or volume binds; a limit nobody gave is unknown, never endless."""

import math
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from models.intervals import Interval
from models.topology.resources import Resource
from models.topology.verdict import Reason, ReasonCode

BUCKET_STEP_S = 300.0
"""Step of the credit simulation: five minutes (AWS Compute Blog, simulating EBS burst credits, 2026-06)."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What volume and machine allow; None where nobody said."""

    volume_iops: float | None = None
    """Operations per second of the volume."""
    volume_bytes_per_s: float | None = None
    """Bytes per second of the volume."""
    machine_iops: float | None = None
    """Operations per second of all volumes of the machine, sustained."""
    machine_bytes_per_s: float | None = None
    """Bytes per second of all volumes of the machine, sustained."""
    connections: float | None = None
    """Connections for applications."""
    storage_bytes: float | None = None
    """Bytes of the volume."""


@dataclass(frozen=True, slots=True)
class Need:
    """What is needed; None where it was not measured."""

    iops: float | None = None
    """Operations per second."""
    bytes_per_s: float | None = None
    """Bytes per second."""
    connections: float | None = None
    """Connections."""
    storage_bytes: float | None = None
    """Bytes stored."""


@dataclass(frozen=True, slots=True)
class LimitCheck:
    """Which limit runs out first."""

    binding: str | None
    """Name of the field of `Limits` with the largest share used; None when nothing could be checked."""
    used: float
    """Share of it that is used; NaN when nothing could be checked."""
    not_checked: tuple[str, ...]
    """Fields of `Limits` that are unknown or whose need was not measured."""
    reasons: tuple[Reason, ...]
    """The binding limit and those not checked."""


_RESOURCES = {
    "volume_iops": Resource.POSTGRES_IOPS,
    "volume_bytes_per_s": Resource.POSTGRES_THROUGHPUT,
    "machine_iops": Resource.POSTGRES_IOPS,
    "machine_bytes_per_s": Resource.POSTGRES_THROUGHPUT,
    "connections": Resource.CONNECTIONS,
    "storage_bytes": Resource.STORAGE,
}


def check_limits(need: Need, limits: Limits) -> LimitCheck:
    """Return the limit with the largest share used, and the ones that could not be checked."""
    needs = {name: getattr(need, name.removeprefix("volume_").removeprefix("machine_")) for name in _RESOURCES}
    shares: dict[str, float] = {}
    unknown = []
    for name, wanted in needs.items():
        given = getattr(limits, name)
        if given is None or wanted is None or not math.isfinite(wanted):
            unknown.append(name)
        else:
            shares[name] = _share(name, wanted, given)
    reasons = tuple(Reason(ReasonCode.NOT_CHECKED, _RESOURCES[name], figures=_figures(needs[name])) for name in unknown)
    if not shares:
        return LimitCheck(None, math.nan, tuple(unknown), reasons)
    binding = max(shares, key=lambda name: shares[name])
    figures = {"demand": float(needs[binding] or 0.0), "limit": float(getattr(limits, binding))}
    first = Reason(ReasonCode.BINDING, _RESOURCES[binding], figures=figures)
    return LimitCheck(binding, shares[binding], tuple(unknown), (first, *reasons))


def _share(name: str, wanted: float, given: float) -> float:
    if not given > 0 or wanted < 0:
        raise ValueError(f"{name}: a need of {wanted} against a limit of {given}: give a need of at least 0 and a limit above 0")
    return wanted / given


def _figures(wanted: float | None) -> dict[str, float]:
    return {} if wanted is None else {"demand": wanted}


@dataclass(frozen=True, slots=True)
class Bucket:
    """A token bucket of burst credits."""

    baseline_per_s: float
    """Operations (or bytes) per second that never run out."""
    burst_per_s: float
    """Operations (or bytes) per second while credits last."""
    credits: float
    """Operations (or bytes) a full bucket holds."""

    def __post_init__(self) -> None:
        """Refuse a bucket that is slower with credits than without."""
        for field in fields(self):
            if not (math.isfinite(getattr(self, field.name)) and getattr(self, field.name) >= 0):
                raise ValueError(f"{field.name} is {getattr(self, field.name)}: give a finite number of at least 0")
        if self.burst_per_s < self.baseline_per_s:
            raise ValueError(f"burst_per_s {self.burst_per_s} is below baseline_per_s {self.baseline_per_s}: swap them")


@dataclass(frozen=True, slots=True, eq=False)
class BucketRun:
    """What a bucket does to a demand."""

    served_per_s: NDArray[np.float64]
    """Shape (steps,): rate that got through."""
    credits: NDArray[np.float64]
    """Shape (steps,): credits left at the end of each step."""
    throttled_share: float
    """Share of the demand that was held back."""
    first_empty_step: int | None
    """First step at whose end no credit was left; None if there is none."""


def run_bucket(demand_per_s: NDArray[np.float64], bucket: Bucket, step_s: float = BUCKET_STEP_S) -> BucketRun:
    """Let a demand, shape (steps,), run against a bucket that starts full; what is held back is not made up later.

    Raises
    ------
    ValueError
        If a demand is negative or missing: a gap is no idle time.

    """
    demand = np.asarray(demand_per_s, float)
    if demand.ndim != 1 or not np.isfinite(demand).all() or (demand < 0).any():
        raise ValueError("demand_per_s holds missing or negative rates: fill or cut the gaps first, an outage is not low demand")
    served, left = np.empty(demand.size), np.empty(demand.size)
    level = bucket.credits
    for step, wanted in enumerate(demand):
        most = min(bucket.burst_per_s, bucket.baseline_per_s + level / step_s)
        served[step] = min(wanted, most)
        level = min(max(level + (bucket.baseline_per_s - served[step]) * step_s, 0.0), bucket.credits)
        left[step] = level
    served.flags.writeable = left.flags.writeable = False
    total = float(demand.sum())
    empty = np.flatnonzero(left <= 0) if bucket.credits > 0 else np.flatnonzero(served < demand)
    return BucketRun(served, left, 1 - float(served.sum()) / total if total > 0 else 0.0, int(empty[0]) if empty.size else None)


def restore_seconds(stored_bytes: float, bytes_per_s: Interval) -> Interval:
    """Return the time to restore so many bytes at a bandwidth: the slow end of the bandwidth gives the long one."""
    if stored_bytes < 0 or not bytes_per_s.low > 0:
        raise ValueError(f"restore of {stored_bytes} bytes at {bytes_per_s.low} bytes/s: give a bandwidth above 0")
    return Interval(stored_bytes / bytes_per_s.high, stored_bytes / bytes_per_s.mid, stored_bytes / bytes_per_s.low)
