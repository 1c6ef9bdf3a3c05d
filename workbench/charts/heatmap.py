"""Heat maps: hour by weekday, failure domain by tenant."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.charts.canvas import Canvas, Floats, Ints
from workbench.charts.cells import cell_width, fit
from workbench.charts.frame import empty_chart
from workbench.charts.legend import LABEL
from workbench.charts.rows import HEAT, Chart, Role, Style
from workbench.charts.scales import Unit, value_text

_MISSING = "·"


@dataclass(frozen=True, slots=True, eq=False)
class Heatmap:
    """A table of values."""

    unit: Unit
    rows: tuple[str, ...]
    """Names of the rows."""
    columns: tuple[str, ...]
    """Names of the columns."""
    values: Floats
    """(rows, columns); NaN is unknown and drawn as a dot, never as the least."""
    low: float | None = None
    """Value of the faintest heat; None: zero, or the least value below it."""
    high: float | None = None
    """Value of the strongest heat; None: the largest finite value."""

    def __post_init__(self) -> None:
        values = np.array(self.values, dtype=np.float64)
        if values.shape != (len(self.rows), len(self.columns)):
            raise ValueError(f"heat map values have shape {values.shape}, names {(len(self.rows), len(self.columns))}: both must be equal")
        values.flags.writeable = False
        object.__setattr__(self, "values", values)


def draw_heatmap(heatmap: Heatmap, width: int, height: int) -> Chart:
    """Return a heat map of exactly `height` rows of `width` cells.

    Rows and columns that find no room share a cell, which shows their maximum; a shared row is named by its first.
    """
    finite = heatmap.values[np.isfinite(heatmap.values)]
    if not finite.size:
        return empty_chart(width, height)
    low = heatmap.low if heatmap.low is not None else min(0.0, float(finite.min()))
    high = heatmap.high if heatmap.high is not None else float(finite.max())
    canvas = Canvas(width, height)
    top, bottom, left = _around(heatmap, width, height)
    plot = canvas.window(top, left, height - top - bottom, width - left)
    rows, columns = _edges(len(heatmap.rows), plot.height), _edges(len(heatmap.columns), plot.width)
    values = _fold(heatmap.values, len(rows) - 1, len(columns) - 1)
    levels = _levels(values, low, high)
    _paint(plot, levels, rows, columns)
    _number(plot, values, levels, rows, columns, heatmap.unit)
    if left:
        _name_rows(canvas.window(top, 0, plot.height, left), heatmap.rows, rows)
    if top:
        _name_columns(canvas.window(0, left, 1, plot.width), heatmap.columns, columns)
    if bottom:
        shared = len(rows) - 1 < len(heatmap.rows) or len(columns) - 1 < len(heatmap.columns)
        notes = ("  · unknown" if (levels < 0).any() else "") + ("  maximum where shared" if shared else "")
        _key(canvas.window(height - 1, left, 1, plot.width), low, high, heatmap.unit, notes)
    return canvas.chart()


def read_heatmap(heatmap: Heatmap, width: int, height: int, column: int, row: int) -> str:
    """Return the names and the value of a cell of the chart of that size; empty beside the plot. A shared cell gives its maximum."""
    if not np.isfinite(heatmap.values).any():
        return ""
    top, bottom, left = _around(heatmap, width, height)
    rows, columns = _edges(len(heatmap.rows), height - top - bottom), _edges(len(heatmap.columns), width - left)
    if not (0 <= row - top < rows[-1] and 0 <= column - left < columns[-1]):
        return ""
    at, over = (int(np.searchsorted(edges, cell, side="right")) - 1 for edges, cell in ((rows, row - top), (columns, column - left)))
    value = float(_fold(heatmap.values, len(rows) - 1, len(columns) - 1)[at, over])
    names = (heatmap.rows[at * len(heatmap.rows) // (len(rows) - 1)], heatmap.columns[over * len(heatmap.columns) // (len(columns) - 1)])
    return f"{names[0]} · {names[1]} · {value_text(value, heatmap.unit)}"


def _around(heatmap: Heatmap, width: int, height: int) -> tuple[int, int, int]:
    """Return the rows above and below the plot, and the columns beside it."""
    return (1 if height >= 4 else 0), (1 if height >= 6 else 0), _margin(heatmap.rows, width)


def _margin(names: tuple[str, ...], width: int) -> int:
    return min(max(map(cell_width, names), default=0) + 1, width // 3) if width >= 16 else 0


def _edges(parts: int, cells: int) -> Ints:
    """Return the first cell of each part and the end; parts share cells when there are more of them."""
    shown = min(parts, cells)
    size = cells // shown
    if size >= 2:
        return np.arange(shown + 1, dtype=np.int64) * size
    return np.arange(shown + 1, dtype=np.int64) * cells // shown


def _fold(values: Floats, rows: int, columns: int) -> Floats:
    known = np.where(np.isnan(values), -np.inf, values)
    for axis, parts in ((0, rows), (1, columns)):
        starts = np.arange(parts) * known.shape[axis] // parts
        known = np.maximum.reduceat(known, starts, axis=axis)
    return np.where(np.isneginf(known), np.nan, known)


def _levels(values: Floats, low: float, high: float) -> Ints:
    """Return the heat of each value, 0 to 8; -1 where unknown."""
    with np.errstate(invalid="ignore", divide="ignore"):
        share = (values - low) / (high - low) if high > low else np.where(values > low, 1.0, 0.0)
    heat = np.clip(np.floor(np.nan_to_num(share, nan=0.0, posinf=1.0, neginf=0.0) * len(HEAT)), 0, len(HEAT) - 1).astype(np.int64)
    return np.where(np.isnan(values), -1, heat)


def _paint(plot: Canvas, levels: Ints, rows: Ints, columns: Ints) -> None:
    tall = np.repeat(np.repeat(levels, np.diff(rows), axis=0), np.diff(columns), axis=1)
    cells = plot.window(0, 0, int(rows[-1]), int(columns[-1]))
    for level, role in enumerate(HEAT):
        cells.shade(tall == level, role)
    cells.fill(tall < 0, _MISSING, Role.GRID)


def _number(plot: Canvas, values: Floats, levels: Ints, rows: Ints, columns: Ints, unit: Unit) -> None:
    """Write the values where every one fits with a blank beside it."""
    texts: NDArray[np.object_] = np.array([[_short(value, unit) for value in line] for line in values.tolist()], dtype=object)
    widest = max(map(len, texts.ravel()), default=0)
    if widest + 1 > int(np.diff(columns).min()):
        return
    for (row, column), text in np.ndenumerate(texts):
        if levels[row, column] < 0:
            continue
        middle = (int(rows[row]) + int(rows[row + 1]) - 1) // 2
        start = int(columns[column]) + (int(columns[column + 1] - columns[column]) - len(text)) // 2
        role = Role.LABEL if levels[row, column] < 5 else Role.INK
        plot.write(middle, start, text, Style(role, bold=bool(levels[row, column] >= 7)))


def _short(value: float, unit: Unit) -> str:
    if math.isnan(value):
        return _MISSING
    if unit.kind == "share" and math.isfinite(value):
        return f"{100 * value:.0f}"
    return value_text(value, Unit(unit.kind)).strip()


def _name_rows(canvas: Canvas, names: tuple[str, ...], rows: Ints) -> None:
    parts = len(rows) - 1
    for part in range(parts):
        name = names[part * len(names) // parts]
        canvas.write((int(rows[part]) + int(rows[part + 1]) - 1) // 2, 0, fit(name, canvas.width - 1), LABEL)


def _name_columns(canvas: Canvas, names: tuple[str, ...], columns: Ints) -> None:
    parts, free_from = len(columns) - 1, 0
    for part in range(parts):
        name = names[part * len(names) // parts]
        start, size = int(columns[part]), int(columns[part + 1] - columns[part])
        start += max(0, (size - cell_width(name)) // 2)
        if start >= free_from and start + cell_width(name) <= canvas.width:
            free_from = canvas.write(0, start, name, LABEL) + 1


def _key(canvas: Canvas, low: float, high: float, unit: Unit, notes: str) -> None:
    column = canvas.write(0, 0, f"{value_text(low, unit)} ", LABEL)
    for role in HEAT:
        column = canvas.write(0, column, " ", Style(background=role)) if column < canvas.width else column
    canvas.write(0, min(column, canvas.width), f" {value_text(high, unit)}{notes}", LABEL)
