"""Read the folder of a study: all of it, or every error at once with file and line."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from workbench.study.crosschecks import check_study
from workbench.study.documents import load_document
from workbench.study.durations import months
from workbench.study.edits.scenarios import read_scenarios
from workbench.study.estate import Incident, Study, TopologySpec
from workbench.study.findings import Finding, StudyErrors
from workbench.study.inspection import Inspection, Place
from workbench.study.section import Section
from workbench.study.sections.drivers import read_driver
from workbench.study.sections.events import read_event
from workbench.study.sections.failures import read_failures, read_incident
from workbench.study.sections.money import read_labour, read_money, read_purchase
from workbench.study.sections.platform import read_platform, read_users_limit
from workbench.study.sections.policies import read_policies
from workbench.study.sections.recovery import read_recovery
from workbench.study.sections.sources import read_source
from workbench.study.sections.tenants import read_tenant
from workbench.study.sections.topologies import read_topology
from workbench.study.tables import read_rows
from workbench.study.tenant_rows import tenant_sections
from workbench.study.values import day, text, whole

STUDY_FILE = "study.toml"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Reading:
    """A study and what is doubtful in it."""

    study: Study
    warnings: tuple[Finding, ...]


def read_study(folder: Path) -> Study:
    """Return the study of a folder; raise StudyErrors with every error at once."""
    return inspect_study(folder).study


def inspect_study(folder: Path) -> Reading:
    """Return the study of a folder with its warnings; raise StudyErrors with every finding at once if one is an error."""
    inspection = Inspection()
    values = load_document(inspection, folder / STUDY_FILE, STUDY_FILE)
    study = None
    if values is not None:
        study = _study(Section(inspection, Place(STUDY_FILE), values), folder)
    findings = inspection.settled()
    if study is None or any(finding.severity == "error" for finding in findings):
        raise StudyErrors(findings)
    return Reading(study, findings)


def _study(root: Section, folder: Path) -> Study:
    _check_format(root)
    head = root.child("study")
    head.require("name", 'name = "Meridian Manufacturing"')
    head.require("horizon", 'horizon = "18 months"')
    policies = read_policies(root.child("policy"))
    rows = [(read_tenant(section, policies), section) for section in tenant_sections(root, head, folder)]
    readable = root.inspection.damaged.isdisjoint({STUDY_FILE, head.read("tenants", text, STUDY_FILE)})
    names = frozenset(tenant.name for tenant, _ in rows) if readable else None
    study = Study(
        name=head.read("name", text, "?"),
        folder=folder,
        as_of=head.read("as_of", day, None),
        horizon_months=head.read("horizon", months, 1),
        seed=head.read("seed", whole, 1),
        tenants=tuple(tenant for tenant, _ in rows),
        money=read_money(root.child("money")),
        platform=read_platform(root.child("platform")),
        purchase=read_purchase(root.child("purchase")),
        policies=policies,
        users_share_limit=read_users_limit(root.child("limits")),
        labour=read_labour(root.child("labour")),
        failures=read_failures(root.child("failures")),
        recovery=read_recovery(root.child("recovery")),
        incidents=tuple(_incidents(root, head, folder, names)),
        events=tuple(event for section in root.children("events") if (event := read_event(section, names)) is not None),
        sources=tuple(read_source(section, folder) for section in root.children("sources")),
        drivers=tuple(read_driver(section, folder) for section in root.children("drivers")),
        topologies=tuple(_topologies(root, folder, names)),
    )
    check_study(study, root, [section for _, section in rows])
    study = replace(study, scenarios=tuple(read_scenarios(root, study, folder)))
    root.finish()
    return study


def _check_format(root: Section) -> None:
    root.require("format", "format = 1")
    if root.read("format", whole, FORMAT) != FORMAT:
        root.reject("format", "is not known to this version", f"format = {FORMAT}")


def _incidents(root: Section, head: Section, folder: Path, tenants: frozenset[str] | None) -> Iterator[Incident]:
    file = head.read("incidents", text, None)
    if file is None:
        return
    for row in read_rows(root.inspection, folder / file, file):
        incident = read_incident(root.adopt(Place(file, line=row.line, shown=""), row.values), tenants)
        if incident is not None:
            yield incident


def _topologies(root: Section, folder: Path, tenants: frozenset[str] | None) -> Iterator[TopologySpec]:
    for path in sorted((folder / "topologies").glob("*.toml")):
        file = f"topologies/{path.name}"
        values = load_document(root.inspection, path, file)
        if values is not None:
            yield read_topology(root.adopt(Place(file), values), path.stem, tenants)
