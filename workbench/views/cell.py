"""What a front end shows: cells with text and origin, in rows, in tables."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from workbench.pipeline.origin import Origin

Value = Decimal | float | int | str | date | None
"""What stands behind a text; None is unknown or endless, and the text says which."""

ASSUMED = "a"
"""Mark of a value that rests on an assumption."""
BEST = "*"
"""Mark of the best of a row, where the difference is clear."""
UNKNOWN = "?"
"""Text of a value nobody knows."""


class Align(StrEnum):
    """How a column stands."""

    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Cell:
    """One value as it is shown."""

    value: Value
    text: str
    """Complete but for the unit of money, which stands once in the heading."""
    unit: str = ""
    origin: Origin | None = None
    mark: str = ""
    """Any of ASSUMED and BEST."""

    @property
    def marked(self) -> str:
        """The text with its marks behind it."""
        return f"{self.text} {self.mark}" if self.mark else self.text


@dataclass(frozen=True, slots=True)
class Column:
    """Heading of a column."""

    key: str
    title: str
    unit: str = ""
    align: Align = Align.RIGHT


@dataclass(frozen=True, slots=True)
class Row:
    """One row; its first cell is its heading."""

    key: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under columns, with sentences below."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse rows that do not fit the columns."""
        for row in self.rows:
            if len(row.cells) != len(self.columns):
                raise ValueError(f"row {row.key!r} of {self.title!r} has {len(row.cells)} cells: it needs {len(self.columns)}")

    def row(self, key: str) -> Row:
        """Return the row of that key, or raise ValueError naming the known ones."""
        for row in self.rows:
            if row.key == key:
                return row
        raise ValueError(f"no row {key!r} in {self.title!r}: known are {', '.join(row.key for row in self.rows)}")

    def cell(self, row: str, column: str) -> Cell:
        """Return one cell by the keys of its row and column."""
        keys = [one.key for one in self.columns]
        if column not in keys:
            raise ValueError(f"no column {column!r} in {self.title!r}: known are {', '.join(keys)}")
        return self.row(row).cells[keys.index(column)]


@dataclass(frozen=True, slots=True)
class Branch:
    """A node of a tree, such as a topology with its layers and pools."""

    key: str
    cells: tuple[Cell, ...]
    children: tuple["Branch", ...] = ()
