"""`init`: a starter study; with addresses, tenants and what runs today drafted from the sources."""

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from workbench.commands.drafted_pools import drafted_topology
from workbench.commands.naming import guess_rule
from workbench.commands.pulling import period_of
from workbench.pipeline.session import Progress
from workbench.sources.catalogue import load_catalogue
from workbench.sources.labels import LabelRule
from workbench.sources.postgres import PostgresConnection, driver_grants, grant_statements, tenant_databases
from workbench.sources.prometheus import Discovery, PoolDraft, PrometheusConnection, discover, draft_pools, open_server
from workbench.study.estate import Plant, Tenant
from workbench.study.findings import RuleError
from workbench.study.source_specs import SourceSpec
from workbench.study.starter import write_starter
from workbench.study.values import name as checked_name

ROLE = "workbench"
"""Role that the printed statements are for."""
DRIVER_TABLES = ("sale_order", "stock_move", "mrp_production", "account_move", "res_users_log")
"""Odoo tables behind the drivers that the starter names."""
LOOK_BACK_DAYS = 1.0


@dataclass(frozen=True, slots=True)
class InitOptions:
    """Where, and what to look at."""

    folder: Path
    now_ms: int
    name: str | None = None
    """Name of the study; None: the folder's."""
    prometheus: str | None = None
    """URL."""
    postgres: str | None = None
    """libpq service."""


@dataclass(frozen=True, slots=True)
class Started:
    """What was written and what is to be done."""

    files: tuple[Path, ...]
    tenants: tuple[str, ...]
    """Drafted; empty: one example row to change."""
    pools: tuple[str, ...]
    grants: tuple[str, ...]
    """SQL to run as a superuser, once."""
    notes: tuple[str, ...]


def init(options: InitOptions, progress: Progress) -> Started:
    """Write a starter study; nothing is written over, nor written at all if an address does not answer."""
    sources: list[SourceSpec] = []
    seen = _Seen()
    if options.prometheus is not None:
        progress("asking Prometheus", 0.0)
        seen = _look(options.prometheus, options.now_ms)
        sources.append(
            SourceSpec("prometheus", "prometheus", url=options.prometheus, tenant_label=seen.rule.label, tenant_pattern=seen.rule.pattern)
        )
    names, notes = list(seen.tenants), list(seen.notes)
    grants: tuple[str, ...] = ()
    if options.postgres is not None:
        progress("asking PostgreSQL", 0.5)
        sources.append(
            SourceSpec("postgres", "postgres", service=options.postgres, tenant_label=seen.rule.label, tenant_pattern=seen.rule.pattern)
        )
        databases = tenant_databases(PostgresConnection("postgres", options.postgres, tenant=seen.rule))
        names += databases.values()
        grants = (*grant_statements(ROLE, sorted(databases)), *driver_grants(ROLE, DRIVER_TABLES))
    tenants = tuple(Tenant(name, (Plant(name, 0),)) for name in sorted(set(names)) if _usable(name, notes))
    current = drafted_topology(seen.pools, {tenant.name for tenant in tenants})
    files = write_starter(options.folder, options.name or options.folder.resolve().name, sources, tenants, current)
    progress("written", 1.0)
    pools = () if current is None else tuple(pool.name for pool in current.pools)
    return Started(files, tuple(tenant.name for tenant in tenants), pools, grants, tuple(notes))


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a Prometheus shows."""

    tenants: tuple[str, ...] = ()
    pools: tuple[PoolDraft, ...] = ()
    notes: tuple[str, ...] = ()
    rule: LabelRule = field(default_factory=LabelRule)
    """How one label names tenants, where others name them plainly."""


def _look(url: str, now_ms: int) -> _Seen:
    period, catalogue = period_of(now_ms, LOOK_BACK_DAYS), load_catalogue()
    with open_server(PrometheusConnection("prometheus", url)) as server:
        rule = guess_rule(_names_by_label(discover(server, catalogue, period.start_ms, now_ms)))
    with open_server(PrometheusConnection("prometheus", url, tenant=rule)) as server:
        found = discover(server, catalogue, period.start_ms, now_ms)
        drafts = draft_pools(server, catalogue, now_ms)
    notes = [f"{rule.label} reads as {rule.pattern}: change it in [[sources]] if it is wrong"] if rule.pattern is not None else []
    notes += [f"{one.label}={one.values[0]!r} belongs to no tenant: set the tenant pattern of the source" for one in found.nobody]
    notes += [f"no {one.series}: {', '.join(one.limits)}" for one in found.missing if one.limits]
    return _Seen(found.tenants, drafts, tuple(notes), rule)


def _names_by_label(found: Discovery) -> dict[str, set[str]]:
    names: defaultdict[str, set[str]] = defaultdict(set)
    for one in found.found:
        if one.rule.subject == "tenant":
            names[one.rule.label].update(one.subjects)
    return names


def _usable(name: str, notes: list[str]) -> bool:
    try:
        checked_name(name)
    except RuleError as broken:
        notes.append(f"{name!r} is no tenant name: it {broken}; set the tenant pattern of the source")
        return False
    return True
