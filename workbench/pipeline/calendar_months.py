"""Months of the plan: from `as_of` on, in whole UTC months of the calendar."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

MS_PER_HOUR = 3_600_000
MS_PER_DAY = 24 * MS_PER_HOUR


@dataclass(frozen=True, slots=True)
class Window:
    """The months that are planned, and those beyond that only date exhaustion."""

    as_of: date
    horizon_months: int
    beyond: int = 2
    """The window is this many horizons long."""

    @property
    def months(self) -> int:
        """Months in the window."""
        return self.horizon_months * self.beyond

    @property
    def start_ms(self) -> int:
        """First instant, UTC."""
        return midnight_ms(self.as_of)

    def month_start(self, month: int) -> date:
        """Return the first day of a month of the window; month 0 starts at `as_of`."""
        return add_months(self.as_of, month)

    def month_hours(self, month: int) -> tuple[int, int]:
        """Return first and one-past-last hour of a month, counted from `as_of`."""
        start = (self.month_start(month) - self.as_of).days * 24
        return start, (self.month_start(month + 1) - self.as_of).days * 24

    def day(self, index: int) -> date:
        """Return a day of the window."""
        return self.as_of + timedelta(days=index)

    def month_index(self, day: date) -> int:
        """Return the month of the window in which a day lies; negative before `as_of`."""
        months = (day.year - self.as_of.year) * 12 + day.month - self.as_of.month
        return months - (1 if day.day < self.as_of.day else 0)


def midnight_ms(day: date) -> int:
    """Return a day's first instant in milliseconds since 1970, UTC."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000)


def add_months(day: date, months: int) -> date:
    """Return the same day of a later month, or the last day of a shorter one."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def last_day_of(start_ms: int) -> date:
    """Return the UTC day in which an instant lies."""
    return datetime.fromtimestamp(start_ms / 1000, UTC).date()
