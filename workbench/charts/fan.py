"""The fan: what was, what may come, what it may not exceed and when it does."""

from dataclasses import dataclass

import numpy as np

from workbench.charts.canvas import Floats
from workbench.charts.columns import column_maxima
from workbench.charts.curve import draw_limit, draw_series, limit_text, limit_ticks
from workbench.charts.frame import Frame, axis_line, draw_grid, draw_marks, empty_chart, open_frame, place_axis, value_axis
from workbench.charts.legend import Sample
from workbench.charts.reading import Band, read_column
from workbench.charts.rows import Chart, Role, Style
from workbench.charts.scales import TIME, Unit
from workbench.charts.series import Limit, Mark, Series, matching, places


@dataclass(frozen=True, slots=True, eq=False)
class Forecast:
    """Quantiles of what may come, moment by moment; bands are pointwise, not of the maximum over time."""

    times_ms: Floats
    """Ascending moments (n,), ms since 1970 UTC."""
    low90: Floats
    """5 % quantile (n,)."""
    low50: Floats
    """25 % quantile (n,)."""
    median: Floats
    """50 % quantile (n,)."""
    high50: Floats
    """75 % quantile (n,)."""
    high90: Floats
    """95 % quantile (n,)."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "times_ms", places("forecast", self.times_ms))
        for name in ("low90", "low50", "median", "high50", "high90"):
            object.__setattr__(self, name, matching(name, getattr(self, name), self.times_ms))


@dataclass(frozen=True, slots=True)
class Exhaustion:
    """When the limit is reached if nothing is bought; None is not within the horizon."""

    early_ms: float | None
    """5 % quantile, ms since 1970 UTC."""
    median_ms: float | None
    """Median, ms since 1970 UTC."""
    late_ms: float | None
    """95 % quantile, ms since 1970 UTC."""


@dataclass(frozen=True, slots=True)
class Event:
    """A stretch of the history that was unusual."""

    start_ms: float
    """Begin, ms since 1970 UTC."""
    end_ms: float
    """End; equal to the begin for what only began."""
    glyph: str
    """One cell that stands for what it was."""


@dataclass(frozen=True, slots=True, eq=False)
class Fan:
    """What a fan chart shows; every part but the unit may be missing."""

    unit: Unit
    history: Series | None = None
    forecast: Forecast | None = None
    limits: tuple[Limit, ...] = ()
    today_ms: float | None = None
    """End of the history, ms since 1970 UTC."""
    exhaustion: Exhaustion | None = None
    events: tuple[Event, ...] = ()
    """Marked on the axis line, the last one on top."""
    event_names: tuple[tuple[str, str], ...] = ()
    """Glyph to what it stands for, for the legend."""


def draw_fan(fan: Fan, width: int, height: int) -> Chart:
    """Return a fan chart of exactly `height` rows of `width` cells: bands, grid, history, median, limits, in that order.

    A column shows the maximum of what falls into it; missing history is a gap.
    """
    frame = _open(fan, width, height)
    if frame is None:
        return empty_chart(width, height)
    if fan.forecast is not None:
        _paint_band(frame, fan.forecast.times_ms, fan.forecast.low90, fan.forecast.high90, Role.BAND90)
        _paint_band(frame, fan.forecast.times_ms, fan.forecast.low50, fan.forecast.high50, Role.BAND50)
    draw_grid(frame)
    if fan.history is not None:
        draw_series(frame, fan.history, Role.HISTORY)
    if fan.forecast is not None:
        draw_series(frame, Series("median", fan.forecast.times_ms, fan.forecast.median), Role.FORECAST)
    for limit in fan.limits:
        draw_limit(frame, limit)
    _mark_events(frame, fan.events)
    draw_marks(frame, [Mark(fan.today_ms, "today")] if fan.today_ms is not None else [])
    if fan.exhaustion is not None:
        _mark_exhaustion(frame, fan.exhaustion)
    return frame.canvas.chart()


def read_fan(fan: Fan, width: int, height: int, column: int) -> str:
    """Return what the chart of that size shows in a column of cells, in words; empty beside the plot."""
    frame = _open(fan, width, height)
    if frame is None:
        return ""
    lines = [] if fan.history is None else [fan.history]
    bands = []
    if fan.forecast is not None:
        at = fan.forecast
        lines.append(Series("median", at.times_ms, at.median))
        bands.append(Band("90 %", at.times_ms, at.low90, at.high90))
    return read_column(frame, column, lines, fan.limits, bands)


def _open(fan: Fan, width: int, height: int) -> Frame | None:
    """Return the empty frame of the chart; None where nothing is known."""
    lines = _known(fan)
    x = place_axis([places for places, _ in lines], TIME)
    known = [values for _, values in lines]
    if x is None or not any(np.isfinite(values).any() for values in known):
        return None
    y = value_axis([*known, *(limit.values for limit in fan.limits)], fan.unit)
    if y is None:
        return None
    return open_frame(width, height, x, y, _legend(fan), limit_ticks(fan.limits, fan.unit))


def _known(fan: Fan) -> list[tuple[Floats, Floats]]:
    lines = [(fan.history.x, fan.history.values)] if fan.history is not None else []
    if fan.forecast is not None:
        lines += [(fan.forecast.times_ms, fan.forecast.low90), (fan.forecast.times_ms, fan.forecast.high90)]
        lines += [(fan.forecast.times_ms, fan.forecast.median)]
    return lines


def _paint_band(frame: Frame, times_ms: Floats, low: Floats, high: Floats, role: Role) -> None:
    lower = column_maxima(times_ms, low, frame.x.low, frame.x.high, frame.x.cells)
    upper = column_maxima(times_ms, high, frame.x.low, frame.x.high, frame.x.cells)
    known = ~(np.isnan(lower) | np.isnan(upper))
    frame.plot.paint(np.where(known, frame.y.eighths(lower), 0), np.where(known, frame.y.eighths(upper), 0), role)


def _mark_events(frame: Frame, events: tuple[Event, ...]) -> None:
    """Draw each event on the axis line, as long as it lasted and at least one cell."""
    axis = axis_line(frame)
    for event in events if axis is not None else ():
        first, last = (frame.x.column(min(max(at, frame.x.low), frame.x.high)) for at in (event.start_ms, event.end_ms))
        if axis is not None and event.end_ms >= frame.x.low and 0 <= first <= last:
            axis.write(0, first, event.glyph * (last - first + 1), Style(Role.WARNING, bold=True))


def _mark_exhaustion(frame: Frame, exhaustion: Exhaustion) -> None:
    """Draw the 90 % interval and its median on the axis line; an arrow at its end says that it goes on."""
    axis = axis_line(frame)
    if axis is None or exhaustion.early_ms is None:
        return
    first = frame.x.column(exhaustion.early_ms)
    if first < 0:
        return
    late = frame.x.column(exhaustion.late_ms) if exhaustion.late_ms is not None else -1
    last = late if late >= 0 else axis.width - 1
    axis.write(0, first, "━" * (last - first + 1), Style(Role.WARNING))
    if late < 0:
        axis.write(0, last, "▶", Style(Role.WARNING))
    middle = frame.x.column(exhaustion.median_ms) if exhaustion.median_ms is not None else -1
    if middle >= 0:
        axis.write(0, middle, "▲", Style(Role.WARNING, bold=True))


def _legend(fan: Fan) -> list[Sample]:
    samples = [Sample("─", Style(Role.LIMIT, bold=True), limit_text(limit, fan.unit)) for limit in fan.limits]
    if fan.history is not None:
        samples.append(Sample("⣀⠤", Style(Role.HISTORY), fan.history.label))
    if fan.forecast is not None:
        samples.append(Sample("⣀⠤", Style(Role.FORECAST), "median"))
        samples.append(Sample("  ", Style(background=Role.BAND50), "50 %"))
        samples.append(Sample("  ", Style(background=Role.BAND90), "90 %"))
    drawn = {event.glyph for event in fan.events}
    samples += [Sample(glyph, Style(Role.WARNING, bold=True), name) for glyph, name in fan.event_names if glyph in drawn]
    if fan.exhaustion is not None and fan.exhaustion.early_ms is not None:
        samples.append(Sample("━▲━", Style(Role.WARNING), "full, 90 %"))
    return samples
