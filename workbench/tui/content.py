"""What a panel shows: a table, a tree, a picture or sentences."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from workbench.charts.rows import Chart
from workbench.views.cell import Branch, Table

SPARKS = "sparks"
"""Key of a column that holds small pictures instead of words."""
Draw: TypeAlias = Callable[[int, int], Chart]
"""(width, height) in cells to a chart of exactly that size."""
Read: TypeAlias = Callable[[int, int, int, int], str]
"""(width, height, column, row) in cells to what the chart of that size shows there, in words."""


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A chart at whatever size the panel has."""

    draw: Draw
    caption: str = ""
    """A sentence below the chart."""
    table: Table | None = None
    """The numbers of the chart, for copying and export."""
    read: Read | None = None
    """What is under the pointer; None: the chart says nothing."""


@dataclass(frozen=True, slots=True)
class Sentences:
    """Lines of text; long ones are wrapped."""

    lines: tuple[str, ...]


Body: TypeAlias = Table | Branch | Picture | Sentences


@dataclass(frozen=True, slots=True, eq=False)
class Content:
    """What one panel shows now."""

    title: str
    body: Body
    cursor: str = ""
    """Key of the row that is chosen; empty: leave it where it is."""
    why: tuple[str, ...] = ()
    """Sentences for the panel "why" while this one is focused; none: that panel keeps its own."""


Contents: TypeAlias = Mapping[str, Content]
"""Key of a panel to what it shows."""


def waiting(title: str, why: str) -> Content:
    """Return the content of a panel that has nothing to show yet, with the reason."""
    return Content(title, Sentences((why,)))
