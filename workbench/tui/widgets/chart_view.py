"""The one thin widget that draws charts."""

from rich.segment import Segment
from textual.events import Leave, MouseMove
from textual.markup import escape
from textual.strip import Strip
from textual.widget import Widget

from workbench.charts.rows import Chart
from workbench.tui.content import Picture
from workbench.tui.themes import palette_of
from workbench.tui.widgets.painting import strip_of
from workbench.tui.widgets.wrapping import wrapped

_SHORTEST_WITH_CAPTION = 6


class ChartView(Widget, can_focus=True):
    """Draws a picture at its own size, again only when size, theme or picture change."""

    DEFAULT_CSS = "ChartView { height: 1fr; width: 1fr; }"
    ALLOW_MAXIMIZE = True

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - the toolkit's own name
        super().__init__(id=id, classes=classes)
        self.picture: Picture | None = None
        self._drawn: tuple[object, ...] = ()
        self._rows: list[Strip] = []

    def show(self, picture: Picture | None) -> None:
        """Show another picture."""
        self.picture = picture
        self._drawn = ()
        self.border_subtitle = ""
        self.refresh()

    def on_mouse_move(self, event: MouseMove) -> None:
        """Say what is under the pointer."""
        at = event.get_content_offset(self)
        read = None if self.picture is None else self.picture.read
        if at is None or read is None or at.y >= self.drawing_height:
            self.border_subtitle = ""
            return
        self.border_subtitle = escape(read(self.size.width, self.drawing_height, at.x, at.y))

    def on_leave(self, _event: Leave) -> None:
        """Say nothing more."""
        self.border_subtitle = ""

    @property
    def drawing_height(self) -> int:
        """Rows of the drawing, the caption's not counted."""
        return self.size.height - len(self._caption())

    def render_line(self, y: int) -> Strip:
        """Return one line of the drawing."""
        key = (self.size, self.app.theme, self.rich_style)
        if key != self._drawn:
            self._rows = self._draw()
            self._drawn = key
        return self._rows[y] if y < len(self._rows) else Strip.blank(self.size.width, self.rich_style)

    def _draw(self) -> list[Strip]:
        width, height = self.size
        if self.picture is None or width < 1 or height < 1:
            return []
        shown = self._caption()
        palette = palette_of(self.app.current_theme)
        rows = [strip_of(row, palette, self.rich_style) for row in self._chart(width, height - len(shown))]
        return rows + [Strip([Segment(text, self.rich_style)]).adjust_cell_length(width, self.rich_style) for text in shown]

    def _caption(self) -> list[str]:
        """Return the caption's lines, as many as there is room for."""
        width, height = self.size
        if self.picture is None or not self.picture.caption or height < _SHORTEST_WITH_CAPTION:
            return []
        return wrapped(self.picture.caption, width)[: max(height // 4, 1)]

    def _chart(self, width: int, height: int) -> Chart:
        if self.picture is None:
            return ()
        chart = self.picture.draw(width, height)
        if not self.app.no_color:
            return chart
        from workbench.charts.output import uncoloured

        return uncoloured(chart)
