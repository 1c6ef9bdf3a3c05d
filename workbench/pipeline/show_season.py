"""The usual week of a group of tenants: which hours of the week are busy, in local time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from models.topology.resources import Resource
from workbench.pipeline.calendar_months import MS_PER_HOUR
from workbench.pipeline.session import Session
from workbench.pipeline.show_past import past_demand

WEEKS = 8
"""Weeks behind the usual week: a holiday or two do not move a mean of eight."""


@dataclass(frozen=True, slots=True, eq=False)
class Season:
    """Hours of the week."""

    zone: str
    """Time zone of most of the users."""
    share: NDArray[np.float64]
    """Shape (7, 24): Monday first, local hours; mean demand of the last weeks over that of the busiest hour; NaN unknown."""
    weeks: int
    """Weeks that were there to look at."""

    def __post_init__(self) -> None:
        """Freeze the array."""
        self.share.flags.writeable = False


def usual_week(session: Session, resource: Resource, tenants: Sequence[int]) -> Season:
    """Return which hours of the week a group of tenants is busy in; all NaN where nothing was seen."""
    hours = past_demand(session, resource, tenants)[-WEEKS * 168 :]
    zone = _zone(session, tenants)
    first = session.observed.start_ms + (session.observed.hours - len(hours)) * MS_PER_HOUR
    total, count = np.zeros((7, 24)), np.zeros((7, 24))
    for index in np.flatnonzero(np.isfinite(hours)):
        moment = datetime.fromtimestamp((first + int(index) * MS_PER_HOUR) / 1000, UTC).astimezone(ZoneInfo(zone))
        total[moment.weekday(), moment.hour] += hours[index]
        count[moment.weekday(), moment.hour] += 1
    mean = np.divide(total, count, out=np.full((7, 24), np.nan), where=count > 0)
    highest = float(np.nanmax(mean)) if np.isfinite(mean).any() else 0.0
    return Season(zone, mean / highest if highest > 0 else np.full((7, 24), np.nan), len(hours) // 168)


def _zone(session: Session, tenants: Sequence[int]) -> str:
    users: dict[str, int] = {}
    for i in tenants:
        tenant = session.study.tenant(session.tenants[i])
        users[tenant.calendar.zone] = users.get(tenant.calendar.zone, 0) + tenant.users
    return max(users, key=lambda zone: (users[zone], zone)) if users else "UTC"
