"""How things stand: what decides which keys work, and the bars that say so."""

from typing import TYPE_CHECKING

from workbench.tui.actions import Situation
from workbench.tui.shell import shell_line
from workbench.tui.widgets.bars import KeyBar, StatusBar, TabBar, TopBar
from workbench.tui.widgets.table_view import TableView
from workbench.tui.work_screen import WorkScreen

if TYPE_CHECKING:
    from workbench.tui.application import WorkbenchApp


def situation_of(app: "WorkbenchApp") -> Situation:
    """Return what decides which actions work now."""
    screen = app.work
    panel = screen.panel if screen is not None else None
    return Situation(
        place=screen.place.name if screen is not None else "",
        opened=app.studio is not None and app.studio.comparison is not None,
        computing=bool(app.computing),
        settling=bool(app.settling),
        held=app.studio is not None and app.studio.held,
        zoomed=screen is not None and screen.has_class("-zoomed"),
        narrow=screen is not None and screen.single,
        filtered=isinstance(panel, TableView) and bool(panel.wanted),
        can_undo=bool(app.stack.done),
        can_redo=bool(app.stack.undone),
        changed=app.stack.changed,
        focused=screen.leaf.kind if screen is not None else "",
        scenarios=len(app.facts.scenarios),
        read_only=app.start.read_only,
    )


def write_bars(app: "WorkbenchApp", screen: WorkScreen) -> None:
    """Write the lines around the panels of a screen."""
    now = app.situation()
    screen.query_one(TopBar).show(app.facts, undo=now.can_undo)
    screen.query_one(TabBar).show(screen.place.name, app.facts.data)
    screen.query_one(KeyBar).show(now)
    if app.computing or app.settling:
        screen.query_one(StatusBar).working(app.computing or app.settling, 0.0)
    else:
        screen.query_one(StatusBar).resting(resting_text(app, screen))


def resting_text(app: "WorkbenchApp", screen: WorkScreen) -> str:
    """Return the command of the shell that answers the same; where panels are hidden, their names."""
    if not screen.single:
        return shell_line(screen.place, app.start.folder, app.stack, app.selection)
    keys = [leaf.key for leaf in screen.place.leaves]
    others = ", ".join(leaf.title for leaf in screen.place.leaves if leaf is not screen.leaf)
    return f"panel {keys.index(screen.leaf.key) + 1} of {len(keys)} · tab: {others}"
