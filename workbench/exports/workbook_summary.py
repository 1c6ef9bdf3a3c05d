"""The first sheet: figures a row, topologies a column, the totals as formulas over the other sheets."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import TYPE_CHECKING

from workbench.exports.csv_dialects import MISSING_AMOUNT
from workbench.exports.workbook_cells import Filled, Formats, write_cell
from workbench.pipeline.comparison import Comparison
from workbench.pipeline.figures import Result
from workbench.pipeline.show_charts import fiscal_years
from workbench.pipeline.show_summary import SummaryRow, summary_rows

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

NAME = "summary"
ADDED = {
    "monthly_cost": ("lines", "monthly_cost"),
    "total_cost": ("lines", "horizon_cash"),
    "amortised_total": ("lines", "horizon_cost"),
    "committed_beyond_horizon": ("lines", "committed_beyond_horizon"),
    "cash_in_cashflow": ("cashflow", "cash"),
    "amortised_in_cashflow": ("cashflow", "amortised"),
    "charged_back": ("chargeback", "amount"),
}
"""Figure to the sheet and column whose rows of the topology add up to it."""
CHECKED = {
    "cash_check": ("total_cost", "cash_in_cashflow"),
    "amortised_check": ("amortised_total", "amortised_in_cashflow"),
    "chargeback_check": ("amortised_total", "charged_back"),
}
"""Figure to the two that must be equal: it is their difference, zero."""
_SAME = {"cash_in_cashflow": "total_cost", "amortised_in_cashflow": "amortised_total", "charged_back": "amortised_total"}
"""Sum of another sheet to the figure whose value it has."""


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula with its value, for programs that do not compute."""

    text: str
    value: Decimal | None
    """None: the formula says that something is missing."""


Written = Formula | object
"""A formula, or a value as it is."""


def write_summary(sheet: "Worksheet", comparison: Comparison, sheets: Mapping[str, Filled], formats: Formats) -> None:
    """Write every figure of every topology; what is a sum is a formula."""
    rows = _rows(comparison, sheets)
    sheet.freeze_panes(1, 1)
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, len(comparison.results), 22)
    sheet.write_string(0, 0, "figure", formats.heading)
    for at, result in enumerate(comparison.results, 1):
        sheet.write_string(0, at, result.name, formats.heading)
    for line, (figure, cells) in enumerate(rows.items(), 1):
        sheet.write_string(line, 0, figure)
        for at, cell in enumerate(cells, 1):
            if isinstance(cell, Formula):
                cached = MISSING_AMOUNT if cell.value is None else float(cell.value)
                sheet.write_formula(line, at, cell.text, formats.money, cached)
            else:
                write_cell(sheet, line, at, cell, formats)


def add_summary(book: "Workbook") -> "Worksheet":
    """Add the sheet, to be written once the others are."""
    return book.add_worksheet(NAME)


def _rows(comparison: Comparison, sheets: Mapping[str, Filled]) -> dict[str, list[Written]]:
    """Return figure to a cell a topology, in the order of the sheet."""
    names = [field.name for field in fields(SummaryRow) if field.name != "topology"]
    names.insert(names.index("sum_monthly"), "risk_weight")
    paid = [{one.fiscal_year: (one.paid, one.budget) for one in fiscal_years(comparison, result)} for result in comparison.results]
    years = dict.fromkeys(year for by_year in paid for year in by_year)
    order = [*names, "cash_in_cashflow", "cash_check", "amortised_in_cashflow", "amortised_check", "charged_back", "chargeback_check"]
    order += [f"{what} {year}" for year in years for what in ("cash", "budget", "left")]
    line_of = {figure: line for line, figure in enumerate(order, 2)}
    found: dict[str, list[Written]] = {figure: [] for figure in order}
    for at, (result, row, by_year) in enumerate(zip(comparison.results, summary_rows(comparison), paid, strict=True), 1):
        column = _Column(result, row, by_year, sheets, line_of, at)
        for figure in order:
            found[figure].append(column.cell(figure))
    return found


@dataclass(frozen=True, slots=True)
class _Column:
    """One topology's column."""

    result: Result
    row: SummaryRow
    paid: Mapping[str, tuple[Decimal, Decimal | None]]
    """Fiscal year to what is paid in it and its budget."""
    sheets: Mapping[str, Filled]
    line_of: Mapping[str, int]
    at: int

    def cell(self, figure: str) -> Written:
        """Return what stands in the line of a figure."""
        if figure in ADDED:
            return self._added(figure)
        if figure in CHECKED:
            one, other = CHECKED[figure]
            values = self._value(one), self._value(other)
            difference = None if values[0] is None or values[1] is None else values[0] - values[1]
            return Formula(self._with_numbers(one, other, "ROUND({0}-{1},2)"), difference)
        if figure == "risk_weight":
            return self.result.risk_weight
        if figure == "sum_monthly":
            return Formula(
                self._with_numbers("monthly_cost", "expected_loss_monthly", f"{{0}}+ROUND({self._cell('risk_weight')}*{{1}},2)"),
                self.row.sum_monthly,
            )
        what, _, year = figure.partition(" ")
        return self._of_year(what, year) if year else self._plain(figure)

    def _plain(self, figure: str) -> object:
        value = getattr(self.row, figure)
        return MISSING_AMOUNT if value is None and figure == "expected_loss_monthly" else value

    def _added(self, figure: str) -> Written:
        """Return the sum of a topology's rows; one missing price makes it unknown, never less."""
        if not self.result.feasible:
            return MISSING_AMOUNT
        sheet, column = ADDED[figure]
        return Formula(self._sum(sheet, column, ""), self._value(figure))

    def _sum(self, sheet: str, column: str, also: str) -> str:
        amounts, own = self.sheets[sheet].range(column), f"--({self.sheets[sheet].range('topology')}={self._name()})"
        return f'=IF(SUMPRODUCT({own},{also}--({amounts}="?"))>0,"?",ROUND(SUMPRODUCT({own},{also}{amounts}),2))'

    def _of_year(self, what: str, year: str) -> Written:
        if year not in self.paid:
            return MISSING_AMOUNT
        cash, budget = self.paid[year]
        if what == "budget":
            return MISSING_AMOUNT if budget is None else budget
        if what == "cash":
            also = f'--({self.sheets["cashflow"].range("fiscal_year")}="{year}"),'
            return Formula(self._sum("cashflow", "cash", also), cash)
        left = None if budget is None else budget - cash
        return Formula(self._with_numbers(f"budget {year}", f"cash {year}", "ROUND({0}-{1},2)"), left)

    def _value(self, figure: str) -> Decimal | None:
        figure = _SAME.get(figure, figure)
        value = getattr(self.row, figure)
        return value if isinstance(value, Decimal) else None

    def _with_numbers(self, one: str, other: str, formula: str) -> str:
        """Return a formula over two cells that is unknown unless both hold numbers."""
        cells = self._cell(one), self._cell(other)
        return f'=IF(COUNT({cells[0]},{cells[1]})<2,"?",{formula.format(*cells)})'

    def _cell(self, figure: str) -> str:
        return f"{self._letters()}{self.line_of[figure]}"

    def _name(self) -> str:
        return f"{self._letters()}$1"

    def _letters(self) -> str:
        from xlsxwriter.utility import xl_col_to_name

        return str(xl_col_to_name(self.at))
