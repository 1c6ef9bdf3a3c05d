"""Whether a batch job ends before its window closes, and what it costs the people online meanwhile."""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.odoo_workers.batch_law import BatchLaw
from models.odoo_workers.equilibrium import lowest
from models.odoo_workers.pool import WorkerPool
from models.topology.resources import Resource
from models.topology.verdict import Reason, ReasonCode

DAY_S = 86400.0
_HOUR_S = 3600.0
_STANDSTILL = 1e-9


@dataclass(frozen=True, slots=True)
class BatchWindow:
    """When a job may run."""

    opens_s: float
    """Start, seconds after midnight of the pool's clock."""
    closes_s: float
    """By when it must have ended, seconds after the same midnight; beyond a day when it lies on the next one."""
    parallel: int = 1
    """Processes the job is cut into; 1: serial, which it is unless somebody declared otherwise."""
    computing: float = 1.0
    """Share of its time alone that it computes on the workers' processors; the rest waits for nothing that is contended."""

    def __post_init__(self) -> None:
        """Refuse a window that never opens and shares that cannot be."""
        if not (0 <= self.opens_s < self.closes_s < math.inf):
            raise ValueError(f"window from {self.opens_s} to {self.closes_s} s: give an end after a start of at least 0")
        if self.parallel < 1 or not 0 <= self.computing <= 1:
            raise ValueError(f"parallel {self.parallel}, computing {self.computing}: give at least 1 process and a share from 0 to 1")


@dataclass(frozen=True, slots=True, eq=False)
class BatchOutlook:
    """A job against its window, over the dates of a plan."""

    late_probability: NDArray[np.float64]
    """Shape (dates,): probability that it ends after the window closes."""
    duration_s: NDArray[np.float64]
    """Shape (3, dates): 5 %, 50 % and 95 % quantile of its wall-clock seconds."""
    outgrows_at: int | None
    """First date from which it stays late more often than allowed; None: not within the plan."""
    reasons: tuple[Reason, ...]
    """What was assumed or extrapolated."""


def batch_speed(pool: WorkerPool, arrival_rates: NDArray[np.float64], window: BatchWindow) -> NDArray[np.float64]:
    """Return how fast the job advances, alone = 1, beside the online load of each hour.

    The scheduler divides processors by weight (110 for cron at nice +10 against 1024 for a request), so a job stands
    back only while requests want more processors than there are. `arrival_rates`: requests per second over all replicas,
    shape (hours,), as is the result.
    """
    beside = replace(pool, batch_jobs=float(window.parallel))
    speeds = []
    for rate in np.asarray(arrival_rates, float).tolist():
        point = lowest(beside, rate / pool.replicas)
        serving = np.minimum(np.arange(point.state.time_share.size), pool.workers).astype(float)
        share = float(point.state.time_share @ beside.processors.batch_speed(serving))
        speeds.append(1 / (1 - window.computing + window.computing / max(share, _STANDSTILL)))
    return np.array(speeds)


def ends_after_s(work_s: NDArray[np.float64], speed: NDArray[np.float64], opens_s: float) -> NDArray[np.float64]:
    """Return wall-clock seconds for `work_s` seconds alone, any shape, begun at `opens_s`; `speed` repeats hour by hour, shape (24,)."""
    hours = np.concatenate(([0.0], np.cumsum(np.tile(speed, 2) * _HOUR_S)))
    clock = np.arange(hours.size) * _HOUR_S
    begun = float(np.interp(opens_s % DAY_S, clock, hours))
    a_day = float(speed.sum()) * _HOUR_S
    days, rest = np.divmod(work_s, a_day)
    return np.asarray(days * DAY_S + np.interp(begun + rest, hours, clock) - opens_s % DAY_S)


def batch_outlook(
    law: BatchLaw,
    window: BatchWindow,
    units: NDArray[np.float64],
    *,
    speed: NDArray[np.float64],
    allowed: float = 0.05,
    seed: int = 1,
) -> BatchOutlook:
    """Set a job against its window on joint paths.

    Parameters
    ----------
    law, window
        How long it takes alone, and when it may run.
    units
        Shape (paths, dates): units of work of each run; the paths of the plan, so that growth and duration vary together.
    speed
        Shape (24,): how fast it advances in each hour of the day beside the online load (`batch_speed`).
    allowed
        Probability of a late end that may be.
    seed
        Of the draws of the law: path k takes draw k.

    Raises
    ------
    ValueError
        If units are negative or missing, or the speed is not one number from above 0 to 1 for each hour.

    """
    units, speed = np.asarray(units, float), np.asarray(speed, float)
    if units.ndim != 2 or not units.size or not (np.isfinite(units) & (units >= 0)).all():
        raise ValueError(f"units has shape {units.shape}: give finite units of at least 0, (paths, dates)")
    if speed.shape != (24,) or not ((speed > 0) & (speed <= 1)).all():
        raise ValueError(f"speed has shape {speed.shape}: give 24 numbers above 0 and at most 1, one an hour of the day")
    if not 0 < allowed < 1:
        raise ValueError(f"allowed is {allowed}: give a probability strictly between 0 and 1")
    work = law.draws(units.shape[0], seed).work_s(units, seed) / window.parallel
    took = ends_after_s(work, speed, window.opens_s)
    late = (took > window.closes_s - window.opens_s).mean(axis=0)
    late.flags.writeable = False
    quantiles = np.quantile(took, (0.05, 0.5, 0.95), axis=0)
    return BatchOutlook(late, quantiles, _stays_above(late, allowed), _reasons(law, window, units))


def beside_batch(pool: WorkerPool, window: BatchWindow, *, weight: float | None = None) -> WorkerPool:
    """Return the pool as people online meet it while the job runs; `weight` as in `WorkerPool.batch_weight`, None: a cron worker."""
    return replace(pool, batch_jobs=window.parallel * window.computing, batch_weight=pool.batch_weight if weight is None else weight)


def _stays_above(late: NDArray[np.float64], allowed: float) -> int | None:
    kept = np.flatnonzero(late <= allowed)
    first = int(kept[-1]) + 1 if kept.size else 0
    return first if first < late.size else None


def _reasons(law: BatchLaw, window: BatchWindow, units: NDArray[np.float64]) -> tuple[Reason, ...]:
    reasons = list(law.reasons)
    largest = float(np.median(units, axis=0).max())
    if largest > law.largest_units:
        figures = {"units": largest, "largest_units_seen": law.largest_units}
        reasons.append(Reason(ReasonCode.EXTRAPOLATED, Resource.WORKER_TIME, figures=figures))
    if window.parallel == 1:
        reasons.append(Reason(ReasonCode.ASSUMED, Resource.WORKER_TIME, figures={"serial_job": 1.0}))
    return tuple(reasons)
