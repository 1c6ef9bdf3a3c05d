"""Stacked bars: a bill by layer, cash flow by month."""

import math
from dataclasses import dataclass

import numpy as np

from workbench.charts.canvas import Flags, Floats, Ints
from workbench.charts.cells import cell_width
from workbench.charts.columns import column_steps
from workbench.charts.curve import limit_text, limit_ticks
from workbench.charts.frame import Axis, Frame, draw_grid, empty_chart, open_frame, value_axis
from workbench.charts.legend import Sample
from workbench.charts.rows import SERIES, Chart, Role, Style
from workbench.charts.scales import Tick, Unit, value_text
from workbench.charts.series import Limit

_NARROWEST_WITH_GAP = 3
_MARGIN = 12


@dataclass(frozen=True, slots=True, eq=False)
class BarPart:
    """One part of every bar."""

    label: str
    values: Floats
    """(bars,); NaN is unknown, negative values hang below zero."""


@dataclass(frozen=True, slots=True, eq=False)
class Bars:
    """What a bar chart shows."""

    unit: Unit
    labels: tuple[str, ...]
    """Names of the bars."""
    parts: tuple[BarPart, ...]
    """Parts from the zero line outwards; beyond six the smallest are summed into "other"."""
    limits: tuple[Limit, ...] = ()
    """Limits such as a budget, over the number of the bar from 0 on."""

    def __post_init__(self) -> None:
        for part in self.parts:
            values = np.array(part.values, dtype=np.float64)
            if values.shape != (len(self.labels),):
                raise ValueError(f"part {part.label!r} has values of shape {values.shape}, for {len(self.labels)} bars: give one each")
            values.flags.writeable = False
            object.__setattr__(part, "values", values)


def draw_bars(bars: Bars, width: int, height: int) -> Chart:
    """Return stacked bars in exactly `height` rows of `width` cells; bars that share a column show the largest of them."""
    parts = _at_most_six(bars.parts)
    table = _table(parts, len(bars.labels))
    frame = _open(bars, parts, width, height)
    if frame is None:
        return empty_chart(width, height)
    known = np.nan_to_num(table, nan=0.0, posinf=0.0, neginf=0.0)
    extremes = _extremes(table)
    draw_grid(frame)
    owner = _owners(extremes[0] - extremes[1], frame.x.cells)
    _stack(frame, known, owner)
    _mark_unknown(frame, np.asarray((~np.isfinite(table)).any(axis=0)), owner)
    for limit in bars.limits:
        levels = column_steps(limit.x, limit.values, 0.0, float(len(bars.labels)), frame.x.cells)
        frame.plot.rule(frame.y.quarters(levels), Role.LIMIT)
    return frame.canvas.chart()


def read_bars(bars: Bars, width: int, height: int, column: int) -> str:
    """Return the name and the parts of the bar in a column of cells of the chart of that size; empty beside the plot."""
    parts = _at_most_six(bars.parts)
    frame = _open(bars, parts, width, height)
    if frame is None:
        return ""
    place = column - (width - frame.x.cells)
    extremes = _extremes(_table(parts, len(bars.labels)))
    owner = int(_owners(extremes[0] - extremes[1], frame.x.cells)[place]) if 0 <= place < frame.x.cells else -1
    if owner < 0:
        return ""
    return " · ".join([bars.labels[owner], *(f"{part.label} {value_text(float(part.values[owner]), bars.unit)}" for part in parts)])


def _open(bars: Bars, parts: tuple[BarPart, ...], width: int, height: int) -> Frame | None:
    """Return the empty frame of the chart; None where nothing is known."""
    table = _table(parts, len(bars.labels))
    if not np.isfinite(table).any():
        return None
    y = value_axis([_extremes(table), *(limit.values for limit in bars.limits)], bars.unit)
    if y is None:
        return None
    x = Axis(0.0, float(len(bars.labels)), bars.unit)
    return open_frame(width, height, x, y, _legend(bars, parts), limit_ticks(bars.limits, bars.unit), _regular(bars.labels, width))


def _table(parts: tuple[BarPart, ...], count: int) -> Floats:
    return np.array([part.values for part in parts], dtype=np.float64).reshape(len(parts), count)


def _extremes(table: Floats) -> Floats:
    """Return the sums above and below zero, (2, bars)."""
    known = np.nan_to_num(table, nan=0.0, posinf=0.0, neginf=0.0)
    return np.array([np.where(known > 0, known, 0).sum(axis=0), np.where(known < 0, known, 0).sum(axis=0)])


def _at_most_six(parts: tuple[BarPart, ...]) -> tuple[BarPart, ...]:
    if len(parts) <= len(SERIES):
        return parts
    sizes = np.array([np.nansum(np.abs(part.values)) for part in parts])
    kept = set(np.argsort(-sizes, kind="stable")[: len(SERIES) - 1].tolist())
    rest = np.array([part.values for number, part in enumerate(parts) if number not in kept])
    other = BarPart(f"other ({len(rest)})", rest.sum(axis=0))
    return (*(part for number, part in enumerate(parts) if number in kept), other)


def _regular(labels: tuple[str, ...], width: int) -> tuple[Tick, ...]:
    """Name every n-th bar, with the smallest n whose names keep apart."""
    widest = max(map(cell_width, labels), default=0)
    stride = max(1, math.ceil((widest + 1) * len(labels) / max(width - _MARGIN, 1)))
    return tuple(Tick(number + 0.5, labels[number]) for number in range(0, len(labels), stride))


def _owners(sizes: Floats, columns: int) -> Ints:
    """Return the bar that each column shows (columns,), -1 between bars."""
    count = len(sizes)
    if count > columns:
        starts = np.arange(columns) * count // columns
        ends = [*starts[1:].tolist(), count]
        return np.array([start + int(np.argmax(sizes[start:end])) for start, end in zip(starts.tolist(), ends, strict=True)])
    edges = np.arange(count + 1) * columns // count
    owner = np.repeat(np.arange(count), np.diff(edges))
    if columns // count >= _NARROWEST_WITH_GAP:
        owner[edges[1:] - 1] = -1
    return owner


def _stack(frame: Frame, table: Floats, owner: Ints) -> None:
    shown = owner >= 0
    for positive in (True, False):
        base = np.zeros(len(owner))
        for values, role in zip(table, SERIES, strict=False):
            column = values[owner]
            step = np.where(shown & ((column > 0) if positive else (column < 0)), column, 0.0)
            low, high = np.minimum(base, base + step), np.maximum(base, base + step)
            frame.plot.paint(np.where(step == 0, 0, frame.y.eighths(low)), np.where(step == 0, 0, frame.y.eighths(high)), role)
            base = base + step


def _mark_unknown(frame: Frame, unknown: Flags, owner: Ints) -> None:
    """Put a question mark above bars that are not whole."""
    for bar in np.flatnonzero(unknown):
        columns = np.flatnonzero(owner == bar)
        if columns.size:
            frame.plot.write(0, int(columns[len(columns) // 2]), "?", Style(Role.WARNING, bold=True))


def _legend(bars: Bars, parts: tuple[BarPart, ...]) -> list[Sample]:
    samples = [Sample("─", Style(Role.LIMIT, bold=True), limit_text(limit, bars.unit)) for limit in bars.limits]
    return samples + [Sample("  ", Style(background=role), part.label) for part, role in zip(parts, SERIES, strict=False)]
