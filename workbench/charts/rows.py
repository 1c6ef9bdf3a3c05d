"""What a chart is: rows of spans whose styles name roles, never colours."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias


class Role(StrEnum):
    """What a cell means; a theme maps roles to colours."""

    HISTORY = "history"
    FORECAST = "forecast"
    BAND50 = "band50"
    BAND90 = "band90"
    LIMIT = "limit"
    GRID = "grid"
    AXIS = "axis"
    LABEL = "label"
    WARNING = "warning"
    GOOD = "good"
    BAD = "bad"
    HEAT0 = "heat0"
    HEAT1 = "heat1"
    HEAT2 = "heat2"
    HEAT3 = "heat3"
    HEAT4 = "heat4"
    HEAT5 = "heat5"
    HEAT6 = "heat6"
    HEAT7 = "heat7"
    HEAT8 = "heat8"
    SERIES1 = "series1"
    SERIES2 = "series2"
    SERIES3 = "series3"
    SERIES4 = "series4"
    SERIES5 = "series5"
    SERIES6 = "series6"
    SURFACE = "surface"
    """The empty background, as the colour of a glyph."""
    INK = "ink"
    """Text on strong heat."""


HEAT = tuple(role for role in Role if role.startswith("heat"))
SERIES = tuple(role for role in Role if role.startswith("series"))


@dataclass(frozen=True, slots=True)
class Style:
    """How a span is to look, in roles; None leaves the terminal's own colour."""

    foreground: Role | None = None
    """Role of the glyphs; `surface` is the colour of the empty background."""
    background: Role | None = None
    """Role of the cell behind the glyphs."""
    bold: bool = False
    """Whether the glyphs are bold."""


@dataclass(frozen=True, slots=True)
class Span:
    """Neighbouring cells of one style."""

    text: str
    """Glyphs; a wide character takes two cells."""
    style: Style


Row: TypeAlias = tuple[Span, ...]
Chart: TypeAlias = tuple[Row, ...]
