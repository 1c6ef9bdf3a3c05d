"""Rules that hold between the parts of a study: names, days and pools that must fit each other."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

from workbench.study.estate import Study, Tenant, TopologySpec
from workbench.study.inspection import Place
from workbench.study.section import Section
from workbench.study.sections.policies import ENVIRONMENTS
from workbench.study.values import suggestion

CURRENT = "current"
"""Name of the topology that runs today."""
COMPUTED = ("multi-tenant", "dedicated", "hybrid")
"""Names of the topologies that the workbench finds itself."""

_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def horizon_end(study: Study) -> date | None:
    """Return the last day that the study plans for, or None while today is not known."""
    if study.as_of is None:
        return None
    months = study.as_of.month - 1 + study.horizon_months
    year, month = study.as_of.year + months // 12, months % 12 + 1
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    longest = 28 if month == 2 and not leap else _DAYS[month - 1]
    return date(year, month, min(study.as_of.day, longest))


def check_study(study: Study, root: Section, rows: Sequence[Section]) -> None:
    """Note what contradicts itself across tables and files; `rows` holds the section of each tenant."""
    if not rows:
        root.require("tenants", 'tenants = "tenants.csv" in [study], or [[tenants]] with name = "leipzig"')
    named = Counter(tenant.name for tenant in study.tenants)
    for tenant, section in zip(study.tenants, rows, strict=True):
        if named[tenant.name] > 1 and tenant.name != "?":
            section.reject("name", "names two tenants", "keep one row or block for each")
        if tenant.name in study.policies or tenant.name in ENVIRONMENTS:
            section.reject("name", "is also the name of an environment", "rename the tenant")
        _check_origin(study, tenant, section)
        _check_days(study, tenant, section)
    _check_environments(study, root)
    _check_sources(study, root)
    _check_drivers(study, root)
    _check_topologies(study, root)
    _warn_of_gaps(study, root)


def _check_origin(study: Study, tenant: Tenant, section: Section) -> None:
    if tenant.like is None:
        return
    others = {other.name: other for other in study.tenants}
    if tenant.like == tenant.name or tenant.like not in others:
        section.reject("like", "is no other tenant", suggestion(tenant.like, set(others) - {tenant.name}))
    elif others[tenant.like].like is not None:
        section.reject("like", "is itself planned and has no history", f"name what it is like: {others[tenant.like].like}")


def _check_days(study: Study, tenant: Tenant, section: Section) -> None:
    end = horizon_end(study)
    if tenant.starts and end and tenant.starts > end:
        section.reject("starts", "lies after the horizon", f"which ends on {end}")
    if tenant.starts and tenant.ends and tenant.ends < tenant.starts:
        section.reject("ends", "lies before starts", f"which is {tenant.starts}")


def _check_environments(study: Study, root: Section) -> None:
    used = {tenant.environment for tenant in study.tenants}
    policy = root.child("policy")
    for environment in policy.names:
        if environment not in used and environment not in ENVIRONMENTS:
            policy.reject(environment, "is an environment of no tenant", suggestion(environment, (*ENVIRONMENTS, *used)))


def _check_sources(study: Study, root: Section) -> None:
    named = Counter(source.name for source in study.sources)
    pools = {pool.name for topology in study.topologies if topology.name == CURRENT for pool in topology.pools}
    for source, section in zip(study.sources, root.children("sources"), strict=True):
        if named[source.name] > 1:
            section.reject("name", "names two sources", "give each its own name")
        if source.server_of is not None and source.server_of not in pools:
            section.reject("server_of", "is no pool of topologies/current.toml", suggestion(source.server_of, pools))


def _check_drivers(study: Study, root: Section) -> None:
    named = Counter(driver.name for driver in study.drivers)
    for driver, section in zip(study.drivers, root.children("drivers"), strict=True):
        if named[driver.name] > 1:
            section.reject("name", "names two drivers", "give each its own name")


def _check_topologies(study: Study, root: Section) -> None:
    for topology in study.topologies:
        if topology.name in COMPUTED:
            file = f"topologies/{topology.name}.toml"
            root.inspection.error(Place(file), "has the name of a computed topology", "rename the file")
        if topology.name == CURRENT and topology.invoice is None:
            root.inspection.warn(Place(f"topologies/{CURRENT}.toml"), "has no [invoice]: the bill cannot be checked")


def _warn_of_parts(topology: TopologySpec, root: Section) -> None:
    bare = [pool.name for pool in topology.pools if not pool.parts]
    if topology.name == CURRENT and bare:
        root.inspection.warn(Place(f"topologies/{CURRENT}.toml"), f"has pools without parts, so its bill is incomplete: {_few(bare)}")


def _warn_of_gaps(study: Study, root: Section) -> None:
    production = [tenant for tenant in study.tenants if tenant.production]
    unpriced = [tenant.name for tenant in production if tenant.downtime is None]
    if unpriced:
        root.inspection.warn(root.place.key("tenants"), f"have no downtime.per_hour: losses only in user-hours for {_few(unpriced)}")
    empty = [tenant.name for tenant in production if tenant.users == 0]
    if empty:
        root.inspection.warn(root.place.key("tenants"), f"have no users: no blast radius for {_few(empty)}")
    _warn_of_term(study, root)
    for topology in study.topologies:
        _warn_of_parts(topology, root)
        served = {name for pool in topology.pools for name in pool.tenants}
        missing = [tenant.name for tenant in study.tenants if tenant.name not in served and tenant.like is None]
        if missing:
            root.inspection.warn(Place(f"topologies/{topology.name}.toml"), f"has no pool for {_few(missing)}")


def _warn_of_term(study: Study, root: Section) -> None:
    term, horizon = study.purchase.commit_term_months, study.horizon_months
    unread = root.place.key("study").key("horizon").text
    if any(finding.key == unread and finding.severity == "error" for finding in root.inspection.findings):
        return  # a horizon that could not be read outlives nothing
    if study.purchase.commit_share and term > horizon:
        place = root.place.key("purchase").key("commit").key("term")
        root.inspection.warn(place, f"of {term} months outlives the horizon of {horizon}: what is due after it is not in the plan's cost")


def _few(names: Sequence[str]) -> str:
    return ", ".join(names) if len(names) <= 5 else f"{', '.join(names[:5])} and {len(names) - 5} more"
