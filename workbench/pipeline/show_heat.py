"""Utilisation of a worker pool by hour and weekday, in local time."""

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from models.topology.resources import Resource
from workbench.pipeline.calendar_months import MS_PER_HOUR
from workbench.pipeline.session import Session
from workbench.pipeline.show_past import past_demand

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
WEEKS = 4


@dataclass(frozen=True, slots=True, eq=False)
class Heat:
    """Hours of the week."""

    pool: str
    zone: str
    """Time zone of most of the pool's users."""
    utilization: NDArray[np.float64]
    """Shape (7, 24): Monday first, local hours; the highest of the last four weeks over what is usable now; NaN unknown."""

    def __post_init__(self) -> None:
        """Freeze the array."""
        self.utilization.flags.writeable = False


def heat_map(session: Session, topology: str, pool: str, usable_now: float | None = None) -> Heat:
    """Return how much of a pool's usable worker time each hour of the week took; `usable_now` (busy workers) is another size of it."""
    found = session.result(topology).plan.pool(pool)
    usable = found.usable.get(Resource.WORKER_TIME)
    if usable is None:
        raise ValueError(f"pool {pool!r} of {topology} has no workers: choose a worker pool")
    zone = _zone(session, found.tenants)
    hours = past_demand(session, Resource.WORKER_TIME, found.tenants)[-WEEKS * 168 :]
    table = np.full((7, 24), np.nan)
    first = session.observed.start_ms + (session.observed.hours - len(hours)) * MS_PER_HOUR
    for index, value in enumerate(hours):
        if np.isfinite(value):
            moment = datetime.fromtimestamp((first + index * MS_PER_HOUR) / 1000, UTC).astimezone(ZoneInfo(zone))
            cell = (moment.weekday(), moment.hour)
            table[cell] = max(value, table[cell]) if np.isfinite(table[cell]) else value
    carried = float(usable[0]) if usable_now is None else usable_now
    return Heat(pool, zone, table / carried if carried > 0 else np.full((7, 24), np.nan))


def _zone(session: Session, tenants: tuple[int, ...]) -> str:
    users: dict[str, int] = {}
    for i in tenants:
        tenant = session.study.tenant(session.tenants[i])
        users[tenant.calendar.zone] = users.get(tenant.calendar.zone, 0) + tenant.users
    return max(users, key=lambda zone: (users[zone], zone))
