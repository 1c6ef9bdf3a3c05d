"""The four tables for finance, as rows: CSV, JSON and notebook print the same digits because they take them from here."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pricing.bill import CashFlow, Line
from pricing.chargeback import Charge, Rule, allocate, charge_back
from pricing.fiscal import fiscal_year, month_start
from pricing.money import CENT
from workbench.pipeline.comparison import Comparison
from workbench.pipeline.figures import Result
from workbench.pipeline.show_weights import chargeback_weights
from workbench.study.estate import Plant

TAX = "excluded"
SHARE_DIGITS = Decimal("0.000001")
DEMO_SUFFIX = " (demo)"


@dataclass(frozen=True, slots=True)
class LineRow:
    """A cost line of a topology; the fields are the columns, in this order. None is a price that is missing."""

    study: str
    scenario: str
    topology: str
    basis: str
    as_of: date
    line_key: str
    block: str
    layer: str
    environment: str
    pool: str
    tenants: int
    tenant_names: str
    provider: str
    region: str
    offer: str
    description: str
    purchase: str
    term_months: int | None
    quantity: Decimal
    unit: str
    unit_price: Decimal | None
    price_currency: str
    price_date: date | None
    price_kind: str
    price_source: str
    exchange_rate: Decimal | None
    exchange_date: date | None
    currency: str
    spend: str
    upfront_cost: Decimal | None
    monthly_cost: Decimal | None
    horizon_cash: Decimal | None
    horizon_cost: Decimal | None
    committed_beyond_horizon: Decimal | None
    first_month: date
    last_month: date
    tax: str
    reason: str


@dataclass(frozen=True, slots=True)
class CashflowRow:
    """What a line costs in a month."""

    study: str
    scenario: str
    topology: str
    basis: str
    line_key: str
    block: str
    fiscal_year: str
    month: date
    currency: str
    cash: Decimal | None
    amortised: Decimal | None
    budget: Decimal | None
    """Of the whole fiscal year, the same on each of its rows; None: none was given."""


@dataclass(frozen=True, slots=True)
class ChargebackRow:
    """What a plant pays for a pool in a month."""

    study: str
    scenario: str
    topology: str
    basis: str
    month: date
    plant: str
    tenant: str
    cost_centre: str
    block: str
    layer: str
    pool: str
    rule: str
    share: Decimal
    currency: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class _Head:
    """What every row of a topology begins with."""

    study: str
    scenario: str
    topology: str
    basis: str


def _heads(comparison: Comparison) -> dict[str, _Head]:
    basis = comparison.basis.hash
    return {result.name: _Head(study_label(comparison), comparison.scenario or "", result.name, basis) for result in comparison.results}


def study_label(comparison: Comparison) -> str:
    """Return the study's name as it stands in every row."""
    return f"{comparison.study}{DEMO_SUFFIX}" if comparison.demo else comparison.study


def line_rows(comparison: Comparison) -> tuple[LineRow, ...]:
    """Return a row for every topology, pool and cost line."""
    heads = _heads(comparison)
    return tuple(_line_row(comparison, heads[result.name], line) for result in comparison.results for line in result.bill.lines)


def _line_row(comparison: Comparison, head: _Head, line: Line) -> LineRow:
    return LineRow(
        study=head.study,
        scenario=head.scenario,
        topology=head.topology,
        basis=head.basis,
        as_of=comparison.as_of,
        line_key=line.line_key,
        block=str(line.block),
        layer=line.layer,
        environment=line.environment,
        pool=line.pool,
        tenants=len(line.tenants),
        tenant_names="|".join(line.tenants),
        provider=line.provider,
        region=line.region,
        offer=line.offer,
        description=line.description,
        purchase=str(line.purchase),
        term_months=line.term_months,
        quantity=line.quantity,
        unit=line.unit,
        unit_price=line.unit_price,
        price_currency=line.price_currency or "",
        price_date=line.price_date,
        price_kind="" if line.price_kind is None else str(line.price_kind),
        price_source=line.price_source,
        exchange_rate=line.exchange_rate,
        exchange_date=line.exchange_date,
        currency=line.currency,
        spend=str(line.spend),
        upfront_cost=line.upfront_cost,
        monthly_cost=line.monthly_cost,
        horizon_cash=line.horizon_cash,
        horizon_cost=line.horizon_cost,
        committed_beyond_horizon=line.committed_beyond_horizon,
        first_month=month_start(comparison.as_of, line.first_month),
        last_month=month_start(comparison.as_of, line.last_month),
        tax=TAX,
        reason=line.reason,
    )


def cashflow_rows(comparison: Comparison) -> tuple[CashflowRow, ...]:
    """Return a row for every line and month; cash sums to the topology's total_cost."""
    heads = _heads(comparison)
    return tuple(_cashflow_row(comparison, heads[result.name], flow) for result in comparison.results for flow in result.bill.cash_flow())


def _cashflow_row(comparison: Comparison, head: _Head, flow: CashFlow) -> CashflowRow:
    money = comparison.factory.sizer.study.money
    month = month_start(comparison.as_of, flow.month)
    year = fiscal_year(month, money.fiscal_year_starts)
    return CashflowRow(
        study=head.study,
        scenario=head.scenario,
        topology=head.topology,
        basis=head.basis,
        line_key=flow.line_key,
        block=str(flow.block),
        fiscal_year=year,
        month=month,
        currency=comparison.currency,
        cash=flow.cash,
        amortised=flow.amortised,
        budget=None if (budget := money.budget.get(year)) is None else budget.quantize(CENT),
    )


def chargeback_rows(comparison: Comparison) -> tuple[ChargebackRow, ...]:
    """Return what every plant pays month by month; per topology the sum is its amortised total. Topologies without a total have no rows."""
    return tuple(row for result in comparison.results if result.total_cost is not None for row in result_chargeback(comparison, result))


def result_chargeback(comparison: Comparison, result: Result) -> tuple[ChargebackRow, ...]:
    """Return the charge-back of one topology by the study's rule."""
    rule = Rule(comparison.factory.sizer.study.money.chargeback)
    head = _heads(comparison)[result.name]
    weights = {pool.name: chargeback_weights(comparison, pool, rule) for pool in result.plan.pools}
    return tuple(row for charge in charge_back(result.bill, rule, weights) for row in _plant_rows(comparison, head, charge))


def _plant_rows(comparison: Comparison, head: _Head, charge: Charge) -> tuple[ChargebackRow, ...]:
    """Return the charge of a tenant, divided between its plants by users, to the cent."""
    tenant = comparison.factory.sizer.study.tenant(charge.tenant)
    plants = tenant.plants or (Plant(tenant.name, 1),)
    users = tuple(Decimal(plant.users) for plant in plants)
    total = sum(users, Decimal(0))
    month = month_start(comparison.as_of, charge.month)
    return tuple(
        ChargebackRow(
            study=head.study,
            scenario=head.scenario,
            topology=head.topology,
            basis=head.basis,
            month=month,
            plant=plant.name,
            tenant=tenant.name,
            cost_centre=tenant.cost_centre or "",
            block=str(charge.block),
            layer=charge.layer,
            pool=charge.pool,
            rule=str(charge.rule),
            share=(charge.share * (plant.users / total if total else Decimal(1) / len(plants))).quantize(SHARE_DIGITS),
            currency=charge.currency,
            amount=part,
        )
        for plant, part in zip(plants, allocate(charge.amount, users), strict=True)
    )
