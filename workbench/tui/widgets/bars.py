"""The lines around the panels: the study, the screens, what runs, the keys."""

from textual.content import Content
from textual.widgets import Static

from workbench.tui.actions import ACTIONS, Action, Situation, refusal
from workbench.tui.facts import Facts
from workbench.tui.places import PLACES


class TopBar(Static):
    """The study and its basis."""

    DEFAULT_CSS = "TopBar { height: 1; background: $panel; text-style: bold; }"

    def show(self, facts: Facts, *, undo: bool) -> None:
        """Show the study, what its figures rest on, and the scenario."""
        scenario = "   " + facts.scenario + (" · z undo" if undo else "")
        basis = "   " + facts.basis if facts.basis else ""
        room = self.app.size.width - len(facts.study) - 2 - len(scenario)
        shown = basis if len(basis) <= room else basis[: max(room - 1, 0)] + "…"
        self.update(Content.assemble(("  " + facts.study, "bold $primary"), (shown, "$foreground 80%"), (scenario, "bold $accent")))


class TabBar(Static):
    """The six screens; the numbers are the keys."""

    DEFAULT_CSS = "TabBar { height: 1; background: $panel; }"

    def show(self, current: str, data: str) -> None:
        """Show which screen is open and how far the data reach."""
        tabs = [f"[@click=\"app.go('{place.name}')\"]{self._tab(place.number, place.title, place.name == current)}[/]" for place in PLACES]
        width = self.app.size.width - sum(len(place.title) + 4 for place in PLACES) - len(data) - 1
        tail = " " * width + data if data and width > 0 else ""
        self.update(Content.from_markup("".join(tabs) + "[$foreground 70%]$data[/]", data=tail))

    @staticmethod
    def _tab(number: int, title: str, current: bool) -> str:
        return f"[reverse b] {number} {title} [/]" if current else f" [b $accent]{number}[/] {title} "


class StatusBar(Static):
    """What runs, or the command of the shell that answers the same."""

    DEFAULT_CSS = "StatusBar { height: 1; color: $foreground 70%; }"

    def working(self, what: str, share: float) -> None:
        """Show the step that runs and how far it is."""
        filled = round(20 * min(max(share, 0.0), 1.0))
        self.update(
            Content.assemble((" " + what + " ", "bold $accent"), ("█" * filled + "░" * (20 - filled), "$accent"), ("  esc stops it", ""))
        )

    def resting(self, text: str) -> None:
        """Show a quiet line."""
        self.update(Content(" " + text))


class KeyBar(Static):
    """The keys that work now; a click does the same."""

    DEFAULT_CSS = "KeyBar { height: 1; background: $panel; }"

    def show(self, now: Situation) -> None:
        """Show what works now, as far as there is room; the palette has everything."""
        fitting = []
        room = self.app.size.width - sum(_size(action) for action in ACTIONS if action.name in _ALWAYS)
        for action in working(now):
            if action.name not in _ALWAYS:
                room -= _size(action)
                if room < 0:
                    continue
            fitting.append(f"[@click=\"app.do('{action.name}')\"] [b $accent]{escaped(action.shown)}[/] {action.title} [/]")
        self.update(Content.from_markup("".join(fitting)))


def working(now: Situation) -> list[Action]:
    """Return the actions that work now, in the order of the footer."""
    return [action for action in ACTIONS if not refusal(action, now)]


_ALWAYS = frozenset({"palette", "quit"})
"""Found in the footer however narrow it is: they lead to everything else, and out."""


def _size(action: Action) -> int:
    return len(action.shown) + len(action.title) + 3


def escaped(key: str) -> str:
    """Return the name of a key as markup that shows it."""
    return key.replace("[", r"\[")
