"""What differs between two comparisons."""

from datetime import date
from decimal import Decimal

from workbench.pipeline.comparison import Comparison
from workbench.pipeline.show_changes import Figure, LineChange, basis_differences, figure_changes, line_changes, offer_changes
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
    title = f"{topology}: what a month costs more or less, {after.currency}"
    return _changes_table(title, "pool", line_changes(before, after, topology), after.currency)


def offers_between(comparison: Comparison, one: str, other: str) -> Table:
    """Return, layer by layer, the offers of which two topologies buy different amounts, largest difference first."""
    found = offer_changes(comparison.result(one), comparison.result(other))
    return _changes_table(f"{other} against {one}, a month, {comparison.currency}", "layer", found, comparison.currency, (one, other))


def _changes_table(
    title: str, place: str, found: tuple[LineChange, ...], currency: str, names: tuple[str, str] = ("before", "after")
) -> Table:
    columns = (
        Column(place, place, align=Align.LEFT),
        Column("offer", "offer", align=Align.LEFT),
        Column("before", names[0]),
        Column("after", names[1]),
        Column("difference", "difference"),
    )
    rows = [
        Row(
            f"{one.pool}/{one.offer}",
            (
                words(one.pool),
                words(one.offer),
                _bought(one.before, currency),
                _bought(one.after, currency),
                money(one.difference, currency),
            ),
        )
        for one in found
    ]
    return Table(title, columns, tuple(rows), () if rows else ("no line moved",))


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
