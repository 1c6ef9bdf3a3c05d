"""Edits as text: one TOML table or one shell option each, and back."""

import shlex
import tomllib
from collections.abc import Sequence
from decimal import Decimal

from workbench.study.cells import Cell
from workbench.study.edits.forms import FORMS, Form, Key, Value, form_of, toml_text
from workbench.study.edits.kinds import AddTenant, Edit, RemoveTenant
from workbench.study.findings import StudyErrors
from workbench.study.inspection import Inspection, Place
from workbench.study.section import Section
from workbench.study.values import one_of

OPTION = "--edit"

_KINDS = tuple(form.kind for form in FORMS)


def to_toml(edit: Edit) -> str:
    """Return the [[edits]] table of an edit."""
    form = form_of(edit)
    lines = [f"{key.name} = {toml_text(key, value)}" for key, value in _filled(form, edit)]
    return "\n".join(["[[edits]]", f'kind = "{form.kind}"', *lines]) + "\n"


def from_toml(text: str) -> tuple[Edit, ...]:
    """Return the edits of a text of [[edits]] tables and add/remove arrays; raise StudyErrors with all that is wrong."""
    inspection = Inspection(texts={"edits": text})
    root = Section(inspection, Place("edits"), tomllib.loads(text, parse_float=Decimal))
    edits = read_edits(root)
    root.finish()
    _raise_errors(inspection)
    return tuple(edit for edit, _ in edits)


def to_option(edit: Edit) -> str:
    """Return an edit as the value of one shell option, such as `scale-driver requests 1.2 leipzig`."""
    form = form_of(edit)
    filled = _filled(form, edit)
    texts = [form.kind]
    for (key, value), expected in zip(filled, form.keys, strict=False):
        text = key.content.write(value)
        texts.append(text if key is expected else f"{key.name}={text}")
    return shlex.join(texts)


def from_option(text: str) -> Edit:
    """Return the edit of one shell option; raise StudyErrors with all that is wrong, each with the words in their order."""
    tokens = _words(text)
    inspection = Inspection()
    kind = tokens[0] if tokens else ""
    form = next((form for form in FORMS if form.kind == kind), None)
    if form is None:
        values: dict[str, object] = {"kind": Cell(kind, OPTION, None)}
    else:
        values = _option_values(inspection, form, tokens[1:])
    section = Section(inspection, Place(OPTION, shown=""), values)
    edit = _read_edit(section)
    section.finish()
    _raise_errors(inspection)
    if edit is None:
        raise ValueError(f'{OPTION} "{text}" is no edit: begin with one of {", ".join(_KINDS)}')
    return edit


def read_edits(section: Section) -> list[tuple[Edit, Section]]:
    """Return the edits of a table with `add`, `remove` and `edits`, each with the table it stands in."""
    found: list[tuple[Edit | None, Section]] = []
    found += [(_of_form(table, _form(AddTenant)), table) for table in section.children("add")]
    found += [(_of_form(table, _form(RemoveTenant)), table) for table in section.children("remove")]
    found += [(_read_edit(table), table) for table in section.children("edits")]
    return [(edit, table) for edit, table in found if edit is not None]


def usage(form: Form) -> str:
    """Return how an edit is written as an option: `scale-driver DRIVER FACTOR [tenant=…] [from=…]`."""
    required = [key.name.upper() for key in form.keys if key.required]
    return " ".join([form.kind, *required, *(f"[{key.name}=…]" for key in form.keys if not key.required)])


def _words(text: str) -> Sequence[str]:
    try:
        return shlex.split(text)
    except ValueError as error:
        raise ValueError(f"{OPTION} {text} cannot be read ({error}): close the quotes") from None


def _form(kind: type[Edit]) -> Form:
    return next(form for form in FORMS if form.edit is kind)


def _read_edit(section: Section) -> Edit | None:
    section.require("kind", 'kind = "scale-driver"')
    kind = section.read("kind", one_of(*_KINDS), None)
    form = next((form for form in FORMS if form.kind == kind), None)
    return None if form is None else _of_form(section, form)


def _of_form(section: Section, form: Form) -> Edit | None:
    fields: dict[str, Value] = {}
    for key in form.keys:
        if key.required:
            section.require(key.name, f"{key.name} = {key.content.example}")
        value = section.read(key.name, key.content.parse, None)
        if value is not None:
            fields[key.attribute] = value
    if any(key.required and key.attribute not in fields for key in form.keys):
        return None
    return _built(section, form, fields)


def _built(section: Section, form: Form, fields: dict[str, Value]) -> Edit | None:
    # Each form's readers return what the fields of its class hold; the types of one row are not known to a type checker.
    build: type[object] = form.edit
    try:
        edit = build(**fields)
    except ValueError as broken:
        section.inspection.error(section.place, str(broken))
        return None
    return edit if isinstance(edit, form.edit) else None


def _filled(form: Form, edit: Edit) -> Sequence[tuple[Key, Value]]:
    pairs = [(key, getattr(edit, key.attribute)) for key in form.keys]
    return [(key, value) for key, value in pairs if value is not None]


def _option_values(inspection: Inspection, form: Form, tokens: Sequence[str]) -> dict[str, object]:
    values: dict[str, object] = {"kind": Cell(form.kind, OPTION, None)}
    open_keys = list(form.keys)
    for token in tokens:
        key, text = _meant(open_keys, token)
        if key is None:
            inspection.error(Place(OPTION), f"has {token!r} left over", f"write {usage(form)}")
            continue
        open_keys.remove(key)
        values[key.name] = Cell(text, OPTION, None)
    return values


def _meant(open_keys: Sequence[Key], token: str) -> tuple[Key | None, str]:
    """Return which key a word is for: the one that it names, else the next one; no value holds a `=`."""
    name, equals, text = token.partition("=")
    named = next((key for key in open_keys if equals and key.name == name), None)
    if named is not None:
        return named, text
    return (open_keys[0] if open_keys else None), token


def _raise_errors(inspection: Inspection) -> None:
    findings = inspection.settled()
    if findings:
        raise StudyErrors(findings)
