"""The hours of the bundled history, the events planted in them, and local calendars."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

SEED = 20261101
HOUR_MS = 3_600_000
FIRST = datetime(2025, 10, 1, tzinfo=UTC)
END = datetime(2026, 11, 1, tzinfo=UTC)
HOURS = int((END - FIRST).total_seconds()) // 3600
MINUTE_HOURS = 14 * 24
"""Hours at the end that are kept by the minute."""
BUCKET_HOURS = 30 * 24
"""Hours at the end of which histogram buckets are kept."""
DAYS_PER_MONTH = 30.4375


@dataclass(frozen=True, slots=True)
class Step:
    """An abrupt, lasting change of a tenant's load."""

    tenant: str = "erfurt"
    at: datetime = datetime(2026, 6, 15, tzinfo=UTC)
    factor: float = 1.35


@dataclass(frozen=True, slots=True)
class Slide:
    """A gradual, lasting change of a tenant's load, by a logistic curve."""

    tenant: str = "chemnitz"
    middle: datetime = datetime(2026, 2, 25, tzinfo=UTC)
    width_days: float = 12.0
    factor: float = 0.78


@dataclass(frozen=True, slots=True)
class Spell:
    """A stretch of time of one tenant or pool."""

    subject: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Restart:
    """A moment at which counters begin again."""

    subject: str
    at: datetime


STEP = Step()
SLIDE = Slide()
OUTAGE = Spell("zwickau", datetime(2026, 3, 17, 8, tzinfo=UTC), datetime(2026, 3, 17, 12, tzinfo=UTC))
MISSING = Spell("pune", datetime(2026, 1, 20, tzinfo=UTC), datetime(2026, 1, 26, tzinfo=UTC))
CRAWLER = Spell("rockford", datetime(2026, 7, 6, tzinfo=UTC), datetime(2026, 7, 25, tzinfo=UTC))
CRAWLER_KEYS = 680_000
"""Anonymous sessions alive at the height of the crawl."""
CLEAN_UP = Restart("freiberg", datetime(2026, 5, 30, 2, tzinfo=UTC))
CLEAN_UP_SHARE = 0.18
"""Share of the database that was archived away."""
DATABASE_CRASH = Restart("db-us-1", datetime(2026, 5, 12, 3, 20, tzinfo=UTC))
APP_RESTART = Restart("leipzig", datetime(2026, 4, 22, 18, 30, tzinfo=UTC))


@dataclass(frozen=True, slots=True, eq=False)
class LocalTime:
    """Local calendar of every hour (its beginning), arrays of shape (hours,)."""

    hour: npt.NDArray[np.float64]
    weekday: npt.NDArray[np.int64]
    year_share: npt.NDArray[np.float64]
    """Position in the year, 0 … 1."""
    working_days_left: npt.NDArray[np.int64]
    """Monday-to-Friday days left in the month after this one; 0 is the last one."""
    shut: npt.NDArray[np.bool_]
    """Public holidays."""
    christmas: npt.NDArray[np.bool_]
    """Between 24 December and 1 January."""


HOLIDAYS: dict[str, frozenset[tuple[int, int, int]]] = {
    "DE": frozenset(
        {
            *((2025, 10, 3), (2025, 10, 31), (2025, 12, 25), (2025, 12, 26), (2026, 1, 1), (2026, 4, 3)),
            *((2026, 4, 6), (2026, 5, 1), (2026, 5, 14), (2026, 5, 25), (2026, 10, 3), (2026, 10, 31)),
        }
    ),
    "US": frozenset({(2025, 11, 27), (2025, 12, 25), (2026, 1, 1), (2026, 5, 25), (2026, 7, 3), (2026, 7, 4), (2026, 9, 7)}),
    "IN": frozenset({(2025, 10, 2), (2025, 10, 20), (2025, 10, 21), (2026, 1, 26), (2026, 8, 15), (2026, 10, 2)}),
}
"""Public holidays within the history, by country; from the countries' published calendars."""


def index_of(moment: datetime) -> int:
    """Return the hour (its index) in which a moment lies."""
    return int((moment - FIRST).total_seconds() // 3600)


def hour_ends_ms() -> npt.NDArray[np.int64]:
    """Return the end of every hour, milliseconds since 1970 UTC, shape (hours,)."""
    return int(FIRST.timestamp() * 1000) + HOUR_MS * np.arange(1, HOURS + 1, dtype=np.int64)


def months_before_end() -> npt.NDArray[np.float64]:
    """Return the time from every hour to the end of history in months of 30.4375 days, shape (hours,), falling to 0."""
    return (HOURS - np.arange(HOURS)) / 24 / DAYS_PER_MONTH


@cache
def local_time(zone: str, country: str) -> LocalTime:
    """Return the local calendar of a zone and the holidays of a country."""
    place = ZoneInfo(zone)
    moments = [(FIRST + timedelta(hours=index)).astimezone(place) for index in range(HOURS)]
    days = [moment.date() for moment in moments]
    holidays = HOLIDAYS.get(country, frozenset())
    return LocalTime(
        hour=np.array([moment.hour + moment.minute / 60 for moment in moments]),
        weekday=np.array([day.weekday() for day in days]),
        year_share=np.array([(day.timetuple().tm_yday - 1) / 365 for day in days]),
        working_days_left=np.array([_working_days_left(day) for day in days]),
        shut=np.array([(day.year, day.month, day.day) in holidays for day in days]),
        christmas=np.array([(day.month, day.day) >= (12, 24) or (day.month, day.day) == (1, 1) for day in days]),
    )


@cache
def _working_days_left(day: date) -> int:
    following = (date(day.year, day.month, 1) + timedelta(days=32)).replace(day=1)
    return sum((day + timedelta(days=ahead)).weekday() < 5 for ahead in range(1, (following - day).days))
