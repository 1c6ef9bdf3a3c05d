"""Topologies: side by side, frontier, pools, what to choose and what would change that."""

from workbench.pipeline.comparison import Comparison
from workbench.pipeline.deciding import known_decision
from workbench.pipeline.decision import Decision
from workbench.pipeline.differences import between
from workbench.pipeline.pools import Pool
from workbench.pipeline.session import Session
from workbench.pipeline.show_charts import frontier_points
from workbench.tui.content import Content, Contents, Sentences, waiting
from workbench.tui.places import TOPOLOGIES
from workbench.tui.screens.topologies.pictures import frontier_picture
from workbench.tui.selection import Selection
from workbench.tui.subjects import other_of, topology_of
from workbench.views.decision import changes_table, frontier_table
from workbench.views.pools import pools_tree
from workbench.views.reasons import pool_reasons, search_text, topology_reasons
from workbench.views.recommendation import difference_text, recommendation_text
from workbench.views.topologies import topologies_table


def topologies(session: Session, comparison: Comparison | None, selection: Selection) -> Contents:
    """Return what the panels of the fourth screen show."""
    if comparison is None:
        return {leaf.key: waiting(leaf.title, "sizing …") for leaf in TOPOLOGIES.leaves}
    topology = topology_of(comparison, selection)
    table = topologies_table(comparison)
    decision = known_decision(session, comparison)
    points = table if decision.frontier is None else frontier_table(comparison, decision.frontier)
    return {
        "figures": Content("Side by side", table),
        "frontier": Content(
            "Sum and worst share", frontier_picture(frontier_points(comparison), decision, comparison.currency, topology, points)
        ),
        "tree": Content(f"Pools · {topology}", pools_tree(comparison, topology)),
        "why": Content(
            f"Recommendation · why {topology}",
            Sentences((*recommendation_text(comparison, decision), *_why(comparison, decision, topology, selection))),
        ),
        "changes": Content("What would change it", changes_table(comparison, decision)),
    }


def _why(comparison: Comparison, decision: Decision, topology: str, selection: Selection) -> tuple[str, ...]:
    result = comparison.result(topology)
    name = selection.pool.partition("/")[0]
    pool: Pool | None = next((one for one in result.plan.pools if one.name == name), None)
    of_pool = () if pool is None else tuple(f"{pool.name}: {reason}" for reason in pool_reasons(comparison, pool))
    paired = between(decision.differences, topology, other_of(comparison, selection))
    said = () if paired is None else (f"{difference_text(comparison, paired)}. c compares with another one",)
    return tuple(dict.fromkeys((*of_pool, *said, *search_text(result), *topology_reasons(comparison, result))))
