"""A screen: bars around panels; the same for all six, only the panels differ."""

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.geometry import Region
from textual.message import Message
from textual.screen import Screen
from textual.widget import Widget

from workbench.tui.content import Content, Contents, Sentences, waiting
from workbench.tui.places import Leaf, Place
from workbench.tui.widgets.bars import KeyBar, StatusBar, TabBar, TopBar
from workbench.tui.widgets.chart_view import ChartView
from workbench.tui.widgets.panels import Panel, fill, panel_of
from workbench.tui.widgets.table_view import TableView
from workbench.tui.widgets.text_view import TextView
from workbench.views.cell import Table

WHY = "why"
"""The panel that explains the focused one."""
WIDTHS: list[tuple[int, str]] | None = [(0, "-narrow"), (100, "-wide"), (160, "-vast")]
HEIGHTS: list[tuple[int, str]] | None = [(0, "-tiny"), (24, "-low"), (28, "-high")]
"""Classes by the smallest number of cells they need: narrow and low screens show one panel at a time."""


class WorkScreen(Screen[None]):
    """Shows one place."""

    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS
    AUTO_FOCUS = ".leaf"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "walk(1)", "next panel", show=False),
        Binding("shift+tab", "walk(-1)", "panel before", show=False),
    ]

    class Changed(Message):
        """Focus or size changed: the bars have to be written anew."""

    def __init__(self, place: Place, dress: "Callable[[WorkScreen], None]") -> None:
        super().__init__()
        self.place = place
        self._dress = dress
        self.composed = False
        """Whether bars and panels are there to be written to."""
        self._panels = {leaf.key: panel_of(leaf) for leaf in place.leaves}
        self._contents: Contents = {}

    def compose(self) -> ComposeResult:
        """Make bars and panels."""
        yield TopBar(id="top")
        yield TabBar(id="tabs")
        with Container(id="body", classes=self.place.name):
            for leaf in self.place.leaves:
                panel = self._panels[leaf.key]
                panel.border_title = leaf.title
                yield panel
        yield StatusBar(id="status")
        yield KeyBar(id="keys")

    def on_mount(self) -> None:
        """Mark the first panel as the one to see where there is room for one only; fill all before they are painted."""
        next(iter(self._panels.values())).add_class("-current")
        self.composed = True
        self._dress(self)

    def on_resize(self) -> None:
        """Say what is hidden now."""
        self.post_message(self.Changed())

    def on_descendant_focus(self) -> None:
        """Keep the focused panel in view."""
        focused = [panel for panel in self._panels.values() if panel.has_focus]
        for panel in self._panels.values() if focused else ():
            panel.set_class(panel in focused, "-current")
        self._explain()
        self.post_message(self.Changed())

    def _explain(self) -> None:
        """Let the panel "why" speak of the focused one."""
        panel, focused = self._panels.get(WHY), self._contents.get(self.leaf.key)
        own = self._contents.get(WHY)
        if panel is not None and panel.has_class("-failed") is False and focused is not None and self.leaf.key != WHY and own is not None:
            fill(panel, Content(f"Why · {focused.title}", Sentences(focused.why)) if focused.why else own)

    @property
    def leaf(self) -> Leaf:
        """The panel that the keys speak to."""
        return next((leaf for leaf in self.place.leaves if self._panels[leaf.key].has_class("-current")), self.place.leaves[0])

    @property
    def panel(self) -> Panel:
        """Its widget."""
        return self._panels[self.leaf.key]

    @property
    def first_list(self) -> TableView | None:
        """The first panel with rows."""
        return next((panel for panel in self._panels.values() if isinstance(panel, TableView)), None)

    @property
    def single(self) -> bool:
        """Whether only one panel is in view."""
        return any(self.has_class(name) for name in ("-narrow", "-tiny", "-low", "-zoomed"))

    def show(self, contents: Contents) -> None:
        """Show new content; panels without any say that they wait."""
        self._contents = contents
        for leaf in self.place.leaves:
            panel = self._panels[leaf.key]
            panel.remove_class("-stale", "-failed")
            fill(panel, contents.get(leaf.key) or waiting(leaf.title, "not there yet"))
        self._explain()

    def show_some(self, contents: Contents) -> None:
        """Show new content in some panels; the others stay as they are, marked old where they were."""
        self._contents = {**self._contents, **contents}
        for key, content in contents.items():
            self._panels[key].remove_class("-stale", "-failed")
            fill(self._panels[key], content)
        self._explain()

    def show_stale(self) -> None:
        """Mark everything as belonging to the figures before."""
        for panel in self._panels.values():
            panel.add_class("-stale")
            if "(old)" not in str(panel.border_title or ""):
                panel.border_title = f"{panel.border_title} (old)"

    def show_failure(self, title: str, lines: tuple[str, ...]) -> None:
        """Show what failed, why and what to do in every panel's place."""
        for panel in self._panels.values():
            panel.add_class("-failed")
        wanted = next((panel for panel in self._panels.values() if not isinstance(panel, ChartView)), self.panel)
        for leaf in self.place.leaves:
            panel = self._panels[leaf.key]
            fill(panel, waiting(title, "\n".join(lines)) if panel is wanted else waiting(leaf.title, "nothing to show: see the message"))
        wanted.focus()

    def action_walk(self, step: int) -> None:
        """Go to the next panel, also where only one is in view."""
        keys = [leaf.key for leaf in self.place.leaves]
        self.go_to(keys[(keys.index(self.leaf.key) + step) % len(keys)])

    def go_to(self, there: str) -> None:
        """Go to the panel of that key, also where it is hidden."""
        for key, panel in self._panels.items():
            panel.set_class(key == there, "-current")
        self._panels[there].focus()

    def regions(self) -> tuple[tuple[str, Region], ...]:
        """Return the panels with where each stands; where one is in view, all stand there, one below the other."""
        if not self.single:
            return tuple((key, panel.region) for key, panel in self._panels.items())
        seen = self.panel.region
        return tuple((key, seen.translate((0, row))) for row, key in enumerate(self._panels))

    def zoom(self) -> None:
        """Give the focused panel the whole screen, or take it back."""
        self.toggle_class("-zoomed")
        self.post_message(self.Changed())

    def filter_line(self) -> Widget | None:
        """Return the line in which the filter is written, if it is open."""
        return self.query_one_optional("#filter")

    def shown(self) -> Table | tuple[str, ...] | None:
        """Return what the focused panel shows, for copying and export."""
        match self.panel:
            case TableView() as view:
                return view.table
            case ChartView() as chart:
                return None if chart.picture is None else chart.picture.table
            case TextView() as text:
                return text.lines
