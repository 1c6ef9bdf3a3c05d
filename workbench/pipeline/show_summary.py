"""The figures of a topology as one row, for the summary table."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import isfinite

from workbench.pipeline.comparison import Comparison
from workbench.pipeline.figures import Result
from workbench.pipeline.show_headroom import FirstFull, first_full, least_after_loss
from workbench.pipeline.show_tables import study_label


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """The figures of one topology; None is unknown or endless, `reason` says which."""

    study: str
    scenario: str
    topology: str
    basis: str
    as_of: date
    horizon_months: int
    currency: str
    feasible: bool
    monthly_cost: Decimal | None
    expected_loss_monthly: Decimal | None
    sum_monthly: Decimal | None
    total_cost: Decimal | None
    total_cost_p05: float | None
    total_cost_p50: float | None
    total_cost_p95: float | None
    amortised_total: Decimal | None
    committed_beyond_horizon: Decimal | None
    assumed_share: Decimal | None
    headroom: float | None
    headroom_resource: str
    headroom_pool: str
    headroom_month: date | None
    headroom_after_loss: float | None
    full_pool: str
    full_resource: str
    full_p05: date | None
    full_p50: date | None
    full_p95: date | None
    full_never: float | None
    response_p95_s: float | None
    over_objective: float | None
    availability_worst: float | None
    availability_mean: float | None
    worst_share: float | None
    mean_share: float | None
    expected_annual_loss: float | None
    lost_user_hours_per_year: float | None
    bad_year_loss: float | None
    objectives_broken: int | None
    pools: int
    reason: str


def summary_rows(comparison: Comparison) -> tuple[SummaryRow, ...]:
    """Return a row a topology."""
    return tuple(summary_row(comparison, result) for result in comparison.results)


def summary_row(comparison: Comparison, result: Result) -> SummaryRow:
    """Return the figures of one topology."""
    tightest, full, after = result.tightest(), first_full(result), least_after_loss(result)
    spread, risk = result.total_range, result.risk
    return SummaryRow(
        study=study_label(comparison),
        scenario=comparison.scenario or "",
        topology=result.name,
        basis=comparison.basis.hash,
        as_of=comparison.as_of,
        horizon_months=comparison.horizon_months,
        currency=comparison.currency,
        feasible=result.feasible,
        monthly_cost=result.monthly_cost,
        expected_loss_monthly=result.expected_loss_monthly,
        sum_monthly=result.sum_monthly,
        total_cost=result.total_cost,
        total_cost_p05=None if spread is None else finite(spread.p05),
        total_cost_p50=None if spread is None else finite(spread.p50),
        total_cost_p95=None if spread is None else finite(spread.p95),
        amortised_total=result.bill.amortised_total if result.feasible else None,
        committed_beyond_horizon=result.bill.committed_beyond if result.feasible else None,
        assumed_share=result.bill.assumed_share if result.feasible else None,
        headroom=finite(tightest.headroom),
        headroom_resource=str(tightest.resource or ""),
        headroom_pool=tightest.pool or "",
        headroom_month=None if tightest.pool is None else comparison.factory.window.month_start(tightest.month),
        headroom_after_loss=None if after is None else finite(after.headroom),
        full_pool="" if full is None else full.pool,
        full_resource="" if full is None else str(full.resource),
        full_p05=None if full is None else full.when.p05,
        full_p50=None if full is None else full.when.p50,
        full_p95=None if full is None else full.when.p95,
        full_never=None if full is None else full.when.never,
        response_p95_s=finite(result.response_p95_s),
        over_objective=finite(result.over_objective),
        availability_worst=None if risk is None else finite(float(risk.availability.min(initial=1.0))),
        availability_mean=None if risk is None else finite(risk.availability_mean),
        worst_share=None if risk is None else finite(risk.radius.worst_share),
        mean_share=None if risk is None else finite(risk.radius.mean_share),
        expected_annual_loss=None if risk is None else finite(risk.radius.expected_annual_loss),
        lost_user_hours_per_year=None if risk is None else finite(risk.radius.lost_user_hours_per_year),
        bad_year_loss=None if risk is None or risk.loss is None else finite(risk.loss.p95),
        objectives_broken=None if risk is None else len(risk.broken),
        pools=len(result.plan.pools),
        reason="; ".join(unknowns(result, full)),
    )


def unknowns(result: Result, full: FirstFull | None) -> tuple[str, ...]:
    """Return, for every figure of a topology that is unknown or endless, why."""
    found = []
    if not result.feasible:
        names = ", ".join(pool.name for pool in result.plan.pools if not pool.feasible)
        found.append(f"monthly_cost, total_cost, sum_monthly: no allowed offer carries {names}")
    elif result.bill.missing:
        found.append(f"monthly_cost, total_cost, sum_monthly: {'; '.join(result.bill.missing)}")
    if result.risk is None:
        found.append("availability, blast_radius, expected_loss_monthly: the study has no production users")
    elif result.expected_loss_monthly is None:
        found.append("expected_loss_monthly, sum_monthly: the downtime cost of a tenant is unknown, see [[tenants]] downtime")
    if result.response_p95_s is None:
        found.append("response_p95_s: no production worker pool can be built")
    elif not isfinite(result.response_p95_s):
        found.append("response_p95_s: endless, a worker pool cannot keep up with its busiest hour")
    if not isfinite(result.tightest().headroom):
        found.append("headroom: no limit is known" if result.tightest().resource is None else "headroom: nothing is usable")
    if full is None:
        found.append("exhaustion: no limit is known")
    elif full.when.p95 is None:
        found.append("exhaustion: dates without a value lie beyond the window that is looked at")
    return tuple(found)


def finite(value: float | None) -> float | None:
    """Return the number, or None for what is unknown or endless."""
    return value if value is not None and isfinite(value) else None
