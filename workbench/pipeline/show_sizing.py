"""What a worker pool does at other counts of workers, replicas and cores: the sizing screen and `size`."""

from dataclasses import dataclass
from math import ceil, isfinite

import numpy as np
from numpy.typing import NDArray

from models.odoo_workers import RuleOfThumb, WorkerPool, rule_of_thumb
from models.topology.resources import Resource
from workbench.pipeline.pools import Pool
from workbench.pipeline.session import Session
from workbench.pipeline.sharing import members_of
from workbench.pipeline.show_parts import machine_of
from workbench.pipeline.sizing.options import cores
from workbench.pipeline.sizing.usable import workers_of

QUANTILES = (0.5, 0.95, 0.99)
MOST_REPLICAS = 256
SCALING_MARGIN = 0.9
"""The search for replicas begins a tenth below what one replica's capacity says."""


@dataclass(frozen=True, slots=True)
class Load:
    """What a pool is asked for, and what it must keep."""

    rate: float
    """Requests per second."""
    cpu_s: float
    database_s: float
    scv: float
    within_s: float
    share: float
    """Share of requests that must be answered within `within_s`."""


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
    answered: float
    """Share of requests answered within the objective."""
    carries: float
    """Largest rate at which the objective is kept and the accept queue holds, requests per second."""

    def keeps(self, load: Load) -> bool:
        """Whether the objective is kept and the accept queue holds: the rate is no larger than what the size carries."""
        return load.rate <= self.carries


@dataclass(frozen=True, slots=True)
class MachineOption:
    """A worker pool on machines of one offer."""

    offer: str
    option: Option
    per_month: float
    """On demand in the study's currency, all machines together; no standby, no commitment."""


@dataclass(frozen=True, slots=True, eq=False)
class LoadCurve:
    """Response of one size over the rate."""

    rate: NDArray[np.float64]
    """Shape (points,): requests per second."""
    response_s: NDArray[np.float64]
    """Shape (3, points): p50, p95, p99; infinite when unstable."""
    within_s: float

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        self.rate.flags.writeable = False
        self.response_s.flags.writeable = False


@dataclass(frozen=True, slots=True)
class PoolSizing:
    """A worker pool of a plan with sizes around its own."""

    pool: str
    load: Load
    """In the month in which it is tightest, at the planned percentile."""
    own: Option
    others: tuple[Option, ...]
    """By workers per replica, ascending; its own among them."""
    rule: RuleOfThumb
    """What the documentation says for the pool's users."""
    users: int


def option(load: Load, workers: int, cores_each: float, replicas: int) -> Option:
    """Return what a size does under a load."""
    pool = _server(load, workers, cores_each, replicas)
    at = pool.at(load.rate)
    p50, p95, p99 = (at.response_quantile(level) for level in QUANTILES)
    carries = pool.capacity(load.share, load.within_s)
    return Option(workers, cores_each, replicas, p50, p95, p99, at.utilization, at.answered_within(load.within_s), carries)


def smallest(load: Load, cores_each: float, most_workers: int) -> Option | None:
    """Return the fewest workers of one replica that keep the objective; None if no count up to `most_workers` does."""
    for workers in range(1, most_workers + 1):
        if _server(load, workers, cores_each, 1).capacity(load.share, load.within_s) >= load.rate:
            return option(load, workers, cores_each, 1)
    return None


def fewest_replicas(load: Load, workers: int, cores_each: float, most: int) -> Option | None:
    """Return the fewest replicas of a size that keep the objective; None if no count up to `most` does."""
    alone = _server(load, workers, cores_each, 1).capacity(load.share, load.within_s)
    first = max(ceil(load.rate / alone * SCALING_MARGIN), 1) if alone > 0 else most + 1
    for replicas in range(first, most + 1):
        if _server(load, workers, cores_each, replicas).capacity(load.share, load.within_s) >= load.rate:
            return option(load, workers, cores_each, replicas)
    return None


def load_curve(load: Load, workers: int, cores_each: float, replicas: int, points: int = 40) -> LoadCurve:
    """Return the response over rates from nothing to beyond what the size carries."""
    pool = _server(load, workers, cores_each, replicas)
    most = max(load.rate, pool.capacity(load.share, load.within_s)) * 1.3
    rates = np.linspace(most / points, most, points)
    answers = [pool.at(float(rate)) for rate in rates]
    response = np.array([[at.response_quantile(level) for at in answers] for level in QUANTILES])
    return LoadCurve(rates, response, load.within_s)


def pool_sizing(session: Session, topology: str, pool: str) -> PoolSizing:
    """Return a worker pool with what one to twice its workers per replica would do."""
    found = session.result(topology).plan.pool(pool)
    if found.workers == 0 or not found.feasible:
        raise ValueError(f"pool {pool!r} of {topology} has no workers: choose a worker pool that can be built")
    sizer, month = session.factory.sizer, found.tightest()[2]
    load = pool_load(session, found)
    each = cores(sizer.book.offer(machine_of(found, month), sizer.rates.region))
    replicas = max(found.replicas[month], 1)
    counts = sorted({*(max(round(found.workers * factor), 1) for factor in (0.5, 0.75, 1.25, 1.5, 2)), found.workers})
    users = sum(session.study.tenant(session.tenants[i]).users for i in found.tenants)
    return PoolSizing(
        pool=pool,
        load=load,
        own=option(load, found.workers, each, replicas),
        others=tuple(option(load, count, each, replicas) for count in counts),
        rule=rule_of_thumb(users),
        users=users,
    )


def pool_load(session: Session, pool: Pool) -> Load:
    """Return what a worker pool is asked for in its tightest month, at the planned percentile."""
    rows, month = session.factory.sizer.rows, pool.tightest()[2]
    members = members_of([pool.tenants], len(rows.names))
    mix = rows.mix(members)
    service, inside = float(mix.service_s[0]), float(mix.database_share[0])
    return Load(
        rate=float(pool.planned[Resource.WORKER_TIME][month]) / service,
        cpu_s=max(1 - inside, 0.02) * service,
        database_s=inside * service,
        scv=float(mix.scv[0]),
        within_s=float(rows.smallest(rows.within_s, members)[0]),
        share=float(rows.largest(rows.share, members)[0]),
    )


def machine_options(session: Session, topology: str, pool: str) -> tuple[MachineOption, ...]:
    """Return, for every machine that may be used, the fewest of them that carry a worker pool with all alive, cheapest first."""
    found, sizer = session.result(topology).plan.pool(pool), session.factory.sizer
    load = pool_load(session, found)
    worker_bytes = float(sizer.rows.worker_bytes[list(found.tenants)].max())
    options = []
    for offer, each, memory, monthly in zip(
        sizer.machines.offers, sizer.machines.cores, sizer.machines.memory_bytes, sizer.machines.monthly, strict=True
    ):
        workers = workers_of(float(each), float(memory), worker_bytes)
        best = fewest_replicas(load, workers, float(each), MOST_REPLICAS) if workers > 0 else None
        if best is not None and isfinite(monthly):
            options.append(MachineOption(offer.id, best, float(monthly) * best.replicas))
    return tuple(sorted(options, key=lambda one: (one.per_month, one.offer)))


def _server(load: Load, workers: int, cores_each: float, replicas: int) -> WorkerPool:
    return WorkerPool(workers=workers, cores=cores_each, cpu_s=load.cpu_s, database_s=load.database_s, scv=load.scv, replicas=replicas)
