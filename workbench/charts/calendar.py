"""Calendar ticks in UTC, as fine as their labels stay apart."""

import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from workbench.charts.scales import Tick

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_HOUR_MS = 3_600_000
_DAY_MS = 24 * _HOUR_MS
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HOURS = (1, 3, 6, 12)
_DAYS = (1, 2, 7, 14)
_MONTHS = (1, 2, 3, 6)
_YEARS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
_LONGEST = {"hours": 6, "days": 6, "months": 4, "years": 4}
_GAP = 2


def calendar_ticks(start_ms: float, end_ms: float, cells: int) -> tuple[Tick, ...]:
    """Return ticks between two moments (ms since 1970 UTC) over so many cells, the finest whose labels keep two cells apart."""
    if not (end_ms > start_ms and cells > 0):
        return ()
    per_ms = cells / (end_ms - start_ms)
    for unit, steps, unit_ms in (
        ("hours", _HOURS, _HOUR_MS),
        ("days", _DAYS, _DAY_MS),
        ("months", _MONTHS, 28 * _DAY_MS),
        ("years", _YEARS, 365 * _DAY_MS),
    ):
        for step in steps:
            if step * unit_ms * per_ms >= _LONGEST[unit] + _GAP:
                return _with_year(tuple(_moments(unit, step, start_ms, end_ms)), unit)
    return ()


def day_text(moment_ms: float) -> str:
    """Return the UTC day of a moment (ms since 1970) as YYYY-MM-DD."""
    return f"{_at(moment_ms):%Y-%m-%d}"


def _moments(unit: str, step: int, start_ms: float, end_ms: float) -> Iterator[Tick]:
    if unit in ("hours", "days"):
        size = step * (_HOUR_MS if unit == "hours" else _DAY_MS)
        # Weeks start on Mondays; 1970-01-01 was a Thursday.
        offset = 4 * _DAY_MS if unit == "days" and step % 7 == 0 else 0
        moment = -(-(math.ceil(start_ms) - offset) // size) * size + offset
        while moment <= end_ms:
            yield Tick(float(moment), _day_label(_at(moment), unit))
            moment += size
        return
    months = step if unit == "months" else 12 * step
    first = _at(start_ms)
    number = -(-(12 * first.year + first.month - 1) // months) * months
    while number < 12 * 9_999:
        moment = _ms(number)
        if moment > end_ms:
            return
        if moment >= start_ms:
            yield Tick(float(moment), _month_label(number))
        number += months


def _with_year(found: tuple[Tick, ...], unit: str) -> tuple[Tick, ...]:
    """Name the year once where no January does."""
    if unit != "months" or not found or any(tick.text.isdigit() for tick in found):
        return found
    return (Tick(found[0].at, f"{found[0].text} {_at(found[0].at).year}"), *found[1:])


def _day_label(moment: datetime, unit: str) -> str:
    return f"{MONTHS[moment.month - 1]} {moment.day}" if unit == "days" or moment.hour == 0 else f"{moment:%H:%M}"


def _month_label(number: int) -> str:
    return str(number // 12) if number % 12 == 0 else MONTHS[number % 12]


def _at(moment_ms: float) -> datetime:
    limits = (-62_135_596_800_000, 253_402_300_799_000)
    return _EPOCH + timedelta(milliseconds=min(max(int(moment_ms), limits[0]), limits[1]))


def _ms(month_number: int) -> int:
    return (datetime(month_number // 12, month_number % 12 + 1, 1, tzinfo=UTC) - _EPOCH) // timedelta(milliseconds=1)
