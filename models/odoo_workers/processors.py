"""How much of its processors a replica gets out of so many requests in service."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.topology.resources import Resource
from models.topology.verdict import Reason, ReasonCode

THREAD_GAIN = 0.25
"""What the second thread of a core adds to the first while both compute; a belief (common measurements: 0.15 to 0.35)."""
ONLINE_WEIGHT = 1024.0
"""Weight of a process at nice 0 (Linux, kernel/sched/core.c, sched_prio_to_weight)."""
CRON_WEIGHT = 110.0
"""Weight of a process at nice +10, at which Odoo runs its cron workers (same table; odoo/service/server.py, 18.0)."""
QUOTA_PERIOD_S = 0.1
"""Default period of a CPU quota (Linux `cpu.max`, kernel documentation of control groups 2)."""
SPEED_SPREAD = 0.2
"""Relative half-width, in draws, of a processor speed nobody stated."""


@dataclass(frozen=True, slots=True)
class Processors:
    """The processors of one replica."""

    count: float
    """Processors (hardware threads) the replica may run on; may be fractional."""
    threads_per_core: int = 1
    """Hardware threads of a core."""
    quota: float = math.inf
    """Processor seconds a second it may use at most."""
    uneven: float = 0.0
    """Share of the time in which requests lie on processors blindly, so that some idle while others queue."""
    batch_jobs: float = 0.0
    """Batch jobs that compute beside the requests."""
    batch_weight: float = CRON_WEIGHT
    """Scheduler weight of one of them; a request has `ONLINE_WEIGHT`."""

    def used(self, jobs: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the processors that so many requests keep busy, in whole cores' worth; same shape as `jobs`.

        Blind placement of j requests on c processors uses c·(1 − (1 − 1/c)^j) of them (occupancy problem); schedulers
        balance most of that away, not all (Lozi et al. 2016, The Linux Scheduler: a Decade of Wasted Cores).
        """
        even = np.minimum(jobs, _left(jobs, self.count, self.batch_jobs, self.batch_weight))
        spread = even
        if self.uneven > 0 and self.count > 1:
            blind = self.count * -np.expm1(jobs * math.log1p(-1 / self.count))
            spread = (1 - self.uneven) * even + self.uneven * np.minimum(blind, even)
        whole = self.count / self.threads_per_core
        gained = np.where(spread <= whole, spread, whole + THREAD_GAIN * (spread - whole))
        return np.asarray(np.minimum(gained, self.quota))

    def batch_speed(self, jobs: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the processors one batch job gets beside so many requests, at most 1; same shape as `jobs`."""
        beside = max(self.batch_jobs, 1.0)
        online = np.minimum(jobs, _left(jobs, self.count, beside, self.batch_weight))
        free = np.maximum(min(self.count, self.quota) - online, 0.0)
        return np.asarray(np.minimum(free / beside, 1.0))

    @property
    def most(self) -> float:
        """Processors in use when any number of requests wants them, in whole cores' worth."""
        return float(self.used(np.array([1e9]))[0])


def _left(jobs: NDArray[np.float64], count: float, batch_jobs: float, batch_weight: float) -> NDArray[np.float64]:
    """Return the processors batch jobs leave to so many requests: those they cannot fill, or the share of the weights."""
    if batch_jobs == 0:
        return np.full_like(jobs, count)
    online, batch = ONLINE_WEIGHT * jobs, batch_weight * batch_jobs
    return np.asarray(np.maximum(count - batch_jobs, count * online / (online + batch)))


def running_s(stalled: NDArray[np.float64], elapsed_s: NDArray[np.float64], phases: int) -> NDArray[np.float64]:
    """Return how long a request runs within `elapsed_s` of its start when each quota period ends with a stop.

    Parameters
    ----------
    stalled
        Shape (n,): share of each period in which nothing runs.
    elapsed_s
        Shape (n,): seconds since the start.
    phases
        How many starts, evenly spread over the period.

    Returns
    -------
    Shape (phases, n): running seconds for each start.

    """
    window = (1 - stalled) * QUOTA_PERIOD_S
    start = (np.arange(phases) + 0.5)[:, None] / phases * QUOTA_PERIOD_S
    end = start + elapsed_s
    done = [np.floor(time / QUOTA_PERIOD_S) * window + np.minimum(np.mod(time, QUOTA_PERIOD_S), window) for time in (start, end)]
    return np.asarray(done[1] - done[0])


def assumed_speed() -> Reason:
    """Return the reason that a processor speed was not stated."""
    return Reason(ReasonCode.ASSUMED, Resource.CPU, figures={"core_speed": 1.0, "core_speed_spread": SPEED_SPREAD})
