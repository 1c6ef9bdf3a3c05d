"""A pool of Odoo workers: what it does at a load, and the largest load it carries."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from models.odoo_workers.classes import Mixture, RequestClass, mix
from models.odoo_workers.inner import Stations
from models.odoo_workers.processors import CRON_WEIGHT, Processors

if TYPE_CHECKING:
    from models.odoo_workers.fit import PoolFit
    from models.odoo_workers.levels import LoadLevel
    from models.odoo_workers.load import PoolLoad
    from models.odoo_workers.usable import UsableLoad

Balancing = Literal["random", "round_robin", "least_connections"]
Database = Literal["shared", "same_host", "dedicated"]

BACKLOG_PER_WORKER = 8
"""Odoo listens with 8 places a worker (odoo/service/server.py, 18.0, read 2026)."""
KERNEL_BACKLOG = 4096
"""Default of net.core.somaxconn since Linux 5.4 (kernel documentation, ip-sysctl)."""
ACCEPTED_BEYOND_BACKLOG = 1
"""Linux holds one connection more than the backlog (measured, Linux 6.18, Odoo 18.0-derived build, 2026-11)."""
OVERFLOW_LIMIT_PER_HOUR = 0.05
"""Probability that the accept queue overflows in an hour which usable capacity keeps to, unless another is given."""


@dataclass(frozen=True, slots=True)
class WorkerPool:
    """Replicas of Odoo's prefork server: single-request workers that share cores, database and one accept queue each.

    A memory-constrained central-server model (Lazowska et al. 1984, chapter 9): requests in service share processors, so
    service grows with the number in service; the rest wait in a finite accept queue and retry when it is full. Assumes
    Poisson arrivals within the hour, processor sharing on the cores and classes that differ in service only.
    """

    workers: int
    """Workers per replica."""
    cores: float
    """Processors per replica, CPU-seconds per second at reference speed; may be fractional."""
    cpu_s: float | None = None
    """Application CPU seconds of a request: shorthand for one class."""
    database_s: float = 0.0
    """Database CPU seconds of a request, for the one class."""
    scv: float = 1.0
    """Squared coefficient of variation of the service time, for the one class."""
    classes: tuple[RequestClass, ...] = ()
    """Kinds of requests, instead of the shorthand."""
    replicas: int = 1
    """Equal replicas behind a balancer."""
    balancing: Balancing = "random"
    """How the balancer picks: random, round_robin or least_connections."""
    database: Database = "shared"
    """Whose processors database seconds use: one database of all replicas, the same host, or one for each replica."""
    database_cores: float | None = None
    """Processors of that database; None: not known, its seconds count as uncontended and a reason says so."""
    read_s: float = 0.0
    """Seconds of one device read."""
    backlog: int | None = None
    """Places of the accept queue as listen() gets them; None: 8 per worker, at most the kernel's default."""
    retry_after_s: tuple[float, ...] = (1, 3, 7)
    """When a refused connection is tried again, seconds after the first attempt."""
    give_up_s: float = 30.0
    """When client or proxy stop trying, seconds after the first attempt."""
    delay_s: float = 0.0
    """Seconds the worker is held without using a modelled resource, for the one class."""
    core_speed: float | None = None
    """Speed of one processor, reference machine 1.0; None: unknown, taken as 1.0, and a reason says so."""
    threads_per_core: int = 1
    """Hardware threads of a core; 2: the second thread of a core adds a quarter only (`processors.THREAD_GAIN`)."""
    quota_cores: float | None = None
    """CPU quota of the container in processors; beyond it all stop until the 100 ms period ends. None: no quota."""
    uneven: float = 0.0
    """Share of the time in which requests lie on processors blindly, so that some idle while others queue."""
    batch_jobs: float = 0.0
    """Batch jobs that compute on the same processors at this time; serial ones count 1 each."""
    batch_weight: float = CRON_WEIGHT
    """Scheduler weight of a batch job beside the 1024 of a request; cron workers run at nice +10."""
    mixture: Mixture = field(init=False, repr=False, compare=False)
    """All classes seen as one stream; follows from the rest."""

    def __post_init__(self) -> None:
        """Refuse an impossible pool and mix the classes once."""
        _check(self)
        kinds = self.classes or (RequestClass("all", 1.0, self.cpu_s or 0.0, self.database_s, 0.0, self.delay_s, self.scv),)
        object.__setattr__(self, "mixture", mix(kinds, self.read_s))

    @property
    def room(self) -> int:
        """Places in the accept queue of one replica."""
        backlog = min(BACKLOG_PER_WORKER * self.workers, KERNEL_BACKLOG) if self.backlog is None else self.backlog
        return backlog + ACCEPTED_BEYOND_BACKLOG

    @property
    def attempts_s(self) -> tuple[float, ...]:
        """Seconds after the first attempt at which a request tries to connect, itself included."""
        return (0.0, *(time for time in self.retry_after_s if time <= self.give_up_s))

    @property
    def speed(self) -> float:
        """Speed of one processor that is counted with."""
        return 1.0 if self.core_speed is None else self.core_speed

    @property
    def processors(self) -> Processors:
        """Processors of one replica, in their own speed."""
        quota = math.inf if self.quota_cores is None else self.quota_cores
        return Processors(self.cores / self.speed, self.threads_per_core, quota, self.uneven, self.batch_jobs, self.batch_weight)

    @property
    def unloaded_s(self) -> float:
        """Mean seconds a worker is held by a request alone on these processors."""
        mixture = self.mixture
        on_host = mixture.cpu_s + (mixture.database_s if self.database == "same_host" else 0.0)
        return mixture.unloaded_s + on_host * (1 / self.speed - 1)

    def stations(self, others_in_database: float = 0.0) -> Stations:
        """Return the inner network of one replica while that many requests of the others use the database."""
        mixture = self.mixture
        if self.database == "same_host":
            cpu_s = (mixture.cpu_s + mixture.database_s) / self.speed
            return Stations(cpu_s, self.processors, 0.0, math.inf, mixture.delay_s)
        cores = math.inf if self.database_cores is None else self.database_cores
        return Stations(mixture.cpu_s / self.speed, self.processors, mixture.database_s, cores, mixture.delay_s, others_in_database)

    def at(
        self,
        arrival_rate: float | None = None,
        *,
        users: float | None = None,
        think_s: float | None = None,
        requests_per_action: float = 1.0,
        overflow_per_hour: float = OVERFLOW_LIMIT_PER_HOUR,
    ) -> "PoolLoad":
        """Return what the pool does at a load, over all replicas.

        Parameters
        ----------
        arrival_rate
            Offered requests per second, retries not counted.
        users, think_s, requests_per_action
            Instead of a rate: people at work, seconds they think between actions, requests of an action.
        overflow_per_hour
            Probability of an overflow within an hour beyond which a reason says that the steady figures promise nothing.

        """
        from models.odoo_workers.load import load_at, load_of_users

        if arrival_rate is not None and users is None:
            return load_at(self, arrival_rate, overflow_per_hour)
        if arrival_rate is None and users is not None and think_s is not None:
            return load_of_users(self, users, think_s, requests_per_action, overflow_per_hour)
        raise ValueError("a load is either arrival_rate or users with think_s: give exactly one of the two")

    def usable(self, percentile: float = 0.95, response_s: float = 0.8, overflow_per_hour: float = OVERFLOW_LIMIT_PER_HOUR) -> "UsableLoad":
        """Return the largest arrival rate with what bounds it; see `capacity`."""
        from models.odoo_workers.usable import usable_load

        return usable_load(self, percentile, response_s, overflow_per_hour)

    def capacity(self, percentile: float = 0.95, response_s: float = 0.8, overflow_per_hour: float = OVERFLOW_LIMIT_PER_HOUR) -> float:
        """Return the largest arrival rate (requests per second, all replicas) that keeps both bounds.

        The share `percentile` of requests is answered within `response_s` seconds, and the accept queue of any replica
        overflows within an hour with probability `overflow_per_hour` at most; 0 when even an idle pool misses the objective.
        """
        return self.usable(percentile, response_s, overflow_per_hour).arrival_rate

    @staticmethod
    def fit(
        levels: Sequence["LoadLevel"],
        *,
        workers: int,
        cores: float,
        classes: tuple[RequestClass, ...] = (),
        database: Database = "same_host",
    ) -> "PoolFit":
        """Return the pool that explains measured load levels, with intervals of what they identify; see `fit.fit_pool`."""
        from models.odoo_workers.fit import fit_pool

        return fit_pool(levels, workers=workers, cores=cores, classes=classes, database=database)


def _check(pool: WorkerPool) -> None:
    if pool.workers < 1 or pool.replicas < 1:
        raise ValueError(f"a pool of {pool.workers} workers × {pool.replicas} replicas serves nobody: give at least 1 of each")
    if not (math.isfinite(pool.cores) and pool.cores > 0):
        raise ValueError(f"cores is {pool.cores}: give a finite number above 0")
    if pool.core_speed is not None and not (math.isfinite(pool.core_speed) and pool.core_speed > 0):
        raise ValueError(f"core_speed is {pool.core_speed}: give a finite speed above 0 (reference 1.0), or None when it is not known")
    if pool.quota_cores is not None and not pool.quota_cores > 0:
        raise ValueError(f"quota_cores is {pool.quota_cores}: give processors above 0, or None without a quota")
    if pool.threads_per_core < 1 or not 0 <= pool.uneven <= 1:
        raise ValueError(f"threads_per_core {pool.threads_per_core}, uneven {pool.uneven}: give at least 1, and a share from 0 to 1")
    if not (math.isfinite(pool.batch_jobs) and pool.batch_jobs >= 0 and pool.batch_weight > 0):
        raise ValueError(f"batch_jobs {pool.batch_jobs} of weight {pool.batch_weight}: give at least 0 jobs and a weight above 0")
    if pool.database_cores is not None and not pool.database_cores > 0:
        raise ValueError(f"database_cores is {pool.database_cores}: give a number above 0, or None when it is not known")
    if pool.read_s < 0 or pool.give_up_s < 0 or (pool.backlog is not None and pool.backlog < 0):
        raise ValueError("read_s, give_up_s and backlog must be at least 0")
    if list(pool.retry_after_s) != sorted(pool.retry_after_s) or any(time <= 0 for time in pool.retry_after_s):
        raise ValueError(f"retry_after_s is {pool.retry_after_s}: give rising times above 0, seconds after the first attempt")
    if (pool.cpu_s is None) == (not pool.classes):
        raise ValueError("give the demands either as cpu_s (one class) or as classes, and exactly one of the two")
    if pool.balancing not in {"random", "round_robin", "least_connections"}:
        raise ValueError(f"balancing is {pool.balancing!r}: it is random, round_robin or least_connections")
    if pool.database not in {"shared", "same_host", "dedicated"}:
        raise ValueError(f"database is {pool.database!r}: it is shared, same_host or dedicated")
