"""Change windows of pools: hours of the week in which every tenant of a pool is quiet and inside its own window."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations

import numpy as np

from models.topology.resources import Layer
from workbench.pipeline.plan import Plan
from workbench.pipeline.pools import Pool
from workbench.pipeline.quiet_hours import SLOT_MINUTES, SLOTS, QuietWeek, Slots, quiet_week, spans, spans_text
from workbench.pipeline.session import Session

LAYERS = (Layer.INGRESS, Layer.WORKERS, Layer.DATABASE, Layer.CACHE, Layer.FILESTORE)
"""Layers whose change is felt."""
LEAST_HOURS = 1.0
"""Shorter windows count as none: nothing is released, checked and taken back in less; a belief."""
MOST_COMPARED = 60
"""Tenants of different weeks that are looked at pair by pair."""
HALF_A_YEAR = timedelta(days=182)


@dataclass(frozen=True, slots=True, eq=False)
class ChangeWindow:
    """When one pool may be changed."""

    pool: str
    layer: Layer
    zone: str
    """Time zone of most of its users."""
    text: str
    """Such as "Sun 02:00-06:00", in that zone, as clocks stand today; empty: never."""
    hours: float
    """A week."""
    longest_h: float
    other_season_h: float
    """Longest window when clocks have changed."""
    slots: Slots
    """Shape (336,): half hours of the week, UTC, as clocks stand today."""
    between: tuple[int, ...]
    """The fewest tenants that leave no window: one, two or all; empty: there is one."""

    @property
    def common(self) -> bool:
        """Whether there is a window long enough, all the year."""
        return min(self.longest_h, self.other_season_h) >= LEAST_HOURS


def change_windows(session: Session, plan: Plan) -> tuple[ChangeWindow, ...]:
    """Return the change window of every production pool, those without one first."""
    days = (session.observed.as_of, session.observed.as_of + HALF_A_YEAR)
    members = sorted({i for pool in plan.pools if pool.layer in LAYERS for i in pool.tenants if _counts(session, i)})
    weeks = [{i: quiet_week(session, i, on) for i in members} for on in days]
    found = [_window(session, pool, weeks, days[0]) for pool in plan.pools if pool.production and pool.layer in LAYERS]
    return tuple(sorted(found, key=lambda one: (one.common, one.longest_h, list(Layer).index(one.layer), one.pool)))


def _counts(session: Session, tenant: int) -> bool:
    return bool(session.factory.sizer.rows.production[tenant])


def _window(session: Session, pool: Pool, weeks: list[dict[int, QuietWeek]], on: date) -> ChangeWindow:
    members = [i for i in pool.tenants if i in weeks[0]]
    today, later = (_common(week, members) for week in weeks)
    zone = zone_of(session, members)
    longest, other = _longest_h(today), _longest_h(later)
    found = min(longest, other) >= LEAST_HOURS
    return ChangeWindow(
        pool.name,
        pool.layer,
        zone,
        spans_text(today, zone, on),
        float(today.sum()) / 2,
        longest,
        other,
        today,
        () if found else _conflict(weeks[0] if longest < LEAST_HOURS else weeks[1], members),
    )


def zone_of(session: Session, members: list[int]) -> str:
    """Return the time zone of most users of some tenants."""
    users: dict[str, int] = {}
    for i in members:
        tenant = session.factory.sizer.tenants[i]
        users[tenant.calendar.zone] = users.get(tenant.calendar.zone, 0) + tenant.users
    return max(users, key=lambda zone: (users[zone], zone)) if users else "UTC"


def _common(weeks: Mapping[int, QuietWeek], members: list[int]) -> Slots:
    return np.asarray(np.all([weeks[i].may_change for i in members], axis=0)) if members else np.ones(SLOTS, bool)


def _longest_h(slots: Slots) -> float:
    return max((length for _, length in spans(slots)), default=0) / 2


def window_starts(slots: Slots) -> Slots:
    """Return the half hours (336,) at which a window long enough begins."""
    found = slots.copy()
    for step in range(1, round(LEAST_HOURS * 60 / SLOT_MINUTES)):
        found &= np.roll(slots, -step)
    return found


def _conflict(weeks: Mapping[int, QuietWeek], members: list[int]) -> tuple[int, ...]:
    """Return the fewest tenants that leave no window long enough: one, a pair, else all; of equal weeks one stands for the others."""
    different = list({weeks[i].may_change.tobytes(): i for i in reversed(members)}.values())[::-1]
    for size in (1, 2):
        for group in combinations(different[:MOST_COMPARED], size):
            if not window_starts(_common(weeks, list(group))).any():
                return group
    return tuple(members)
