"""The pools that stay up when something is lost: what room they have, and how fast they answer with what is left."""

from dataclasses import dataclass
from functools import partial
from math import isfinite

from models.topology.resources import Layer, Resource
from workbench.pipeline.factory import PoolFactory
from workbench.pipeline.plan import Plan
from workbench.pipeline.pools import Pool
from workbench.pipeline.show_parts import machine_of
from workbench.pipeline.sizing.options import cores
from workbench.pipeline.worker_servers import database_of, server_of


@dataclass(frozen=True, slots=True)
class Response:
    """How a worker pool answers in the busiest hour of this month."""

    replicas: int
    p95_s: float
    """Infinite when it does not keep up."""
    answered: float
    """Share of requests answered within the strictest objective in the pool."""
    overflow_in_an_hour: float
    """Probability that the accept queue of any replica overflows."""


@dataclass(frozen=True, slots=True)
class Survivor:
    """A pool that stays up and what room it has."""

    pool: str
    headroom: float | None
    """Before the loss, least over its resources in the first month; None unknown."""
    headroom_after: float | None
    """With what the loss takes of it."""
    resource: Resource | None
    """Which resource decides after the loss."""
    before: Response | None
    """Only of worker pools."""
    after: Response | None
    """None also if nothing is left."""


def survivor(factory: PoolFactory, plan: Plan, pool: Pool) -> Survivor:
    """Return what a pool does with the largest of its machines gone."""
    headroom, _ = _least(pool, after_loss=False)
    headroom_after, resource = _least(pool, after_loss=True)
    before = after = None
    if pool.layer == Layer.WORKERS and pool.workers > 0 and pool.feasible:
        databases = tuple(one for one in plan.of_layer(Layer.DATABASE) if set(one.tenants) & set(pool.tenants))
        alive, left = pool.replicas[0], replicas_left(pool)
        compute = partial(_responses, factory, plan, pool, (alive, left))
        before, after = factory.of_pool("with a machine less", pool, compute, beside=databases)
    return Survivor(pool.name, headroom, headroom_after, resource, before, after)


def replicas_left(pool: Pool) -> int:
    """Return the machines left after the loss, as many as the usable worker time that is left needs; at least one if any is."""
    usable, after = pool.usable.get(Resource.WORKER_TIME), pool.usable_after_loss.get(Resource.WORKER_TIME)
    if usable is None or after is None or not usable[0] > 0 or not after[0] > 0:
        return max(pool.replicas[0] - 1, 0)
    return max(round(pool.replicas[0] * float(after[0] / usable[0])), 1)


def _responses(factory: PoolFactory, plan: Plan, pool: Pool, counts: tuple[int, int]) -> tuple[Response | None, Response | None]:
    sizer = factory.sizer
    law = sizer.rows.law(pool.tenants)
    each = cores(sizer.book.offer(machine_of(pool, 0), sizer.rates.region))
    database = database_of(factory, plan, pool, 0)
    rate = float(pool.planned[Resource.WORKER_TIME][0]) / law.service_s
    within = float(sizer.rows.within_s[list(pool.tenants)].min())

    def at(replicas: int) -> Response | None:
        if replicas < 1:
            return None
        load = server_of(law, database, pool.workers, each, replicas).at(rate)
        return Response(replicas, load.response_quantile(0.95), load.answered_within(within), load.overflow_in_an_hour)

    return at(counts[0]), at(counts[1])


def _least(pool: Pool, *, after_loss: bool) -> tuple[float | None, Resource | None]:
    """Return the least headroom of the first month, and its resource."""
    found: dict[Resource, float] = {}
    for resource, planned in pool.planned.items():
        usable = (pool.usable_after_loss if after_loss else pool.usable).get(resource)
        if usable is not None and isfinite(usable[0]) and usable[0] > 0:
            found[resource] = 1 - float(planned[0]) / float(usable[0])
    if not found:
        return None, None
    resource = min(found, key=lambda one: (found[one], one))
    return found[resource], resource
