"""Simulated days: arrivals drawn from a changing rate, the oracle beside the integrated equations."""

from dataclasses import dataclass

import numpy as np

from models.queueing.arrays import FloatArray, frozen
from models.queueing.arrivals import varying_arrivals
from models.queueing.service import ServiceTime
from models.queueing.shared_pool import SharedPool, pool_times


@dataclass(frozen=True, slots=True, eq=False)
class SimulatedDays:
    """Shares of late arrivals over independent days, each begun empty."""

    late: FloatArray
    """Share of the arrivals of each interval whose response exceeds the objective, lost ones included; NaN without, shape (intervals,)."""
    lost_share: float
    """Share of all arrivals that found no room and gave up."""
    late_share: float
    """Share of all arrivals that were late or lost."""
    late_share_error: float
    """Standard error of the late share over the days."""
    engine: str
    """What ran the loop; says so when it was the slow path."""


def simulate_days(
    arrival_rates: FloatArray, *, interval_s: float, service: ServiceTime, pool: SharedPool, within_s: float, days: int = 20, seed: int = 1
) -> SimulatedDays:
    """Simulate independent days of Poisson arrivals, a rate a second for each interval of `interval_s` seconds.

    `within_s` is the objective for wait plus service. Any service law, shared cores, finite room and retries as `SharedPool` has them.
    The same seed gives the same digits. ValueError below 2 days.
    """
    if days < 2:
        raise ValueError(f"days={days!r} must be at least 2 for a standard error")
    rates = np.asarray(arrival_rates, dtype=float)
    counts, missed, lost = np.zeros((days, len(rates))), np.zeros((days, len(rates))), np.zeros(days)
    engine = ""
    for day in range(days):
        rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, day])))
        arrivals = varying_arrivals(rates, interval_s, rng)
        times, engine = pool_times(pool, arrivals, service.distribution.sample(rng, len(arrivals)))
        late = ~(times[1] <= within_s)
        interval = np.minimum((arrivals / interval_s).astype(np.int64), len(rates) - 1)
        counts[day] = np.bincount(interval, minlength=len(rates))
        missed[day] = np.bincount(interval, weights=late, minlength=len(rates))
        lost[day] = np.isnan(times[1]).sum()
    total = float(counts.sum())
    share = float(missed.sum()) / total
    off = missed.sum(axis=1) - share * counts.sum(axis=1)  # a ratio's error by the delta method
    error = float(np.sqrt((off**2).sum() * days / (days - 1))) / total
    seen = counts.sum(axis=0)
    late_now = np.where(seen > 0, missed.sum(axis=0) / np.maximum(seen, 1), np.nan)
    return SimulatedDays(frozen(late_now), float(lost.sum()) / total, share, error, engine)
