"""When a tenant may be changed: half hours of the week in which it is quiet and inside its change window."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from workbench.pipeline.fitting import hour_of_week
from workbench.pipeline.session import Session
from workbench.study.durations import window_minutes

SLOTS = 336
"""Half hours of a week: zones differ by half hours."""
SLOT_MINUTES = 30
WEEKS = 8
"""Weeks behind the usual week."""
QUIET_SHARE = 0.2
"""Share of its usual busiest hour up to which a tenant is quiet."""
Slots = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class QuietWeek:
    """One tenant's half hours of the week, UTC, Monday 00:00 first."""

    quiet: Slots
    """Shape (336,): at most a fifth of the usual busiest hour, and no batch work."""
    window: Slots
    """Shape (336,): inside its change window; all of them where it states none."""

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        self.quiet.flags.writeable = False
        self.window.flags.writeable = False

    @property
    def may_change(self) -> Slots:
        """Shape (336,): both."""
        return np.asarray(self.quiet & self.window)


def quiet_week(session: Session, tenant: int, on: date) -> QuietWeek:
    """Return one tenant's quiet half hours as its clocks stand on a day; nothing is known of a tenant without history: never quiet."""
    calendar = session.factory.sizer.tenants[tenant].calendar
    shift = _offset_minutes(calendar.zone, on) // SLOT_MINUTES
    local = _quiet_local(session, int(session.factory.sizer.demand.source[tenant]), calendar.zone)
    quiet = np.roll(np.repeat(local, 2), -shift)
    if calendar.window is None:
        return QuietWeek(quiet, np.ones(SLOTS, bool))
    return QuietWeek(quiet, np.roll(_inside(calendar.window), -shift))


@lru_cache(maxsize=256)
def _inside(window: str) -> Slots:
    """Return the half hours (336,) of a local week that lie wholly inside a change window."""
    minutes = window_minutes(window)
    return np.array([all(slot * SLOT_MINUTES + minute in minutes for minute in range(SLOT_MINUTES)) for slot in range(SLOTS)])


def _quiet_local(session: Session, row: int, zone: str) -> Slots:
    """Return the quiet local hours of the week of a measured tenant, shape (168,)."""
    return session.once(f"quiet week {row} {zone}", lambda: _found(session, row, zone))


def _found(session: Session, row: int, zone: str) -> Slots:
    observed = session.observed
    hours = min(WEEKS * 168, observed.hours)
    requests = observed.of("requests", row)[-hours:]
    slots = hour_of_week(observed, zone)[-hours:]
    known = np.isfinite(requests)
    count = np.bincount(slots[known], minlength=168)
    mean = np.bincount(slots[known], weights=requests[known], minlength=168) / np.maximum(count, 1)
    highest = float(mean.max(initial=0.0))
    if not highest > 0:
        return np.zeros(168, bool)
    return np.asarray((count > 0) & (mean <= QUIET_SHARE * highest) & ~session.workloads.tenants[row].batch_slots)


def _offset_minutes(zone: str, on: date) -> int:
    noon = datetime.combine(on, time(12), UTC).astimezone(ZoneInfo(zone)).utcoffset()
    return 0 if noon is None else round(noon.total_seconds() / 60)


def spans_text(slots: Slots, zone: str, on: date) -> str:
    """Return half hours (336,) of the week, UTC, as "Sun 02:00-06:00" in a zone; empty where there are none."""
    local = np.roll(slots, _offset_minutes(zone, on) // SLOT_MINUTES)
    if local.all():
        return "always"
    return ", ".join(f"{_moment(first)}-{_clock(first + length)}" for first, length in spans(local))


def spans(slots: Slots) -> tuple[tuple[int, int], ...]:
    """Return (first slot, length) of every run of half hours; one that passes Sunday midnight is one run."""
    if slots.all():
        return ((0, len(slots)),)
    begins = np.flatnonzero(slots & ~np.roll(slots, 1))
    ends = np.flatnonzero(slots & ~np.roll(slots, -1))
    return tuple((int(begin), int(((ends - begin) % len(slots)).min()) + 1) for begin in begins)


def _moment(slot: int) -> str:
    days = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    return f"{days[slot // 48 % 7]} {_clock(slot)}"


def _clock(slot: int) -> str:
    minutes = slot * SLOT_MINUTES % 1440
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
