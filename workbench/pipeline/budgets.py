"""Fiscal years against their budgets: what is planned, what joint paths would pay, and how likely a year is overspent."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pricing.fiscal import BudgetYear, fiscal_year, month_start
from workbench.pipeline.comparison import Comparison
from workbench.pipeline.figures import Result, Spread, pool_cash, spread
from workbench.pipeline.plan import TopologyKind
from workbench.pipeline.show_charts import fiscal_years


@dataclass(frozen=True, slots=True)
class YearAtRisk:
    """A fiscal year's cash within the horizon."""

    year: BudgetYear
    """What is planned, against the budget."""
    paid: Spread | None
    """What joint paths pay; None for what runs today, which is never bought anew."""
    over: float | None
    """Probability that the year's cash is above its budget; None without a budget or without paths."""


def years_at_risk(comparison: Comparison, result: Result) -> tuple[YearAtRisk, ...]:
    """Return each fiscal year that the horizon touches, in order; none while a price is missing."""
    years = fiscal_years(comparison, result)
    if not years or result.plan.kind == TopologyKind.CURRENT:
        return tuple(YearAtRisk(year, None, None) for year in years)
    cash = cash_paths(comparison, result)
    starts = comparison.factory.sizer.study.money.fiscal_year_starts
    names = [fiscal_year(month_start(comparison.as_of, month), starts) for month in range(cash.shape[1])]
    return tuple(_at_risk(year, cash[:, [name == year.fiscal_year for name in names]].sum(axis=1)) for year in years)


def cash_paths(comparison: Comparison, result: Result) -> NDArray[np.float64]:
    """Return the cash of each month path by path, shape (paths, months); a path's months add up to its `total_paths`.

    Pools are bought anew as each path needs them; labour and what is shared stay as billed. NaN while a price is missing.
    """
    factory = comparison.factory
    paid = np.array([np.nan if amount is None else float(amount) for amount in result.bill.paid_by_month()])
    cash = np.tile(paid, (factory.sizer.demand.paths, 1))
    if result.plan.kind == TopologyKind.CURRENT or result.bill.missing:
        return cash
    infrastructure = pool_cash(result.bill)
    for pool in result.plan.pools:
        cash += infrastructure.get(pool.name, 0.0) * factory.path_shift(pool.layer, pool.tenants)
    return cash


def _at_risk(year: BudgetYear, paid: NDArray[np.float64]) -> YearAtRisk:
    over = None if year.budget is None else float(np.mean(paid > float(year.budget)))
    return YearAtRisk(year, spread(paid), over)
