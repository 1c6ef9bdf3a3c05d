"""Estate: tenants and what is known of them, sources, doubts."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from workbench.charts.output import plain
from workbench.charts.sparkline import draw_sparkline
from workbench.pipeline.comparison import Comparison
from workbench.pipeline.session import Session
from workbench.pipeline.show_estate import TenantState, tenant_states
from workbench.pipeline.show_fan import resources_of, tenant_fan
from workbench.tui.content import SPARKS, Content, Contents, Sentences, waiting
from workbench.tui.pictures import past_picture
from workbench.tui.selection import Selection
from workbench.views.cell import Align, Cell, Column, Row, Table
from workbench.views.estate import sources_table, tenants_table
from workbench.views.text import resource_name
from workbench.views.text import share as share_text

_SPARK_CELLS = 14


def estate(session: Session, comparison: Comparison | None, selection: Selection) -> Contents:
    """Return what the panels of the first screen show; the load waits for the fits."""
    states = tenant_states(session)
    names = [state.tenant for state in states]
    tenant = selection.tenant if selection.tenant in names else names[0] if names else ""
    table = _with_sparks(tenants_table(states, session.study.name), {state.tenant: state.weekly for state in states})
    load = waiting("Load", "fitting …") if comparison is None else _load(session, tenant)
    return {
        "tenants": Content(f"Tenants · {len(names)}", table, tenant),
        "load": load,
        "sources": Content("Sources", sources_table(session)),
        "health": Content("Health of the data", Sentences(_health(session, states, comparison))),
    }


def _with_sparks(table: Table, weekly: dict[str, NDArray[np.float64]]) -> Table:
    column = Column(SPARKS, "busiest hour, by week", align=Align.LEFT)
    rows = tuple(Row(row.key, (*row.cells[:2], _spark(weekly[row.key]), *row.cells[2:])) for row in table.rows)
    return replace(table, columns=(*table.columns[:2], column, *table.columns[2:]), rows=rows)


def _spark(values: NDArray[np.float64]) -> Cell:
    text = plain(draw_sparkline(values, _SPARK_CELLS)).rstrip("\n")
    return Cell(text, text)


def _load(session: Session, tenant: str) -> Content:
    if tenant not in session.tenants:
        return waiting(f"{tenant}: load", "not in the figures: it has no history and is like no other tenant")
    resources = resources_of(session)
    resource = next((one for one in resources if one.value == "ingress"), resources[0])
    fan = tenant_fan(session, tenant, resource)
    picture = past_picture(fan, fan.unit, "a gap is missing data or an outage, never low demand")
    return Content(f"{tenant}: {fan.unit}, busiest hour of each day", picture)


def _health(session: Session, states: tuple[TenantState, ...], comparison: Comparison | None) -> tuple[str, ...]:
    """Return what is known to be doubtful; that nothing is said of the rest is no praise of it."""
    gaps = [f"{state.tenant}: {state.missing_hours:,} hours are missing in its history" for state in states if state.missing_hours]
    if comparison is None:
        return (*gaps, "fitting and sizing: more may follow")
    unknown = [f"{resource_name(one.value)}: no data of any tenant, not checked" for one in session.workloads.missing]
    share = comparison.assumed_share
    assumed = [f"up to {share_text(float(share)).text} of a bill rests on assumed prices"] if share else []
    end = "Limits that nobody gave stand under 4, Why; figures that rest on an assumption are marked a."
    return (*comparison.warnings, *gaps, *unknown, *assumed, end)
