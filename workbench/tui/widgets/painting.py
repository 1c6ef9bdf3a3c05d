"""From roles to what the terminal shows: one place that turns chart rows into strips."""

from collections.abc import Mapping
from functools import lru_cache

from rich.color import Color
from rich.segment import Segment
from rich.style import Style as TerminalStyle
from textual.strip import Strip

from workbench.charts.rows import Role, Row, Style


def strip_of(row: Row, palette: Mapping[Role, str], base: TerminalStyle) -> Strip:
    """Return a chart row as a strip; roles without a colour keep the widget's own."""
    return Strip([Segment(span.text, base + style_of(span.style, palette)) for span in row])


def style_of(style: Style, palette: Mapping[Role, str]) -> TerminalStyle:
    """Return the terminal's style of roles."""
    if style.foreground is Role.SURFACE and Role.SURFACE not in palette:
        return _turned(_colour(style.background, palette))
    return _style(_colour(style.foreground, palette), _colour(style.background, palette), style.bold)


@lru_cache(maxsize=32)
def _turned(colour: str | None) -> TerminalStyle:
    """Return the style of glyphs in the ground's own colour, which only the terminal knows: the other way round."""
    return TerminalStyle(color=_parsed(colour), reverse=True)


def _colour(role: Role | None, palette: Mapping[Role, str]) -> str | None:
    return palette.get(role) if role is not None else None


@lru_cache(maxsize=512)
def _style(foreground: str | None, background: str | None, bold: bool) -> TerminalStyle:
    return TerminalStyle(color=_parsed(foreground), bgcolor=_parsed(background), bold=bold or None)


def _parsed(colour: str | None) -> Color | None:
    if colour is None:
        return None
    return Color.from_ansi(int(colour)) if colour.isdigit() else Color.parse(colour)
