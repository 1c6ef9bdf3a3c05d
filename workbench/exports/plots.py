"""Plotly figures for notebooks: frontier, fan, cash flow, reliability."""

from typing import TYPE_CHECKING

from workbench.pipeline.backtest import StudyBacktest
from workbench.pipeline.comparison import Comparison
from workbench.pipeline.show_backtest import reliability_rows
from workbench.pipeline.show_charts import cash_chart, frontier_points
from workbench.pipeline.show_fan import BANDS, Fan

if TYPE_CHECKING:
    from plotly.graph_objects import Figure


def frontier_figure(comparison: Comparison) -> "Figure":
    """Return cost a month against the worst share of users, a point a topology."""
    from plotly import graph_objects

    points = frontier_points(comparison)
    figure = graph_objects.Figure(
        graph_objects.Scatter(
            x=[float(point.monthly_cost) for point in points],
            y=[100 * point.worst_share for point in points],
            text=[point.topology for point in points],
            mode="markers+text",
            textposition="top center",
            marker={"size": 12, "symbol": ["circle-open" if point.dominated else "circle" for point in points]},
        )
    )
    figure.update_layout(
        title=f"{comparison.study}: cost and blast radius (open: dominated)",
        xaxis_title=f"bill a month, {comparison.currency}",
        yaxis_title="worst share of users, %",
        showlegend=False,
    )
    return figure


def cashflow_figure(comparison: Comparison) -> "Figure":
    """Return what is paid in each month, a line a topology."""
    from plotly import graph_objects

    chart = cash_chart(comparison)
    figure = graph_objects.Figure(
        [
            graph_objects.Scatter(x=list(chart.months), y=chart.cash[row].tolist(), name=name, line={"shape": "hv"})
            for row, name in enumerate(chart.topologies)
        ]
    )
    figure.update_layout(title=f"{comparison.study}: cash flow", yaxis_title=f"cash a month, {chart.currency}")
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
