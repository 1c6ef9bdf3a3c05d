"""Errors of files that a user hands over: every one at once, each with file and line."""

import gzip
from collections.abc import Iterator, Sequence
from pathlib import Path

MOST_SHOWN = 20


class BadFile(ValueError):  # noqa: N818 - the name says what happened
    """A file cannot be used as it is."""

    def __init__(self, path: Path, complaints: Sequence[str]) -> None:
        shown = [f"{path.name}:{complaint}" for complaint in complaints[:MOST_SHOWN]]
        more = [f"{path.name}: {len(complaints) - MOST_SHOWN} more errors"] if len(complaints) > MOST_SHOWN else []
        super().__init__("\n".join([*shown, *more]))
        self.complaints = tuple(complaints)


def read_lines(path: Path) -> Iterator[str]:
    """Yield the lines of a log, also of a gzipped one; raises BadFile when it cannot be read."""
    try:
        with gzip.open(path, "rt", errors="replace") if path.suffix == ".gz" else path.open(errors="replace") as file:
            yield from file
    except (OSError, EOFError) as error:
        raise BadFile(path, [f" {getattr(error, 'strerror', None) or error}: give a readable, whole file"]) from error


def read_text(path: Path) -> str:
    """Return a text file's content; raises BadFile when it cannot be read."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BadFile(path, [f" {error.strerror}: give a readable file"]) from error
    except UnicodeDecodeError as error:
        raise BadFile(path, [f" byte {error.start} is no UTF-8: save it as UTF-8"]) from error
