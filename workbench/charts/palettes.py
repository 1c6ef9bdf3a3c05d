"""Palettes for the command line; the terminal interface takes its colours from its theme."""

from workbench.charts.rows import HEAT, SERIES, Role

_DARK_HEAT = ("#1c2a3a", "#1f3f56", "#20566a", "#256f70", "#3d8768", "#74993f", "#b3932a", "#c9672b", "#c93a3a")
_LIGHT_HEAT = ("#eef3f7", "#d5e6ee", "#b9dbe0", "#a3d3c4", "#b5d79b", "#dcd77c", "#f0c05f", "#ee9352", "#e0605a")

DARK: dict[Role, str] = {
    Role.HISTORY: "#6cb6ff",
    Role.FORECAST: "#f5f7fa",
    Role.BAND50: "#2f6f94",
    Role.BAND90: "#1f4660",
    Role.LIMIT: "#ff6b6b",
    Role.GRID: "#3a424d",
    Role.AXIS: "#7d8794",
    Role.LABEL: "#b8c0ca",
    Role.WARNING: "#ffb454",
    Role.GOOD: "#7ec86b",
    Role.BAD: "#ff6b6b",
    Role.SURFACE: "#11151a",
    Role.INK: "#0b0e12",
    **dict(zip(HEAT, _DARK_HEAT, strict=True)),
    **dict(zip(SERIES, ("#4c9be8", "#e8a33d", "#6dc07f", "#c678dd", "#5bc8c8", "#a0a8b4"), strict=True)),
}
"""For dark terminals with 24-bit colour."""

LIGHT: dict[Role, str] = {
    Role.HISTORY: "#1f5fa8",
    Role.FORECAST: "#1a1d21",
    Role.BAND50: "#9cc7e2",
    Role.BAND90: "#cfe4f1",
    Role.LIMIT: "#c62828",
    Role.GRID: "#d5dae0",
    Role.AXIS: "#7d8794",
    Role.LABEL: "#414a55",
    Role.WARNING: "#b26a00",
    Role.GOOD: "#2e7d32",
    Role.BAD: "#c62828",
    Role.SURFACE: "#ffffff",
    Role.INK: "#1a1d21",
    **dict(zip(HEAT, _LIGHT_HEAT, strict=True)),
    **dict(zip(SERIES, ("#2f7fd0", "#d08a1e", "#3f9d58", "#a050c0", "#2aa5a5", "#7d8794"), strict=True)),
}
"""For light terminals with 24-bit colour."""

ANSI: dict[Role, str] = {
    Role.HISTORY: "12",
    Role.FORECAST: "15",
    Role.BAND50: "6",
    Role.BAND90: "4",
    Role.LIMIT: "9",
    Role.GRID: "8",
    Role.AXIS: "8",
    Role.LABEL: "7",
    Role.WARNING: "11",
    Role.GOOD: "10",
    Role.BAD: "9",
    Role.INK: "0",
    **dict(zip(HEAT[1:], ("4", "4", "6", "6", "2", "3", "3", "1"), strict=True)),
    **dict(zip(SERIES, ("4", "3", "2", "5", "6", "8"), strict=True)),
}
"""For terminals with 16 colours; the ground is the terminal's own, whatever it is, and so is the least heat."""
