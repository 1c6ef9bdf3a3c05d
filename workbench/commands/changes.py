"""`changes`: what moved since a record, and which input moved it."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from pricing.book_csv import load_book
from workbench.commands.opening import session_of
from workbench.commands.record import inputs_now, record_of
from workbench.exports.documents import json_text, to_json
from workbench.pipeline.bridge import Amounts, Bridge, Inputs, make_bridges
from workbench.pipeline.session import Progress
from workbench.study.edits import from_option
from workbench.study.estate import Study
from workbench.study.records import Change, Json, Record, RecordedInputs, changes_between, read_record
from workbench.study.toml import read_study

PROGRAM = "capacity-workbench"


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
    currency: str
    bridges: tuple[Bridge, ...]
    """One a topology that both have."""
    changes: tuple[Change, ...]
    note: str
    """Why there is no bridge; empty: there is one, or nothing moved."""


def changes(study: Study, options: ChangesOptions, progress: Progress) -> Changes:
    """Return what differs between a record and another one, or the study as it is now with the record's edits."""
    old = read_record(study.folder, options.name)
    edits = () if old.computed_from is None else old.computed_from.edits
    if options.other is not None:
        new = read_record(study.folder, options.other)
    else:
        session = session_of(study, (), edits, progress)
        new = record_of(study, session, session.compare(), "now", old.reason)
    found = changes_between(old, new)
    if not found:
        return Changes(old.name, options.other, study.money.currency, (), (), "")
    silent = [record.name for record in (old, new) if record.computed_from is None]
    if silent:
        note = f"record {', '.join(silent)} does not hold its inputs: record again to learn what moves the figures from then on"
        return Changes(old.name, options.other, study.money.currency, (), found, note)
    bridges = make_bridges(
        _inputs(study, old),
        _inputs(study, new) if options.other is not None else inputs_now(study, edits, new.as_of),
        (_amounts(old), _amounts(new)),
        (old.versions.get(PROGRAM, "?"), new.versions.get(PROGRAM, "?")),
        progress,
    )
    return Changes(old.name, options.other, study.money.currency, bridges, found, "")


def changes_json(found: Changes) -> str:
    """Return the differences as a document."""
    return json_text(
        {
            "record": found.name,
            "other": found.other,
            "currency": found.currency,
            "bridges": to_json(found.bridges),
            "changes": to_json(found.changes),
            "note": found.note,
        }
    )


def _inputs(study: Study, record: Record) -> Inputs:
    """Return what a record was computed from, on the history of the study."""
    kept = record.computed_from or RecordedInputs({}, (), "")
    with tempfile.TemporaryDirectory() as folder:
        for file, text in kept.texts.items():
            path = Path(folder) / _inside(file, record.name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        recorded = read_study(Path(folder))
        drivers = tuple(replace(one, path=_moved(one.path, Path(folder), study.folder)) for one in recorded.drivers)
    recorded = replace(recorded, folder=study.folder, as_of=record.as_of, drivers=drivers)
    return Inputs(recorded, tuple(from_option(edit) for edit in kept.edits), load_book(kept.prices))


def _moved(path: Path | None, start: Path, end: Path) -> Path | None:
    return end / path.relative_to(start) if path is not None and path.is_relative_to(start) else path


def _inside(file: str, record: str) -> Path:
    path = Path(file)
    if path.is_absolute() or ".." in path.parts:
        raise ValueError(f"record {record!r} holds a file {file!r} outside its study: restore the record from git")
    return path


def _amounts(record: Record) -> Mapping[str, Amounts]:
    """Return what each topology cost when it was recorded."""
    topologies = record.figures.get("topologies")
    found: dict[str, Amounts] = {}
    for one in topologies if isinstance(topologies, list) else []:
        if isinstance(one, Mapping):
            found[str(one.get("name"))] = Amounts(_decimal(one.get("monthly_cost")), _decimal(one.get("total_cost")))
    return found


def _decimal(value: Json) -> Decimal | None:
    return Decimal(value) if isinstance(value, str) else None
