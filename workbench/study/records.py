"""Records: frozen results with figures, basis, input hashes, versions and the user's reason, kept in git."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import isfinite
from pathlib import Path

from workbench.study.atomic import write_whole

RECORD_FORMAT = 1

Json = None | bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"]
"""What a figure may be; money stands as a decimal string."""

_KEPT = "computed_from"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_TEXTS = ("*.toml", "*.csv", "topologies/*.toml", "scenarios/*.toml")
_INPUTS = ("study.toml", "tenants.csv", "incidents.csv", "offers.csv", "topologies/*.toml", "scenarios/*.toml", "history/manifest.json")


@dataclass(frozen=True, slots=True)
class RecordedInputs:
    """What a result was computed from, beside history: enough to compute it again."""

    texts: Mapping[str, str]
    """File of the study to its text."""
    edits: tuple[str, ...]
    """Edits on top of it, as shell options."""
    prices: str
    """The part of the price books that the study may buy from, as CSV."""


@dataclass(frozen=True, slots=True)
class Record:
    """A result as it was when it was recorded."""

    name: str
    study: str
    as_of: date
    basis: str
    """First 12 hex digits of the basis that all topologies shared."""
    reason: str
    """Why it was recorded, in the user's words."""
    figures: Mapping[str, Json]
    inputs: Mapping[str, str]
    """File of the study to SHA-256 of its bytes."""
    versions: Mapping[str, str]
    computed_from: RecordedInputs | None = None
    """None: written before records kept it; such a record can be compared but not computed again."""


@dataclass(frozen=True, slots=True)
class Change:
    """One place in which two records differ."""

    path: str
    """Keys with dots, such as `figures.hybrid.monthly_cost`."""
    before: Json
    """None also when it was not there."""
    after: Json


def record_path(folder: Path, name: str) -> Path:
    """Return where a record is kept; raise ValueError when the name is no file name."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"record name {name!r} must be letters, digits, `.`, `_` and `-`: use a name such as 2026-11-budget")
    return folder / "records" / f"{name}.json"


def write_record(folder: Path, record: Record) -> Path:
    """Write a new record and return its path; raise ValueError when the name is taken, because a record is frozen."""
    path = record_path(folder, record.name)
    if path.exists():
        raise ValueError(f"record {record.name!r} exists ({path}): choose another name or replace it on purpose")
    write_whole(path, record_json(record))
    return path


def replace_record(folder: Path, record: Record) -> Path:
    """Write a record over the one of the same name, as the user asked, and return its path."""
    path = record_path(folder, record.name)
    write_whole(path, record_json(record))
    return path


def read_record(folder: Path, name: str) -> Record:
    """Return a record; raise ValueError when it is missing or no record."""
    path = record_path(folder, name)
    if not path.is_file():
        known = ", ".join(sorted(other.stem for other in path.parent.glob("*.json"))) or "none yet"
        raise ValueError(f"no record {name!r} in {path.parent}: known are {known}")
    try:
        return _record(json.loads(path.read_text(encoding="utf-8")))
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path} is no record ({error}): restore it from git") from None


def record_json(record: Record) -> str:
    """Return canonical JSON: sorted keys, two spaces, no NaN; raise ValueError naming a figure that is not finite."""
    values = _values(record)
    try:
        return json.dumps(values, sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False, default=_plain) + "\n"
    except ValueError:
        broken = ", ".join(_not_finite("figures", record.figures))
        raise ValueError(f"record {record.name!r}: {broken} is not finite: give null and a reason") from None


def input_hashes(folder: Path) -> Mapping[str, str]:
    """Return the SHA-256 of every file a study is made of; history by its manifest."""
    paths = sorted(path for pattern in _INPUTS for path in folder.glob(pattern))
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def input_texts(folder: Path) -> Mapping[str, str]:
    """Return the text of every file that a study is written in; history is not among them, since it only grows."""
    paths = sorted(path for pattern in _TEXTS for path in folder.glob(pattern))
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in paths}


def changes_between(old: Record, new: Record) -> tuple[Change, ...]:
    """Return what differs between two records, sorted by path; names do not count, and inputs count by their hashes."""
    before, after = (dict(_leaves("", _values(replace(record, computed_from=None)))) for record in (old, new))
    paths = sorted((before.keys() | after.keys()) - {"name"})
    found = (
        Change(path, before.get(path), after.get(path))
        for path in paths
        if path not in before or path not in after or before[path] != after[path]
    )
    return tuple(found)


def _values(record: Record) -> Mapping[str, Json]:
    values: dict[str, Json] = {
        "format": RECORD_FORMAT,
        "name": record.name,
        "study": record.study,
        "as_of": record.as_of.isoformat(),
        "basis": record.basis,
        "reason": record.reason,
        "figures": record.figures,
        "inputs": record.inputs,
        "versions": record.versions,
    }
    kept = record.computed_from
    return values if kept is None else {**values, _KEPT: {"texts": kept.texts, "edits": kept.edits, "prices": kept.prices}}


def _record(values: Mapping[str, object]) -> Record:
    if values["format"] != RECORD_FORMAT:
        raise ValueError(f"format {values['format']} is not known to this version")
    figures = values["figures"]
    if not isinstance(figures, dict):
        raise TypeError("figures must be a table")
    return Record(
        name=_text(values, "name"),
        study=_text(values, "study"),
        as_of=date.fromisoformat(_text(values, "as_of")),
        basis=_text(values, "basis"),
        reason=_text(values, "reason"),
        figures=figures,
        inputs=_texts(values, "inputs"),
        versions=_texts(values, "versions"),
        computed_from=_kept(values),
    )


def _kept(values: Mapping[str, object]) -> RecordedInputs | None:
    found = values.get(_KEPT)
    if found is None:
        return None
    if not isinstance(found, dict) or not isinstance(found.get("edits"), list):
        raise TypeError(f"{_KEPT} must hold texts, edits and prices")
    return RecordedInputs(_texts(found, "texts"), tuple(str(edit) for edit in found["edits"]), _text(found, "prices"))


def _text(values: Mapping[str, object], key: str) -> str:
    found = values[key]
    if not isinstance(found, str):
        raise TypeError(f"{key} must be text")
    return found


def _texts(values: Mapping[str, object], key: str) -> Mapping[str, str]:
    found = values[key]
    if not isinstance(found, dict):
        raise TypeError(f"{key} must be a table")
    return {inner: _text(found, inner) for inner in found}


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{value!r} cannot stand in a record: give text, a number, true, false, null, an array or a table")


def _leaves(path: str, value: Json) -> Iterator[tuple[str, Json]]:
    if isinstance(value, Mapping) and value:
        for key in value:
            yield from _leaves(f"{path}.{key}" if path else key, value[key])
    elif isinstance(value, Sequence) and not isinstance(value, str) and value:
        for index, inner in enumerate(value):
            yield from _leaves(f"{path}[{index}]", inner)
    else:
        yield path, value


def _not_finite(path: str, value: Json) -> Iterator[str]:
    for inner, leaf in _leaves(path, value):
        if isinstance(leaf, float) and not isfinite(leaf):
            yield inner
