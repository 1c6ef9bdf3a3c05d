"""What a worker pool does at other counts of workers, replicas and cores: the sizing screen and `size`."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite

from models.odoo_workers import RuleOfThumb, rule_of_thumb
from models.topology.resources import Resource
from models.topology.verdict import Reason
from workbench.pipeline.pool_fits import beyond_observed
from workbench.pipeline.pools import Pool
from workbench.pipeline.session import Session
from workbench.pipeline.sharing import members_of
from workbench.pipeline.show_parts import machine_of
from workbench.pipeline.sizes import ALONE, MOST_REPLICAS, Load, Option, fewest_replicas, option
from workbench.pipeline.sizing.options import cores
from workbench.pipeline.sizing.usable import workers_of
from workbench.pipeline.worker_servers import Database, database_of


@dataclass(frozen=True, slots=True)
class MachineOption:
    """A worker pool on machines of one offer."""

    offer: str
    option: Option
    per_month: float
    """On demand in the study's currency, all machines together; no standby, no commitment."""


@dataclass(frozen=True, slots=True)
class Setup:
    """A worker pool as it is planned, ready to be asked what else it could be."""

    pool: str
    load: Load
    """In the month in which it is tightest, at the planned percentile."""
    workers: int
    cores: float
    replicas: int
    users: int
    """People of its tenants."""
    offer: str = ""
    per_machine: float = float("nan")
    """Price of one machine a month on demand, in the study's currency; NaN: not known."""
    reasons: tuple[Reason, ...] = ()
    """What the fits of its tenants' pools of today leave open, and how far the plan lies beyond what was measured."""


@dataclass(frozen=True, slots=True)
class PoolSizing:
    """A worker pool with sizes around its own."""

    setup: Setup
    own: Option
    others: tuple[Option, ...]
    """By workers per replica, ascending; its own among them."""
    rule: RuleOfThumb
    """What the documentation says for the pool's users."""

    @property
    def pool(self) -> str:
        """Name of the pool."""
        return self.setup.pool

    @property
    def load(self) -> Load:
        """What it is asked for."""
        return self.setup.load

    @property
    def busy_workers(self) -> float:
        """Largest offered load that keeps both bounds, busy workers before sharing slows them."""
        return self.own.carries * self.setup.load.law.service_s


def pool_setup(session: Session, topology: str, pool: str) -> Setup:
    """Return a worker pool of a plan in its tightest month; ValueError if it has no workers."""
    plan = session.result(topology).plan
    found = plan.pool(pool)
    if found.workers == 0 or not found.feasible:
        raise ValueError(f"pool {pool!r} of {topology} has no workers: choose a worker pool that can be built")
    sizer, month = session.factory.sizer, found.tightest()[2]
    offer = machine_of(found, month)
    load = pool_load(session, found, database_of(session.factory, plan, found, month))
    each, replicas = cores(sizer.book.offer(offer, sizer.rates.region)), max(found.replicas[month], 1)
    names = [session.tenants[i] for i in found.tenants]
    measured = [session.study.tenant(name).like or name for name in names]
    fits = session.workloads.pools
    left_open = [reason for fit in fits if set(fit.tenants) & set(measured) for reason in fit.fit.reasons]
    return Setup(
        pool=pool,
        load=load,
        workers=found.workers,
        cores=each,
        replicas=replicas,
        users=sum(session.study.tenant(name).users for name in names),
        offer=offer,
        per_machine=sizer.rates.machine(offer),
        reasons=(*left_open, *beyond_observed(fits, measured, (load.rate or 0.0) / replicas, found.workers, each)),
    )


def sizing_of(setup: Setup) -> PoolSizing:
    """Return a worker pool with what one half to twice its workers per replica would do."""
    others = tuple(option(setup.load, count, setup.cores, setup.replicas) for count in counts_around(setup.workers))
    own = next(one for one in others if one.workers == setup.workers)
    return PoolSizing(setup, own, others, rule_of_thumb(setup.users))


def counts_around(workers: int) -> tuple[int, ...]:
    """Return counts of workers from one half to twice a number, that number among them."""
    return tuple(sorted({*(max(round(workers * factor), 1) for factor in (0.5, 0.75, 1.25, 1.5, 2)), workers}))


def alone(setup: Setup) -> PoolSizing:
    """Return a worker pool without other sizes beside it, for those who cannot wait."""
    own = option(setup.load, setup.workers, setup.cores, setup.replicas)
    return PoolSizing(setup, own, (own,), rule_of_thumb(setup.users))


def pool_sizing(session: Session, topology: str, pool: str) -> PoolSizing:
    """Return a worker pool of a plan with other counts of workers."""
    return sizing_of(pool_setup(session, topology, pool))


def pool_load(session: Session, pool: Pool, database: Database = ALONE) -> Load:
    """Return what a worker pool is asked for in its tightest month, at the planned percentile."""
    rows, month = session.factory.sizer.rows, pool.tightest()[2]
    members = members_of([pool.tenants], len(rows.names))
    law = rows.law(pool.tenants)
    return Load(
        rate=float(pool.planned[Resource.WORKER_TIME][month]) / law.service_s,
        law=law,
        within_s=float(rows.smallest(rows.within_s, members)[0]),
        share=float(rows.largest(rows.share, members)[0]),
        overflow_per_hour=float(rows.smallest(rows.overflow_per_hour, members)[0]),
        database=database,
    )


def next_machine(session: Session, offer: str, step: int) -> str | None:
    """Return the cheapest allowed machine with the next larger (step 1) or smaller (step -1) number of cores; None if there is none."""
    allowed, region = session.factory.sizer.machines, session.factory.sizer.rates.region
    here = cores(session.factory.sizer.book.offer(offer, region))
    beyond = [each for each in sorted(set(allowed.cores.tolist())) if (each > here if step > 0 else each < here)]
    if not beyond:
        return None
    wanted = beyond[0] if step > 0 else beyond[-1]
    return next(one.id for one, each in zip(allowed.offers, allowed.cores.tolist(), strict=True) if each == wanted)


def machine_options(session: Session, topology: str, pool: str) -> tuple[MachineOption, ...]:
    """Return, for every machine that may be used, the fewest of them that carry a worker pool with all alive, cheapest first."""
    found = session.result(topology).plan.pool(pool)
    load = pool_setup(session, topology, pool).load
    options = []
    for offer, each, workers, monthly in machines_of_pool(session, found):
        best = fewest_replicas(load, workers, each, MOST_REPLICAS)
        if best is not None:
            options.append(MachineOption(offer, best, monthly * best.replicas))
    return tuple(sorted(options, key=lambda one: (one.per_month, one.offer)))


def machines_of_pool(session: Session, pool: Pool) -> Iterator[tuple[str, float, int, float]]:
    """Yield offer, cores, workers and monthly price of every priced machine on which a worker of the pool fits."""
    sizer = session.factory.sizer
    worker_bytes = float(sizer.rows.worker_bytes[list(pool.tenants)].max())
    allowed = sizer.machines
    for offer, each, memory, monthly in zip(allowed.offers, allowed.cores, allowed.memory_bytes, allowed.monthly, strict=True):
        workers = workers_of(float(each), float(memory), worker_bytes)
        if workers > 0 and isfinite(monthly):
            yield offer.id, float(each), workers, float(monthly)
