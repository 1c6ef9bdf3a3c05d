"""Measured load levels, and which of them show a pool that had collapsed."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from models.odoo_workers.pool import ACCEPTED_BEYOND_BACKLOG, BACKLOG_PER_WORKER

COLLAPSED_SHORTFALL = 0.03
"""Share of offered requests that may go unanswered before a level with idle workers counts as collapsed (2026-11 traces: 0.11–0.5)."""
COLLAPSED_BUSY = 0.95
"""Share of busy workers below which unanswered requests cannot come from saturation."""
COLLAPSED_QUEUE = 0.75
"""Share of the accept queue that cannot be taken on average while workers idle, unless they wait for dead connections."""


@dataclass(frozen=True, slots=True)
class LoadLevel:
    """What was measured while the load stayed the same."""

    arrival_rate: float
    """Offered requests per second of one replica."""
    mean_service_s: float
    """Mean seconds a worker was held by a request; not the response time. From Odoo's log: SQL plus Python seconds plus
    `log.HELD_BEYOND_LOG_S`."""
    requests: float | None = None
    """Requests behind the mean; None: unknown, its error is taken as 5 %."""
    scv: float | None = None
    """Squared coefficient of variation of the service time."""
    cpu_busy: float | None = None
    """Cores busy with the application, and with the database when it is on the same host."""
    database_s: float | None = None
    """Mean seconds a request waited for SQL."""
    throughput: float | None = None
    """Answered requests per second."""
    workers: int | None = None
    """Workers at this level; None: those of the pool."""
    foreign_cores: float = 0.0
    """Cores of the same host busy with anything else: other programs, a load generator, exporters."""
    accept_queue: float | None = None
    """Mean number of connections in the accept queue."""


def check_levels(levels: Sequence[LoadLevel]) -> None:
    """Refuse an empty list and levels whose figures cannot be."""
    if not levels:
        raise ValueError("levels is empty: a fit needs at least one measured load level")
    for place, level in enumerate(levels):
        for name in ("arrival_rate", "mean_service_s"):
            value = getattr(level, name)
            if not (math.isfinite(value) and value > 0):
                raise ValueError(f"{name} of level {place} is {value}: give a finite number above 0, or leave the level out")
        for name in ("requests", "scv", "cpu_busy", "database_s", "throughput", "foreign_cores", "accept_queue"):
            value = getattr(level, name)
            if value is not None and not (math.isfinite(value) and value >= 0):
                raise ValueError(f"{name} of level {place} is {value}: give a finite number of at least 0, or None when it is not known")


def has_collapsed(level: LoadLevel, workers: int) -> bool:
    """Tell whether requests went unanswered, or stood in a full queue, while workers were idle.

    This is another regime than saturation, in which all workers are busy: the pool stays in it until arrivals fall far
    below normal, so it belongs in no average. `workers` counts where the level does not say.
    """
    if level.throughput is None:
        return False
    workers = level.workers or workers
    if level.throughput * level.mean_service_s / workers >= COLLAPSED_BUSY:
        return False
    places = BACKLOG_PER_WORKER * workers + ACCEPTED_BEYOND_BACKLOG
    still_inside = (workers + places) / level.requests if level.requests else 0.0
    unanswered = level.throughput < (1 - max(COLLAPSED_SHORTFALL, still_inside)) * level.arrival_rate
    return unanswered or (level.accept_queue is not None and level.accept_queue > COLLAPSED_QUEUE * places)
