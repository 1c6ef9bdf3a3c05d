"""What each environment costs and whether anybody uses it; what sleeping saves."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from pricing.bill import Line
from pricing.money import NOTHING, round_money
from workbench.pipeline.comparison import Comparison
from workbench.pipeline.figures import Result
from workbench.pipeline.parts import HOUR
from workbench.pipeline.show_tables import result_chargeback

IDLE_REQUESTS_PER_HOUR = 1.0
"""Mean requests an hour of the last four weeks below which an environment counts as idle: health checks alone make more; a belief."""
SECONDS_PER_HOUR = 3600


@dataclass(frozen=True, slots=True)
class EnvironmentCost:
    """A tenant's environment."""

    tenant: str
    environment: str
    requests_per_hour: float
    """Mean of the last four weeks; NaN where nothing was measured."""
    awake_share: float
    """Share of the week in which its machines run."""
    monthly: Decimal | None
    """Mean month of its charge-back; None while a price is missing."""

    @property
    def idle(self) -> bool:
        """Whether nearly nobody asked it for anything."""
        return self.requests_per_hour < IDLE_REQUESTS_PER_HOUR


def environment_costs(comparison: Comparison, result: Result) -> tuple[EnvironmentCost, ...]:
    """Return every environment that is not production, the dearest first."""
    sizer, months = comparison.factory.sizer, comparison.horizon_months
    charged: defaultdict[str, Decimal] = defaultdict(Decimal)
    if result.total_cost is not None:
        for row in result_chargeback(comparison, result):
            charged[row.tenant] += row.amount
    found = [
        EnvironmentCost(
            name,
            sizer.study.tenant(name).environment,
            float(sizer.mean_rate[index]) * SECONDS_PER_HOUR,
            float(sizer.rows.awake_share[index]),
            None if result.total_cost is None else round_money(charged[name] / months),
        )
        for index, name in enumerate(comparison.tenants)
        if not sizer.rows.production[index]
    ]
    return tuple(sorted(found, key=lambda one: (-(one.monthly or NOTHING), one.tenant)))


def sleeping_saves(result: Result) -> Decimal | None:
    """Return what machines would cost more in the last month if they never slept; None while a price is missing."""
    total = NOTHING
    for pool in result.plan.pools:
        asleep = {part.offer_id: part.awake_share for part in pool.parts if part.unit == HOUR and 0 < part.awake_share < 1}
        for line in result.bill.lines if asleep else ():
            if line.pool == pool.name and line.offer in asleep and line.unit == HOUR:
                amount = _unslept(line, asleep[line.offer])
                if amount is None:
                    return None
                total += amount
    return total


def _unslept(line: Line, awake: Decimal) -> Decimal | None:
    return None if line.monthly_cost is None else round_money(line.monthly_cost * (1 / awake - 1))
