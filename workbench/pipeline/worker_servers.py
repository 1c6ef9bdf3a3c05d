"""A worker pool of a plan as the queueing model sees it: its law, its machine, and the database behind it."""

from dataclasses import dataclass

from models.odoo_workers import WorkerPool
from models.topology.resources import Layer, Resource
from workbench.pipeline.factory import PoolFactory
from workbench.pipeline.plan import Plan
from workbench.pipeline.pools import Pool
from workbench.pipeline.service_classes import ServiceLaw
from workbench.pipeline.show_parts import machines_of
from workbench.pipeline.sizing.options import cores

LEAST_LEFT = 0.05
"""Share of a database's processors that a pool gets at least, however busy the others keep them."""


@dataclass(frozen=True, slots=True)
class Database:
    """The database behind a worker pool."""

    cores: float | None
    """Processors that the other pools leave it; None: not known."""
    same_host: bool
    """Whether it stands on the machines of the workers."""


def database_of(factory: PoolFactory, plan: Plan, pool: Pool, month: int) -> Database:
    """Return the database processors that serve a worker pool in a month.

    Pools of other workers on the same server leave less of it: what they plan to use is taken off (the shadow server of Lazowska et al.
    1984, chapter 11). Several servers count as one of all their processors. A database pool without a machine of its own stands on the
    machines of the workers, if it serves the same tenants.
    """
    mine = set(pool.tenants)
    found = [one for one in plan.pools if one.layer == Layer.DATABASE and mine & set(one.tenants)]
    if not found:
        return Database(None, same_host=False)
    if len(found) == 1 and set(found[0].tenants) == mine and found[0].parts and not machines_of(found[0], month):
        return Database(None, same_host=True)
    left = [_left(factory, one, mine, month) for one in found]
    known = [one for one in left if one is not None]
    return Database(sum(known) if len(known) == len(left) else None, same_host=False)


def _left(factory: PoolFactory, database: Pool, mine: set[int], month: int) -> float | None:
    """Return the processors left: the others' part of the planned use, by their requests times CPU of a request, is taken off."""
    sizer = factory.sizer
    offers = [(part.instances, sizer.book.offer(part.offer_id, sizer.rates.region)) for part in machines_of(database, month)]
    total = sum(instances * cores(offer) for instances, offer in offers)
    if not total > 0:
        return None
    asked = sizer.rows.request_rate * sizer.rows.database_s
    everybody = float(asked[list(database.tenants)].sum())
    others = float(asked[[one for one in database.tenants if one not in mine]].sum())
    planned = database.planned.get(Resource.DATABASE_CPU)
    if planned is None or not everybody > 0:
        return total
    return max(total - float(planned[month]) * others / everybody, LEAST_LEFT * total)


def server_of(law: ServiceLaw, database: Database, workers: int, each: float, replicas: int) -> WorkerPool:
    """Return the model of replicas with so many workers and cores each, before that database."""
    return law.pool(workers, each, replicas, database_cores=database.cores, same_host=database.same_host)
