"""The frontier: what each further euro buys, with the named choices beside it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from workbench.charts.canvas import Canvas, Floats
from workbench.charts.cells import cell_width, fit
from workbench.charts.columns import column_steps, trace
from workbench.charts.frame import Axis, Frame, draw_grid, empty_chart, open_frame
from workbench.charts.legend import Sample, write_legend
from workbench.charts.rows import Chart, Role, Style
from workbench.charts.scales import Unit
from workbench.charts.series import Series

Marker: TypeAlias = Literal["●", "◆", "■", "▲"]
_PADDING = 0.06
_MOST_NUMBERED = 9


@dataclass(frozen=True, slots=True)
class Point:
    """A named choice."""

    label: str
    x: float
    y: float
    marker: Marker = "●"
    """Shape, so that kinds differ without colour; the knee is usually "◆"."""


@dataclass(frozen=True, slots=True, eq=False)
class Frontier:
    """Choices by what they cost and what they risk."""

    x_unit: Unit
    y_unit: Unit
    x_label: str
    y_label: str
    points: tuple[Point, ...]
    front: Series | None = None
    """Undominated choices by ascending cost, drawn as steps: what is attainable for at most that much."""


def draw_frontier(frontier: Frontier, width: int, height: int) -> Chart:
    """Return a frontier of exactly `height` rows of `width` cells; labels lie beside their points or, without room, in the legend."""
    finite = [point for point in frontier.points if np.isfinite(point.x) and np.isfinite(point.y)]
    front = frontier.front
    x = _padded([*(point.x for point in finite), *(front.x.tolist() if front else ())], frontier.x_unit)
    y = _padded([*(point.y for point in finite), *(front.values.tolist() if front else ())], frontier.y_unit)
    if x is None or y is None:
        return empty_chart(width, height)
    legend = _legend(frontier, [point.label for point in frontier.points if point not in finite])
    frame = open_frame(width, height, x, y, legend)
    if front is not None:
        steps = column_steps(front.x, front.values, x.low, x.high, 2 * frame.x.cells)
        frame.plot.dot(trace(frame.y.quarters(steps), frame.y.cells), Role.FORECAST)
    numbered = _place(frame, finite)
    draw_grid(frame)
    if frame.legend_rows and numbered:
        write_legend(frame.canvas.window(0, 0, frame.legend_rows, width), [*numbered, *legend])
    return frame.canvas.chart()


def _legend(frontier: Frontier, outside: Sequence[str]) -> list[Sample]:
    samples = [Sample("↑", Style(Role.LABEL), frontier.y_label), Sample("→", Style(Role.LABEL), frontier.x_label)]
    if frontier.front is not None:
        samples.append(Sample("⣀⠤", Style(Role.FORECAST), frontier.front.label))
    return samples + [Sample("∞", Style(Role.WARNING), label) for label in outside]


def _padded(values: Sequence[float], unit: Unit) -> Axis | None:
    finite: Floats = np.array([value for value in values if np.isfinite(value)], dtype=np.float64)
    if not finite.size:
        return None
    low, high = float(finite.min()), float(finite.max())
    room = _PADDING * (high - low) or max(abs(low) * _PADDING, 0.5)
    return Axis(low - room, high + room, unit)


def _place(frame: Frame, points: Sequence[Point]) -> list[Sample]:
    """Draw the markers, then a label beside each; return those that found no room, numbered for the legend."""
    cells: dict[tuple[int, int], list[Point]] = {}
    for point in points:
        row = int(frame.y.quarters(np.array([point.y]))[0]) // 4
        cells.setdefault((row, frame.x.column(point.x)), []).append(point)
    for (row, column), shared in cells.items():
        frame.plot.write(row, column, shared[0].marker, Style(_role(shared[0]), bold=True))
    left_over = [place for place, shared in cells.items() if not _label(frame.plot, place, ", ".join(point.label for point in shared))]
    numbered = []
    for number, place in enumerate(left_over[:_MOST_NUMBERED], start=1):
        role = _role(cells[place][0])
        frame.plot.write(*place, str(number), Style(role, bold=True))
        numbered.append(Sample(str(number), Style(role, bold=True), ", ".join(point.label for point in cells[place])))
    return numbered


def _label(plot: Canvas, place: tuple[int, int], text: str) -> bool:
    shown = fit(text, max(plot.width // 3, 8))
    for row, column in _positions(place, cell_width(shown)):
        if plot.free(row, column - 1 if column > 0 else 0, cell_width(shown) + 1):
            plot.write(row, column, shown, Style(Role.LABEL))
            return True
    return False


def _positions(place: tuple[int, int], size: int) -> Iterator[tuple[int, int]]:
    row, column = place
    yield row, column + 2
    for above in (-1, 1, -2, 2):
        yield row + above, column + 1
        yield row + above, column - size // 2
        yield row + above, column - size
    yield row, column - size - 1


def _role(point: Point) -> Role:
    return {"●": Role.SERIES1, "◆": Role.GOOD, "■": Role.SERIES2, "▲": Role.WARNING}[point.marker]
