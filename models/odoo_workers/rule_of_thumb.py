"""What Odoo's own documentation would buy, shown beside the model's answer.

Source: odoo/documentation, content/administration/on_premise/deploy.rst (read 2026).
"""

import math
from dataclasses import dataclass

USERS_PER_WORKER = 6
"""Concurrent users one worker is said to serve."""
LIGHT_WORKER_BYTES = 150e6
"""Memory of a worker with light requests."""
HEAVY_WORKER_BYTES = 1e9
"""Memory of a worker with heavy requests."""
HEAVY_SHARE = 0.2
"""Share of heavy requests."""


@dataclass(frozen=True, slots=True)
class RuleOfThumb:
    """The documentation's answer for a number of concurrent users."""

    workers: int
    """HTTP workers for the users."""
    cores: float
    """Smallest number of cores whose theoretical maximum, 2·cores + 1, holds these workers and the cron ones."""
    memory_bytes: float
    """Memory of these workers and the cron ones."""


def rule_of_thumb(users: float, cron_workers: int = 1) -> RuleOfThumb:
    """Return workers, cores and memory (bytes) the documentation gives for so many concurrent users."""
    if not (math.isfinite(users) and users >= 0 and cron_workers >= 0):
        raise ValueError(f"{users} users and {cron_workers} cron workers: give finite numbers of at least 0")
    workers = max(math.ceil(users / USERS_PER_WORKER), 1)
    total = workers + cron_workers
    per_worker = (1 - HEAVY_SHARE) * LIGHT_WORKER_BYTES + HEAVY_SHARE * HEAVY_WORKER_BYTES
    return RuleOfThumb(workers, max(math.ceil((total - 1) / 2), 1), total * per_worker)


def most_workers(cores: float) -> int:
    """Return the documentation's theoretical maximum of workers for so many cores."""
    if not (math.isfinite(cores) and cores > 0):
        raise ValueError(f"cores is {cores}: give a finite number above 0")
    return int(2 * cores + 1)
