"""Topologies: side by side, frontier, pools, reasons."""

from workbench.pipeline.comparison import Comparison
from workbench.pipeline.pools import Pool
from workbench.pipeline.show_charts import frontier_points
from workbench.tui.content import Content, Contents, Sentences, waiting
from workbench.tui.pictures import frontier_picture
from workbench.tui.places import TOPOLOGIES
from workbench.tui.selection import Selection
from workbench.tui.subjects import other_of, topology_of
from workbench.views.pools import pools_tree
from workbench.views.reasons import pool_reasons, search_text, topology_reasons
from workbench.views.text import about
from workbench.views.topologies import topologies_table


def topologies(comparison: Comparison | None, selection: Selection) -> Contents:
    """Return what the panels of the fourth screen show."""
    if comparison is None:
        return {leaf.key: waiting(leaf.title, "sizing …") for leaf in TOPOLOGIES.leaves}
    topology = topology_of(comparison, selection)
    table = topologies_table(comparison)
    return {
        "figures": Content("Side by side", table),
        "frontier": Content("Bill and worst share", frontier_picture(frontier_points(comparison), comparison.currency, topology, table)),
        "tree": Content(f"Pools · {topology}", pools_tree(comparison, topology)),
        "why": Content(f"Why · {topology}", Sentences(_why(comparison, topology, selection))),
    }


def _why(comparison: Comparison, topology: str, selection: Selection) -> tuple[str, ...]:
    result = comparison.result(topology)
    name = selection.pool.partition("/")[0]
    pool: Pool | None = next((one for one in result.plan.pools if one.name == name), None)
    of_pool = () if pool is None else tuple(f"{pool.name}: {reason}" for reason in pool_reasons(comparison, pool))
    found = tuple(dict.fromkeys((*of_pool, *_paired(comparison, selection), *search_text(result), *topology_reasons(comparison, result))))
    return found or ("no reason is noted for this plan: choose one of its pools",)


def _paired(comparison: Comparison, selection: Selection) -> tuple[str, ...]:
    """Return how much the chosen topology costs beyond the one it is compared with, path by path."""
    pair = {topology_of(comparison, selection), other_of(comparison, selection)}
    for found in comparison.differences():
        if {found.one, found.other} == pair:
            low, middle, high = (
                about(value, comparison.currency).text for value in (found.total_cost.p05, found.total_cost.p50, found.total_cost.p95)
            )
            clear = "the difference is clear" if found.clear else "no clear difference"
            said = f"{found.one} less {found.other}, {comparison.currency} of the horizon: {low} … {high}, median {middle}"
            return (f"{said}; {clear}. c compares with another one",)
    return ()
