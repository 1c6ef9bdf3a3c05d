"""Make the widget of a panel and put content into it."""

from typing import TypeAlias

from workbench.charts.rows import Chart, Span, Style
from workbench.tui.content import Content, Picture, Sentences
from workbench.tui.places import Leaf
from workbench.tui.widgets.chart_view import ChartView
from workbench.tui.widgets.table_view import TableView
from workbench.tui.widgets.text_view import TextView
from workbench.tui.widgets.wrapping import wrapped
from workbench.views.cell import Table

Panel: TypeAlias = TableView | ChartView | TextView


def panel_of(leaf: Leaf) -> Panel:
    """Return the empty widget of a panel."""
    if leaf.kind == "chart":
        return ChartView(id=leaf.key, classes="leaf")
    if leaf.kind == "text":
        return TextView(id=leaf.key, classes="leaf")
    return TableView(knobs=leaf.kind == "knobs", id=leaf.key, classes="leaf")


def fill(panel: Panel, content: Content) -> None:
    """Show content in a panel; sentences fit into every kind."""
    panel.border_title = content.title
    body = content.body
    match panel:
        case ChartView():
            panel.show(body if isinstance(body, Picture) else _written(body) if isinstance(body, Sentences) else None)
        case TextView():
            panel.show(body.lines if isinstance(body, Sentences) else ())
        case TableView():
            noted = Table("", (), (), body.lines) if isinstance(body, Sentences) else None if isinstance(body, Picture) else body
            panel.show(noted, content.cursor)


def _written(body: Sentences) -> Picture:
    """Return sentences as a picture, in the middle of the panel."""

    def draw(width: int, height: int) -> Chart:
        lines = [piece for line in body.lines for piece in wrapped(line, width)][:height]
        above = (height - len(lines)) // 2
        texts = [""] * above + lines + [""] * (height - above - len(lines))
        return tuple((Span(text.center(width)[:width], Style()),) for text in texts)

    return Picture(draw)
