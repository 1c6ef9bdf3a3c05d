"""Read one table of a study key by key; what is wrong is noted, never raised, and unread keys are errors."""

from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

from workbench.study.cells import first_cell, words
from workbench.study.findings import RuleError
from workbench.study.inspection import Inspection, Place
from workbench.study.lines import KeyPath
from workbench.study.secrecy import is_secret_name
from workbench.study.values import suggestion

OPEN = "?"
"""What a draft writes where the user knows more than the sources."""

V = TypeVar("V")
D = TypeVar("D")


class Section:
    """A table, the place where it stands, and which of its keys have been asked for."""

    def __init__(self, inspection: Inspection, place: Place, values: Mapping[str, object]) -> None:
        self.inspection = inspection
        self.place = place
        self._values = values
        self._asked: dict[str, None] = {}
        self._inner: dict[tuple[str, KeyPath, int | None], Section] = {}

    def __contains__(self, key: str) -> bool:
        return key in self._values

    @property
    def values(self) -> dict[str, object]:
        """The raw values, for what must be known before they are checked."""
        return dict(self._values)

    @property
    def names(self) -> tuple[str, ...]:
        """Keys that are there, for tables whose keys are the user's own."""
        return tuple(self._values)

    def read(self, key: str, parse: Callable[[object], V], default: D) -> V | D:
        """Return the value of a key, or the default when it is missing or wrong (then noted)."""
        self._asked[key] = None
        if key not in self._values:
            return default
        found, value = self._parsed(self.place.key(key), self._values[key], parse)
        return default if not found or value is None else value

    def listed(self, key: str, parse: Callable[[object], V]) -> tuple[V, ...]:
        """Return the readable elements of an array; empty when the key is missing."""
        self._asked[key] = None
        values = self._values.get(key, [])
        if not isinstance(values, list):
            self.reject(key, "must be an array", "e.g. [ … ]")
            return ()
        place = self.place.key(key)
        parsed = [self._parsed(place.key(index), value, parse) for index, value in enumerate(values)]
        return tuple(value for found, value in parsed if found and value is not None)

    def child(self, key: str) -> "Section":
        """Return the table below a key; empty when it is missing."""
        self._asked[key] = None
        values = self._values.get(key, {})
        if not isinstance(values, dict):
            self.reject(key, "must be a table", f"e.g. {key} = {{ … }}")
            values = {}
        return self._known(self.place.key(key)) or self.adopt(self.place.key(key), values)

    def children(self, key: str) -> Iterator["Section"]:
        """Yield the tables of an array of tables."""
        self._asked[key] = None
        values = self._values.get(key, [])
        if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
            self.reject(key, "must be an array of tables", f"e.g. [[{key}]]")
            return
        for index, value in enumerate(values):
            place = self.place.key(key).key(index)
            yield self._known(place) or self.adopt(place, value)

    def adopt(self, place: Place, values: Mapping[str, object]) -> "Section":
        """Take in a table, also of another file, that is finished together with this one; replaces the one of the same place."""
        section = Section(self.inspection, place, values)
        self._inner[place.file, place.path, place.line] = section
        return section

    def require(self, key: str, example: str) -> None:
        """Note that a key is missing and show how it is written."""
        self._asked[key] = None
        if key not in self._values and self.place.file not in self.inspection.damaged:
            self.inspection.error(self.place.key(key), "is missing", f"e.g. {example}")

    def reject(self, key: str, rule: str, fix: str = "") -> None:
        """Note that the value of a key breaks a rule; of the table itself when it has no such key."""
        place = self.place.key(key) if key in self._values else self.place
        self.inspection.error(place, rule, fix, value=self._values.get(key))

    def warn(self, key: str, rule: str, fix: str = "") -> None:
        """Note a doubt about a key, there or missing."""
        self.inspection.warn(self.place.key(key), rule, fix, value=self._values.get(key))

    def finish(self) -> None:
        """Note every key nobody asked for, in this table and those read below it."""
        for key, value in self._values.items():
            if key not in self._asked and not is_secret_name(key):
                self._unknown(key, value)
        for inner in self._inner.values():
            inner.finish()

    def _known(self, place: Place) -> "Section | None":
        return self._inner.get((place.file, place.path, place.line))

    def _parsed(self, place: Place, value: object, parse: Callable[[object], V]) -> tuple[bool, V | None]:
        if words(value) == OPEN:
            self.inspection.error(place, "is still open", "fill it in", value=value)
            return False, None
        try:
            return True, parse(value)
        except RuleError as broken:
            self.inspection.error(place, broken.rule, broken.fix, value=value)
            return False, None

    def _unknown(self, key: str, value: object) -> None:
        fix = suggestion(key, self._asked) or f"known here: {', '.join(self._asked) or 'none'}"
        cell = first_cell(value)
        place = self.place.key(key) if cell is None else Place(cell.file, (key,), cell.line and 1)
        self.inspection.error(place, "is an unknown key", fix)
