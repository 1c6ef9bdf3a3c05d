"""Business dates: month-end close, quarter end, holidays and their eves, shutdowns, named days; all in local days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

MONTH_END_WINDOW = (-2, -1, 0, 1, 2)
"""Business days around month end that get an effect: 0 is the last business day, 1 the first of the next month."""


@dataclass(frozen=True, slots=True)
class BusinessCalendar:
    """Dates on which a tenant works differently."""

    holidays: tuple[date, ...] = ()
    """Days without regular work, history and horizon."""
    shutdowns: tuple[tuple[date, date], ...] = ()
    """Planned closures, first and last day."""
    named: tuple[tuple[str, tuple[date, ...]], ...] = ()
    """Other recurring days such as payroll or an MRP night: (name, dates of history and horizon)."""


@dataclass(frozen=True, slots=True, eq=False)
class Effects:
    """Columns of calendar effects."""

    names: tuple[str, ...]
    columns: NDArray[np.float64]
    """(days, effects) 0/1 indicators."""


def holiday_calendar(code: str, first_year: int, last_year: int) -> BusinessCalendar:
    """Return the public holidays of a country ("DE") or subdivision ("DE-SN"), through the `holidays` package."""
    import holidays

    country, _, subdivision = code.partition("-")
    try:
        found = holidays.country_holidays(country, subdiv=subdivision or None, years=range(first_year, last_year + 1))
    except NotImplementedError as error:
        raise ValueError(f"calendar: no holidays are known for {code!r}; use a country or subdivision code such as DE-SN") from error
    return BusinessCalendar(holidays=tuple(sorted(found)))


@lru_cache(maxsize=256)
def day_effects(first: int, stop: int, business: BusinessCalendar | None) -> Effects:
    """Return the effects of local days first … stop (days since 1970-01-01)."""
    days = np.arange(first, stop)
    closed = _closed(days, business)
    position = _month_end_position(first, stop, business)
    names = [f"month end {offset:+d}" for offset in MONTH_END_WINDOW]
    columns = [position == offset for offset in MONTH_END_WINDOW]
    month = (days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)) % 12
    names.append("quarter end")
    columns.append((np.isin(position, (-1, 0)) & (month % 3 == 2)) | ((position == 1) & (month % 3 == 0)))
    if business is not None:
        holiday = np.isin(days, _numbers(business.holidays))
        names += ["holiday", "holiday eve"]
        columns += [holiday, np.isin(days + 1, _numbers(business.holidays)) & ~holiday]
        names.append("shutdown")
        columns.append(closed & ~holiday & _working_week(days))
        for name, dates in business.named:
            names.append(name)
            columns.append(np.isin(days, _numbers(dates)))
    matrix = np.stack(columns, axis=1).astype(np.float64)
    matrix.flags.writeable = False
    return Effects(tuple(names), matrix)


def planned_days(days: NDArray[np.int64], business: BusinessCalendar | None) -> NDArray[np.bool_]:
    """Return whether local days (n,) are a holiday, a shutdown or a named day: what happens there is planned, no outage and no episode."""
    planned = _closed(days, business)
    for _, dates in business.named if business is not None else ():
        planned |= np.isin(days, _numbers(dates))
    return planned


def _month_end_position(first: int, stop: int, business: BusinessCalendar | None) -> NDArray[np.int64]:
    """Return the business-day distance to the month's last business day, in the window, else 99."""
    wide = np.arange(first - 40, stop + 40)
    working = wide[_working_week(wide) & ~_closed(wide, business)]
    month = working.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    last = np.flatnonzero(np.diff(month, append=month[-1:] + 1) > 0) if working.size else np.array([], dtype=np.int64)
    position = np.full(wide.size, 99, dtype=np.int64)
    for offset in MONTH_END_WINDOW:
        index = last + offset
        index = index[(index >= 0) & (index < working.size)]
        position[working[index] - wide[0]] = offset
    return position[40:-40]


def _closed(days: NDArray[np.int64], business: BusinessCalendar | None) -> NDArray[np.bool_]:
    if business is None:
        return np.zeros(days.size, dtype=np.bool_)
    closed: NDArray[np.bool_] = np.isin(days, _numbers(business.holidays))
    for begin, end in business.shutdowns:
        low, high = _numbers((begin, end))
        closed |= (days >= low) & (days <= high)
    return closed


def _working_week(days: NDArray[np.int64]) -> NDArray[np.bool_]:
    return ((days - 4) % 7) < 5


def _numbers(dates: Sequence[date]) -> NDArray[np.int64]:
    return np.array(dates, dtype="datetime64[D]").astype(np.int64)
