"""The next release, ring by ring: each pool in its own change window, each ring after the one before was watched, no day frozen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from workbench.pipeline.calendar_months import midnight_ms
from workbench.pipeline.change_windows import ChangeWindow, window_starts
from workbench.pipeline.domains import image_pools, ring_pools
from workbench.pipeline.freezes import Freeze
from workbench.pipeline.plan import Plan
from workbench.pipeline.pools import Pool
from workbench.pipeline.quiet_hours import SLOT_MINUTES, SLOTS, Slots
from workbench.pipeline.session import Session

WEEKS_AHEAD = 26
"""Weeks in which a window is looked for."""


@dataclass(frozen=True, slots=True)
class RingRelease:
    """One pool's turn in a roll-out."""

    image: str
    ring: int
    """1 is the first."""
    rings: int
    pool: str
    users_share: float
    """Share of the code base's users that have it once this ring has."""
    begins: datetime | None
    """UTC; None: the pool has no window outside freeze periods in half a year."""
    zone: str


def schedule(session: Session, plan: Plan, windows: Sequence[ChangeWindow], frozen: Sequence[Freeze]) -> tuple[RingRelease, ...]:
    """Return the next roll-out of every code base from today on; a pool without a window holds its ring up and is named."""
    study, rows = session.study, session.factory.sizer.rows
    release = next((failure for failure in study.failures if failure.domain == "release"), None)
    shares = (1.0,) if release is None or not release.rings else release.rings
    by_pool = {window.pool: window for window in windows}
    bake = timedelta(hours=study.recovery.ring_bake_h.value)
    start = datetime.fromtimestamp(midnight_ms(session.observed.as_of) / 1000, UTC) + timedelta(days=1)
    found: list[RingRelease] = []
    for image, pools in image_pools(plan, session.factory.sizer.tenants).items():
        total = float(sum(rows.users[list(pool.tenants)].sum() for pool in pools))
        earliest, reached = start, 0.0
        rings = ring_pools(pools, rows, shares)
        for number, ring in enumerate(rings, 1):
            reached += float(sum(rows.users[list(pool.tenants)].sum() for pool in ring))
            share = reached / total if total > 0 else 0.0
            turns = _turns(ring, by_pool, frozen, earliest)
            found += [RingRelease(image, number, len(rings), pool.name, share, turn, by_pool[pool.name].zone) for pool, turn in turns]
            known = [turn for _, turn in turns if turn is not None]
            earliest = max([*known, earliest]) + bake
    return tuple(found)


def _turns(
    ring: Sequence[Pool], windows: Mapping[str, ChangeWindow], frozen: Sequence[Freeze], earliest: datetime
) -> list[tuple[Pool, datetime | None]]:
    return [(pool, next_start(windows[pool.name].slots, earliest, frozen)) for pool in ring]


def next_start(slots: Slots, earliest: datetime, frozen: Sequence[Freeze]) -> datetime | None:
    """Return the first half hour from `earliest` on that begins a window long enough and lies on no frozen day.

    `slots` (336,) are half hours of the week, UTC. None: there is none in half a year.
    """
    begins = window_starts(slots)
    if not begins.any():
        return None
    monday = datetime(earliest.year, earliest.month, earliest.day, tzinfo=UTC) - timedelta(days=earliest.weekday())
    for week in range(WEEKS_AHEAD):
        for slot in np.flatnonzero(begins):
            moment = monday + timedelta(minutes=int(week * SLOTS + slot) * SLOT_MINUTES)
            if moment >= earliest and not any(freeze.holds(moment.date()) for freeze in frozen):
                return moment
    return None
