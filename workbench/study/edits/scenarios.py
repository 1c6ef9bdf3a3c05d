"""Scenarios in study.toml and scenarios/NAME.toml: read, written whole, compared before they are saved."""

import difflib
import json
import re
from collections.abc import Iterator
from pathlib import Path

from workbench.study.atomic import write_whole
from workbench.study.documents import load_document
from workbench.study.edits.apply import apply
from workbench.study.edits.kinds import Edit, Scenario
from workbench.study.edits.written import read_edits, to_toml
from workbench.study.estate import ScenarioSpec, Study
from workbench.study.inspection import Place
from workbench.study.section import Section
from workbench.study.values import text


def read_scenarios(root: Section, study: Study, folder: Path) -> Iterator[ScenarioSpec]:
    """Yield the scenarios of a study; each edit is tried on the study, so that what it does not find is noted."""
    tables = list(root.children("scenarios"))
    for path in sorted((folder / "scenarios").glob("*.toml")):
        file = f"scenarios/{path.name}"
        values = load_document(root.inspection, path, file)
        if values is not None:
            tables.append(root.adopt(Place(file), values))
    seen: set[str] = set()
    for table in tables:
        table.require("name", 'name = "new plant in Brno"')
        name = table.read("name", text, "?")
        if name in seen:
            table.reject("name", "names two scenarios", "rename one of them")
        seen.add(name)
        yield ScenarioSpec(name, tuple(_tried(study, read_edits(table))))


def scenario_named(study: Study, name: str) -> Scenario:
    """Return a scenario of the study, or raise ValueError naming the known ones."""
    for spec in study.scenarios:
        if spec.name == name:
            return Scenario(spec.name, tuple(edit for edit in spec.edits if isinstance(edit, Edit)))
    known = ", ".join(repr(spec.name) for spec in study.scenarios) or "none yet"
    raise ValueError(f"no scenario {name!r} in study {study.name!r}: known are {known}")


def scenario_toml(scenario: Scenario) -> str:
    """Return the text of a scenario's file."""
    head = f"name = {json.dumps(scenario.name, ensure_ascii=False)}\n"
    return "\n".join([head, *(to_toml(edit) for edit in scenario.edits)])


def scenario_path(folder: Path, scenario: Scenario) -> Path:
    """Return where a scenario is kept: its name in small letters with hyphens."""
    slug = re.sub(r"[^\w]+", "-", scenario.name.lower()).strip("-")
    if not slug:
        raise ValueError(f"scenario name {scenario.name!r} has no letter or digit: give it a name for its file")
    return folder / "scenarios" / f"{slug}.toml"


def write_scenario(folder: Path, scenario: Scenario) -> Path:
    """Write a scenario's file whole, replacing what was there, and return its path."""
    path = scenario_path(folder, scenario)
    write_whole(path, scenario_toml(scenario))
    return path


def scenario_diff(old: Scenario | None, new: Scenario) -> str:
    """Return what saving would change, as a unified diff; empty when nothing does."""
    before = "" if old is None else scenario_toml(old)
    lines = difflib.unified_diff(
        before.splitlines(keepends=True), scenario_toml(new).splitlines(keepends=True), fromfile="saved", tofile="new"
    )
    return "".join(lines)


def _tried(study: Study, edits: list[tuple[Edit, Section]]) -> Iterator[Edit]:
    for edit, table in edits:
        try:
            study = apply(study, (edit,)).study
        except ValueError as broken:
            table.inspection.error(table.place, str(broken))
        yield edit
