"""Demand: a fan of one subject and resource, what grows, what was unusual, and how well such forecasts did."""

from workbench.pipeline.comparison import Comparison
from workbench.pipeline.pools import Pool
from workbench.pipeline.session import Session
from workbench.pipeline.show_exhaustion import TenantFull, tenants_full
from workbench.pipeline.show_fan import Fan
from workbench.pipeline.show_season import usual_week
from workbench.pipeline.show_subject import Subject, fan_of, production_pools, resources_known, subject_of
from workbench.pipeline.show_unusual import unusual_on_chart
from workbench.tui.content import Content, Contents, Sentences, waiting
from workbench.tui.pictures import fan_picture
from workbench.tui.places import DEMAND
from workbench.tui.screens.demand.looking_back import looked_back
from workbench.tui.screens.demand.pictures import season_picture
from workbench.tui.selection import ALL, Selection
from workbench.tui.subjects import topology_of
from workbench.views.anomalies import anomalies_table
from workbench.views.cell import Align, Cell, Column, Row, Table
from workbench.views.demand import demand_table, exhaustion_table
from workbench.views.growth import growth_sentences, growth_table
from workbench.views.reasons import pool_reasons
from workbench.views.text import resource_name, share
from workbench.views.topologies import exhaustion_text

MOST_DATED = 200
"""Pools up to which every subject of the list has its date; of more, only the chosen one: each takes a moment."""


def demand(session: Session, comparison: Comparison | None, selection: Selection) -> Contents:
    """Return what the panels of the second screen show."""
    if comparison is None:
        return {leaf.key: waiting(leaf.title, "fitting and forecasting …") for leaf in DEMAND.leaves}
    shown = subject_of(session, topology_of(comparison, selection), selection.subject, selection.resource)
    pools, fan = production_pools(session, shown.topology), fan_of(session, shown)
    names = [session.tenants[i] for i in shown.tenants]
    figures = demand_table(session, shown.tenant) if shown.pool is None else exhaustion_table(comparison, shown.topology)
    dated = len(pools) <= MOST_DATED
    full = {one.tenant: one for one in tenants_full(session, shown.topology, None if dated else (shown.name,))}
    unusual = unusual_on_chart(session, shown.resource, shown.tenants)
    return {
        "tenants": Content(f"Whose demand · {shown.topology}", _subjects(session, pools, full, dated=dated), shown.key),
        "fan": Content(
            f"{shown.name or 'all tenants'} · {resource_name(shown.resource.value)}",
            fan_picture(fan, _full(comparison, fan, full.get(shown.tenant or "")), figures, unusual),
        ),
        "resources": Content("Resources", _resources(session, shown.pool), shown.resource.value),
        "growth": _growth(session, names, shown),
        "season": Content("Usual week", season_picture(usual_week(session, shown.resource, shown.tenants))),
        "why": Content("Why", Sentences(_why(session, comparison, shown, fan, full.get(shown.tenant or "")))),
        "unusual": _unusual(session, shown),
        "backtest": looked_back(session, shown.drivers, shown.tenant),
    }


def _subjects(session: Session, pools: list[Pool], full: dict[str, TenantFull], *, dated: bool) -> Table:
    columns = (Column("subject", "", align=Align.LEFT), Column("full", "full, median"), Column("kind", "", align=Align.LEFT))
    rows = [Row(ALL, (Cell("all", "all tenants"), Cell(None, ""), Cell("sum", "sum")))]
    rows += [
        Row(f"pool/{pool.name}", (Cell(pool.name, pool.name), _pool_full(pool, dated=dated), Cell("pool", str(pool.layer))))
        for pool in pools
    ]
    rows += [
        Row(f"tenant/{name}", (Cell(name, name), _tenant_full(full.get(name), dated=dated), Cell("tenant", "tenant")))
        for name in session.tenants
    ]
    return Table("", columns, tuple(rows))


def _pool_full(pool: Pool, *, dated: bool) -> Cell:
    if not dated:
        return Cell(None, "")
    days = [when.p50 for when in pool.exhaustion.values() if when.p50 is not None]
    return Cell(min(days), f"{min(days):%Y-%m}") if days else Cell(None, "later" if pool.exhaustion else "no limit")


def _tenant_full(one: TenantFull | None, *, dated: bool) -> Cell:
    if one is None:
        return Cell(None, "no limit" if dated else "")
    return Cell(None, "later") if one.when.p50 is None else Cell(one.when.p50, f"{one.when.p50:%Y-%m}")


def _resources(session: Session, pool: Pool | None) -> Table:
    columns = (Column("resource", "", align=Align.LEFT), Column("unit", "", align=Align.LEFT))
    rows = tuple(
        Row(one.value, (Cell(one.value, resource_name(one.value)), Cell(one.unit, one.unit))) for one in resources_known(session, pool)
    )
    missing = tuple(f"{resource_name(one.value)}: no data, not checked" for one in session.workloads.missing)
    return Table("", columns, rows, missing)


def _growth(session: Session, names: list[str], shown: Subject) -> Content:
    if shown.tenant is not None:
        like = session.study.tenant(shown.tenant).like
        table = growth_table(session, (like or shown.tenant,))
        return Content(f"{shown.tenant}: drivers and growth{f', as {like}' if like else ''}", table)
    table = growth_table(session, names, shown.drivers)
    return Content(f"Drivers of {resource_name(shown.resource.value)} and their growth", table)


def _unusual(session: Session, shown: Subject) -> Content:
    table = anomalies_table(session, shown.tenant, None if shown.key == ALL else {session.tenants[i] for i in shown.tenants})
    return Content(f"Unusual in the history · {len(table.rows)}", table)


def _full(comparison: Comparison, fan: Fan, tenant: TenantFull | None) -> str:
    if fan.exhaustion is None:
        return _first_limit(comparison, tenant)
    if fan.exhaustion.p05 is None:
        return "if nothing is bought: not full within the window on at least 95 % of the paths"
    return f"if nothing is bought, full: {exhaustion_text(fan.exhaustion, comparison)}"


def _first_limit(comparison: Comparison, tenant: TenantFull | None) -> str:
    if tenant is None:
        return "no limit of its own: choose a pool to see when it is full"
    if tenant.resource is None:
        return "no limit of its own; nothing it stands on is full within the window"
    when = exhaustion_text(tenant.when, comparison)
    return f"no limit of its own; the first of its pools, mostly {tenant.pool} ({resource_name(tenant.resource.value)}), is full: {when}"


def _why(session: Session, comparison: Comparison, shown: Subject, fan: Fan, full: TenantFull | None) -> tuple[str, ...]:
    lines: list[str] = []
    if fan.exhaustion is not None:
        soon = share(fan.exhaustion.before_lead_time).text
        lines.append(f"Full before what is ordered now is there ({session.study.purchase.lead_time_days:g} days): {soon}.")
    elif full is not None:
        lines.append(f"A limit met before what is ordered now is there: {share(full.when.before_lead_time).text}.")
    if shown.tenant is not None:
        own = session.study.tenant(shown.tenant).like or shown.tenant
        return (*lines, *growth_sentences(session, own))
    if shown.pool is not None:
        return (*lines, *pool_reasons(comparison, shown.pool))
    text = "Demand of all over joint sample paths; bands are quantiles of each month's peak, not of the year's."
    return (*lines, text, *comparison.warnings)
