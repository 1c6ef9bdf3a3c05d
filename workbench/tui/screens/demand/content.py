"""Demand: a fan of one subject and resource, what grows, what was unusual, and how well such forecasts did."""

from dataclasses import dataclass

from models.topology.resources import Resource
from workbench.pipeline.comparison import Comparison
from workbench.pipeline.pools import Pool
from workbench.pipeline.session import Session
from workbench.pipeline.show_exhaustion import TenantFull, tenants_full
from workbench.pipeline.show_fan import Fan, estate_fan, pool_fan, resources_of, tenant_fan
from workbench.pipeline.show_season import usual_week
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


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """What the screen is about now."""

    topology: str
    subject: str
    """"all", "tenant/NAME" or "pool/NAME"."""
    pool: Pool | None
    tenants: tuple[int, ...]
    """Rows of the tenants of the figures."""
    resource: Resource
    drivers: tuple[str, ...]
    """Values of the drivers that the resource follows."""

    @property
    def name(self) -> str:
        """Name of the tenant or pool; empty for all."""
        return self.subject.partition("/")[2]

    @property
    def tenant(self) -> str | None:
        """The tenant, if it is about one."""
        return self.name if self.subject.startswith("tenant/") else None


def demand(session: Session, comparison: Comparison | None, selection: Selection) -> Contents:
    """Return what the panels of the second screen show."""
    if comparison is None:
        return {leaf.key: waiting(leaf.title, "fitting and forecasting …") for leaf in DEMAND.leaves}
    pools = [pool for pool in comparison.result(topology_of(comparison, selection)).plan.pools if pool.production]
    shown = _shown(session, comparison, pools, selection)
    fan = _fan(session, shown)
    names = [session.tenants[i] for i in shown.tenants]
    figures = demand_table(session, shown.tenant) if shown.pool is None else exhaustion_table(comparison, shown.topology)
    full = {one.tenant: one for one in tenants_full(session, shown.topology)}
    unusual = unusual_on_chart(session, shown.resource, shown.tenants)
    return {
        "tenants": Content(f"Whose demand · {shown.topology}", _subjects(session, pools, full), shown.subject),
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


def _shown(session: Session, comparison: Comparison, pools: list[Pool], selection: Selection) -> Shown:
    subject = _subject(session, pools, selection)
    kind, _, name = subject.partition("/")
    pool = next((pool for pool in pools if pool.name == name), None) if kind == "pool" else None
    tenants = tuple(range(len(session.tenants)))
    if kind == "tenant":
        tenants = (session.tenants.index(name),)
    elif pool is not None:
        tenants = pool.tenants
    known = [one for one in resources_of(session) if pool is None or one in pool.planned]
    binding = pool.tightest()[1] if pool is not None else None
    wanted = next((one for one in known if one.value == selection.resource), None)
    resource = wanted or (binding if binding in known else None) or known[0]
    drivers = tuple(dict.fromkeys(link.driver.value for link in session.demand.links if link.resource == resource))
    return Shown(topology_of(comparison, selection), subject, pool, tenants, resource, drivers)


def _subject(session: Session, pools: list[Pool], selection: Selection) -> str:
    known = {ALL, *(f"tenant/{name}" for name in session.tenants), *(f"pool/{pool.name}" for pool in pools)}
    if selection.subject in known:
        return selection.subject
    limited = [pool for pool in pools if pool.tightest()[1] is not None]
    return f"pool/{min(limited, key=lambda pool: (pool.tightest()[0], pool.name)).name}" if limited else ALL


def _subjects(session: Session, pools: list[Pool], full: dict[str, TenantFull]) -> Table:
    columns = (Column("subject", "", align=Align.LEFT), Column("full", "full, median"), Column("kind", "", align=Align.LEFT))
    rows = [Row(ALL, (Cell("all", "all tenants"), Cell(None, ""), Cell("sum", "sum")))]
    rows += [Row(f"pool/{pool.name}", (Cell(pool.name, pool.name), _pool_full(pool), Cell("pool", str(pool.layer)))) for pool in pools]
    rows += [Row(f"tenant/{name}", (Cell(name, name), _tenant_full(full.get(name)), Cell("tenant", "tenant"))) for name in session.tenants]
    return Table("", columns, tuple(rows))


def _pool_full(pool: Pool) -> Cell:
    days = [when.p50 for when in pool.exhaustion.values() if when.p50 is not None]
    return Cell(min(days), f"{min(days):%Y-%m}") if days else Cell(None, "later" if pool.exhaustion else "no limit")


def _tenant_full(one: TenantFull | None) -> Cell:
    if one is None:
        return Cell(None, "no limit")
    return Cell(None, "later") if one.when.p50 is None else Cell(one.when.p50, f"{one.when.p50:%Y-%m}")


def _resources(session: Session, pool: Pool | None) -> Table:
    known = [one for one in resources_of(session) if pool is None or one in pool.planned]
    columns = (Column("resource", "", align=Align.LEFT), Column("unit", "", align=Align.LEFT))
    rows = tuple(Row(one.value, (Cell(one.value, resource_name(one.value)), Cell(one.unit, one.unit))) for one in known)
    missing = tuple(f"{resource_name(one.value)}: no data, not checked" for one in session.workloads.missing)
    return Table("", columns, rows, missing)


def _fan(session: Session, shown: Shown) -> Fan:
    if shown.pool is not None:
        return pool_fan(session, shown.topology, shown.pool.name, shown.resource)
    return estate_fan(session, shown.resource) if shown.tenant is None else tenant_fan(session, shown.tenant, shown.resource)


def _growth(session: Session, names: list[str], shown: Shown) -> Content:
    if shown.tenant is not None:
        like = session.study.tenant(shown.tenant).like
        table = growth_table(session, (like or shown.tenant,))
        return Content(f"{shown.tenant}: drivers and growth{f', as {like}' if like else ''}", table)
    table = growth_table(session, names, shown.drivers)
    return Content(f"Drivers of {resource_name(shown.resource.value)} and their growth", table)


def _unusual(session: Session, shown: Shown) -> Content:
    table = anomalies_table(session, shown.tenant, None if shown.subject == ALL else {session.tenants[i] for i in shown.tenants})
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


def _why(session: Session, comparison: Comparison, shown: Shown, fan: Fan, full: TenantFull | None) -> tuple[str, ...]:
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
