"""Every action once: key, name, where and when it works. Bindings, footer, palette and help are made from this table."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Action:
    """Something a key does."""

    key: str
    shown: str
    """The key as the footer names it."""
    name: str
    title: str
    """Word in the footer."""
    help: str
    places: tuple[str, ...] = ()
    """Screens where it works; empty: all."""


@dataclass(frozen=True, slots=True)
class Situation:
    """What decides which actions work now."""

    place: str
    opened: bool
    """Whether figures are there."""
    computing: bool
    zoomed: bool
    narrow: bool
    filtered: bool
    can_undo: bool
    can_redo: bool
    changed: bool
    """Whether the scenario differs from what is saved."""
    focused: str
    """Kind of the focused panel."""
    scenarios: int
    read_only: bool = False
    """Whether nothing may be written."""
    held: bool = False
    """Whether the hybrid keeps a partition that was found for other figures."""
    settling: bool = False
    """Whether that is being searched anew."""


ACTIONS = (
    Action("question_mark", "?", "help", "help", "explain the focused panel and list the keys"),
    Action("slash", "/", "filter", "filter", "show only rows that hold these words"),
    Action("e", "e", "export", "export", "write what the panel shows as CSV, and the screen as SVG"),
    Action("y", "y", "copy", "copy", "copy the number under the cursor; on a chart, its numbers"),
    Action("w", "w", "origin", "where from", "say where the number under the cursor comes from"),
    Action("plus", "+", "zoom", "zoom", "give the focused panel the whole screen, and back"),
    Action("ctrl+o", "^o", "jump", "jump", "put a letter on every panel and screen; its key goes there"),
    Action("s", "s", "scenario", "scenario", "choose a saved scenario"),
    Action("c", "c", "compare", "compare", "choose what the topology is compared with", ("topologies", "cost")),
    Action("t", "t", "label", "label", "say what the unusual stretch under the cursor was; the forecast follows", ("demand",)),
    Action("b", "b", "backtest", "backtest", "judge the forecasts on your own past, in the background", ("demand",)),
    Action("a", "a", "edit", "edit", "add an edit written as the shell takes it, such as scale-driver requests 1.2"),
    Action("z", "z", "undo", "undo", "take the last edit back"),
    Action("Z", "Z", "redo", "redo", "do the edit again that was taken back"),
    Action("S", "S", "save", "save", "save the scenario as a file, after showing what changes"),
    Action("m", "m", "move", "move", "move the chosen tenant to another pool", ("estate", "topologies")),
    Action("o", "o", "optimise", "optimise", "search the hybrid's partition for the figures shown, in the background"),
    Action("f", "f", "frontier", "frontier", "search what less blast radius costs and what would change the choice", ("topologies",)),
    Action("T", "T", "keep", "keep pools", "keep the pools shown as a topology file, after showing what changes", ("topologies",)),
    Action("x", "x", "lose", "lose it now", "lose the chosen domain now: who, how much, what to do", ("risk",)),
    Action("r", "r", "collect", "collect", "collect what is new from all sources; without figures, read the study again"),
    Action(
        "v", "v", "topology", "topology", "choose the topology that the panels show", ("demand", "sizing", "topologies", "cost", "risk")
    ),
    Action("escape", "esc", "stop", "stop", "stop what runs, clear the filter, leave the zoom"),
    Action("i", "i", "begin", "guided start", "write a study of your own, step by step"),
    Action("n", "n", "next", "next", "next row of the screen's first list, from any panel"),
    Action("N", "N", "previous", "previous", "row before it"),
    Action("colon,ctrl+p", ":", "palette", "palette", "every action and every tenant by name"),
    Action("q", "q", "quit", "quit", "leave; nothing is lost and nothing is written to the study"),
)


def action_named(name: str) -> Action:
    """Return the action of that name."""
    return next(action for action in ACTIONS if action.name == name)


def refusal(action: Action, now: Situation) -> str:
    """Return why an action does not work now; empty if it does."""
    if action.places and now.place not in action.places:
        return f"{action.title}: works on {' and '.join(place.capitalize() for place in action.places)}"
    if action.name == "stop":
        return "" if now.computing or now.settling or now.zoomed or now.filtered else "stop: nothing runs, no filter is set"
    if now.read_only and action.name in _WRITE:
        return f"{action.title}: served read-only, nothing is written; y copies"
    if action.name in _NEED_FIGURES and not now.opened:
        return f"{action.title}: the figures are not there yet"
    return _refused_by_state(action, now)


_WRITE = frozenset({"save", "collect", "export", "begin", "keep"})
_NEED_FIGURES = frozenset(
    {"scenario", "compare", "edit", "undo", "redo", "save", "move", "optimise", "lose", "topology", "origin", "label", "backtest"}
    | {"frontier", "keep"}
)


def _refused_by_state(action: Action, now: Situation) -> str:
    searched = "" if now.held else "optimise: the hybrid's partition was searched for the figures shown"
    refusals = {
        "optimise": "optimise: it is being searched; esc stops it" if now.settling else searched,
        "undo": "" if now.can_undo else "undo: no edit was made",
        "redo": "" if now.can_redo else "redo: nothing was taken back",
        "save": "" if now.changed else "save: the scenario is as it was saved",
        "scenario": "" if now.scenarios or now.can_undo else "scenario: the study has none yet; a adds an edit, S saves it",
        "filter": "" if now.focused in {"table", "tree", "knobs"} else "filter: this panel has no rows; tab goes to the next panel",
        "origin": "" if now.focused in {"table", "tree", "knobs"} else "where from: choose a number in a table first",
        "backtest": "backtest: something runs already; esc stops it" if now.computing else "",
        "frontier": "frontier: something runs already; esc stops it" if now.computing else "",
        "collect": "collect: something runs already; esc stops it" if now.computing else "",
    }
    return refusals.get(action.name, "")
