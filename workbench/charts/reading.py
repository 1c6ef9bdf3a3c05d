"""What a chart shows under the pointer, in words: the same numbers that were drawn."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workbench.charts.canvas import Floats
from workbench.charts.columns import column_maxima, column_steps
from workbench.charts.frame import Frame
from workbench.charts.scales import value_text
from workbench.charts.series import Limit, Series


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """A range between two lines."""

    label: str
    x: Floats
    """Ascending places (n,)."""
    low: Floats
    high: Floats


def read_column(frame: Frame, column: int, lines: Sequence[Series], limits: Sequence[Limit], bands: Sequence[Band] = ()) -> str:
    """Return the place, the lines, the bands and the limits in a column of cells of the whole chart; empty beside the plot."""
    at = column - (frame.canvas.width - frame.x.cells)
    if not 0 <= at < frame.x.cells:
        return ""
    low, high, cells = frame.x.low, frame.x.high, frame.x.cells
    parts = [value_text(low + (at + 0.5) * (high - low) / cells, frame.x_unit)]
    for line in lines:
        value = float(column_maxima(line.x, line.values, low, high, cells)[at])
        parts += [] if np.isnan(value) else [f"{line.label} {value_text(value, frame.y_unit)}"]
    for band in bands:
        ends = [float(column_maxima(band.x, edge, low, high, cells)[at]) for edge in (band.low, band.high)]
        parts += [] if np.isnan(ends).any() else [f"{band.label} {' … '.join(value_text(end, frame.y_unit) for end in ends)}"]
    for limit in limits:
        value = float(column_steps(limit.x, limit.values, low, high, cells)[at])
        parts += [] if np.isnan(value) else [f"{limit.label} {value_text(value, frame.y_unit)}"]
    return " · ".join(parts)
