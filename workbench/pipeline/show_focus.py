"""Planned cost in the shape of FOCUS 1.2: a row a line and month, fees of commitments apart. It is a plan, no billing data."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pricing.bill import Block, Line
from pricing.fiscal import month_start
from pricing.money import NOTHING
from pricing.price import Purchase
from workbench.pipeline.comparison import Comparison
from workbench.pipeline.figures import Result
from workbench.pipeline.show_tables import study_label

CATEGORIES = {
    "workers": "Compute",
    "integration": "Integration",
    "database server": "Databases",
    "cache": "Databases",
    "filestore": "Storage",
    "backup": "Storage",
    "ingress": "Networking",
    "platform": "Compute",
    "observability": "Management and Governance",
}
"""Layer to service category (FOCUS 1.2, ServiceCategory); any other is "Other"."""


@dataclass(frozen=True, slots=True)
class FocusRow:
    """A charge; the columns that FOCUS 1.2 always wants, then recommended ones, then our own."""

    billed_cost: Decimal
    billing_account_id: str
    billing_account_name: str
    billing_currency: str
    billing_period_start: date
    billing_period_end: date
    """Exclusive."""
    charge_category: str
    charge_class: str
    """Empty: no correction."""
    charge_description: str
    charge_period_start: date
    charge_period_end: date
    contracted_cost: Decimal
    effective_cost: Decimal
    invoice_issuer_name: str
    list_cost: Decimal
    """The contracted cost: a bill does not keep the list price beside a commitment's."""
    pricing_quantity: Decimal
    pricing_unit: str
    provider_name: str
    publisher_name: str
    service_category: str
    service_name: str
    charge_frequency: str
    pricing_category: str
    region_id: str
    x_scenario: str
    x_topology: str
    x_pool: str
    x_layer: str
    x_tenant: str
    """Names, `|` between them."""
    x_percentile: Decimal | None
    """The probability that the purchase is planned for, the strictest of its tenants; None: it follows no demand of theirs."""
    x_price_as_of: date | None
    x_is_forecast: bool
    x_line_key: str


def focus_rows(comparison: Comparison) -> tuple[FocusRow, ...]:
    """Return the charges of every topology with a total; billed cost sums to its total_cost, effective cost to its amortised total."""
    return tuple(
        row
        for result in comparison.results
        if result.total_cost is not None
        for line in result.bill.lines
        for row in _rows(comparison, result, line)
    )


def without_total(comparison: Comparison) -> tuple[str, ...]:
    """Return the topologies that have no total: they are infeasible, or a price of theirs is missing."""
    return tuple(result.name for result in comparison.results if result.total_cost is None)


def _rows(comparison: Comparison, result: Result, line: Line) -> Iterator[FocusRow]:
    schedule = line.schedule()
    if schedule is None:
        return
    for month in range(line.first_month, line.last_month + 1):
        fee = schedule.cash_in(month) - schedule.monthly
        if line.block is Block.ONE_OFF:
            yield _row(comparison, result, line, month, schedule.cash_in(month), schedule.cost_in(month), "Purchase")
            continue
        yield _row(comparison, result, line, month, schedule.monthly, schedule.cost_in(month), "Usage")
        if fee:
            yield _row(comparison, result, line, month, fee, NOTHING, "Purchase")


def _row(comparison: Comparison, result: Result, line: Line, month: int, billed: Decimal, effective: Decimal, category: str) -> FocusRow:
    start, end = month_start(comparison.as_of, month), month_start(comparison.as_of, month + 1)
    return FocusRow(
        billed_cost=billed,
        billing_account_id=f"plan-{comparison.basis.hash}",
        billing_account_name=study_label(comparison),
        billing_currency=line.currency,
        billing_period_start=start,
        billing_period_end=end,
        charge_category=category,
        charge_class="",
        charge_description=f"{line.description}: {line.offer}"
        if category == "Usage"
        else f"{line.description}: {line.offer}, paid at once",
        charge_period_start=start,
        charge_period_end=end,
        contracted_cost=billed,
        effective_cost=effective,
        invoice_issuer_name=line.provider,
        list_cost=billed,
        pricing_quantity=line.quantity,
        pricing_unit=line.unit,
        provider_name=line.provider,
        publisher_name=line.provider,
        service_category=CATEGORIES.get(line.layer, "Other") if line.block is Block.INFRASTRUCTURE else "Other",
        service_name=line.offer,
        charge_frequency="Recurring" if category == "Usage" else "One-Time",
        pricing_category="Committed" if line.purchase is Purchase.COMMITTED else "Standard",
        region_id=line.region,
        x_scenario=comparison.scenario or "",
        x_topology=result.name,
        x_pool=line.pool,
        x_layer=line.layer,
        x_tenant="|".join(line.tenants),
        x_percentile=_percentile(comparison, line),
        x_price_as_of=line.price_date,
        x_is_forecast=True,
        x_line_key=line.line_key,
    )


def _percentile(comparison: Comparison, line: Line) -> Decimal | None:
    study = comparison.factory.sizer.study
    if line.block is not Block.INFRASTRUCTURE or not line.tenants:
        return None
    return max(Decimal(str(study.policy_of(study.tenant(name)).plan_at)) for name in line.tenants)
