"""Risk: domains and whom they take down, what a year costs, objectives, neighbours, windows, what the incident log says."""

from workbench.pipeline.comparison import Comparison
from workbench.pipeline.risk_details import risk_details
from workbench.pipeline.session import Session
from workbench.tui.content import Content, Contents, waiting
from workbench.tui.places import RISK
from workbench.tui.screens.risk.pictures import heat_picture, loss_picture
from workbench.tui.selection import Selection
from workbench.tui.subjects import topology_of
from workbench.views.change_calendar import windows_table
from workbench.views.failures import incidents_table, rates_table
from workbench.views.neighbours import neighbours_table
from workbench.views.objectives import broken_table
from workbench.views.risk import NO_USERS, domains_table, loss_table
from workbench.views.risk_sheets import month_names

NO_COST = "a tenant that goes down has no downtime cost: the loss of a year is unknown; give downtime.per_hour"


def risk(session: Session, comparison: Comparison | None, selection: Selection) -> Contents:
    """Return what the panels of the sixth screen show."""
    if comparison is None:
        return {leaf.key: waiting(leaf.title, "sizing …") for leaf in RISK.leaves}
    topology = topology_of(comparison, selection)
    details = risk_details(session, topology)
    neighbours = neighbours_table(topology, details.neighbours, comparison.tenants, month_names(comparison))
    return {
        "domains": Content(f"Failure domains · {topology}", domains_table(comparison, topology), selection.domain),
        "heat": _heat(comparison, topology),
        "loss": Content("Loss and blast radius", loss_table(comparison)),
        "year": _year(comparison, topology),
        "objectives": Content(f"Recovery objectives missed · {topology}", broken_table(comparison, topology)),
        "neighbours": Content(f"Noisy neighbours · {topology}", neighbours),
        "windows": Content(f"Change windows · {topology}", windows_table(topology, details.windows, comparison.tenants)),
        "rates": Content("Failure rates", rates_table(details.rates)),
        "incidents": Content("Incident pattern", incidents_table(details.incidents)),
    }


def _heat(comparison: Comparison, topology: str) -> Content:
    found = comparison.result(topology).risk
    title = "Domain by tenant: hours down a year"
    if found is None or not found.domains:
        return waiting(title, NO_USERS)
    return Content(title, heat_picture(found, comparison.tenants, comparison.factory.sizer.rows.users))


def _year(comparison: Comparison, topology: str) -> Content:
    found = comparison.result(topology).risk
    title = f"What a year's outages cost · {topology}"
    if found is None:
        return waiting(title, NO_USERS)
    picture = loss_picture(found, comparison.currency, loss_table(comparison))
    return waiting(title, NO_COST) if picture is None else Content(title, picture)
