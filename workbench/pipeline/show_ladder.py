"""The margin ladder of a pool: from mean use to what is bought, in units and money."""

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from models.topology.resources import Layer, Resource
from pricing.bill import Block
from pricing.money import NOTHING, round_money
from workbench.pipeline.pools import Pool
from workbench.pipeline.session import Session
from workbench.pipeline.show_fan import monthly_peaks
from workbench.pipeline.show_parts import machines_of
from workbench.pipeline.show_past import past_demand, recent
from workbench.pipeline.sizing.options import cores

MEDIAN = 0.5
LOSS = "loss survived"


@dataclass(frozen=True, slots=True)
class Rung:
    """One step from mean use to what is bought."""

    name: str
    level: float | None
    """Reached after this rung, in the resource's unit; None: not known."""
    added: float | None
    """By this rung; may be negative."""
    share: float | None
    """Of what is bought, 0 to 1."""
    per_month: Decimal | None
    """Part of the pool's infrastructure bill in that month; the rungs sum to it."""


@dataclass(frozen=True, slots=True)
class Ladder:
    """Why a pool is as large as it is."""

    topology: str
    pool: str
    resource: Resource
    unit: str
    month: int
    """Month of the horizon looked at: the first of the purchase step in which the pool is tightest."""
    until_month: int
    """One past the last month the step must carry, lead time included."""
    plan_at: float
    bought: float | None
    """Installed, in the resource's unit."""
    per_month: Decimal | None
    rungs: tuple[Rung, ...]


def ladder(session: Session, topology: str, pool: str, resource: Resource | None = None) -> Ladder:
    """Return the margin ladder of a pool for a resource, by default the one that binds it."""
    result = session.result(topology)
    found = result.plan.pool(pool)
    chosen = resource or found.tightest()[1]
    if chosen is None or chosen not in found.planned:
        raise ValueError(f"pool {pool!r} of {topology} has no such resource: choose one of {', '.join(found.planned)}")
    step = _step(session, found, chosen)
    steps = session.factory.sizer.steps
    first, until = steps.first_month[step], steps.until_month[step]
    plan_at = float(session.factory.sizer.rows.plan_at[list(found.tenants)].max())
    bought = _installed(session, found, chosen, first)
    paid = _paid(session, topology, pool, first)
    levels = _levels(session, found, chosen, (first, until), plan_at, bought)
    return Ladder(topology, pool, chosen, chosen.unit, first, until, plan_at, bought, paid, _rungs(levels, bought, paid))


def _step(session: Session, pool: Pool, resource: Resource) -> int:
    """Return the purchase step in which the pool has the least room for a resource."""
    usable = pool.usable.get(resource)
    if usable is None or not np.isfinite(usable).any():
        return 0
    month = int(np.nanargmin(usable - pool.planned[resource][: len(usable)]))
    steps = session.factory.sizer.steps
    return next(step for step in range(steps.count) if month in steps.months_of(step))


def _levels(
    session: Session, pool: Pool, resource: Resource, months: tuple[int, int], plan_at: float, bought: float | None
) -> list[tuple[str, float | None]]:
    """Return name and level of every rung; what is not known stays None."""
    base = session.factory.sizer.base.get(resource, 0.0)
    past = recent(past_demand(session, resource, pool.tenants))
    ahead = monthly_peaks(session, resource, pool.tenants)[:, months[0] : months[1]].max(axis=1).astype(float) + base
    median, planned = (float(np.quantile(ahead, level)) for level in (MEDIAN, plan_at))
    mean, busiest = (None, None) if not past.size else (float(past.mean()) + base, float(past.max()) + base)
    alive, left = (_at(values.get(resource), months[0]) for values in (pool.usable, pool.usable_after_loss))
    kept = None if bought is None or not alive else planned if bought == alive else planned * bought / alive
    reserve = float(session.factory.sizer.rows.headroom[list(pool.tenants)].max())
    survived = None if kept is None or not left or not alive else kept if left == alive else max(kept, kept * alive / left)
    reserved = None if kept is None else max(survived or kept, kept / (1 - reserve))
    return [
        ("mean of the last four weeks", mean),
        ("busiest hour", busiest),
        ("growth to the step", median),
        (f"p{100 * plan_at:.0f} of paths", planned),
        ("objective kept", kept),
        (LOSS, survived),
        ("reserve", reserved),
        ("next offer size", bought),
    ]


def _at(values: np.ndarray[tuple[int, ...], np.dtype[np.float64]] | None, month: int) -> float | None:
    return None if values is None or not np.isfinite(values[month]) else float(values[month])


def _rungs(levels: list[tuple[str, float | None]], bought: float | None, paid: Decimal | None) -> tuple[Rung, ...]:
    """Return the rungs; money is each level's part of what is paid, rounded once, so that the parts sum to it."""
    rungs = []
    before, paid_before = 0.0, NOTHING
    for name, level in levels:
        if level is None:
            rungs.append(Rung(name, None, None, None, None))
            continue
        share = None if not bought else (level - before) / bought
        reached = None if paid is None or not bought else round_money(paid * Decimal(repr(level)) / Decimal(repr(bought)))
        rungs.append(Rung(name, level, level - before, share, None if reached is None else reached - paid_before))
        before, paid_before = level, paid_before if reached is None else reached
    return tuple(rungs)


def _installed(session: Session, pool: Pool, resource: Resource, month: int) -> float | None:
    """Return what is bought in the resource's unit: workers, cores; elsewhere the usable amount, which no queue reduces."""
    if pool.layer == Layer.WORKERS and resource == Resource.WORKER_TIME:
        return float(pool.workers * pool.replicas[month]) or None
    if resource in (Resource.CPU, Resource.DATABASE_CPU):
        return _cores(session, pool, month)
    return _at(pool.usable.get(resource), month)


def _cores(session: Session, pool: Pool, month: int) -> float | None:
    sizer = session.factory.sizer
    total = sum(part.instances * cores(sizer.book.offer(part.offer_id, sizer.rates.region)) for part in machines_of(pool, month))
    return total or None


def _paid(session: Session, topology: str, pool: str, month: int) -> Decimal | None:
    """Return the pool's infrastructure in a month, fees spread over their term; None while a price is missing."""
    total = NOTHING
    for line in session.result(topology).bill.lines:
        if line.pool == pool and line.block == Block.INFRASTRUCTURE:
            schedule = line.schedule()
            if schedule is None:
                return None
            total += schedule.cost_in(month) if line.first_month <= month <= line.last_month else NOTHING
    return total
