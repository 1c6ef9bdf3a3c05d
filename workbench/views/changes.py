"""What differs between two comparisons."""

from datetime import date
from decimal import Decimal

from workbench.pipeline.comparison import Comparison
from workbench.pipeline.show_changes import Figure, basis_differences, figure_changes, line_changes
from workbench.views.cell import Align, Cell, Column, Row, Table
from workbench.views.text import day, figures, money, unknown, words

_FIGURES = (
    Column("topology", "topology", align=Align.LEFT),
    Column("figure", "figure", align=Align.LEFT),
    Column("before", "before"),
    Column("after", "after"),
    Column("difference", "difference"),
)


def figures_changed(before: Comparison, after: Comparison) -> Table:
    """Return every figure that moved between two comparisons, and which entries of the basis differ."""
    currency = after.currency
    rows = tuple(
        Row(
            f"{one.topology}.{one.figure}",
            (
                words(one.topology),
                words(one.figure.replace("_", " ")),
                value_cell(one.before, currency),
                value_cell(one.after, currency),
                _difference(one.before, one.after, currency),
            ),
        )
        for one in figure_changes(before, after)
    )
    different = basis_differences(before, after)
    note = f"the basis differs in {', '.join(different)}" if different else "the same basis"
    return Table("what changed", _FIGURES, rows, (note, *(() if rows else ("no figure moved",))))


def lines_changed(before: Comparison, after: Comparison, topology: str) -> Table:
    """Return the pools' offers whose monthly cost moved, largest move first."""
    columns = (
        Column("pool", "pool", align=Align.LEFT),
        Column("offer", "offer", align=Align.LEFT),
        Column("before", "before"),
        Column("after", "after"),
        Column("difference", "difference"),
    )
    rows = tuple(
        Row(
            f"{one.pool}/{one.offer}",
            (
                words(one.pool),
                words(one.offer),
                _bought(one.before, after.currency),
                _bought(one.after, after.currency),
                money((one.after or Decimal(0)) - (one.before or Decimal(0)), after.currency),
            ),
        )
        for one in line_changes(before, after, topology)
    )
    return Table(f"{topology}: what a month costs more or less, {after.currency}", columns, rows, () if rows else ("no line moved",))


def value_cell(value: Figure, currency: str) -> Cell:
    """Return any figure as a cell."""
    if value is None:
        return unknown()
    if isinstance(value, Decimal):
        return money(value, currency)
    if isinstance(value, bool):
        return words("yes" if value else "no")
    if isinstance(value, date):
        return day(value)
    return words(value) if isinstance(value, str) else Cell(value, figures(float(value)))


def _bought(amount: Decimal | None, currency: str) -> Cell:
    return Cell(None, "–", currency) if amount is None else money(amount, currency)


def _difference(before: Figure, after: Figure, currency: str) -> Cell:
    if isinstance(before, Decimal) and isinstance(after, Decimal):
        return money(after - before, currency)
    if isinstance(before, float | int) and isinstance(after, float | int) and not isinstance(after, bool):
        return Cell(float(after) - float(before), figures(float(after) - float(before)))
    if isinstance(before, date) and isinstance(after, date):
        return Cell((after - before).days, f"{(after - before).days:+,d} days", "days")
    return words("")
