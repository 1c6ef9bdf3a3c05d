"""Lines over a knob or over time, with limits, objectives and marks."""

from dataclasses import dataclass

import numpy as np

from workbench.charts.curve import draw_limit, draw_series, limit_text, limit_ticks
from workbench.charts.frame import Frame, draw_grid, draw_marks, empty_chart, open_frame, place_axis, value_axis
from workbench.charts.legend import Sample
from workbench.charts.reading import read_column
from workbench.charts.rows import SERIES, Chart, Role, Style
from workbench.charts.scales import TIME, Unit
from workbench.charts.series import Limit, Mark, Series


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """What a line chart shows."""

    unit: Unit
    """Unit of the values."""
    series: tuple[Series, ...]
    """At most six lines; more cannot be told apart."""
    x_unit: Unit = TIME
    """Unit of the places."""
    limits: tuple[Limit, ...] = ()
    """Limits and objectives."""
    marks: tuple[Mark, ...] = ()
    """Named places such as the knee or what runs today."""
    ceiling: float | None = None
    """Largest value of the vertical axis; what lies above is an arrow. None: the largest finite value."""

    def __post_init__(self) -> None:
        if len(self.series) > len(SERIES):
            raise ValueError(f"{len(self.series)} lines in one chart: at most {len(SERIES)} can be told apart; show fewer or sum the rest")


def draw_lines(lines: Lines, width: int, height: int) -> Chart:
    """Return a line chart of exactly `height` rows of `width` cells; a column shows the maximum of what falls into it."""
    frame = _open(lines, width, height)
    if frame is None:
        return empty_chart(width, height)
    draw_grid(frame)
    for series, role in zip(lines.series, SERIES, strict=False):
        draw_series(frame, series, role)
    for limit in lines.limits:
        draw_limit(frame, limit)
    draw_marks(frame, lines.marks)
    return frame.canvas.chart()


def read_lines(lines: Lines, width: int, height: int, column: int) -> str:
    """Return what the chart of that size shows in a column of cells, in words; empty beside the plot."""
    frame = _open(lines, width, height)
    return "" if frame is None else read_column(frame, column, lines.series, lines.limits)


def _open(lines: Lines, width: int, height: int) -> Frame | None:
    """Return the empty frame of the chart; None where nothing is known."""
    x = place_axis([series.x for series in lines.series], lines.x_unit)
    known = [series.values for series in lines.series]
    if x is None or not any(np.isfinite(values).any() for values in known):
        return None
    y = value_axis([*known, *(limit.values for limit in lines.limits)], lines.unit, _ceiling(lines))
    if y is None:
        return None
    samples = [Sample("─", Style(Role.LIMIT, bold=True), limit_text(limit, lines.unit)) for limit in lines.limits]
    samples += [Sample("⣀⠤", Style(role), series.label) for series, role in zip(lines.series, SERIES, strict=False)]
    return open_frame(width, height, x, y, samples, limit_ticks(lines.limits, lines.unit))


def _ceiling(lines: Lines) -> float | None:
    """Never let the ceiling hide a limit."""
    if lines.ceiling is None:
        return None
    finite = [float(limit.values[np.isfinite(limit.values)].max()) for limit in lines.limits if np.isfinite(limit.values).any()]
    return max([lines.ceiling, *finite])
