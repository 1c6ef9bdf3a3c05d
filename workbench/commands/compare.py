"""`compare`: the topologies side by side, with gates and tables for finance."""

from dataclasses import dataclass
from pathlib import Path

from workbench.commands.exporting import Exports, write_exports
from workbench.commands.keeping import KeptTopology, keep_topology
from workbench.commands.opening import session_of
from workbench.commands.requirements import Checked, check_requirements, read_requirement
from workbench.exports.comparison_json import comparison_json, origins_json
from workbench.exports.decision_json import decision_json
from workbench.exports.documents import json_text
from workbench.pipeline.comparison import Comparison
from workbench.pipeline.decision import Decision, decide, decide_fully
from workbench.pipeline.session import Progress
from workbench.study.estate import Study


@dataclass(frozen=True, slots=True)
class CompareOptions:
    """What to compare and which gates hold."""

    scenarios: tuple[str, ...] = ()
    edits: tuple[str, ...] = ()
    """Shell options such as "scale-driver requests 1.2 leipzig"."""
    topologies: tuple[str, ...] = ()
    """Empty: all."""
    csv: Path | None = None
    table: str = "lines"
    dialect: str = "machine"
    requirements: tuple[str, ...] = ()
    """Such as "hybrid.headroom>=0.1"."""
    frontier: bool = False
    """Whether growth is varied and the frontier searched: seconds to minutes."""
    xlsx: Path | None = None
    html: Path | None = None
    focus: Path | None = None
    keep: str | None = None
    """Write the pools of one topology as topologies/NAME.toml: "hybrid=my-split"."""


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """A comparison and what became of its gates."""

    comparison: Comparison
    requirements: tuple[Checked, ...]
    decision: Decision
    kept: KeptTopology | None = None
    written: tuple[str, ...] = ()
    """A sentence a file."""

    @property
    def answered(self) -> bool:
        """Whether every gate is met and at least one topology is feasible."""
        return all(one.met for one in self.requirements) and any(result.feasible for result in self.comparison.results)


def compare(study: Study, options: CompareOptions, progress: Progress) -> Compared:
    """Return the comparison; writes the files that are asked for."""
    required = tuple(read_requirement(text) for text in options.requirements)
    session = session_of(study, options.scenarios, options.edits, progress)
    unknown = [name for name in (*options.topologies, *(one.topology for one in required)) if name not in session.topologies]
    if unknown:
        raise ValueError(f"no topology {unknown[0]!r}: choose from {', '.join(session.topologies)}")
    chosen = tuple(dict.fromkeys([*options.topologies, *(one.topology for one in required)])) if options.topologies else None
    comparison = session.compare(chosen)
    decision = decide_fully(session, comparison, progress) if options.frontier else decide(comparison)
    kept = None if options.keep is None else keep_topology(session, options.keep)
    files = Exports(options.csv, options.table, options.dialect, options.xlsx, options.html, options.focus)
    written = write_exports(comparison, decision, files)
    return Compared(comparison, check_requirements(comparison, required), decision, kept, written)


def compared_json(compared: Compared, *, why: bool = False) -> str:
    """Return the document of `compare --json`; with the origins of the figures if asked why."""
    document = {**comparison_json(compared.comparison), **decision_json(compared.comparison, compared.decision)}
    if compared.requirements:
        document["requirements"] = [{"requirement": one.requirement, "met": one.met, "found": one.found} for one in compared.requirements]
    if why:
        document["origins"] = origins_json(compared.comparison)
    return json_text(document)
