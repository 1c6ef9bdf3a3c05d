"""Read one TOML file even when parts of it are broken, so that all errors come at once."""

import re
import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path

from workbench.study.cells import words
from workbench.study.inspection import Inspection, Place
from workbench.study.secrecy import REFUSAL, find_secrets

_DAY = re.compile(r"(?<![\"'\w-])(\d{4}-\d\d-\d\d)(?![\w\"'-])")
_PAIR = re.compile(r"\s*[\w.\"' -]+=")
_WHERE = re.compile(r"\s*\(at (?:line (?P<line>\d+), column \d+|end of document)\)")
_REPAIRS = 50


def load_document(inspection: Inspection, path: Path, file: str) -> dict[str, object] | None:
    """Return the tables of a TOML file, numbers as Decimal, or None when nothing of it can be read.

    A line that is no TOML is noted and left out, so that the rest can still be judged; the file itself is not touched.
    """
    text = _text(inspection, path, file)
    if text is None:
        return None
    for _ in range(_REPAIRS):
        inspection.texts[file] = text
        try:
            values = tomllib.loads(text, parse_float=Decimal)
        except tomllib.TOMLDecodeError as error:
            repaired = _quoted_days(text)
            left = repaired if repaired != text else _without_line(inspection, file, text, str(error))
            if left is None:
                return None
            text = left
        else:
            refuse_secrets(inspection, Place(file), values)
            return values
    return None


def refuse_secrets(inspection: Inspection, place: Place, values: object) -> None:
    """Note every password, token or user:password@ in nested values; the secret itself is not repeated."""
    for path, value, fix in find_secrets(values):
        inner = place
        for step in path:
            inner = inner.key(step)
        inspection.secrets.add(words(value) or str(value))
        inspection.error(inner, REFUSAL, fix, value=value)


def _text(inspection: Inspection, path: Path, file: str) -> str | None:
    try:
        return path.read_bytes().decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        inspection.error(Place(file, line=1), f"is not UTF-8 (byte {error.start})", "save the file as UTF-8")
    except OSError as error:
        inspection.error(Place(file), f"cannot be read ({error.strerror})", "check that the file is there")
    return None


def _quoted_days(text: str) -> str:
    """Turn impossible days into text: the reader of the key then says which key has one."""

    def quoted(match: re.Match[str]) -> str:
        try:
            date.fromisoformat(match[1])
        except ValueError:
            return f'"{match[1]}"'
        return match[1]

    return "\n".join(_DAY.sub(quoted, line) if "#" not in line.split("=")[0] else line for line in text.split("\n"))


def _without_line(inspection: Inspection, file: str, text: str, message: str) -> str | None:
    where = _WHERE.search(message)
    rule = _WHERE.sub("", message)
    lines = text.split("\n")
    number = int(where["line"]) if where and where["line"] else len(lines)
    inspection.error(Place(file, line=number), f"is no TOML: {rule[:1].lower()}{rule[1:]}", "correct this line")
    inspection.damaged.add(file)
    if not _stands_alone(lines[number - 1]):
        return None
    lines[number - 1] = ""
    return "\n".join(lines)


def _stands_alone(line: str) -> bool:
    """Whether leaving the line out cannot break the lines around it."""
    balanced = all(line.count(left) == line.count(right) for left, right in ("[]", "{}"))
    return bool(_PAIR.match(line)) and balanced and '"""' not in line and "'''" not in line
