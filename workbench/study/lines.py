"""Key path to line number in a TOML file: `tomllib` tells where nothing stands."""

import re
from bisect import bisect_right
from collections.abc import Mapping

Step = str | int
"""A key or the index of an array's element."""
KeyPath = tuple[Step, ...]

_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}|\'{3}.*?\'{3,5}'
    r'|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\''
    r'|#[^\n]*|\n|[\[\]{}=,.]|[^\s\[\]{}=,.#"\']+',
    re.DOTALL,
)
_SKIPPED = ("\n", "#")


def key_lines(text: str) -> Mapping[KeyPath, int]:
    """Return the line, from 1, of every key, table header and array element of a valid TOML text."""
    scanner = _Scanner(text)
    while not scanner.done:
        scanner.statement()
    return scanner.lines


def line_of(lines: Mapping[KeyPath, int], path: KeyPath) -> int:
    """Return the line of the longest known beginning of the path; 1 when nothing of it is there."""
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return 1


class _Scanner:
    def __init__(self, text: str) -> None:
        breaks = [match.start() for match in re.finditer("\n", text)]
        found = [(match.group(), bisect_right(breaks, match.start() - 1) + 1) for match in _TOKEN.finditer(text)]
        self._tokens = found
        self._at = 0
        self._prefix: KeyPath = ()
        self._counts: dict[KeyPath, int] = {}
        self.lines: dict[KeyPath, int] = {}

    @property
    def done(self) -> bool:
        return self._at >= len(self._tokens)

    @property
    def _here(self) -> str:
        return "\n" if self.done else self._tokens[self._at][0]

    @property
    def _line(self) -> int:
        return self._tokens[min(self._at, len(self._tokens) - 1)][1]

    def statement(self) -> None:
        if self._here.startswith(_SKIPPED):
            self._at += 1
        elif self._here == "[":
            self._header()
        else:
            self._pair(self._prefix)

    def _header(self) -> None:
        line = self._line
        self._at += 1
        array = self._here == "["
        self._at += int(array)
        path: KeyPath = ()
        parts = self._key("]")
        for part in parts[:-1]:
            path = self._latest((*path, part))
        path = (*path, parts[-1])
        self._at += int(array)
        if array:
            self._counts[path] = self._counts.get(path, 0) + 1
            self.lines.setdefault(path, line)
        self._prefix = self._latest(path)
        self.lines[self._prefix] = line

    def _latest(self, path: KeyPath) -> KeyPath:
        return (*path, self._counts[path] - 1) if path in self._counts else path

    def _key(self, end: str) -> list[str]:
        parts = []
        while not self.done and self._here != end:
            if self._here != ".":
                parts.append(_bare(self._here))
            self._at += 1
        self._at += 1
        return parts or [""]

    def _pair(self, prefix: KeyPath) -> None:
        line = self._line
        path = prefix
        for part in self._key("="):
            path = (*path, part)
            self.lines.setdefault(path, line)
        self._value(path)

    def _value(self, path: KeyPath) -> None:
        if self._here == "[":
            self._array(path)
        elif self._here == "{":
            self._inline(path)
        else:
            while not self.done and not self._here.startswith(("\n", "#", ",", "]", "}")):
                self._at += 1

    def _array(self, path: KeyPath) -> None:
        self._at += 1
        index = 0
        while not self.done and self._here != "]":
            if self._here == ",":
                index += 1
            if self._here.startswith((",", *_SKIPPED)):
                self._at += 1
                continue
            self.lines[*path, index] = self._line
            self._value((*path, index))
        self._at += 1

    def _inline(self, path: KeyPath) -> None:
        self._at += 1
        while not self.done and self._here != "}":
            if self._here.startswith((",", *_SKIPPED)):
                self._at += 1
            else:
                self._pair(path)
        self._at += 1


def _bare(token: str) -> str:
    if token.startswith("'"):
        return token[1:-1]
    if not token.startswith('"'):
        return token
    return re.sub(r'\\(["\\])', r"\1", token[1:-1])
