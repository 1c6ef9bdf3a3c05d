"""Days on which nothing is changed: where the forecast puts a month's peak, and the turn of the month when books are closed."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from models.topology.resources import Resource
from workbench.pipeline.session import Session

PEAK_SHARE = 0.15
"""Share of paths whose busiest hour of a month falls on a day, from which on the day is frozen: three times an even spread."""
CLOSING_DAYS = 1
"""Working days before and after the turn of a month that are kept free for closing the books; a belief."""
FRIDAY = 4


@dataclass(frozen=True, slots=True)
class Freeze:
    """Days on which nothing is changed."""

    first: date
    last: date
    why: str
    share: float
    """Largest share of paths whose busiest hour of that month falls on one of these days."""

    def holds(self, day: date) -> bool:
        """Return whether a day is one of them."""
        return self.first <= day <= self.last


def freezes(session: Session) -> tuple[Freeze, ...]:
    """Return the freeze periods of the horizon, in their order."""
    peaks = _peak_days(session)
    window = session.window
    end = window.month_start(window.horizon_months)
    closing = {day for turn in _turns(window.month_start(0), end) for day in _around(turn)}
    days = sorted(day for day in closing | set(peaks) if window.month_start(0) <= day < end)
    found: list[tuple[date, date, bool, float]] = []
    for day in days:
        turn, share = day in closing, peaks.get(day, 0.0)
        if found and found[-1][1] >= day - timedelta(days=_gap(day)):
            first, _, turned, highest = found.pop()
            found.append((first, day, turned or turn, max(highest, share)))
        else:
            found.append((day, day, turn, share))
    return tuple(Freeze(first, last, _why(turned, share), share) for first, last, turned, share in found)


def _why(closing: bool, share: float) -> str:
    parts = (["turn of the month"] if closing else []) + (["forecast peak"] if share > 0 else [])
    return ", ".join(parts)


def _gap(day: date) -> int:
    """Return how many days back the last working day lies: a weekend between two frozen days is no break."""
    return 3 if day.weekday() == 0 else 1


def _turns(first: date, end: date) -> list[date]:
    """Return the first days of the months from `first` to `end`."""
    found = [date(first.year, first.month, 1)]
    while found[-1] <= end:
        last = found[-1]
        found.append(date(last.year + last.month // 12, last.month % 12 + 1, 1))
    return found


def _around(turn: date) -> list[date]:
    """Return the working days next to the turn of a month."""
    found = []
    for start, step in ((turn - timedelta(days=1), -1), (turn, 1)):
        day, left = start, CLOSING_DAYS
        while left:
            if day.weekday() <= FRIDAY:
                found.append(day)
                left -= 1
            day += timedelta(days=step)
    return found


def _peak_days(session: Session) -> dict[date, float]:
    """Return the days on which production's worker time peaks in a noteworthy share of the joint paths."""
    demand = session.factory.sizer.demand
    production = tuple(int(i) for i in np.flatnonzero(session.factory.sizer.rows.production))
    if not production or not any(link.resource == Resource.WORKER_TIME for link in demand.links):
        return {}
    joint = session.factory.sizer.pools.joint(Resource.WORKER_TIME, production)
    found: dict[date, float] = {}
    for month in range(demand.horizon_months):
        columns = np.flatnonzero(demand.month_of == month)
        for day, share in _of_month(joint[:, columns], demand.day_of[:, columns]):
            found[session.window.day(day)] = share
    return found


def _of_month(joint: NDArray[np.float32], day_of: NDArray[np.int16]) -> list[tuple[int, float]]:
    busiest = np.take_along_axis(day_of, joint.argmax(axis=1)[:, None], axis=1)[:, 0]
    days, counts = np.unique(busiest, return_counts=True)
    return [(int(day), float(count) / len(busiest)) for day, count in zip(days, counts, strict=True) if count / len(busiest) >= PEAK_SHARE]
