"""Which module fills which screen; imported in the bench's thread, never before the first paint."""

from workbench.pipeline.comparison import Comparison
from workbench.pipeline.session import Session
from workbench.tui.content import Contents
from workbench.tui.screens.cost.content import cost
from workbench.tui.screens.demand.content import demand
from workbench.tui.screens.estate.content import estate
from workbench.tui.screens.risk.content import risk
from workbench.tui.screens.sizing.content import sizing
from workbench.tui.screens.topologies.content import topologies
from workbench.tui.selection import Selection


def build(place: str, session: Session, comparison: Comparison | None, before: Comparison | None, selection: Selection) -> Contents:
    """Return what the panels of a screen show."""
    match place:
        case "estate":
            return estate(session, comparison, selection)
        case "demand":
            return demand(session, comparison, selection)
        case "sizing":
            return sizing(session, comparison, selection)
        case "topologies":
            return topologies(session, comparison, selection)
        case "cost":
            return cost(comparison, before, selection)
        case "risk":
            return risk(session, comparison, selection)
    raise ValueError(f"no screen {place!r}")
