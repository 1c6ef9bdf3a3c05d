"""The frontier as a chart: the named topologies, the undominated splits between them, the knee."""

import numpy as np

from workbench.charts.frontier import Frontier, Marker, Point, draw_frontier
from workbench.charts.scales import SHARE, money
from workbench.charts.series import Series
from workbench.pipeline.decision import Decision
from workbench.pipeline.show_charts import FrontierPoint
from workbench.tui.content import Picture
from workbench.views.cell import Table


def frontier_picture(points: tuple[FrontierPoint, ...], decision: Decision, currency: str, chosen: str, table: Table) -> Picture:
    """Return topologies by monthly sum and worst share, with the best splits between them once they were searched."""
    drawn = tuple(
        Point(point.topology, float(point.sum_monthly), point.worst_share, _marker(point, chosen))
        for point in points
        if point.sum_monthly is not None
    )
    if not drawn:
        return Picture(lambda width, height: draw_frontier(_chart(currency, ()), width, height), "nothing to draw: no topology has a sum")
    found = decision.frontier
    if found is None:
        caption = "▲ chosen · ■ another one is no worse in both · f searches the best splits between them"
        return Picture(lambda width, height: draw_frontier(_chart(currency, drawn), width, height), caption, table)
    knee = tuple(Point("knee", float(one.sum_monthly), one.worst_share, "◆") for one in found.points if one.knee)
    front = Series(
        "best splits",
        np.array([float(one.sum_monthly) for one in found.points]),
        np.array([one.worst_share for one in found.points]),
    )
    chart = _chart(currency, (*drawn, *knee), front)
    return Picture(
        lambda width, height: draw_frontier(chart, width, height), "▲ chosen · ■ another one is no worse in both · ◆ knee", table
    )


def _chart(currency: str, points: tuple[Point, ...], front: Series | None = None) -> Frontier:
    return Frontier(money(currency), SHARE, "sum a month", "worst share of users", points, front)


def _marker(point: FrontierPoint, chosen: str) -> Marker:
    return "▲" if point.topology == chosen else "■" if point.dominated else "●"
