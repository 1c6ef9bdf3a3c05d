"""Themes and the colours they give to the roles of charts and cells."""

from collections.abc import Mapping

from textual.theme import Theme

from workbench.charts.palettes import ANSI, DARK, LIGHT
from workbench.charts.rows import Role

DARK_THEME = Theme(
    name="workbench-dark",
    primary="#4c9be8",
    secondary="#5bc8c8",
    accent="#e8a33d",
    warning="#ffb454",
    error="#ff6b6b",
    success="#7ec86b",
    foreground="#d6dbe1",
    background="#11151a",
    surface="#11151a",
    panel="#1b222b",
    dark=True,
    variables={"border": "#3a424d", "border-blurred": "#3a424d", "footer-key-foreground": "#e8a33d"},
)
LIGHT_THEME = Theme(
    name="workbench-light",
    primary="#1f5fa8",
    secondary="#2aa5a5",
    accent="#9a5b00",
    warning="#b26a00",
    error="#c62828",
    success="#2e7d32",
    foreground="#22272e",
    background="#ffffff",
    surface="#ffffff",
    panel="#eef1f5",
    dark=False,
    variables={"border": "#c3cad3", "border-blurred": "#c3cad3"},
)
OWN = (DARK_THEME, LIGHT_THEME)


def palette_of(theme: Theme) -> Mapping[Role, str]:
    """Return the colours of the roles in a theme: those of 16-colour terminals where the theme keeps the terminal's own."""
    if theme.ansi:
        return ANSI
    return DARK if theme.dark else LIGHT
