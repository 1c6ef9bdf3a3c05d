"""What the loss of the chosen domain does now."""

from workbench.pipeline.show_loss import domain_names, lose
from workbench.tui.selection import Selection
from workbench.tui.studio import Studio
from workbench.tui.subjects import topology_of
from workbench.views.cell import Table
from workbench.views.loss_now import lost_table
from workbench.views.risk import domains_table


def lost_now(studio: Studio, selection: Selection) -> Table | None:
    """Return who is down, for how long, what it costs and what survives; None if nothing can be lost."""
    comparison = studio.comparison
    if comparison is None:
        return None
    topology = topology_of(comparison, selection)
    known = domain_names(comparison.result(topology))
    if not known:
        return None
    first = domains_table(comparison, topology).rows[0].key
    domain = selection.domain if selection.domain in known else first
    return lost_table(lose(studio.session, topology, domain), comparison.currency)
