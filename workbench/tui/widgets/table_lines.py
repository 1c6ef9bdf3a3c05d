"""The lines of a table as the terminal shows them."""

from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from workbench.tui.content import SPARKS
from workbench.tui.widgets.grid import GAP, Grid, aligned, heading
from workbench.tui.widgets.wrapping import wrapped
from workbench.views.cell import BEST, Cell, Column


@dataclass(frozen=True, slots=True)
class Look:
    """Styles of the parts of a table."""

    plain: Style
    header: Style
    cursor: Style
    cell: Style
    note: Style
    best: Style
    unknown: Style
    spark: Style


def header_line(grid: Grid, x: int, width: int, look: Look) -> Strip:
    """Return the headings."""
    texts = [aligned(heading(column), size, column) for column, size in zip(grid.columns, grid.widths, strict=True)]
    return _joined([Segment(text, look.header) for text in texts], grid, x, width, look.header)


def row_line(grid: Grid, row: int, x: int, width: int, look: Look, chosen: int | None) -> Strip:
    """Return a row; `chosen` is the column under the cursor, None without cursor."""
    base = look.plain if chosen is None else look.cursor
    cells = grid.rows[row].cells
    segments = []
    for i, (cell, size, column) in enumerate(zip(cells, grid.widths, grid.columns, strict=True)):
        style = look.cell if chosen == i and i > 0 else base + _meaning(cell, column, look)
        segments.append(Segment(aligned(cell.marked, size, column), style))
    return _joined(segments, grid, x, width, base)


def note_lines(notes: tuple[str, ...], width: int) -> list[str]:
    """Return the sentences below a table, wrapped, after an empty line."""
    return ["", *(line for note in notes for line in wrapped(note, width))] if notes else []


def _meaning(cell: Cell, column: Column, look: Look) -> Style:
    if column.key == SPARKS:
        return look.spark
    if BEST in cell.mark:
        return look.best
    return look.unknown if cell.value is None and cell.text else Style.null()


def _joined(segments: list[Segment], grid: Grid, x: int, width: int, base: Style) -> Strip:
    gap = Segment(" " * GAP, base)
    spaced = [part for segment in segments for part in (segment, gap)]
    left = Strip(spaced[:2]).crop(0, min(grid.left, max(width, 1)))
    rest = Strip(spaced[2:])
    room = width - left.cell_length
    return Strip.join([left, rest.crop(x, x + room)]).adjust_cell_length(width, base) if room > 0 else left.crop(0, width)
