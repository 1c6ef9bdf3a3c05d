"""Arrays of the comparison's charts: frontier, cash flow."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from pricing.bill import Block
from pricing.fiscal import BudgetYear, budget_years, month_start
from workbench.pipeline.comparison import Comparison
from workbench.pipeline.figures import Result


@dataclass(frozen=True, slots=True)
class FrontierPoint:
    """A topology by its cost and its worst share."""

    topology: str
    monthly_cost: Decimal
    sum_monthly: Decimal | None
    worst_share: float
    dominated: bool
    """Whether another topology is no worse in both and better in one."""


@dataclass(frozen=True, slots=True, eq=False)
class CashChart:
    """Cash by month."""

    months: tuple[date, ...]
    topologies: tuple[str, ...]
    """Those whose prices are all known."""
    cash: NDArray[np.float64]
    """Shape (topologies, months), study currency."""
    currency: str

    def __post_init__(self) -> None:
        """Freeze the array."""
        self.cash.flags.writeable = False


def frontier_points(comparison: Comparison) -> tuple[FrontierPoint, ...]:
    """Return every feasible, priced topology, cheapest first."""
    known = [
        (result, result.monthly_cost, result.risk.radius.worst_share)
        for result in comparison.results
        if result.monthly_cost is not None and result.risk is not None
    ]
    points = [
        FrontierPoint(
            result.name,
            cost,
            result.sum_monthly,
            share,
            any(other <= cost and less <= share and (other, less) != (cost, share) for _, other, less in known),
        )
        for result, cost, share in known
    ]
    return tuple(sorted(points, key=lambda point: (point.monthly_cost, point.worst_share, point.topology)))


def cash_chart(comparison: Comparison) -> CashChart:
    """Return what is paid in each month, for every topology with a total."""
    priced = [result for result in comparison.results if result.total_cost is not None]
    months = tuple(month_start(comparison.as_of, month) for month in range(comparison.horizon_months))
    paid = [[float(amount or 0) for amount in result.bill.paid_by_month()] for result in priced]
    return CashChart(
        months, tuple(result.name for result in priced), np.array(paid, float).reshape(len(priced), len(months)), comparison.currency
    )


def cash_by_block(comparison: Comparison, result: Result) -> tuple[tuple[str, NDArray[np.float64]], ...]:
    """Return what a topology pays in each month by kind of money, kinds of which there is nothing left out; none without a total."""
    if result.total_cost is None:
        return ()
    paid = {block: np.zeros(comparison.horizon_months) for block in Block}
    for flow in result.bill.cash_flow():
        paid[flow.block][flow.month] += float(flow.cash or 0)
    return tuple((str(block).replace("_", "-"), months) for block, months in paid.items() if months.any())


def fiscal_years(comparison: Comparison, result: Result) -> tuple[BudgetYear, ...]:
    """Return each fiscal year's cash within the horizon against its budget; empty while a price is missing."""
    money = comparison.factory.sizer.study.money
    paid = [amount for amount in result.bill.paid_by_month() if amount is not None]
    if result.total_cost is None or len(paid) != comparison.horizon_months:
        return ()
    return budget_years(paid, comparison.as_of, money.budget, money.fiscal_year_starts)
