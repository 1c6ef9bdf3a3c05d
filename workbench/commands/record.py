"""`record`: freezes a comparison in the study, with what it was computed from."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from pricing.book_csv import write_book
from workbench.commands.opening import session_of
from workbench.exports.comparison_json import comparison_json
from workbench.pipeline.bridge import Inputs
from workbench.pipeline.comparison import Comparison
from workbench.pipeline.prices import buyable, study_book
from workbench.pipeline.session import Progress, Session
from workbench.study.edits import from_option, to_option
from workbench.study.estate import Study
from workbench.study.records import Record, RecordedInputs, input_hashes, input_texts, write_record


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


def record(study: Study, options: RecordOptions, progress: Progress) -> Recorded:
    """Freeze the comparison of a study with scenarios and edits; a record is never written over."""
    if study.demo:
        raise ValueError("the bundled study is never written to: make your own with `workbench init DIR`")
    session = session_of(study, options.scenarios, options.edits, progress)
    frozen = record_of(study, session, session.compare(), options.name, options.reason)
    return Recorded(frozen, write_record(study.folder, frozen))


def record_of(study: Study, session: Session, comparison: Comparison, name: str, reason: str) -> Record:
    """Return the record of a comparison that a session made."""
    return Record(
        name=name,
        study=study.name,
        as_of=comparison.as_of,
        basis=comparison.basis.hash,
        reason=reason,
        figures=comparison_json(comparison),
        inputs=input_hashes(study.folder),
        versions=dict(comparison.versions),
        computed_from=RecordedInputs(
            input_texts(study.folder), tuple(to_option(edit) for edit in session.edits), write_book(buyable(study, study_book(study)))
        ),
    )


def inputs_now(study: Study, edits: Sequence[str], as_of: date) -> Inputs:
    """Return what the study as it is now is computed from, with edits as shell options."""
    return Inputs(replace(study, as_of=as_of), tuple(from_option(edit) for edit in edits), buyable(study, study_book(study)))
