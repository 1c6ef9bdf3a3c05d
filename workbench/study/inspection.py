"""Collect everything that is wrong in a study while it is read, with the place where it stands."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from workbench.study.cells import Cell, words
from workbench.study.findings import Finding
from workbench.study.lines import KeyPath, key_lines, line_of
from workbench.study.secrecy import HIDDEN, holds_secret, is_secret_name


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value or table stands."""

    file: str
    path: KeyPath = ()
    line: int | None = None
    """Known line; None: looked up by the path when it is needed."""
    shown: str | None = None
    """How the path is written in messages; None: from its keys."""

    def key(self, name: str | int) -> "Place":
        """Return the place of a key or element below this one."""
        shown = None if self.shown is None else self.shown + _key_text(name, first=not self.shown)
        return Place(self.file, (*self.path, name), self.line, shown)

    @property
    def text(self) -> str:
        """The key path as a reader would write it: `failures."database server".rate`."""
        if self.shown is not None:
            return self.shown
        return "".join(_key_text(step, first=index == 0) for index, step in enumerate(self.path))


@dataclass(slots=True)
class Inspection:
    """The findings of one reading."""

    texts: dict[str, str] = field(default_factory=dict)
    """TOML text of each file, from which lines are looked up."""
    findings: list[Finding] = field(default_factory=list)
    damaged: set[str] = field(default_factory=set)
    """Files not read whole: what seems to be missing there may only be unreadable."""
    secrets: set[str] = field(default_factory=set)
    """Texts that must not be repeated."""
    _lines: dict[str, Mapping[KeyPath, int]] = field(default_factory=dict)

    def error(self, place: Place, rule: str, fix: str = "", *, value: object = None) -> None:
        """Note that the value at a place breaks a rule; None: the key is missing."""
        self._note(place, rule, fix, value, "error")

    def warn(self, place: Place, rule: str, fix: str = "", *, value: object = None) -> None:
        """Note something that limits what the study can say."""
        self._note(place, rule, fix, value, "warning")

    def line(self, place: Place) -> int | None:
        """Return the line of a place, or None outside files."""
        if place.line is not None or place.file not in self.texts:
            return place.line
        if place.file not in self._lines:
            self._lines[place.file] = key_lines(self.texts[place.file])
        return line_of(self._lines[place.file], place.path)

    def settled(self) -> tuple[Finding, ...]:
        """Return each finding once, by file and line."""
        unique = dict.fromkeys(self.findings)
        return tuple(sorted(unique, key=lambda finding: (finding.file, finding.line or 0)))

    def _note(self, place: Place, rule: str, fix: str, value: object, severity: Literal["error", "warning"]) -> None:
        file, line = place.file, self.line(place)
        if isinstance(value, Cell):
            file, line = value.file, value.line
        shown = None if value is None else self._value_text(place, value)
        self.findings.append(Finding(file, line, place.text, shown, rule, fix, severity))

    def _value_text(self, place: Place, value: object) -> str:
        named = any(is_secret_name(step) for step in place.path if isinstance(step, str))
        return HIDDEN if named or words(value) in self.secrets else _plain_text(value)


def _key_text(step: str | int, *, first: bool) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    written = step if step.replace("_", "").replace("-", "").isalnum() else json.dumps(step, ensure_ascii=False)
    return written if first else f".{written}"


def _plain_text(value: object) -> str:
    if isinstance(value, Cell):
        return HIDDEN if holds_secret(value.text) else value.text
    if isinstance(value, str):
        return HIDDEN if holds_secret(value) else json.dumps(value, ensure_ascii=False)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | Decimal | date):
        return str(value)
    return "{…}" if isinstance(value, dict) else "[…]"
