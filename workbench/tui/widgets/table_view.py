"""A table one can walk through: only the lines in view are painted, so thousands of rows cost nothing."""

from typing import ClassVar

from rich.cells import cell_len
from rich.markup import escape
from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.events import Click, Resize
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from workbench.tui.widgets.grid import Grid, branches, flattened, lay_out
from workbench.tui.widgets.table_lines import Look, header_line, note_lines, row_line
from workbench.views.cell import Branch, Cell, Row, Table


class TableView(ScrollView, can_focus=True):
    """Shows a table or a tree; the cursor is a row and, in it, a cell."""

    DEFAULT_CSS = "TableView { height: 1fr; width: 1fr; }"
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "table--header",
        "table--cursor",
        "table--cell",
        "table--note",
        "table--best",
        "table--unknown",
        "table--spark",
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "up", show=False),
        Binding("down,j", "move(1)", "down", show=False),
        Binding("left,h", "turn(-1)", "left", show=False),
        Binding("right,l", "turn(1)", "right", show=False),
        Binding("pageup,ctrl+u", "page(-1)", "page up", show=False),
        Binding("pagedown,ctrl+d", "page(1)", "page down", show=False),
        Binding("home,g", "jump(0)", "first", show=False),
        Binding("end,G", "jump(-1)", "last", show=False),
        Binding("enter,space", "choose", "choose", show=False),
    ]

    class Highlighted(Message):
        """The cursor went to another row or column."""

        def __init__(self, view: "TableView", row: str, column: str) -> None:
            super().__init__()
            self.view = view
            self.row = row
            self.column = column

    class Chosen(Message):
        """Enter was pressed on a row."""

        def __init__(self, view: "TableView", key: str) -> None:
            super().__init__()
            self.view = view
            self.key = key

    class Turned(Message):
        """A knob in a row was turned by one step."""

        def __init__(self, view: "TableView", key: str, step: int) -> None:
            super().__init__()
            self.view = view
            self.key = key
            self.step = step

    def __init__(self, *, knobs: bool = False, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - the toolkit's own name
        super().__init__(id=id, classes=classes)
        self.knobs = knobs
        self.wanted = ""
        self.body: Table | Branch | None = None
        self._folded: frozenset[str] = frozenset()
        self._grid = Grid((), (), (), (), 0)
        self._notes: list[str] = []
        self._row = 0
        self._column = 0

    @property
    def current(self) -> Row | None:
        """The row under the cursor."""
        return self._grid.rows[self._row] if 0 <= self._row < len(self._grid.rows) else None

    @property
    def cell(self) -> Cell | None:
        """The cell under the cursor."""
        row = self.current
        return None if row is None else row.cells[min(self._column, len(row.cells) - 1)]

    @property
    def column_title(self) -> str:
        """Heading of the column under the cursor."""
        return self._grid.columns[self._column].title if self._column < len(self._grid.columns) else ""

    @property
    def count(self) -> tuple[int, int]:
        """Rows shown and rows there are."""
        return len(self._grid.rows), self._grid.total

    @property
    def table(self) -> Table | None:
        """What is shown as a table, whole."""
        return flattened(self.body, self._folded) if isinstance(self.body, Branch) else self.body

    def show(self, body: Table | Branch | None, cursor: str = "") -> None:
        """Show another table; the cursor goes to the row of that key, else stays on the row it was on."""
        kept = cursor or (self.current.key if self.current is not None else "")
        before = self.body.key if isinstance(self.body, Branch) else None
        if isinstance(body, Branch) and body.key != before:
            self._folded = branches(body)
        self.body = body
        self._lay_out(kept)

    def filter(self, wanted: str) -> None:
        """Show only rows in which every word stands."""
        kept = self.current.key if self.current is not None else ""
        self.wanted = wanted
        self._lay_out(kept)
        self._tell()

    def _lay_out(self, cursor: str) -> None:
        self._grid = lay_out(self.table or Table("", (), ()), self.wanted, self.scrollable_content_region.width)
        found = self._grid.index(cursor)
        self._row = found if found is not None else min(self._row, max(len(self._grid.rows) - 1, 0))
        self._column = min(self._column, max(len(self._grid.columns) - 1, 0))
        self._measure()
        self._keep_in_view()
        self._spell_out()
        self.refresh()

    def _spell_out(self) -> None:
        """Say the cell under the cursor in full below the panel where its column is too narrow for it; else count the rows of a filter."""
        cell, shown = self.cell, self.count
        cut = cell is not None and self._column < len(self._grid.widths) and cell_len(cell.marked) > self._grid.widths[self._column]
        filtered = f"{shown[0]} of {shown[1]} rows" if self.wanted else ""
        self.border_subtitle = escape(cell.marked.strip()) if cut and cell is not None else filtered

    def _measure(self) -> None:
        emptied = self.wanted and not self._grid.rows
        self._notes = [] if emptied else note_lines(self._grid.notes, max(self.scrollable_content_region.width, 20))
        height = self._top + len(self._grid.rows) + len(self._notes)
        self.virtual_size = Size(self._grid.width, height)

    @property
    def _top(self) -> int:
        return 1 if self._grid.titled else 0

    def on_resize(self, _event: Resize) -> None:
        """Break the notes anew and give the columns the room there is."""
        self._lay_out(self.current.key if self.current is not None else "")

    def render_line(self, y: int) -> Strip:
        """Return one line: the heading stays, rows and the first column's neighbours scroll."""
        x, top = self.scroll_offset
        width = self.size.width
        look = self._look()
        if y < self._top:
            return header_line(self._grid, x, width, look)
        at = y - self._top + top
        if at < len(self._grid.rows):
            chosen = self._column if at == self._row else None
            return row_line(self._grid, at, x, width, look, chosen)
        at -= len(self._grid.rows)
        text = self._notes[at] if at < len(self._notes) else self._empty_text(y)
        return Strip.blank(width, look.plain) if not text else row_of_text(text, width, look.note)

    def _empty_text(self, y: int) -> str:
        if self._grid.rows or y != self._top or self._notes:
            return ""
        return f"no row holds {self.wanted!r}: esc clears the filter" if self.wanted else "nothing here yet"

    def _look(self) -> Look:
        def style(name: str) -> Style:
            return self.get_component_rich_style(f"table--{name}")

        cursor = style("cursor") if self.has_focus else style("cursor") + Style(dim=True)
        cell = style("cell") if self.has_focus else cursor
        return Look(self.rich_style, style("header"), cursor, cell, style("note"), style("best"), style("unknown"), style("spark"))

    def action_move(self, step: int) -> None:
        """Move the cursor by rows."""
        self._go(self._row + step)

    def action_page(self, pages: int) -> None:
        """Move the cursor by screens."""
        self._go(self._row + pages * max(self.size.height - self._top - 1, 1))

    def action_jump(self, row: int) -> None:
        """Move the cursor to the first or last row."""
        self._go(row if row >= 0 else len(self._grid.rows) - 1)

    def action_turn(self, step: int) -> None:
        """Move to the next cell, or turn the knob of the row."""
        row = self.current
        if row is not None and self.knobs:
            self.post_message(self.Turned(self, row.key, step))
            return
        self._column = min(max(self._column + step, 0), max(len(self._grid.columns) - 1, 0))
        self._keep_in_view()
        self._spell_out()
        self.refresh()
        self._tell()

    def action_choose(self) -> None:
        """Choose the row; a node of a tree opens or closes."""
        row = self.current
        if row is None:
            return
        if isinstance(self.body, Branch):
            self._folded = self._folded ^ {row.key}
            self._lay_out(row.key)
        self.post_message(self.Chosen(self, row.key))

    def on_click(self, event: Click) -> None:
        """Move the cursor to what was clicked; a second click chooses it."""
        offset = event.get_content_offset(self)
        if offset is None or offset.y < self._top:
            return
        row = offset.y - self._top + self.scroll_offset.y
        if 0 <= row < len(self._grid.rows):
            self._go(row)
            if event.chain > 1:
                self.action_choose()

    def _go(self, row: int) -> None:
        row = min(max(row, 0), max(len(self._grid.rows) - 1, 0))
        if row == self._row:
            return
        self._row = row
        self._keep_in_view()
        self._spell_out()
        self.refresh()
        self._tell()

    def _tell(self) -> None:
        row = self.current
        if row is not None:
            self.post_message(self.Highlighted(self, row.key, self._grid.columns[self._column].key))

    def _keep_in_view(self) -> None:
        region = self.scrollable_content_region
        room = max(region.height - self._top, 1)
        x, y = self.scroll_offset
        y = min(max(y, self._row - room + 1), self._row)
        if self._column > 0:
            start, end = self._grid.start(self._column), self._grid.start(self._column) + self._grid.widths[self._column]
            x = min(max(x, end - region.width), start - self._grid.left)
        elif self._column == 0:
            x = 0
        self.scroll_to(max(x, 0), y, animate=False, immediate=True)


def row_of_text(text: str, width: int, style: Style) -> Strip:
    """Return one line of text of exactly that width."""
    return Strip([Segment(text, style)]).adjust_cell_length(width, style)
