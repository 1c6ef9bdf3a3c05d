"""Where samples lie in time: steps, local days, slots of the week, days of 23 and 25 hours."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Literal, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
from numpy.typing import NDArray

Step = Literal["1h", "1d", "1w"]
Scalar = TypeVar("Scalar", bound=np.generic)

STEP_HOURS: dict[Step, int] = {"1h": 1, "1d": 24, "1w": 168}
BLOCK_STEPS: dict[Step, int] = {"1h": 168, "1d": 7, "1w": 4}
"""Steps of one resampled residual block: a week, so that weekdays meet weekdays; four weeks for weekly data."""
MONTH_DAYS = 30.4375
_MONDAY = 4
"""1970-01-05 was a Monday: day numbers since the epoch minus this, modulo 7, are weekdays from Monday."""
_UNDATED_END_HOUR = 24 * (7 * 2600 + _MONDAY)
"""End of series without dates: some Monday at midnight, so that cycles are counted back from the last sample."""


@dataclass(frozen=True, slots=True)
class Grid:
    """The clock of one fleet: samples every step, the last one ending at `end_hour`."""

    step: Step
    end_hour: int
    """Hours since 1970-01-01 UTC at which the last sample ends."""
    dated: bool
    """False when the caller gave no end: weekdays and dates then mean nothing."""

    @property
    def hours(self) -> int:
        """Hours of a step."""
        return STEP_HOURS[self.step]

    @property
    def block(self) -> int:
        """Steps of one resampled block."""
        return BLOCK_STEPS[self.step]

    @property
    def period_days(self) -> int:
        """Days of one level period: growth is fitted on days, on weeks for weekly data."""
        return 7 if self.step == "1w" else 1

    @property
    def slots(self) -> int:
        """Slots of the weekly cycle that the step can tell apart."""
        return {"1h": 168, "1d": 7, "1w": 1}[self.step]

    def start_hours(self, first: int, stop: int) -> NDArray[np.int64]:
        """Return the UTC hour in which each step begins; step 0 is the first after the end, history is negative."""
        return self.end_hour + np.arange(first, stop, dtype=np.int64) * self.hours

    def block_date(self, block: int) -> int:
        """Return the number of a block since the epoch: the date that keys its random numbers."""
        return self.end_hour // (self.block * self.hours) + block

    def moment(self, step: float) -> np.datetime64:
        """Return the UTC moment at which a step after the end begins."""
        return np.datetime64(int(self.end_hour + step * self.hours) * 3600, "s")


@dataclass(frozen=True, slots=True, eq=False)
class Clock:
    """Local time of a stretch of steps in one zone."""

    day: NDArray[np.int32]
    """(steps,) local day number since 1970-01-01; for weekly data the day on which the week begins."""
    slot: NDArray[np.int16]
    """(steps,) place in the local week: hour 0–167 from Monday, weekday 0–6, or 0."""


def undated(step: Step) -> Grid:
    """Return the grid of series that share no dates."""
    return Grid(step, _UNDATED_END_HOUR, dated=False)


def dated(step: Step, end: np.datetime64) -> Grid:
    """Return the grid whose last sample ends at `end` (UTC); a ValueError says when it is not on the hour."""
    if np.isnat(end):
        raise ValueError("end is NaT: give the UTC moment at which the last sample ends, or None for unrelated series")
    seconds = int(end.astype("datetime64[s]").astype(np.int64))
    if seconds % 3600:
        raise ValueError(f"end={end} is not a whole hour (UTC): align samples to full hours before forecasting")
    return Grid(step, seconds // 3600, dated=True)


@lru_cache(maxsize=64)
def clock(grid: Grid, zone: str, first: int, stop: int) -> Clock:
    """Return local days and slots of steps first … stop (0 = first after the end) in an IANA zone."""
    start = grid.start_hours(first, stop)
    if grid.step == "1h":
        local = start + _offset_hours(zone, int(start[0]), int(start[-1]) + 1) if start.size else start
    else:
        # A daily sample is the caller's business day: its middle lies in the right local day in every zone but the last.
        local = start + min(grid.hours, 24) // 2
    day = local // 24
    weekday = (day - _MONDAY) % 7
    slot = {"1h": weekday * 24 + local % 24, "1d": weekday, "1w": np.zeros_like(day)}[grid.step]
    return Clock(frozen(day.astype(np.int32)), frozen(slot.astype(np.int16)))


def check_zone(zone: str) -> str:
    """Return the zone when the time-zone database knows it; a ValueError names it otherwise."""
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"zones: {zone!r} is not an IANA time zone; use a name such as Europe/Berlin or UTC") from error
    return zone


def _offset_hours(zone: str, first: int, stop: int) -> NDArray[np.int64]:
    """Return whole hours of UTC offset for each UTC hour; half-hour zones are rounded down to the hour."""
    info = ZoneInfo(zone)
    days = np.arange(first // 24, stop // 24 + 2)
    at_day = np.array([_offset(info, int(day) * 24) for day in days])
    offsets = np.repeat(at_day[:-1], 24)
    for changed in np.flatnonzero(np.diff(at_day)):
        offsets[changed * 24 : changed * 24 + 24] = [_offset(info, int(days[changed]) * 24 + hour) for hour in range(24)]
    begin = first - int(days[0]) * 24
    return offsets[begin : begin + stop - first].astype(np.int64)


def _offset(info: ZoneInfo, hour: int) -> int:
    offset = datetime.fromtimestamp(hour * 3600, UTC).astimezone(info).utcoffset()
    return int(offset.total_seconds() // 3600) if offset is not None else 0


def frozen(array: NDArray[Scalar]) -> NDArray[Scalar]:
    """Return the array, made read-only."""
    array.flags.writeable = False
    return array
