"""Demand: a fan of one subject and resource, growth, and the sentence behind it."""

from workbench.pipeline.comparison import Comparison
from workbench.pipeline.pools import Pool
from workbench.pipeline.session import Session
from workbench.pipeline.show_fan import Fan, estate_fan, pool_fan, resources_of, tenant_fan
from workbench.tui.content import Content, Contents, Sentences, waiting
from workbench.tui.pictures import fan_picture
from workbench.tui.places import DEMAND
from workbench.tui.selection import ALL, Selection
from workbench.tui.subjects import topology_of
from workbench.views.cell import Align, Cell, Column, Row, Table
from workbench.views.demand import demand_table, exhaustion_table, workload_table
from workbench.views.reasons import pool_reasons
from workbench.views.text import resource_name
from workbench.views.topologies import exhaustion_text


def demand(session: Session, comparison: Comparison | None, selection: Selection) -> Contents:
    """Return what the panels of the second screen show."""
    if comparison is None:
        return {leaf.key: waiting(leaf.title, "fitting and forecasting …") for leaf in DEMAND.leaves}
    topology = topology_of(comparison, selection)
    pools = [pool for pool in comparison.result(topology).plan.pools if pool.production]
    subject = _subject(session, pools, selection)
    kind, _, name = subject.partition("/")
    pool = next((pool for pool in pools if pool.name == name), None) if kind == "pool" else None
    fan = _fan(session, topology, subject, pool, selection)
    title = f"{name or 'all tenants'} · {resource_name(fan.resource.value)}"
    table = demand_table(session, name if kind == "tenant" else None) if pool is None else exhaustion_table(comparison, topology)
    return {
        "tenants": Content(f"Whose demand · {topology}", _subjects(session, pools), subject),
        "resources": Content("Resources", _resources(session, pool), fan.resource.value),
        "fan": Content(title, fan_picture(fan, _full(comparison, fan), table)),
        "growth": _growth(session, kind, name, table),
        "why": Content("Why", Sentences(_why(comparison, pool, fan))),
    }


def _subject(session: Session, pools: list[Pool], selection: Selection) -> str:
    known = {ALL, *(f"tenant/{name}" for name in session.tenants), *(f"pool/{pool.name}" for pool in pools)}
    if selection.subject in known:
        return selection.subject
    limited = [pool for pool in pools if pool.tightest()[1] is not None]
    return f"pool/{min(limited, key=lambda pool: (pool.tightest()[0], pool.name)).name}" if limited else ALL


def _subjects(session: Session, pools: list[Pool]) -> Table:
    columns = (Column("subject", "", align=Align.LEFT), Column("kind", "", align=Align.LEFT))
    rows = [Row(ALL, (Cell("all", "all tenants"), Cell("sum", "sum")))]
    rows += [Row(f"pool/{pool.name}", (Cell(pool.name, pool.name), Cell("pool", str(pool.layer)))) for pool in pools]
    rows += [Row(f"tenant/{name}", (Cell(name, name), Cell("tenant", "tenant"))) for name in session.tenants]
    return Table("", columns, tuple(rows))


def _resources(session: Session, pool: Pool | None) -> Table:
    known = [one for one in resources_of(session) if pool is None or one in pool.planned]
    columns = (Column("resource", "", align=Align.LEFT), Column("unit", "", align=Align.LEFT))
    rows = tuple(Row(one.value, (Cell(one.value, resource_name(one.value)), Cell(one.unit, one.unit))) for one in known)
    missing = tuple(f"{resource_name(one.value)}: no data, not checked" for one in session.workloads.missing)
    return Table("", columns, rows, missing)


def _fan(session: Session, topology: str, subject: str, pool: Pool | None, selection: Selection) -> Fan:
    known = [one for one in resources_of(session) if pool is None or one in pool.planned]
    binding = pool.tightest()[1] if pool is not None else None
    wanted = next((one for one in known if one.value == selection.resource), None)
    resource = wanted or (binding if binding in known else None) or known[0]
    if pool is not None:
        return pool_fan(session, topology, pool.name, resource)
    if subject == ALL:
        return estate_fan(session, resource)
    return tenant_fan(session, subject.partition("/")[2], resource)


def _growth(session: Session, kind: str, name: str, table: Table) -> Content:
    if kind != "tenant":
        return Content(table.title, table)
    return Content(f"{name}: what was fitted", workload_table(session.workloads.of(session.study.tenant(name).like or name)))


def _full(comparison: Comparison, fan: Fan) -> str:
    if fan.exhaustion is None:
        return "no limit of its own: choose a pool to see when it is full"
    if fan.exhaustion.p05 is None:
        return "if nothing is bought: not full within the window on at least 95 % of the paths"
    return f"if nothing is bought, full: {exhaustion_text(fan.exhaustion, comparison)}"


def _why(comparison: Comparison, pool: Pool | None, fan: Fan) -> tuple[str, ...]:
    if pool is None:
        return (
            f"Demand of {fan.subject} over joint sample paths; bands are quantiles of each month's peak, not of the year's.",
            *comparison.warnings,
        )
    return pool_reasons(comparison, pool)
