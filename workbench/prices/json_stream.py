"""JSON price files read piece by piece, however large: values under a prefix, with the place of what is broken."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import BinaryIO, TypeVar

import ijson

from pricing.money import parse_decimal
from workbench.prices.imported import PriceFileError

Piece = TypeVar("Piece")
Item = Mapping[str, object]
CHUNK_BYTES = 1 << 16
_MARK = b"\xef\xbb\xbf"


@dataclass(slots=True)
class _Counted:
    """A file that knows at which line the chunk lies that was read last, and whether it was the last."""

    file: BinaryIO
    first_line: int = 1
    last_line: int = 1
    ended: bool = False
    _started: bool = field(default=False, repr=False)

    def read(self, size: int = -1) -> bytes:
        chunk = self.file.read(size)
        if not self._started:
            self._started = True
            chunk = chunk.removeprefix(_MARK) or self.file.read(size)
        if size != 0:
            self.ended = not chunk
        if chunk:
            self.first_line, self.last_line = self.last_line, self.last_line + chunk.count(b"\n")
        return chunk

    @property
    def place(self) -> str:
        if self.first_line == self.last_line:
            return f"line {self.last_line}"
        return f"lines {self.first_line} to {self.last_line}"


@dataclass(frozen=True, slots=True)
class JsonFile:
    """A JSON file of which only one piece at a time is held in memory; each reading goes through the whole file."""

    path: Path
    source: str
    """Name in messages and in prices."""

    def items(self, prefix: str) -> Iterator[object]:
        """Return the values under a prefix such as skus.item, or raise PriceFileError where the file is broken."""
        return self._read(lambda file: ijson.items(file, prefix, buf_size=CHUNK_BYTES))

    def entries(self, prefix: str) -> Iterator[tuple[str, object]]:
        """Return the keys and values of the object under a prefix such as terms.OnDemand."""
        return self._read(lambda file: ijson.kvitems(file, prefix, buf_size=CHUNK_BYTES))

    def events(self) -> Iterator[tuple[str, str, object]]:
        """Return prefix, event and value of everything in the file."""
        return self._read(lambda file: ijson.parse(file, buf_size=CHUNK_BYTES))

    def one(self, prefix: str) -> object:
        """Return the last value under a prefix, None if there is none."""
        found = None
        for found in self.items(prefix):  # noqa: B007
            pass
        return found

    def _read(self, start: Callable[[_Counted], Iterator[Piece]]) -> Iterator[Piece]:
        with self.path.open("rb") as opened:
            counted = _Counted(opened)
            pieces = 0
            try:
                for piece in start(counted):
                    pieces += 1
                    yield piece
            except ijson.JSONError as error:
                raise PriceFileError(self._broken(counted, pieces, str(error))) from None

    def _broken(self, counted: _Counted, pieces: int, error: str) -> str:
        if counted.ended:
            where = f"{self.source}:{counted.last_line}: the file ends in the middle, after {pieces:,d} whole entries"
            return f"{where}: is it cut off? Download it again; nothing was taken from it"
        reason = error.partition("\n")[0].strip()
        return f"{self.source}, {counted.place}: no JSON ({reason}) after {pieces:,d} whole entries: download it again"


def as_item(value: object, what: str) -> Item:
    """Return a value that must be an object."""
    if not isinstance(value, dict):
        raise ValueError(f"{what} is {_short(value)}: it is an object")  # noqa: TRY004
    return value


def as_list(value: object, what: str) -> list[object]:
    """Return a value that must be a list."""
    if not isinstance(value, list):
        raise ValueError(f"{what} is {_short(value)}: it is a list")  # noqa: TRY004
    return value


def text_of(item: Item, key: str) -> str:
    """Return the text under a key; empty when it is absent or no text."""
    value = item.get(key)
    return value if isinstance(value, str) else ""


def decimal_of(item: Item, key: str) -> Decimal:
    """Return the number under a key, exact; ValueError when it is absent or no number."""
    value = item.get(key)
    if isinstance(value, str):
        return parse_decimal(key, value)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError(f"{key} is {_short(value)}: it is a number")  # noqa: TRY004
    return parse_decimal(key, str(value))


def day_of(item: Item, key: str) -> date | None:
    """Return the day of a time under a key, None when there is none; ValueError when it is no time."""
    text = text_of(item, key)
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError:
        raise ValueError(f"{key} is {text!r}: it is a time such as 2026-09-01T00:00:00Z") from None


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:40]}…"
