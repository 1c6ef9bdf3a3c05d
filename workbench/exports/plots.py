"""Plotly figures for notebooks: frontier, cash flow, loss of a year, fan, reliability."""

from typing import TYPE_CHECKING

from workbench.pipeline.backtest import StudyBacktest
from workbench.pipeline.comparison import Comparison
from workbench.pipeline.frontier import EstateFrontier
from workbench.pipeline.show_backtest import reliability_rows
from workbench.pipeline.show_charts import FrontierPoint, cash_chart, frontier_points
from workbench.pipeline.show_exceedance import exceedances
from workbench.pipeline.show_fan import BANDS, Fan

if TYPE_CHECKING:
    from plotly.graph_objects import Figure


DASHES = ("solid", "dash", "dot", "dashdot", "longdash")
"""Kinds of lines, so that they differ without colour."""


def frontier_figure(comparison: Comparison, *, chosen: str | None = None, searched: EstateFrontier | None = None) -> "Figure":
    """Return the sum a month against the worst share of users, a point a topology; `chosen` is marked, searched splits are a line."""
    from plotly import graph_objects

    points = [point for point in frontier_points(comparison) if point.sum_monthly is not None]
    figure = graph_objects.Figure()
    if searched is not None:
        figure.add_scatter(
            x=[float(point.sum_monthly) for point in searched.points],
            y=[100 * point.worst_share for point in searched.points],
            text=[plain_label(point.result.name) for point in searched.points],
            mode="lines+markers",
            marker={"size": 5},
            line={"width": 1, "dash": "dot"},
        )
    figure.add_scatter(
        x=[float(point.sum_monthly or 0) for point in points],
        y=[100 * point.worst_share for point in points],
        text=[_named(point.topology, chosen) for point in points],
        mode="markers+text",
        textposition=["top center" if row % 2 else "bottom center" for row in range(len(points))],
        cliponaxis=False,
        marker={
            "size": [16 if point.topology == chosen else 10 for point in points],
            "symbol": [_symbol(point, chosen) for point in points],
        },
    )
    figure.update_layout(
        title=f"{plain_label(comparison.study)}: cost and blast radius (open: dominated)",
        xaxis_title=f"bill and expected loss a month, {comparison.currency}",
        yaxis_title="worst share of users, %",
        showlegend=False,
    )
    return figure


def _named(topology: str, chosen: str | None) -> str:
    return f"<b>{plain_label(topology)}</b>" if topology == chosen else plain_label(topology)


def _symbol(point: FrontierPoint, chosen: str | None) -> str:
    shape = "star" if point.topology == chosen else "circle"
    return f"{shape}-open" if point.dominated else shape


def plain_label(text: str) -> str:
    """Return a text of which plotly takes nothing for markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def cashflow_figure(comparison: Comparison) -> "Figure":
    """Return what is paid in each month, a line a topology."""
    from plotly import graph_objects

    chart = cash_chart(comparison)
    figure = graph_objects.Figure(
        [
            graph_objects.Scatter(
                x=list(chart.months),
                y=chart.cash[row].tolist(),
                name=plain_label(name),
                mode="lines",
                line={"shape": "hv", "dash": DASHES[row % len(DASHES)]},
            )
            for row, name in enumerate(chart.topologies)
        ]
    )
    title = f"{plain_label(comparison.study)}: cash flow"
    figure.update_layout(title=title, yaxis_title=f"cash a month, {chart.currency}", yaxis_rangemode="tozero")
    return figure


def loss_figure(comparison: Comparison) -> "Figure":
    """Return how likely a year loses more than an amount, a line a topology; the dots stand at the loss of one bad year in twenty."""
    from plotly import graph_objects

    figure = graph_objects.Figure()
    for row, one in enumerate(exceedances(comparison)):
        name = plain_label(one.topology)
        figure.add_scatter(
            x=one.loss.tolist(),
            y=(100 * one.probability).tolist(),
            name=f"{name}, mean {one.mean:,.0f}",
            mode="lines",
            line={"dash": DASHES[row % len(DASHES)]},
        )
        figure.add_scatter(x=[one.p95], y=[5], name=f"{name}, bad year", mode="markers", marker={"size": 8}, showlegend=False)
    figure.update_layout(
        title=f"{plain_label(comparison.study)}: loss of a year",
        xaxis_title=f"a year loses more than, {comparison.currency}",
        yaxis_title="probability, %",
    )
    return figure


def fan_figure(fan: Fan) -> "Figure":
    """Return history as daily maxima, the forecast's bands, and the limit where there is one."""
    from plotly import graph_objects

    figure = graph_objects.Figure(
        graph_objects.Scatter(x=fan.past_days.tolist(), y=fan.past.tolist(), name="largest hour of the day", line={"width": 1})
    )
    months = fan.months.tolist()
    middle = len(BANDS) // 2
    for low in range(middle):
        high = len(BANDS) - 1 - low
        name = f"{100 * (BANDS[high] - BANDS[low]):.0f} % of paths"
        figure.add_scatter(x=months, y=fan.bands[low].tolist(), line={"width": 0}, showlegend=False, hoverinfo="skip")
        figure.add_scatter(x=months, y=fan.bands[high].tolist(), line={"width": 0}, fill="tonexty", opacity=0.3, name=name)
    figure.add_scatter(x=months, y=fan.bands[middle].tolist(), name="median of the month's peak")
    if fan.limit.size:
        figure.add_scatter(x=months[: fan.limit.size], y=fan.limit.tolist(), name="usable", line={"dash": "dash", "shape": "hv"})
    figure.update_layout(title=f"{fan.subject}: {fan.resource.value}", yaxis_title=fan.unit)
    return figure


def reliability_figure(found: StudyBacktest, driver: str) -> "Figure":
    """Return stated probabilities against what came, with the consistency band; `driver` such as "requests/production"."""
    from plotly import graph_objects

    part = found.part(driver)
    rows = [one for one in reliability_rows(found) if f"{one.driver}/{one.tenant_class}" == driver]
    own = [one for one in rows if one.method == "forecast"]
    stated = [one.stated for one in own]
    figure = graph_objects.Figure()
    figure.add_scatter(x=stated, y=[one.low for one in own], line={"width": 0}, showlegend=False, hoverinfo="skip")
    figure.add_scatter(x=stated, y=[one.high for one in own], line={"width": 0}, fill="tonexty", name="90 % if stated right")
    figure.add_scatter(x=[0, 1], y=[0, 1], line={"dash": "dot", "width": 1}, name="as stated")
    for method in dict.fromkeys(one.method for one in rows):
        mine = [one for one in rows if one.method == method]
        figure.add_scatter(
            x=[one.stated for one in mine],
            y=[one.observed for one in mine],
            text=[f"{one.cases} cases" for one in mine],
            mode="lines+markers",
            name=method,
        )
    figure.update_layout(
        title=f"{driver}: a limit reached within {part.horizon_days} days",
        xaxis_title="stated probability",
        yaxis_title="share that came true",
    )
    return figure
