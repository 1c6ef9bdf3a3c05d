"""Sentences in a panel, wrapped and scrollable."""

from typing import ClassVar

from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.events import Resize
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from workbench.tui.widgets.wrapping import wrapped


class TextView(ScrollView, can_focus=True):
    """Shows lines of text."""

    DEFAULT_CSS = "TextView { height: 1fr; width: 1fr; overflow-x: hidden; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("k", "scroll_up", "up", show=False),
        Binding("j", "scroll_down", "down", show=False),
        Binding("g", "scroll_home", "first", show=False),
        Binding("G", "scroll_end", "last", show=False),
        Binding("ctrl+u", "page_up", "page up", show=False),
        Binding("ctrl+d", "page_down", "page down", show=False),
    ]

    def __init__(self, lines: tuple[str, ...] = (), *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - the toolkit's own name
        super().__init__(id=id, classes=classes)
        self.lines = lines
        self._wrapped: list[str] = []

    def show(self, lines: tuple[str, ...]) -> None:
        """Show other lines from the top."""
        self.lines = lines
        self._measure()
        self.scroll_home(animate=False)

    def on_resize(self, _event: Resize) -> None:
        """Break the lines anew."""
        self._measure()

    def _measure(self) -> None:
        width = max(self.scrollable_content_region.width, 1)
        self._wrapped = [piece for line in self.lines for piece in wrapped(line, width)]
        self.virtual_size = Size(width, len(self._wrapped))
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Return one wrapped line."""
        at = y + self.scroll_offset.y
        style = self.rich_style
        if at >= len(self._wrapped):
            return Strip.blank(self.size.width, style)
        return Strip([Segment(self._wrapped[at], style)]).adjust_cell_length(self.size.width, style)
