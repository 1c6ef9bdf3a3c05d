"""Latency of a capped volume: flat up to the cap, then a queue that grows at once and has to be worked off."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.postgres_io.limits import BUCKET_STEP_S, Bucket


@dataclass(frozen=True, slots=True, eq=False)
class QueueRun:
    """What waits in front of a volume; arrays are (steps,)."""

    latency_s: NDArray[np.float64]
    """Latency of an operation that arrives at the end of each step."""
    waiting: NDArray[np.float64]
    """Operations that wait at the end of each step."""
    credits: NDArray[np.float64]
    """Credits left at the end of each step."""
    slow_share: float
    """Share of the operations that arrive while others wait."""

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        for name in ("latency_s", "waiting", "credits"):
            getattr(self, name).flags.writeable = False


def run_queue(demand_per_s: NDArray[np.float64], bucket: Bucket, flat_s: float, step_s: float = BUCKET_STEP_S) -> QueueRun:
    """Let a demand, shape (steps,), queue for a volume whose bucket starts full; nothing is lost, it waits.

    Below the cap an operation takes `flat_s`; what exceeds the cap waits for its turn, so latency is `flat_s` plus the queue
    over the rate at which it is served. A volume without credits is a bucket whose burst equals its baseline.

    Raises
    ------
    ValueError
        If a demand is negative or missing, the volume serves nothing, or a time is not above 0.

    """
    demand = np.asarray(demand_per_s, float)
    if demand.ndim != 1 or not np.isfinite(demand).all() or (demand < 0).any():
        raise ValueError("demand_per_s holds missing or negative rates: fill or cut the gaps first, an outage is not low demand")
    if not (bucket.baseline_per_s > 0 and flat_s > 0 and step_s > 0):
        raise ValueError(f"baseline_per_s {bucket.baseline_per_s}, flat_s {flat_s} and step_s {step_s} must be above 0")
    waiting, left, served = np.empty(demand.size), np.empty(demand.size), np.empty(demand.size)
    queue, level = 0.0, bucket.credits
    for step, rate in enumerate(demand):
        most = min(bucket.burst_per_s, bucket.baseline_per_s + level / step_s)
        wanted = rate + queue / step_s
        through = min(wanted, most)
        queue = max((wanted - through) * step_s, 0.0)
        level = min(max(level + (bucket.baseline_per_s - through) * step_s, 0.0), bucket.credits)
        waiting[step], left[step], served[step] = queue, level, most
    total = float(demand.sum())
    slow = float(demand[waiting > 0].sum()) / total if total > 0 else 0.0
    return QueueRun(flat_s + waiting / served, waiting, left, slow)
