"""Demand by tenant, pool and resource: now, at the horizon, growth, and when it is full."""

from workbench.pipeline.comparison import Comparison
from workbench.pipeline.exhaustion import Exhaustion
from workbench.pipeline.figures import Result
from workbench.pipeline.origin import Origin, computed, measured
from workbench.pipeline.pools import Pool
from workbench.pipeline.session import Session
from workbench.pipeline.show_exhaustion import TenantFull, tenants_full
from workbench.pipeline.show_fan import BANDS, Fan, estate_fan, resources_of, tenant_fan
from workbench.pipeline.workloads import Workload
from workbench.views.cell import ASSUMED, Align, Cell, Column, Row, Table
from workbench.views.text import day, quantity, resource_name, share, span, unknown, words

MONTHS_PER_YEAR = 12
_DEMAND = (
    Column("subject", "demand", align=Align.LEFT),
    Column("now", "first month, median"),
    Column("horizon", "at the horizon, median"),
    Column("range", "90 % range"),
    Column("growth", "growth a year"),
)
_FULL = (
    Column("pool", "pool", align=Align.LEFT),
    Column("resource", "resource", align=Align.LEFT),
    Column("demand", "planned, first month"),
    Column("usable", "usable"),
    Column("headroom", "headroom, tightest"),
    Column("p05", "full, early"),
    Column("p50", "median"),
    Column("p95", "late"),
    Column("never", "not within the window"),
    Column("soon", "before the lead time"),
)
_TENANTS = (
    Column("tenant", "tenant", align=Align.LEFT),
    Column("p05", "full, early"),
    Column("p50", "median"),
    Column("p95", "late"),
    Column("never", "not within the window"),
    Column("soon", "before the lead time"),
    Column("first", "what is full first", align=Align.LEFT),
)
_WORKLOADS = (
    Column("parameter", "parameter", align=Align.LEFT),
    Column("value", "value"),
    Column("range", "90 % range"),
    Column("origin", "from", align=Align.LEFT),
)


def demand_table(session: Session, tenant: str | None = None) -> Table:
    """Return the demand of a tenant, or of all together, a row a resource."""
    fans = [tenant_fan(session, tenant, one) if tenant else estate_fan(session, one) for one in resources_of(session)]
    rows = tuple(Row(fan.resource.value, _demand_cells(session, fan)) for fan in fans)
    notes = tuple(f"{resource_name(one.value)}: no data, not checked" for one in session.workloads.missing)
    return Table(f"{tenant or 'all tenants'}: peak hour of the month", _DEMAND, rows, notes)


def fan_origin(session: Session, fan: Fan) -> Origin:
    """Return where a fan comes from."""
    known = fan.past == fan.past
    period = (fan.past_days[known][0].item(), fan.past_days[known][-1].item()) if known.any() else None
    past = measured("drivers × median demand per unit", period, int(known.sum()))
    return computed(f"quantiles of the month's peak over {session.demand.paths} joint paths", past)


def _demand_cells(session: Session, fan: Fan) -> tuple[Cell, ...]:
    last = fan.horizon_months - 1
    median, origin = fan.bands[BANDS.index(0.5)], fan_origin(session, fan)
    low, high = (quantity(float(fan.bands[row, last]), fan.unit) for row in (0, len(BANDS) - 1))
    return (
        words(resource_name(fan.resource.value)),
        quantity(float(median[0]), fan.unit, origin),
        quantity(float(median[last]), fan.unit, origin),
        Cell(high.value, span(low.text, high.text), fan.unit, origin),
        _growth(float(median[0]), float(median[last]), last, origin),
    )


def _growth(first: float, later: float, months: int, origin: Origin) -> Cell:
    if not first > 0 or not later > 0 or months < 1:
        return unknown()
    return share((later / first) ** (MONTHS_PER_YEAR / months) - 1, origin)


def exhaustion_table(comparison: Comparison, topology: str) -> Table:
    """Return every production pool and resource of a topology with when it is full if nothing more is bought."""
    result = comparison.result(topology)
    pools = [pool for pool in result.plan.pools if pool.production]
    rows = tuple(
        Row(f"{pool.name}/{resource.value}", _full_cells(comparison, pool, resource.value, when))
        for pool in pools
        for resource, when in pool.exhaustion.items()
    )
    return Table(f"{topology}: full if nothing more is bought", _FULL, rows, _unchecked(result))


def tenants_full_table(session: Session, topology: str, tenant: str | None = None) -> Table:
    """Return when each tenant in production first meets a limit of what it stands on, the earliest first; of one tenant only that."""
    found = tenants_full(session, topology, None if tenant is None else (tenant,))
    rows = tuple(Row(one.tenant, _tenant_cells(one)) for one in found)
    lead = f"{session.study.purchase.lead_time_days:g} days"
    notes = (f"path by path, the first of all pools that a tenant stands on · lead time {lead}: what is ordered now is there then",)
    return Table(f"{topology}: whom a limit stops first if nothing more is bought", _TENANTS, rows, notes)


def _tenant_cells(one: TenantFull) -> tuple[Cell, ...]:
    first = words("nothing within the window")
    if one.resource is not None:
        first = words(f"{one.pool}, {resource_name(one.resource.value)} ({share(one.share, digits=0).text} of the paths)")
    return (
        words(one.tenant),
        *(day(value, "later") for value in (one.when.p05, one.when.p50, one.when.p95)),
        share(one.when.never, digits=0),
        share(one.when.before_lead_time, digits=1),
        first,
    )


def _unchecked(result: Result) -> tuple[str, ...]:
    names = dict.fromkeys(
        resource_name(resource.value)
        for pool in result.plan.pools
        for resource in pool.planned
        if pool.production and resource not in pool.exhaustion
    )
    return (f"not checked, no limit known: {', '.join(names)}",) if names else ()


def _full_cells(comparison: Comparison, pool: Pool, resource: str, when: Exhaustion) -> tuple[Cell, ...]:
    one = next(known for known in pool.planned if known.value == resource)
    origin = comparison.origins.get("exhaustion")
    return (
        words(pool.name),
        words(resource_name(resource)),
        quantity(float(pool.planned[one][0]), one.unit),
        quantity(float(pool.usable[one][0]), one.unit),
        share(pool.headroom(one)),
        *(day(value, "later", origin) for value in (when.p05, when.p50, when.p95)),
        share(when.never, origin, digits=0),
        share(when.before_lead_time, origin, digits=1),
    )


def workload_table(workload: Workload) -> Table:
    """Return the fitted parameters of a tenant with their ranges and origins."""
    rows = tuple(
        Row(
            name,
            (
                words(name),
                Cell(one.value, f"{one.value:.4g}", "", one.origin, ASSUMED if one.origin.assumed() else ""),
                words(span(f"{one.low:.3g}", f"{one.high:.3g}"), one.origin),
                words(f"{one.origin.kind}: {one.origin.what}", one.origin),
            ),
        )
        for name, one in sorted(workload.parameters.items())
    )
    return Table(f"{workload.tenant}: fitted workload, service time {workload.law}", _WORKLOADS, rows)
