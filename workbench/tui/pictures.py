"""From the arrays of the pipeline to charts: units, labels, dates; nothing is computed here."""

from collections.abc import Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from workbench.charts.bars import BarPart, Bars, draw_bars, read_bars
from workbench.charts.fan import Event, Exhaustion, Fan, Forecast, draw_fan, read_fan
from workbench.charts.frontier import Frontier, Point, draw_frontier
from workbench.charts.heatmap import Heatmap, draw_heatmap, read_heatmap
from workbench.charts.lines import Lines, draw_lines, read_lines
from workbench.charts.scales import BYTES, SECONDS, SHARE, Unit, money
from workbench.charts.series import Limit, Mark, Series
from workbench.pipeline.anomalies import Anomaly, AnomalyKind
from workbench.pipeline.exhaustion import Exhaustion as Dates
from workbench.pipeline.show_charts import CashChart, FrontierPoint
from workbench.pipeline.show_fan import Fan as Bands
from workbench.pipeline.show_heat import WEEKDAYS, Heat
from workbench.pipeline.show_sizing import PoolSizing
from workbench.tui.content import Picture
from workbench.views.cell import Table

_MS = 1000.0
_CEILING = 4.0
"""Objectives to the top of the response chart: what is beyond is too slow whatever it is."""


def past_picture(bands: Bands, label: str, caption: str) -> Picture:
    """Return what was, without a forecast."""
    fan = Fan(_unit(bands.unit), history=_history(bands, label))
    return Picture(lambda width, height: draw_fan(fan, width, height), caption, read=lambda w, h, x, _: read_fan(fan, w, h, x))


def fan_picture(bands: Bands, caption: str, table: Table, unusual: Sequence[Anomaly] = ()) -> Picture:
    """Return history, forecast, limit and exhaustion, with what was unusual marked on the axis."""
    low90, low50, median, high50, high90 = bands.bands
    months = _ms(bands.months)
    known = bands.limit.size > 0
    fan = Fan(
        _unit(bands.unit),
        history=_history(bands, "busiest hour of a day"),
        forecast=Forecast(months, low90, low50, median, high50, high90),
        limits=(Limit("usable as bought", months[: bands.limit.size], bands.limit),) if known else (),
        today_ms=float(_ms(bands.past_days)[-1]) if bands.past_days.size else None,
        exhaustion=None if bands.exhaustion is None else _exhaustion(bands.exhaustion),
        events=tuple(_event(one) for one in sorted(unusual, key=lambda one: one.hours, reverse=True)),
        event_names=MARKS,
    )
    return Picture(lambda width, height: draw_fan(fan, width, height), caption, table, lambda w, h, x, _: read_fan(fan, w, h, x))


def response_picture(sizing: PoolSizing, caption: str, table: Table) -> Picture:
    """Return the response quantiles over workers per replica, with the objective and what is set."""
    options = sorted(sizing.others, key=lambda one: one.workers)
    workers = np.array([one.workers for one in options], float)
    series = tuple(
        Series(label, workers, np.array(values, float))
        for label, values in (
            ("p50", [one.p50_s for one in options]),
            ("p95", [one.p95_s for one in options]),
            ("p99", [one.p99_s for one in options]),
        )
    )
    lines = Lines(
        SECONDS,
        series,
        Unit("count", "workers"),
        limits=(Limit.flat("objective", sizing.load.within_s),),
        marks=(Mark(float(sizing.own.workers), "set"),),
        ceiling=_CEILING * sizing.load.within_s,
    )
    return Picture(lambda width, height: draw_lines(lines, width, height), caption, table, lambda w, h, x, _: read_lines(lines, w, h, x))


def week_picture(heat: Heat) -> Picture:
    """Return the use of a pool by hour and weekday."""
    hours = tuple(f"{hour:02d}" for hour in range(24))
    chart = Heatmap(SHARE, WEEKDAYS, hours, heat.utilization, low=0.0, high=1.0)
    caption = f"{heat.pool}, {heat.zone}, highest of the last four weeks"
    return Picture(lambda width, height: draw_heatmap(chart, width, height), caption, read=lambda *at: read_heatmap(chart, *at))


def matrix_picture(rows: tuple[str, ...], columns: tuple[str, ...], values: NDArray[np.float64], unit: Unit, caption: str) -> Picture:
    """Return a table of values as heat."""
    chart = Heatmap(unit, rows, columns, values)
    return Picture(lambda width, height: draw_heatmap(chart, width, height), caption, read=lambda *at: read_heatmap(chart, *at))


def frontier_picture(points: tuple[FrontierPoint, ...], currency: str, chosen: str, table: Table) -> Picture:
    """Return the topologies by bill and worst share; what another one beats in both is a square."""
    drawn = tuple(
        Point(
            point.topology,
            float(point.monthly_cost),
            point.worst_share,
            "▲" if point.topology == chosen else "■" if point.dominated else "●",
        )
        for point in points
    )
    frontier = Frontier(money(currency), SHARE, "bill a month", "worst share of users", drawn)
    caption = "▲ chosen · ■ another one is no worse in both and better in one" if drawn else "nothing to draw: no topology has a bill"
    return Picture(lambda width, height: draw_frontier(frontier, width, height), caption, table)


def cash_picture(cash: CashChart, parts: Sequence[tuple[str, NDArray[np.float64]]], caption: str, table: Table) -> Picture | None:
    """Return the cash of a topology by month, stacked by kind; None if there is no total."""
    if not parts:
        return None
    labels = tuple(f"{month:%b}" if month.month > 1 else f"{month:%Y}" for month in cash.months)
    bars = Bars(money(cash.currency), labels, tuple(BarPart(name, paid) for name, paid in parts))
    return Picture(lambda width, height: draw_bars(bars, width, height), caption, table, lambda w, h, x, _: read_bars(bars, w, h, x))


MARKS = (("×", "left out"), ("◆", "came back"), ("●", "new level"), ("■", "saturated"), ("○", "normal, as you said"))
"""Mark of an unusual stretch to what it stands for."""
_MARK_OF = {
    AnomalyKind.MISSING: "×",
    AnomalyKind.OUTAGE: "×",
    AnomalyKind.ONE_OFF: "×",
    AnomalyKind.SHUTDOWN: "◆",
    AnomalyKind.EPISODE: "◆",
    AnomalyKind.DIP: "◆",
    AnomalyKind.SHIFT: "●",
    AnomalyKind.RESTART: "×",
    AnomalyKind.SATURATED: "■",
    AnomalyKind.NORMAL: "○",
}


def _event(one: Anomaly) -> Event:
    begin = one.start.timestamp() * _MS
    return Event(begin, begin if one.kind is AnomalyKind.SHIFT else one.end.timestamp() * _MS, _MARK_OF[one.kind])


def _history(bands: Bands, label: str) -> Series:
    return Series(label, _ms(bands.past_days), bands.past)


def _exhaustion(dates: Dates) -> Exhaustion:
    return Exhaustion(*(None if day is None else _day_ms(day) for day in (dates.p05, dates.p50, dates.p95)))


def _day_ms(day: date) -> float:
    return float(_ms(np.array([np.datetime64(day)]))[0])


def _ms(days: NDArray[np.datetime64]) -> NDArray[np.float64]:
    return days.astype("datetime64[ms]").astype(np.float64)


def _unit(unit: str) -> Unit:
    if unit == "bytes":
        return BYTES
    if unit == "bytes/s":
        return Unit("bytes", "/s")
    return Unit("rate", unit.removesuffix("/s")) if unit.endswith("/s") else Unit("count", unit)
