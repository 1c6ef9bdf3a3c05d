"""`init`: a starter study; with addresses, tenants and what runs today drafted from the sources."""

from dataclasses import dataclass, field
from pathlib import Path

from workbench.commands.drafted_pools import drafted_topology
from workbench.commands.looking import Looked, look
from workbench.pipeline.session import Progress
from workbench.sources.labels import LabelRule
from workbench.sources.postgres import PostgresConnection, driver_grants, grant_statements, tenant_databases
from workbench.study.estate import Plant, Tenant
from workbench.study.findings import RuleError
from workbench.study.source_specs import SourceSpec
from workbench.study.starter import StarterPlatform, write_starter
from workbench.study.values import name as checked_name

ROLE = "workbench"
"""Role that the printed statements are for."""
DRIVER_TABLES = ("sale_order", "stock_move", "mrp_production", "account_move", "res_users_log")
"""Odoo tables behind the drivers that the starter names."""


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
    rule: LabelRule | None = None
    """How a label names tenants; None: as it seems."""
    platform: StarterPlatform = field(default_factory=StarterPlatform)
    """Where it is to run."""


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
    seen = Looked()
    if options.prometheus is not None:
        progress("asking Prometheus", 0.0)
        seen = look(options.prometheus, options.now_ms, options.rule)
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
    files = write_starter(options.folder, options.name or options.folder.resolve().name, sources, tenants, current, options.platform)
    progress("written", 1.0)
    pools = () if current is None else tuple(pool.name for pool in current.pools)
    return Started(files, tuple(tenant.name for tenant in tenants), pools, grants, tuple(notes))


def _usable(name: str, notes: list[str]) -> bool:
    try:
        checked_name(name)
    except RuleError as broken:
        notes.append(f"{name!r} is no tenant name: it {broken}; set the tenant pattern of the source")
        return False
    return True
