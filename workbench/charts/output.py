"""Turn a chart into text: without colours, with escapes, in ASCII."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Literal, TypeAlias

from workbench.charts.ascii import EIGHTHS, ascii_text
from workbench.charts.rows import HEAT, Chart, Role, Row, Span, Style

Charset: TypeAlias = Literal["unicode", "ascii"]
Palette: TypeAlias = Mapping[Role, str]

SHADES = {Role.BAND90: "░", Role.BAND50: "▒", Role.SERIES1: "█", Role.SERIES2: "▒", Role.SERIES3: "╱", Role.SERIES4: "░"}
SHADES |= {Role.SERIES5: "╳", Role.SERIES6: "╲", Role.HISTORY: "█", Role.FORECAST: "▓", Role.BAD: "▓", Role.GOOD: "░", Role.WARNING: "▒"}
SHADES |= dict(zip(HEAT, " .:-=+*#@", strict=True))
"""Glyph that stands for a filled cell where there are no colours; no two series share one."""
_LIMIT_LINE = str.maketrans("▔▁", "──")
"""Without colours a limit must not look like the edge of a fill."""


def plain(chart: Chart, charset: Charset = "unicode") -> str:
    """Return the chart as lines without colours; fills become shades, so nothing is said by colour alone."""
    rows = with_charset(uncoloured(chart), charset)
    return "\n".join("".join(span.text for span in row).rstrip() for row in rows) + "\n"


def ansi(chart: Chart, palette: Palette, charset: Charset = "unicode") -> str:
    """Return the chart as lines with SGR escapes; a palette maps roles to "#rrggbb" or to a number of the 256 colours."""
    lines = []
    for row in with_charset(chart, charset):
        parts = [f"\x1b[{code}m{span.text}\x1b[0m" if (code := _sgr(span.style, palette)) else span.text for span in row]
        lines.append("".join(parts))
    return "\n".join(lines) + "\n"


def uncoloured(chart: Chart) -> Chart:
    """Return the chart with fills drawn as shades and no colours left, of the same size."""
    numbered = any(span.style.background in HEAT and any(map(str.isdigit, span.text)) for row in chart for span in row)
    return tuple(tuple(Span(_shade(span, numbered), Style(bold=span.style.bold)) for span in row) for row in chart)


def with_charset(chart: Chart, charset: Charset) -> Chart:
    """Return the chart in ASCII glyphs of the same size, for terminals without UTF-8; "unicode" returns it as it is."""
    return chart if charset == "unicode" else tuple(map(_ascii_row, chart))


def _ascii_row(row: Row) -> Row:
    return tuple(Span(ascii_text(span.text), span.style) for span in row)


def _shade(span: Span, numbered: bool) -> str:
    style = span.style
    if style.foreground is Role.LIMIT:
        return span.text.translate(_LIMIT_LINE)
    if style.background is None or style.background not in SHADES or (numbered and style.background in HEAT):
        return span.text
    fill = SHADES[style.background]
    if style.foreground is Role.GRID:
        return fill * len(span.text)
    over = " " if style.foreground in (None, Role.SURFACE) else SHADES.get(style.foreground, fill)
    return span.text.translate(_shading(fill, over))


@lru_cache(maxsize=256)
def _shading(fill: str, over: str) -> dict[int, int]:
    return str.maketrans(" " + EIGHTHS, fill + fill * 3 + over * 4)


def _sgr(style: Style, palette: Palette) -> str:
    if style.foreground is Role.SURFACE and Role.SURFACE not in palette:
        colour = palette.get(style.background) if style.background is not None else None
        return f"7;{_colour(38, colour)}" if colour is not None else ""
    codes = ["1"] if style.bold else []
    for base, role in ((38, style.foreground), (48, style.background)):
        colour = palette.get(role) if role is not None else None
        if colour is not None:
            codes.append(_colour(base, colour))
    return ";".join(codes)


def _colour(base: int, colour: str) -> str:
    if colour.isdigit() and int(colour) < 256:
        return f"{base};5;{colour}"
    if len(colour) == 7 and colour[0] == "#":
        red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
        return f"{base};2;{red};{green};{blue}"
    raise ValueError(f'colour {colour!r} is neither "#rrggbb" nor a number from 0 to 255: correct the palette')
