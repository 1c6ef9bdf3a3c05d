"""Choose subjects."""

from typing import TYPE_CHECKING

from workbench.tui.selection import Selection

if TYPE_CHECKING:
    from workbench.tui.application import WorkbenchApp


def chosen(app: "WorkbenchApp", field: str, key: str) -> Selection:
    """Return the selection with one subject changed; what is no subject of that kind leaves it as it is."""
    selection = app.selection
    if field == "topology" and key not in app.facts.topologies:
        return selection
    match field:
        case "tenant" | "resource" | "pool" | "topology" | "other" | "domain" | "knob" | "unusual":
            return selection.chosen(field, key)
    return selection
