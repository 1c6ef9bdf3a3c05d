"""Cost: layers, cash, lines, difference."""

from workbench.pipeline.comparison import Comparison
from workbench.pipeline.show_charts import cash_chart
from workbench.tui.content import Content, Contents, waiting
from workbench.tui.pictures import cash_picture
from workbench.tui.places import COST
from workbench.tui.selection import Selection
from workbench.tui.subjects import other_of, topology_of
from workbench.views.cell import Table
from workbench.views.changes import figures_changed
from workbench.views.cost import budget_table, cashflow_table, layers_table, lines_table, no_total
from workbench.views.payers import invoice_table


def cost(comparison: Comparison | None, before: Comparison | None, selection: Selection) -> Contents:
    """Return what the panels of the fifth screen show."""
    if comparison is None:
        return {leaf.key: waiting(leaf.title, "sizing …") for leaf in COST.leaves}
    topology = topology_of(comparison, selection)
    picture = cash_picture(cash_chart(comparison), topology, _budget(comparison, topology), cashflow_table(comparison))
    title = f"Cash flow · {topology}"
    return {
        "layers": Content("Bill by layer", layers_table(comparison)),
        "cash": waiting(title, no_total(comparison.result(topology))) if picture is None else Content(title, picture),
        "lines": Content(f"Lines · {topology}", lines_table(comparison, topology)),
        "difference": _difference(comparison, before, selection),
    }


def _budget(comparison: Comparison, topology: str) -> str:
    rows = budget_table(comparison, topology).rows
    return " · ".join(
        f"{row.cells[0].text}: paid {row.cells[2].text}, budget {row.cells[3].text}, left {row.cells[4].text}" for row in rows
    )


def _difference(comparison: Comparison, before: Comparison | None, selection: Selection) -> Content:
    """Return the difference to the topology chosen with c; else what the edits change; else today's bill against its invoice."""
    chosen = topology_of(comparison, selection)
    if selection.other in {"", chosen} and before is not None:
        return Content("Against the study as it is written", figures_changed(before, comparison))
    if selection.other in {"", chosen} and any(result.name == "current" for result in comparison.results):
        return Content("Today's bill against the invoice", invoice_table(comparison))
    return Content(f"{chosen} against {other_of(comparison, selection)}", _between(comparison, selection))


def _between(comparison: Comparison, selection: Selection) -> Table:
    """Return the layers of the two topologies alone."""
    whole = layers_table(comparison)
    wanted = {whole.columns[0].key, topology_of(comparison, selection), other_of(comparison, selection)}
    kept = [i for i, column in enumerate(whole.columns) if column.key in wanted]
    rows = tuple(type(row)(row.key, tuple(row.cells[i] for i in kept)) for row in whole.rows)
    return Table(whole.title, tuple(whole.columns[i] for i in kept), rows, whole.notes)
