"""Sparklines for tables and cards."""

import numpy as np
from numpy.typing import ArrayLike

from workbench.charts.canvas import Canvas, Floats
from workbench.charts.columns import column_maxima
from workbench.charts.frame import value_axis
from workbench.charts.rows import Chart, Role, Style
from workbench.charts.scales import COUNT, Scale


def draw_sparkline(values: ArrayLike, width: int, height: int = 1, limit: float | None = None) -> Chart:
    """Return filled columns in exactly `height` rows of `width` cells, the maximum of what falls into each; unknown is blank.

    `values` (n,) are evenly spaced and drawn from zero; known values show at least an eighth. Columns above the limit are `bad` and end
    in "▲".
    """
    known: Floats = np.array(values, dtype=np.float64)
    if known.ndim != 1:
        raise ValueError(f"values of a sparkline have shape {known.shape}: give one row")
    canvas = Canvas(width, height)
    bound = np.array([limit if limit is not None else np.nan])
    axis = value_axis([known, bound], COUNT)
    if axis is None or not np.isfinite(known).any():
        if np.isposinf(known).any():
            canvas.write(0, 0, "↑", Style(Role.WARNING))
        return canvas.chart()
    peaks = column_maxima(np.arange(0.5, len(known), 1.0), known, 0.0, float(len(known)), width)
    high = max([float(part.max()) for part in (known[np.isfinite(known)], bound[np.isfinite(bound)]) if part.size])
    scale = Scale(axis.low, high if high > axis.low else axis.low + 1, height)
    tall = np.where(np.isnan(peaks), 0, np.maximum(scale.eighths(peaks), 1))
    above = peaks > bound[0]
    for cells, role in ((~above, Role.HISTORY), (above, Role.BAD)):
        canvas.paint(np.zeros_like(tall), np.where(cells, tall, 0), role)
    for column in np.flatnonzero(above):
        canvas.write(0, int(column), "▲", Style(Role.BAD, bold=True))
    return canvas.chart()
