"""Every line of the screen in ASCII, for terminals without UTF-8."""

import os
from collections.abc import Mapping

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from workbench.charts.ascii import ascii_text

CHARSET = "WORKBENCH_CHARSET"
"""Environment variable that says what the terminal can draw, whatever the locale says: unicode or ascii."""


class AsciiLines(LineFilter):
    """Replaces every glyph by one of ASCII that takes the same cells."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the line in ASCII."""
        _ = background
        return [segment if segment.control else Segment(ascii_text(segment.text), segment.style) for segment in segments]


ASCII_LINES = AsciiLines()
"""One for all lines: strips remember what a filter made of them."""


def draws_ascii_only(environment: Mapping[str, str] = os.environ) -> bool:
    """Return whether the terminal's locale has no UTF-8; where no locale is named, it is taken to have it."""
    said = environment.get(CHARSET, "").lower()
    if said:
        return said == "ascii"
    locale = next((value for name in ("LC_ALL", "LC_CTYPE", "LANG") if (value := environment.get(name))), "")
    return bool(locale) and "utf" not in locale.lower()
