"""What a key may hold: each function reads one raw value or says which rule it breaks."""

import difflib
import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

from workbench.study.cells import Cell, words
from workbench.study.findings import RuleError

_NAME = re.compile(r"[^\x00-\x1f\x7f,=|@\s](?:[^\x00-\x1f\x7f,=|@]*[^\x00-\x1f\x7f,=|@\s])?")


def text(value: object) -> str:
    """Return a text that is not empty."""
    found = words(value)
    if found is None:
        raise RuleError("must be text", 'write it in quotes, e.g. "…"')
    if not found:
        raise RuleError("must not be empty", "")
    return found


def name(value: object) -> str:
    """Return a name: printable, without `,`, `=`, `|` and `@`, which separate names elsewhere."""
    found = text(value)
    if not _NAME.fullmatch(found):
        raise RuleError("is no name", "leave out , = | @ and control characters")
    return found


def number(value: object) -> Decimal:
    """Return a finite number that is not negative."""
    found = _decimal(value)
    if not found.is_finite():
        raise RuleError("must be finite", "")
    if found < 0:
        raise RuleError("must not be negative", "")
    return found


def positive(value: object) -> Decimal:
    """Return a finite number above zero."""
    found = number(value)
    if found == 0:
        raise RuleError("must be above zero", "")
    return found


def whole(value: object) -> int:
    """Return a whole number that is not negative."""
    found = number(value)
    if found != found.to_integral_value():
        raise RuleError("must be a whole number", "")
    return int(found)


def count(value: object) -> int:
    """Return a whole number of at least one."""
    found = whole(value)
    if found < 1:
        raise RuleError("must be at least 1", "")
    return found


def real(value: object) -> float:
    """Return a finite number that is not negative, as a float."""
    return float(number(value))


def positive_real(value: object) -> float:
    """Return a finite number above zero, as a float."""
    return float(positive(value))


def share(value: object) -> float:
    """Return a share from 0 to 1."""
    found = number(value)
    if found > 1:
        raise RuleError("must be a share from 0 to 1", f"e.g. {found / 100 if found <= 100 else '0.95'}")
    return float(found)


def probability(value: object) -> float:
    """Return a share above 0 and below 1."""
    found = share(value)
    if found in (0.0, 1.0):
        raise RuleError("must lie between 0 and 1, both excluded", "e.g. 0.95")
    return found


def flag(value: object) -> bool:
    """Return true or false."""
    if isinstance(value, bool):
        return value
    if isinstance(value, Cell) and value.text.lower() in {"true", "false"}:
        return value.text.lower() == "true"
    raise RuleError("must be true or false", "")


def day(value: object) -> date:
    """Return a day of the calendar."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    found = words(value)
    if found is None or not re.fullmatch(r"\d{4}-\d\d-\d\d", found):
        raise RuleError("is no date", "write year-month-day, e.g. 2026-11-01")
    try:
        return date.fromisoformat(found)
    except ValueError:
        raise RuleError("is no day of the calendar", "e.g. 2026-11-01") from None


def month_day(value: object) -> tuple[int, int]:
    """Return (month, day) from a text such as "04-01"."""
    found = words(value) or ""
    try:
        parsed = date.fromisoformat(f"2023-{found}")
    except ValueError:
        raise RuleError("is no month and day", 'e.g. "04-01"') from None
    return parsed.month, parsed.day


def one_of(*allowed: str) -> Callable[[object], str]:
    """Return a reader of one of the words given."""

    def read(value: object) -> str:
        found = text(value)
        if found not in allowed:
            raise RuleError(f"is not one of {', '.join(allowed)}", suggestion(found, allowed))
        return found

    return read


def pattern(value: object) -> str:
    """Return a regular expression with a group named `tenant`."""
    found = text(value)
    try:
        groups = re.compile(found).groupindex
    except re.error as error:
        raise RuleError(f"is no regular expression ({error})", 'e.g. "(?P<tenant>[a-z]+)_prod"') from None
    if "tenant" not in groups:
        raise RuleError("has no group named tenant", 'e.g. "(?P<tenant>[a-z]+)_prod"')
    return found


def own_file(folder: Path) -> Callable[[object], Path]:
    """Return a reader of paths: `~` is the user's home, anything relative starts at the folder."""

    def read(value: object) -> Path:
        return folder / Path(text(value)).expanduser()

    return read


def suggestion(found: str, known: Iterable[str]) -> str:
    """Return `did you mean "…"?` for the known word most like the one found, else nothing."""
    close = difflib.get_close_matches(found, list(known), n=1, cutoff=0.6)
    return f'did you mean "{close[0]}"?' if close else ""


def _decimal(value: object) -> Decimal:
    if isinstance(value, Decimal):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if isinstance(value, Cell):
        try:
            return Decimal(value.text.strip())
        except InvalidOperation:
            raise RuleError("must be a number", "with a dot for decimals, e.g. 0.95") from None
    raise RuleError("must be a number", "without quotes and unit, e.g. 0.95")
