"""Sizing: a worker pool under its load, its knobs, its week, its margin ladder."""

from workbench.pipeline.comparison import Comparison
from workbench.pipeline.session import Session
from workbench.pipeline.show_heat import heat_map
from workbench.pipeline.show_ladder import ladder
from workbench.pipeline.show_sizing import pool_sizing
from workbench.tui.content import Content, Contents, waiting
from workbench.tui.pictures import response_picture, week_picture
from workbench.tui.places import SIZING
from workbench.tui.screens.sizing.knobs import knobs_table, setting_of
from workbench.tui.selection import Selection
from workbench.tui.subjects import topology_of, worker_pool_of
from workbench.views.ladder import ladder_table
from workbench.views.sizing import sizing_table, worker_pools_table


def sizing(session: Session, comparison: Comparison | None, selection: Selection) -> Contents:
    """Return what the panels of the third screen show."""
    if comparison is None:
        return {leaf.key: waiting(leaf.title, "fitting …") for leaf in SIZING.leaves}
    topology = topology_of(comparison, selection)
    pool = worker_pool_of(comparison, selection)
    pools = Content(f"Worker pools · {topology}", worker_pools_table(comparison, topology), pool or "")
    if pool is None:
        none = "no worker pool of this topology can be built: v chooses another one, 4 says why"
        return {leaf.key: waiting(leaf.title, none) for leaf in SIZING.leaves} | {"pools": pools}
    found = pool_sizing(session, topology, pool)
    table = sizing_table(found)
    return {
        "pools": pools,
        "response": Content(f"{pool}: response against workers", response_picture(found, table.notes[-1], table)),
        "knobs": Content("Knobs · h less, l more", knobs_table(setting_of(session, comparison, selection, session.edits)), selection.knob),
        "heat": Content(f"{pool}: use by hour and weekday", week_picture(heat_map(session, topology, pool))),
        "ladder": Content("From mean to bought", ladder_table(session, ladder(session, topology, pool))),
    }
