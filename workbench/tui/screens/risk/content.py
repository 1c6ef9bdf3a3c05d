"""Risk: domains, who they take down, objectives missed, the loss of a year."""

import numpy as np

from workbench.charts.scales import Unit
from workbench.pipeline.comparison import Comparison
from workbench.tui.content import Content, Contents, waiting
from workbench.tui.pictures import matrix_picture
from workbench.tui.places import RISK
from workbench.tui.selection import Selection
from workbench.tui.subjects import topology_of
from workbench.views.objectives import broken_table
from workbench.views.risk import NO_USERS, domains_table, loss_table


def risk(comparison: Comparison | None, selection: Selection) -> Contents:
    """Return what the panels of the sixth screen show."""
    if comparison is None:
        return {leaf.key: waiting(leaf.title, "sizing …") for leaf in RISK.leaves}
    topology = topology_of(comparison, selection)
    domains = domains_table(comparison, topology)
    return {
        "domains": Content(f"Failure domains · {topology}", domains, selection.domain),
        "heat": _heat(comparison, topology),
        "objectives": Content(f"Recovery objectives missed · {topology}", broken_table(comparison, topology)),
        "loss": Content("Loss and blast radius", loss_table(comparison)),
    }


def _heat(comparison: Comparison, topology: str) -> Content:
    found = comparison.result(topology).risk
    title = "Domain by tenant: hours down a year"
    if found is None or not found.domains:
        return waiting(title, NO_USERS)
    hours = np.zeros((len(found.domains), len(comparison.tenants)))
    for row, domain in enumerate(found.domains):
        hours[row, list(domain.tenants)] = domain.rate_per_year * domain.outage_h
    reached = np.flatnonzero(hours.any(axis=0))
    names = tuple(domain.name for domain in found.domains)
    tenants = tuple(comparison.tenants[i] for i in reached)
    return Content(
        title,
        matrix_picture(
            names, tenants, hours[:, reached], Unit("count", "h"), "expected hours a year; tenants that no domain reaches are left out"
        ),
    )
