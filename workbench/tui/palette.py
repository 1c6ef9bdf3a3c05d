"""What the command palette offers: actions, screens, tenants."""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from textual.app import SystemCommand

from workbench.tui.actions import ACTIONS, refusal
from workbench.tui.places import PLACES

if TYPE_CHECKING:
    from workbench.tui.application import WorkbenchApp


def commands(app: "WorkbenchApp") -> Iterator[SystemCommand]:
    """Yield every action that works now, every screen and every tenant."""
    now = app.situation()
    for action in ACTIONS:
        if action.name != "palette" and not refusal(action, now):
            yield SystemCommand(f"{action.title} ({action.shown})", action.help, partial(app.action_do, action.name))
    for place in PLACES:
        titles = ", ".join(leaf.title.lower() for leaf in place.leaves)
        yield SystemCommand(f"screen: {place.title} ({place.number})", titles, partial(app.action_go, place.name))
    yield SystemCommand("theme", "dark, light, or the terminal's own colours", app.search_themes)
    for name in app.facts.tenants:
        yield SystemCommand(f"tenant: {name}", "choose this tenant on all screens", partial(app.choose, "tenant", name))
