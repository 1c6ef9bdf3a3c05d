"""Times as people write them: "800 ms", "18 months", "Mon-Fri 06:00-20:00"."""

import re
from decimal import Decimal

from workbench.study.cells import words
from workbench.study.findings import RuleError

DAYS_PER_MONTH = 30
"""Retention tiers count a month as 30 days."""

_SECONDS = {
    "ms": Decimal("0.001"),
    "s": Decimal(1),
    "min": Decimal(60),
    "h": Decimal(3600),
    "day": Decimal(86400),
    "week": Decimal(604800),
}
_MONTHS = {"month": 1, "year": 12}
_DURATION = re.compile(r"(?P<amount>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)\s*(?P<unit>[a-z]+)")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WINDOW = re.compile(r"(?P<first>[A-Za-z]{3})(?:-(?P<last>[A-Za-z]{3}))?\s+(?P<h1>\d\d):(?P<m1>\d\d)-(?P<h2>\d\d):(?P<m2>\d\d)")
_DAY_MINUTES = 1440
_WEEK_MINUTES = 7 * _DAY_MINUTES


def seconds(value: object) -> float:
    """Return a duration such as "800 ms", "90 min" or "6 weeks" in seconds."""
    amount, unit = _split(value, "800 ms")
    if unit not in _SECONDS:
        raise RuleError(f"has the unknown unit {unit!r}", 'use ms, s, min, h, day or week, e.g. "800 ms"')
    return float(amount * _SECONDS[unit])


def positive_seconds(value: object) -> float:
    """Return a duration above zero in seconds."""
    length = seconds(value)
    if length <= 0:
        raise RuleError("must be longer than zero", 'e.g. "800 ms"')
    return length


def hours(value: object) -> float:
    """Return a duration in hours."""
    return float(Decimal(repr(seconds(value))) / 3600)


def days(value: object) -> float:
    """Return a duration in days; a month has 30."""
    amount, unit = _split(value, "6 weeks")
    if unit in _MONTHS:
        return float(amount * _MONTHS[unit] * DAYS_PER_MONTH)
    return float(Decimal(repr(seconds(value))) / 86400)


def months(value: object) -> int:
    """Return a whole, positive number of months from "18 months" or "1 year"."""
    amount, unit = _split(value, "18 months")
    if unit not in _MONTHS:
        raise RuleError(f"has the unit {unit!r}", 'use months or years, e.g. "18 months"')
    total = amount * _MONTHS[unit]
    if total != int(total) or total < 1:
        raise RuleError("must be a whole number of months, at least one", 'e.g. "18 months"')
    return int(total)


def weekly_hours(value: object) -> float:
    """Return the hours a week that windows such as "Mon-Fri 06:00-20:00, Sat 08:00-12:00" cover; "always" is 168."""
    if words(value) == "always":
        return _WEEK_MINUTES / 60
    return len(_window_minutes(value)) / 60


def windows(value: object) -> str:
    """Return the text of weekly windows unchanged when they can be read."""
    _window_minutes(value)
    return words(value) or ""


def window_minutes(value: object) -> frozenset[int]:
    """Return the minutes of the week (Monday 00:00 is 0) that weekly windows cover."""
    return frozenset(_window_minutes(value))


def _split(value: object, example: str) -> tuple[Decimal, str]:
    text = words(value)
    if text is None or re.fullmatch(r"\d+(\.\d+)?", text):
        raise RuleError("needs a unit", f'e.g. "{example}"')
    if text.startswith("-"):
        raise RuleError("must not be negative", f'e.g. "{example}"')
    match = _DURATION.fullmatch(text)
    if match is None:
        raise RuleError("is no duration", f'write a number and a unit, e.g. "{example}"')
    unit = match["unit"]
    singular = unit[:-1] if unit in {"days", "weeks", "months", "years"} else unit
    return Decimal(match["amount"]), singular


def _window_minutes(value: object) -> set[int]:
    text = words(value)
    if not text:
        raise RuleError("is no weekly window", 'e.g. "Mon-Fri 06:00-20:00"')
    minutes: set[int] = set()
    for part in text.split(","):
        minutes |= _one_window(part.strip())
    return minutes


def _one_window(text: str) -> set[int]:
    match = _WINDOW.fullmatch(text)
    if match is None:
        raise RuleError("is no weekly window", 'write days and times, e.g. "Mon-Fri 06:00-20:00"')
    first, last = _weekday(match["first"]), _weekday(match["last"] or match["first"])
    start, end = _minute(match["h1"], match["m1"]), _minute(match["h2"], match["m2"])
    length = end - start if end > start else end - start + _DAY_MINUTES
    span = range((last - first) % 7 + 1)
    return {((first + day) * _DAY_MINUTES + start + minute) % _WEEK_MINUTES for day in span for minute in range(length)}


def _weekday(text: str) -> int:
    if text.lower() not in _WEEKDAYS:
        raise RuleError(f"names no weekday: {text!r}", "use Mon, Tue, Wed, Thu, Fri, Sat or Sun")
    return _WEEKDAYS.index(text.lower())


def _minute(hour: str, minute: str) -> int:
    total = int(hour) * 60 + int(minute)
    if total > _DAY_MINUTES or int(minute) >= 60:
        raise RuleError(f"names no time of day: {hour}:{minute}", "use 00:00 to 24:00")
    return total
