"""A table laid out in cells: widths, filtered rows, a tree as indented rows. Nothing here knows the toolkit."""

from collections.abc import Iterator
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size

from workbench.views.cell import Align, Branch, Cell, Column, Row, Table

GAP = 2
_WIDEST = 60
"""Cells of the widest column; longer texts end in an ellipsis, and copying gives them whole."""
_NARROWEST = 14
"""Cells below which a column is not cut to make room: the rest scrolls."""
_NARROWEST_FIRST = 26
"""The same for the first column, which names the rows."""
_OPEN, _CLOSED, _LEAF = "▾ ", "▸ ", "  "


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows of a table that pass the filter, with the width of every column."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    widths: tuple[int, ...]
    notes: tuple[str, ...]
    total: int
    """Rows before the filter."""

    @property
    def titled(self) -> bool:
        """Whether any column has a heading."""
        return any(heading(column) for column in self.columns)

    @property
    def left(self) -> int:
        """Cells of the first column with its gap: it stays in place when the rest scrolls."""
        return self.widths[0] + GAP if self.widths else 0

    @property
    def width(self) -> int:
        """Cells of a whole row."""
        return sum(self.widths) + GAP * max(len(self.widths) - 1, 0)

    def index(self, key: str) -> int | None:
        """Return the place of the row with that key."""
        return next((i for i, row in enumerate(self.rows) if row.key == key), None)

    def start(self, column: int) -> int:
        """Return the first cell of a column."""
        return sum(self.widths[:column]) + GAP * column


def lay_out(table: Table, wanted: str = "", room: int = 0) -> Grid:
    """Return the table with only the rows in which every word of the filter stands.

    Where `room` cells do not hold it, the widest columns are cut first.
    """
    words = wanted.casefold().split()
    rows = tuple(row for row in table.rows if not words or _matches(row, words))
    texts = [[heading(column) for column in table.columns], *([cell.marked for cell in row.cells] for row in table.rows)]
    widths = tuple(min(max(cell_len(line[i]) for line in texts), _WIDEST) for i in range(len(table.columns)))
    return Grid(table.columns, rows, _cut(widths, room), table.notes, len(table.rows))


def _cut(widths: tuple[int, ...], room: int) -> tuple[int, ...]:
    """Return widths that fit into the room, taking from the widest columns, none below the narrowest useful one."""
    over = sum(widths) + GAP * (len(widths) - 1) - room if room else 0
    least = [min(size, _NARROWEST if i else _NARROWEST_FIRST) for i, size in enumerate(widths)]
    cut = list(widths)
    while over > 0 and cut != least:
        widest = max(range(len(cut)), key=lambda i: (cut[i] - least[i], i))
        cut[widest] -= 1
        over -= 1
    return tuple(cut)


def heading(column: Column) -> str:
    """Return the text above a column."""
    return f"{column.title} [{column.unit}]" if column.unit else column.title


def aligned(text: str, width: int, column: Column) -> str:
    """Return a text of exactly that many cells, with an ellipsis where it is too long."""
    size = cell_len(text)
    if size > width:
        return set_cell_size(text, max(width - 1, 0)) + "…" if width else ""
    return text + " " * (width - size) if column.align == Align.LEFT else " " * (width - size) + text


def branches(branch: Branch) -> frozenset[str]:
    """Return the keys of all nodes that have children below the first level of a tree."""
    return frozenset(node.key for child in branch.children for node in _nodes(child) if node.children)


def flattened(branch: Branch, closed: frozenset[str]) -> Table:
    """Return a tree as an indented table; what lies below a closed node is left out."""
    nodes = list(_shown(branch, closed, 0))
    size = max(len(node.cells) for node, _ in nodes)
    columns = (Column("name", "", align=Align.LEFT), *(Column(str(i), "", align=Align.RIGHT) for i in range(1, size)))
    columns = (*columns[:-1], Column("last", "", align=Align.LEFT)) if size > 1 else columns
    empty = Cell(None, "")
    rows = []
    for node, depth in nodes:
        sign = _LEAF if not node.children else _CLOSED if node.key in closed else _OPEN
        first = Cell(node.cells[0].value, "  " * depth + sign + node.cells[0].text, node.cells[0].unit, node.cells[0].origin)
        rows.append(Row(node.key, (first, *node.cells[1:], *(empty for _ in range(size - len(node.cells))))))
    return Table("", columns, tuple(rows))


def _shown(branch: Branch, closed: frozenset[str], depth: int) -> Iterator[tuple[Branch, int]]:
    yield branch, depth
    if branch.key not in closed:
        for child in branch.children:
            yield from _shown(child, closed, depth + 1)


def _nodes(branch: Branch) -> Iterator[Branch]:
    yield branch
    for child in branch.children:
        yield from _nodes(child)


def _matches(row: Row, words: list[str]) -> bool:
    text = " ".join(cell.text for cell in row.cells).casefold()
    return all(word in text for word in words)
