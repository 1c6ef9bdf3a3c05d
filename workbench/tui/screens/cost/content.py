"""Cost: layers, cash, years, terms, payers, environments, lines, difference."""

from workbench.pipeline.comparison import Comparison
from workbench.pipeline.show_charts import cash_by_block, cash_chart
from workbench.tui.content import Content, Contents, waiting
from workbench.tui.pictures import cash_picture
from workbench.tui.places import COST
from workbench.tui.selection import Selection
from workbench.tui.subjects import other_of, topology_of
from workbench.views.changes import lines_changed, offers_between
from workbench.views.cost import cashflow_table, layers_table, lines_table, no_total
from workbench.views.payers import chargeback_table, invoice_table
from workbench.views.spending import budget_table, commitments_table, environments_table, horizon_table


def cost(comparison: Comparison | None, before: Comparison | None, selection: Selection) -> Contents:
    """Return what the panels of the fifth screen show."""
    if comparison is None:
        return {leaf.key: waiting(leaf.title, "sizing …") for leaf in COST.leaves}
    topology = topology_of(comparison, selection)
    result = comparison.result(topology)
    title = f"Cash flow · {topology}"
    picture = cash_picture(cash_chart(comparison), cash_by_block(comparison, result), "", cashflow_table(comparison))
    return {
        "layers": Content("Bill by layer", layers_table(comparison), topology),
        "cash": waiting(title, no_total(result)) if picture is None else Content(title, picture),
        "years": Content(f"Fiscal years · {topology}", budget_table(comparison, topology)),
        "horizon": Content("Over the horizon", horizon_table(comparison)),
        "terms": Content(f"Bought for a term · {topology}", commitments_table(comparison, topology)),
        "payers": Content(f"Bill by tenant · {topology}", chargeback_table(comparison, topology)),
        "environments": Content(f"Beside production · {topology}", environments_table(comparison, topology)),
        "lines": Content(f"Lines · {topology}", lines_table(comparison, topology)),
        "difference": _difference(comparison, before, selection),
    }


def _difference(comparison: Comparison, before: Comparison | None, selection: Selection) -> Content:
    """Return the difference to the topology chosen with c; else what the edits change; else today's bill against its invoice."""
    chosen = topology_of(comparison, selection)
    if selection.other in {"", chosen} and before is not None and chosen in {result.name for result in before.results}:
        return Content("Against the study as it is written", lines_changed(before, comparison, chosen))
    if selection.other in {"", chosen} and any(result.name == "current" for result in comparison.results):
        return Content("Today's bill against the invoice", invoice_table(comparison))
    other = other_of(comparison, selection)
    return Content(f"{chosen} against {other}", offers_between(comparison, other, chosen))
