"""Draw one joined line or one limit on a frame."""

import numpy as np

from workbench.charts.canvas import Floats
from workbench.charts.columns import column_maxima, column_steps, trace
from workbench.charts.frame import Frame, draw_overflow
from workbench.charts.rows import Role
from workbench.charts.scales import Tick, Unit, value_text
from workbench.charts.series import Limit, Series


def draw_series(frame: Frame, series: Series, role: Role) -> None:
    """Draw the maxima per half column as a joined line of dots, and an arrow where they leave the chart."""
    peaks = column_maxima(series.x, series.values, frame.x.low, frame.x.high, 2 * frame.x.cells)
    within = np.where(peaks > frame.y.high, np.nan, peaks)
    frame.plot.dot(trace(frame.y.quarters(within), frame.y.cells), role)
    draw_overflow(frame, np.fmax(peaks[0::2], peaks[1::2]))


def draw_limit(frame: Frame, limit: Limit) -> Floats:
    """Draw a limit over everything else without deleting dots; return its value per column (columns,), NaN where it has none."""
    values = column_steps(limit.x, limit.values, frame.x.low, frame.x.high, frame.x.cells)
    frame.plot.rule(frame.y.quarters(np.where(values > frame.y.high, np.nan, values)), Role.LIMIT)
    return values


def limit_ticks(limits: tuple[Limit, ...], unit: Unit) -> tuple[Tick, ...]:
    """Return the labels of the last finite value of each limit on the vertical axis."""
    last = (limit.values[np.isfinite(limit.values)][-1:] for limit in limits)
    return tuple(Tick(float(value[0]), value_text(float(value[0]), Unit(unit.kind, _code(unit)))) for value in last if value.size)


def limit_text(limit: Limit, unit: Unit) -> str:
    """Return a limit's name and last value for a legend; a limit that is nowhere known says so."""
    finite = limit.values[np.isfinite(limit.values)]
    return f"{limit.label} {value_text(float(finite[-1]) if finite.size else np.nan, unit)}"


def _code(unit: Unit) -> str:
    return unit.label if unit.kind == "money" else ""
