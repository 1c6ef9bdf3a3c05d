"""A decision on one page: question, answer, figures, money, risk and what it rests on, in one file that needs nothing else."""

from typing import TYPE_CHECKING

from workbench.exports.page_style import STYLE
from workbench.exports.page_tables import html_table, html_text
from workbench.exports.plots import cashflow_figure, frontier_figure
from workbench.pipeline.comparison import Comparison
from workbench.pipeline.decision import Decision
from workbench.views.briefing import assumptions, basis_table, question_text, risks_table
from workbench.views.cell import Table
from workbench.views.decision import changes_table
from workbench.views.recommendation import recommendation_text
from workbench.views.topologies import topologies_table

if TYPE_CHECKING:
    from plotly.graph_objects import Figure


def page_html(comparison: Comparison, decision: Decision) -> str:
    """Return the page, complete and without any address outside itself; the same comparison gives the same text."""
    from plotly.offline import get_plotlyjs

    table = topologies_table(comparison)
    chosen = decision.recommendation.chosen
    title = f"{comparison.study} (demo)" if comparison.demo else comparison.study
    parts = [
        f"<h1>{html_text(title)}</h1>\n<p class='line'>{html_text(_line(comparison))}</p>\n",
        _section("Question", f"<p class='answer'>{html_text(question_text(comparison))}</p>\n"),
        _section("Recommendation", _sentences(recommendation_text(comparison, decision))),
        _section("Side by side", html_table(table, chosen or "")),
        _charts(comparison, decision),
        _section("Largest risks", html_table(risks_table(comparison, chosen or comparison.results[0].name))),
        _section("What would change the decision", _changes(comparison, decision)),
        _ground(comparison),
    ]
    head = f"<meta charset='utf-8'>\n<title>{html_text(title)[5:-6]}</title>\n<style>{STYLE}</style>\n<script>{get_plotlyjs()}</script>\n"
    return f"<!DOCTYPE html>\n<html lang='en'>\n<head>\n{head}</head>\n<body>\n{''.join(parts)}</body>\n</html>\n"


def _line(comparison: Comparison) -> str:
    scenario = f" · scenario {comparison.scenario}" if comparison.scenario else ""
    horizon = f"horizon {comparison.horizon_months} months"
    return f"as of {comparison.as_of} · {horizon} · {comparison.currency} · basis {comparison.basis.hash}{scenario}"


def _section(title: str, content: str) -> str:
    return f"<section>\n<h2>{title}</h2>\n{content}</section>\n"


def _sentences(found: tuple[str, ...]) -> str:
    """Return the two sentences, and small what speaks against the others."""
    first = f"<p class='answer'>{' '.join(html_text(one) for one in found[:2])}</p>\n"
    return first + "".join(f"<p class='note'>{html_text(one)}</p>\n" for one in found[2:])


def _charts(comparison: Comparison, decision: Decision) -> str:
    frontier = frontier_figure(comparison, chosen=decision.recommendation.chosen, searched=decision.frontier)
    charts = (("Cash flow", "cashflow", cashflow_figure(comparison)), ("Cost and blast radius", "frontier", frontier))
    return f"<div class='pair'>\n{''.join(f'<div><h2>{title}</h2>{_chart(name, one)}</div>' for title, name, one in charts)}</div>\n"


def _chart(name: str, figure: "Figure") -> str:
    figure.update_layout(
        title=None,
        template="plotly_white",
        margin={"l": 50, "r": 10, "t": 10, "b": 40},
        font={"size": 9},
        legend={"orientation": "h", "y": -0.22},
    )
    config = {"displayModeBar": False, "responsive": True}
    drawn = figure.to_html(full_html=False, include_plotlyjs=False, div_id=name, config=config, default_height="58mm")
    return f"<div class='chart'>{drawn}</div>\n"


def _changes(comparison: Comparison, decision: Decision) -> str:
    """Return the table, or why there is none."""
    if decision.recommendation.chosen is None:
        return "<p>Left out: nothing can be recommended, so that nothing can change it.</p>\n"
    table = changes_table(comparison, decision)
    left = () if decision.growth else ("growth was not varied: compare --frontier does so",)
    return html_table(Table(table.title, table.columns, table.rows, left or table.notes))


def _ground(comparison: Comparison) -> str:
    listed = "".join(f"<li>{html_text(one)}</li>" for one in assumptions(comparison))
    basis = _section("Basis", html_table(basis_table(comparison)))
    assumed = _section("Assumptions", f"<ul class='note'>{listed}</ul>\n")
    return f"<div class='pair'>\n<div>{basis}</div>\n<div>{assumed}</div>\n</div>\n"
