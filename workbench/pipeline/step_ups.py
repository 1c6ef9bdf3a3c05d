"""Steps of the cash flow: in which month which pool costs more or less than in the month before, and what it buys."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from decimal import Decimal

from pricing.money import NOTHING
from workbench.pipeline.figures import Result
from workbench.pipeline.parts import HOUR
from workbench.pipeline.pools import Pool


@dataclass(frozen=True, slots=True)
class StepUp:
    """A change of one pool's cost from one month to the next."""

    month: int
    """Month of the horizon, from 0, from which it holds."""
    layer: str
    pool: str
    machines: tuple[tuple[str, int], ...]
    """Offer and how many more of it run; none: what is paid by use has moved."""
    more: Decimal
    """What a month costs more, fees spread over their term; negative when it costs less."""


def step_ups(result: Result) -> tuple[StepUp, ...]:
    """Return every change after the first month, month by month, the largest first; none while a price is missing."""
    if result.bill.missing:
        return ()
    layers = {line.pool: line.layer for line in result.bill.lines}
    pools = {pool.name: pool for pool in result.plan.pools}
    costs = _costs(result)
    found = []
    for month in range(1, result.bill.horizon_months):
        for name in sorted(layers):
            machines = _bought(pools[name], month) if name in pools else ()
            more = costs[name, month] - costs[name, month - 1]
            if more or machines:
                found.append(StepUp(month, layers[name], name, machines, more))
    return tuple(sorted(found, key=lambda step: (step.month, -abs(step.more), step.pool)))


def _costs(result: Result) -> defaultdict[tuple[str, int], Decimal]:
    costs: defaultdict[tuple[str, int], Decimal] = defaultdict(lambda: NOTHING)
    pool_of = {line.line_key: line.pool for line in result.bill.lines}
    for flow in result.bill.cash_flow():
        costs[pool_of[flow.line_key], flow.month] += flow.amortised or NOTHING
    return costs


def _bought(pool: Pool, month: int) -> tuple[tuple[str, int], ...]:
    now, before = (_running(pool, at) for at in (month, month - 1))
    return tuple((offer, now[offer] - before[offer]) for offer in sorted({*now, *before}) if now[offer] != before[offer])


def _running(pool: Pool, month: int) -> Counter[str]:
    running: Counter[str] = Counter()
    for part in pool.parts:
        if part.unit == HOUR and part.first_month <= month <= part.last_month:
            running[part.offer_id] += part.instances
    return running
