"""From the name of an action to what it does."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from workbench.tui.flows.asking import edit, lose, move, origin, pick_other, pick_scenario, pick_topology, save
from workbench.tui.flows.collecting import collect
from workbench.tui.flows.deciding import keep, search_frontier
from workbench.tui.flows.judging import judge
from workbench.tui.flows.jumping import jump
from workbench.tui.flows.labelling import label
from workbench.tui.flows.looking import copy, export, filter_rows, show_help, stop, walk, zoom
from workbench.tui.flows.settling import optimise

if TYPE_CHECKING:
    from workbench.tui.application import WorkbenchApp


def perform(app: "WorkbenchApp", name: str) -> None:
    """Do the action of that name."""
    DOES[name](app)


def _undo(app: "WorkbenchApp") -> None:
    app.recompute(app.stack.undo())


def _redo(app: "WorkbenchApp") -> None:
    app.recompute(app.stack.redo())


def _begin(app: "WorkbenchApp") -> None:
    app.wants_guide = True
    app.leave()


DOES: Mapping[str, Callable[["WorkbenchApp"], None]] = {
    "help": show_help,
    "filter": filter_rows,
    "export": export,
    "copy": copy,
    "origin": origin,
    "zoom": zoom,
    "jump": jump,
    "scenario": pick_scenario,
    "compare": pick_other,
    "edit": edit,
    "undo": _undo,
    "redo": _redo,
    "save": save,
    "move": move,
    "optimise": optimise,
    "lose": lose,
    "frontier": search_frontier,
    "keep": keep,
    "collect": collect,
    "topology": pick_topology,
    "stop": stop,
    "label": label,
    "backtest": judge,
    "next": lambda app: walk(app, 1),
    "previous": lambda app: walk(app, -1),
    "palette": lambda app: app.action_command_palette(),
    "begin": _begin,
    "quit": lambda app: app.leave(),
}
