"""`record`: freezes a comparison in the study; `changes`: what moved since."""

from dataclasses import dataclass
from pathlib import Path

from workbench.commands.opening import session_of
from workbench.exports.comparison_json import comparison_json
from workbench.exports.documents import json_text, to_json
from workbench.pipeline.comparison import Comparison
from workbench.pipeline.session import Progress
from workbench.study.estate import Study
from workbench.study.records import Change, Record, changes_between, input_hashes, read_record, write_record


@dataclass(frozen=True, slots=True)
class RecordOptions:
    """What to freeze."""

    name: str
    reason: str = ""
    """Why, in the user's words."""
    scenarios: tuple[str, ...] = ()
    edits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was frozen."""

    record: Record
    path: Path


@dataclass(frozen=True, slots=True)
class ChangesOptions:
    """Which records."""

    name: str
    other: str | None = None
    """None: the study as it is now."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs."""

    name: str
    other: str | None
    changes: tuple[Change, ...]


def record(study: Study, options: RecordOptions, progress: Progress) -> Recorded:
    """Freeze the comparison of a study with scenarios and edits; a record is never written over."""
    if study.demo:
        raise ValueError("the bundled study is never written to: make your own with `workbench init DIR`")
    comparison = session_of(study, options.scenarios, options.edits, progress).compare()
    frozen = record_of(study, comparison, options.name, options.reason)
    return Recorded(frozen, write_record(study.folder, frozen))


def record_of(study: Study, comparison: Comparison, name: str, reason: str) -> Record:
    """Return the record of a comparison."""
    return Record(
        name=name,
        study=study.name,
        as_of=comparison.as_of,
        basis=comparison.basis.hash,
        reason=reason,
        figures=comparison_json(comparison),
        inputs=input_hashes(study.folder),
        versions=dict(comparison.versions),
    )


def changes(study: Study, options: ChangesOptions, progress: Progress) -> Changes:
    """Return what differs between a record and another one, or the study as it is now."""
    old = read_record(study.folder, options.name)
    if options.other is not None:
        new = read_record(study.folder, options.other)
    else:
        comparison = session_of(study, (), (), progress).compare()
        new = record_of(study, comparison, "now", old.reason)
    return Changes(options.name, options.other, changes_between(old, new))


def changes_json(found: Changes) -> str:
    """Return the differences as a document."""
    return json_text({"record": found.name, "other": found.other, "changes": to_json(found.changes)})
