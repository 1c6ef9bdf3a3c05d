"""Sizes of a worker pool under a load: what each does, what it carries, and the smallest that is enough."""

from dataclasses import dataclass
from math import ceil

from models.odoo_workers import PoolLoad, RuleOfThumb, WorkerPool, most_workers, rule_of_thumb
from models.odoo_workers.pool import OVERFLOW_LIMIT_PER_HOUR
from models.topology.verdict import Reason
from workbench.pipeline.service_classes import ServiceLaw
from workbench.pipeline.worker_servers import Database, server_of

Rule = RuleOfThumb
"""What Odoo's documentation would buy."""
QUANTILES = (0.5, 0.95, 0.99)
MOST_WORKERS = 128
"""Workers of one machine looked at."""
MOST_REPLICAS = 256
JUST_BELOW = 0.999
"""The search for replicas begins a little below what one replica carries: that is known to a ten-thousandth."""
LARGEST_CORES = 256.0
"""Cores of the largest machine looked at."""
ALONE = Database(None, same_host=False)
"""Nothing is known of the database: its seconds count as uncontended, and a reason says so."""


@dataclass(frozen=True, slots=True)
class Users:
    """People at work instead of a rate: the more they wait, the less they ask."""

    users: float
    think_s: float
    """Seconds between the answer to an action and the next one."""
    requests_per_action: float = 1.0


@dataclass(frozen=True, slots=True)
class Load:
    """What a pool is asked for, and what it must keep."""

    rate: float | None
    """Requests per second; None: `users` make them."""
    law: ServiceLaw
    within_s: float
    share: float
    """Share of requests that must be answered within `within_s`."""
    overflow_per_hour: float = OVERFLOW_LIMIT_PER_HOUR
    """Probability with which the accept queue of any replica may overflow in an hour."""
    database: Database = ALONE
    users: Users | None = None

    def __post_init__(self) -> None:
        """Refuse a load of nothing or of two kinds."""
        if (self.rate is None) == (self.users is None):
            raise ValueError("a load is either a rate or users: give exactly one of the two")

    def at(self, pool: WorkerPool) -> PoolLoad:
        """Return what a pool does under this load."""
        if self.users is None:
            return pool.at(self.rate)
        return pool.at(users=self.users.users, think_s=self.users.think_s, requests_per_action=self.users.requests_per_action)


@dataclass(frozen=True, slots=True)
class Option:
    """One size of a pool under a load."""

    workers: int
    """Per replica."""
    cores: float
    """Per replica."""
    replicas: int
    p50_s: float
    p95_s: float
    p99_s: float
    utilization: float
    """Mean share of busy workers."""
    cpu_utilization: float
    """Mean share of the application's processors in use."""
    answered: float
    """Share of requests answered within the objective."""
    overflow_in_an_hour: float
    """Probability that the accept queue of any replica overflows in an hour of this load."""
    rate: float
    """Requests per second offered."""
    keeps_response: float
    """Largest rate that keeps the response objective, requests per second."""
    keeps_queue: float
    """Largest rate at which the accept queue holds; beyond it a pool may not recover by itself."""
    keeps: bool
    """Whether the objective is kept and the accept queue holds under the load."""
    reasons: tuple[Reason, ...] = ()

    @property
    def carries(self) -> float:
        """Largest rate at which the objective is kept and the accept queue holds, requests per second."""
        return min(self.keeps_response, self.keeps_queue)

    @property
    def binds(self) -> str:
        """Which of the two bounds comes first: "objective" or "accept queue"."""
        return "accept queue" if self.keeps_queue < self.keeps_response else "objective"


@dataclass(frozen=True, slots=True)
class Sizes:
    """Sizes for a load without a study: more workers, more machines, a bigger machine."""

    load: Load
    fewest: Option | None
    """The fewest workers on one machine that keep both bounds; None: one machine is not enough."""
    replicas: Option | None
    """The fewest machines of the usual number of workers that keep them; None: no number looked at does."""
    bigger: Option | None
    """The smallest single machine of doubled cores that keeps them, with 2 × cores + 1 workers; None: none looked at does."""
    options: tuple[Option, ...]
    """Sizes around the answer."""
    rule: RuleOfThumb | None
    """What the documentation says for as many users; None: users were not given."""

    @property
    def answered(self) -> bool:
        """Whether some size keeps both bounds."""
        return any(one is not None for one in (self.fewest, self.replicas, self.bigger))


def sizes_of(load: Load, cores_each: float, workers: int | None = None) -> Sizes:
    """Return sizes that keep a load's bounds on machines of so many cores; `workers` of one machine, by default 2 × cores + 1."""
    usual = workers or most_workers(cores_each)
    fewest = smallest(load, cores_each, min(usual, MOST_WORKERS))
    replicas = fewest_replicas(load, usual, cores_each, MOST_REPLICAS)
    around = fewest.workers if fewest is not None else usual
    machines = 1 if fewest is not None or replicas is None else replicas.replicas
    counts = sorted({max(around + step, 1) for step in (-4, -2, -1, 0, 1, 2, 4)})
    return Sizes(
        load,
        fewest,
        replicas,
        _bigger(load, cores_each),
        tuple(option(load, one, cores_each, machines) for one in counts),
        None if load.users is None else rule_of_thumb(round(load.users.users)),
    )


def _bigger(load: Load, cores_each: float) -> Option | None:
    while cores_each <= LARGEST_CORES:
        alone = fewest_replicas(load, most_workers(cores_each), cores_each, 1)
        if alone is not None:
            return alone
        cores_each *= 2
    return None


def server(load: Load, workers: int, cores_each: float, replicas: int) -> WorkerPool:
    """Return the model of a size under the law of a load."""
    return server_of(load.law, load.database, workers, cores_each, replicas)


def option(load: Load, workers: int, cores_each: float, replicas: int) -> Option:
    """Return what a size does under a load."""
    pool = server(load, workers, cores_each, replicas)
    at, usable = load.at(pool), pool.usable(load.share, load.within_s, load.overflow_per_hour)
    p50, p95, p99 = (at.response_quantile(level) for level in QUANTILES)
    return Option(
        workers,
        cores_each,
        replicas,
        p50,
        p95,
        p99,
        at.utilization,
        at.cpu_utilization,
        at.answered_within(load.within_s),
        at.overflow_in_an_hour,
        at.arrival_rate,
        usable.keeps_response,
        usable.keeps_queue,
        _kept(load, at),
        _once((*at.reasons, *usable.reasons)),
    )


def _once(reasons: tuple[Reason, ...]) -> tuple[Reason, ...]:
    return tuple(reason for place, reason in enumerate(reasons) if reason not in reasons[:place])


def keeps(load: Load, workers: int, cores_each: float, replicas: int) -> bool:
    """Return whether a size keeps the objective and its accept queue under a load."""
    return _kept(load, load.at(server(load, workers, cores_each, replicas)))


def _kept(load: Load, at: PoolLoad) -> bool:
    return at.answered_within(load.within_s) >= load.share and at.overflow_in_an_hour <= load.overflow_per_hour


def smallest(load: Load, cores_each: float, most: int) -> Option | None:
    """Return the fewest workers of one replica that keep the objective; None if no count up to `most` does."""
    for workers in range(1, most + 1):
        if keeps(load, workers, cores_each, 1):
            return option(load, workers, cores_each, 1)
    return None


def fewest_replicas(load: Load, workers: int, cores_each: float, most: int) -> Option | None:
    """Return the fewest replicas of a size that keep the objective; None if no count up to `most` does."""
    found = replicas_needed(load, workers, cores_each, most)
    return None if found is None else option(load, workers, cores_each, found)


def replicas_needed(load: Load, workers: int, cores_each: float, most: int) -> int | None:
    """Return the fewest replicas that keep both bounds; None if no count up to `most` does.

    Replicas never carry more than as many pools of their own would, so the search begins there.
    """
    alone = server(load, workers, cores_each, 1).capacity(load.share, load.within_s, load.overflow_per_hour)
    if not alone > 0:
        return None
    first = 1 if load.rate is None else max(ceil(load.rate / alone * JUST_BELOW), 1)
    return next((count for count in range(first, most + 1) if keeps(load, workers, cores_each, count)), None)
