"""What a topology costs: by layer, by line, by month and fiscal year, by tenant, against the invoice."""

from decimal import Decimal

from workbench.pipeline.comparison import Comparison
from workbench.pipeline.figures import Result
from workbench.pipeline.origin import Origin, OriginKind
from workbench.pipeline.show_charts import cash_chart
from workbench.pipeline.show_tables import LineRow, line_rows
from workbench.views.cell import ASSUMED, Align, Cell, Column, Row, Table
from workbench.views.text import day, money, unknown, words

ASSUMED_PRICE = "assumed"


def layers_table(comparison: Comparison) -> Table:
    """Return the monthly cost of every layer, a column a topology, and the total."""
    costs = {result.name: result.bill.by_layer() for result in comparison.results}
    layers = dict.fromkeys(layer for by_layer in costs.values() for layer in by_layer)
    columns = (Column("layer", "bill a month", comparison.currency, Align.LEFT), *(Column(name, name) for name in costs))
    rows = [
        Row(layer, (words(layer), *(_layer_cell(comparison, by_layer.get(layer, Decimal(0))) for by_layer in costs.values())))
        for layer in layers
    ]
    totals = (money(result.monthly_cost, comparison.currency, comparison.origins.get("monthly_cost")) for result in comparison.results)
    rows.append(Row("total", (words("total"), *totals)))
    return Table(f"{comparison.study}: bill by layer, last month of the horizon", columns, tuple(rows), _missing(comparison))


def _layer_cell(comparison: Comparison, amount: Decimal | None) -> Cell:
    return money(amount, comparison.currency, comparison.origins.get("monthly_cost"))


def _missing(comparison: Comparison) -> tuple[str, ...]:
    gaps = dict.fromkeys(gap for result in comparison.results for gap in result.bill.missing)
    cannot = [f"{result.name} is infeasible: no total" for result in comparison.results if not result.feasible]
    return (*cannot, *gaps)


_LINES = (
    Column("line", "line", align=Align.LEFT),
    Column("pool", "pool", align=Align.LEFT),
    Column("offer", "offer", align=Align.LEFT),
    Column("purchase", "bought", align=Align.LEFT),
    Column("quantity", "quantity"),
    Column("unit", "unit", align=Align.LEFT),
    Column("unit_price", "unit price"),
    Column("price_date", "price of", align=Align.LEFT),
    Column("monthly_cost", "a month"),
    Column("horizon_cash", "cash in the horizon"),
    Column("months", "from … to", align=Align.LEFT),
)


def lines_table(comparison: Comparison, topology: str) -> Table:
    """Return the cost lines of a topology."""
    rows = tuple(
        Row(
            row.line_key,
            (
                words(row.description),
                words(row.pool),
                words(row.offer),
                words(row.purchase if row.term_months is None else f"{row.purchase}, {row.term_months} months"),
                Cell(row.quantity, f"{row.quantity:,f}", row.unit),
                words(row.unit),
                _unit_price(row),
                day(row.price_date, "undated"),
                money(row.monthly_cost, row.currency),
                money(row.horizon_cash, row.currency),
                words(f"{row.first_month:%Y-%m} … {row.last_month:%Y-%m}"),
            ),
        )
        for row in line_rows(comparison)
        if row.topology == topology
    )
    result = comparison.result(topology)
    return Table(f"{topology}: {len(rows)} lines, {comparison.currency}", _LINES, rows, result.bill.missing)


def _unit_price(row: LineRow) -> Cell:
    if row.unit_price is None:
        return unknown("no price")
    assumed = row.price_kind == ASSUMED_PRICE
    origin = Origin(OriginKind.ASSUMED if assumed else OriginKind.PRICE_BOOK, row.price_source, as_of=row.price_date)
    return Cell(row.unit_price, f"{row.unit_price:f} {row.price_currency}", row.price_currency, origin, ASSUMED if assumed else "")


def cashflow_table(comparison: Comparison) -> Table:
    """Return what is paid in each month, a column a topology, and the sum."""
    months = cash_chart(comparison).months
    paid = {result.name: _paid(result) for result in comparison.results}
    columns = (Column("month", "month", align=Align.LEFT), *(Column(name, name) for name in paid))
    rows = [
        Row(f"{month:%Y-%m}", (words(f"{month:%Y-%m}"), *(money(amounts[i], comparison.currency) for amounts in paid.values())))
        for i, month in enumerate(months)
    ]
    totals = (money(result.total_cost, comparison.currency, comparison.origins.get("total_cost")) for result in comparison.results)
    rows.append(Row("total", (words("total"), *totals)))
    return Table(f"{comparison.study}: cash flow, {comparison.currency}", columns, tuple(rows), _missing(comparison))


def _paid(result: Result) -> tuple[Decimal | None, ...]:
    return result.bill.paid_by_month() if result.feasible else (None,) * result.bill.horizon_months


def no_total(result: Result) -> str:
    """Return why a topology has no total."""
    return "no total: infeasible" if not result.feasible else f"no total: {'; '.join(result.bill.missing)}"
