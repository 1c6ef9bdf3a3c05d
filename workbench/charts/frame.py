"""What surrounds a drawing: axes, ticks, grid and a legend that never lies over data."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from workbench.charts.calendar import calendar_ticks
from workbench.charts.canvas import Canvas, Floats
from workbench.charts.cells import cell_width, fit
from workbench.charts.legend import LABEL, Sample, legend_rows, write_legend
from workbench.charts.rows import Chart, Role, Style
from workbench.charts.scales import Scale, Tick, Unit, ticks, unit_text
from workbench.charts.series import Mark

AXIS = Style(Role.AXIS)
_HEADROOM = 0.04
_SMALLEST_WITH_LINE = 7
_SMALLEST_WITH_LABELS = 5
_NARROWEST_WITH_MARGIN = 24


@dataclass(frozen=True, slots=True)
class Axis:
    """A range of values in a unit."""

    low: float
    high: float
    unit: Unit


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """A canvas with its plot, ready to draw on."""

    canvas: Canvas
    plot: Canvas
    x: Scale
    y: Scale
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    legend_rows: int
    """Rows above the plot; 0 where the chart is too low for a legend."""
    x_unit: Unit
    y_unit: Unit


def value_axis(arrays: Iterable[Floats], unit: Unit, ceiling: float | None = None) -> Axis | None:
    """Return an axis from zero (or the least value below it) to just above the largest finite value; None without any.

    A finite `ceiling` cuts it.
    """
    finite = [kept for array in arrays if (kept := array[np.isfinite(array)]).size]
    if not finite:
        return None
    low, high = min(0.0, *(float(part.min()) for part in finite)), max(float(part.max()) for part in finite)
    if ceiling is not None and np.isfinite(ceiling) and low < ceiling < high:
        high = ceiling
    room = _HEADROOM * (high - low)
    return Axis(low - room if low < 0 else low, high + room if high > low else low + 1.0, unit)


def place_axis(arrays: Iterable[Floats], unit: Unit) -> Axis | None:
    """Return an axis from the first to the last finite place; None without any."""
    finite = [kept for array in arrays if (kept := array[np.isfinite(array)]).size]
    if not finite:
        return None
    low, high = min(float(part.min()) for part in finite), max(float(part.max()) for part in finite)
    half = 0.0 if high > low else max(abs(low) * 1e-3, 0.5)
    return Axis(low - half, high + half, unit)


def open_frame(
    width: int,
    height: int,
    x: Axis,
    y: Axis,
    legend: Sequence[Sample],
    limits: Sequence[Tick] = (),
    x_ticks: tuple[Tick, ...] | None = None,
) -> Frame:
    """Return a frame with legend and axes drawn; limits are labelled on the vertical axis in place of the ticks they touch."""
    canvas = Canvas(width, height)
    samples = [Sample("", LABEL, unit_text(y.unit)), *legend] if unit_text(y.unit) else list(legend)
    top = legend_rows(samples, width, height)
    below = 2 if height >= _SMALLEST_WITH_LINE else 1 if height >= _SMALLEST_WITH_LABELS else 0
    rows = height - top - below
    y_ticks = ticks(y.low, y.high, max(2, rows // 4), y.unit) if rows >= 3 else ()
    widest = max((cell_width(tick.text) for tick in (*y_ticks, *limits)), default=0)
    left = min(widest + 2, width // 3) if width >= _NARROWEST_WITH_MARGIN else 0
    plot = canvas.window(top, left, rows, width - left)
    places = x_ticks if x_ticks is not None else _place_ticks(x, plot.width)
    frame = Frame(canvas, plot, Scale(x.low, x.high, plot.width), Scale(y.low, y.high, rows), places, y_ticks, top, x.unit, y.unit)
    if top:
        write_legend(canvas.window(0, 0, top, width), samples)
    if left:
        _vertical_axis(canvas.window(top, 0, rows, left), frame, limits)
    if below:
        _horizontal_axis(canvas.window(top + rows, 0, below, width), left, frame)
    return frame


def draw_grid(frame: Frame) -> None:
    """Draw the grid of the vertical axis where nothing else is."""
    rows = frame.y.quarters(np.array([tick.at for tick in frame.y_ticks if tick.at > frame.y.low])) // 4
    cells = np.zeros(frame.plot.glyphs.shape, dtype=np.bool_)
    cells[rows, :] = True
    frame.plot.fill(cells, "┈", Role.GRID)


def draw_marks(frame: Frame, marks: Iterable[Mark]) -> None:
    """Draw a line through the empty cells at each mark, its name on the axis line."""
    for mark in marks:
        column = frame.x.column(mark.at)
        if column < 0:
            continue
        cells = np.zeros(frame.plot.glyphs.shape, dtype=np.bool_)
        cells[:, column] = True
        frame.plot.fill(cells, "┊", Role.AXIS)
        axis = axis_line(frame)
        if axis is not None:
            name = fit(mark.label, frame.x.cells)
            start = min(max(column - cell_width(name) // 2, 0), axis.width - cell_width(name))
            axis.write(0, start, name, Style(Role.LABEL, bold=True))


def axis_line(frame: Frame) -> Canvas | None:
    """Return the cells of the line below the plot; None where the chart is too low for one."""
    height = frame.canvas.height
    left = frame.canvas.width - frame.x.cells
    return frame.canvas.window(height - 2, left, 1, frame.x.cells) if height >= _SMALLEST_WITH_LINE else None


def draw_overflow(frame: Frame, values: Floats) -> None:
    """Put an arrow in the top row of the columns (columns,) whose value lies above the axis: nothing is drawn too low silently."""
    for column in np.flatnonzero(values > frame.y.high):
        frame.plot.write(0, int(column), "↑", Style(Role.WARNING, bold=True))


def empty_chart(width: int, height: int, text: str = "no data") -> Chart:
    """Return an empty frame that says why it is empty."""
    canvas = Canvas(width, height)
    if width >= 3 and height >= 3:
        line = "─" * (width - 2)
        for row, (first, last) in ((0, "┌┐"), (height - 1, "└┘")):
            canvas.write(row, 0, first + line + last, Style(Role.GRID))
        for row in range(1, height - 1):
            canvas.write(row, 0, "│", Style(Role.GRID))
            canvas.write(row, width - 1, "│", Style(Role.GRID))
    shown = fit(text, max(width - 2, 1))
    canvas.write(height // 2, (width - cell_width(shown)) // 2, shown, LABEL)
    return canvas.chart()


def _place_ticks(x: Axis, columns: int) -> tuple[Tick, ...]:
    if x.unit.kind == "time":
        return calendar_ticks(x.low, x.high, columns)
    return ticks(x.low, x.high, max(2, columns // 12), x.unit)


def _vertical_axis(canvas: Canvas, frame: Frame, limits: Sequence[Tick]) -> None:
    taken: set[int] = set()
    edge = canvas.width - 1
    for row in range(canvas.height):
        canvas.write(row, edge, "│", AXIS)
    for entries, style in ((limits, Style(Role.LIMIT, bold=True)), (frame.y_ticks, LABEL)):
        for tick in entries:
            row = int(frame.y.quarters(np.array([tick.at]))[0]) // 4
            if taken & {row - 1, row, row + 1}:
                continue
            taken.add(row)
            text = fit(tick.text, edge - 1)
            canvas.write(row, edge - 1 - cell_width(text), text, style)
            canvas.write(row, edge, "┤", AXIS)


def _horizontal_axis(canvas: Canvas, left: int, frame: Frame) -> None:
    line = canvas.height == 2
    if line:
        canvas.write(0, max(left - 1, 0), "└" + "─" * (canvas.width - left) if left else "─" * canvas.width, AXIS)
    free_from = 0
    for tick in frame.x_ticks:
        column = left + frame.x.column(tick.at)
        if column < left:
            continue
        if line:
            canvas.write(0, column, "┬", AXIS)
        start = column - cell_width(tick.text) // 2
        if start >= free_from and start + cell_width(tick.text) <= canvas.width:
            free_from = canvas.write(canvas.height - 1, start, tick.text, LABEL) + 1
