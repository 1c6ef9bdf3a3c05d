"""Tenants with the state of their history and what they use now."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from workbench.pipeline.calendar_months import MS_PER_HOUR, last_day_of
from workbench.pipeline.session import RECENT_HOURS, Session

WEEK = 168


@dataclass(frozen=True, slots=True, eq=False)
class TenantState:
    """One tenant of the study."""

    tenant: str
    environment: str
    users: int
    like: str | None
    """The tenant a planned one is like."""
    starts: date | None
    first_day: date | None
    """First day with requests; None: no history."""
    last_day: date | None
    coverage: float | None
    """Share of the hours between that are known."""
    missing_hours: int
    mean_rate: float | None
    """Requests per second, last four weeks."""
    busiest_rate: float | None
    """The busiest hour of the last four weeks."""
    busy_workers: float | None
    """Mean busy workers in the last four weeks, measured."""
    stored_bytes: float | None
    """Database size at the end."""
    weekly: NDArray[np.float64]
    """Shape (weeks,): the busiest hour of each week, requests per second; NaN unknown."""

    def __post_init__(self) -> None:
        """Freeze the array."""
        self.weekly.flags.writeable = False


def tenant_states(session: Session) -> tuple[TenantState, ...]:
    """Return every tenant of the study, in its order, from history alone."""
    return tuple(_state(session, tenant.name) for tenant in session.study.tenants)


def _state(session: Session, name: str) -> TenantState:
    tenant, observed = session.study.tenant(name), session.observed
    row = observed.tenants.index(name) if name in observed.tenants else None
    rate = np.empty(0) if row is None else observed.series["requests"][row]
    known = np.flatnonzero(np.isfinite(rate))
    span = rate[known[0] : known[-1] + 1] if known.size else np.empty(0)
    last = rate[-RECENT_HOURS:]
    return TenantState(
        tenant=name,
        environment=tenant.environment,
        users=tenant.users,
        like=tenant.like,
        starts=tenant.starts,
        first_day=last_day_of(observed.start_ms + int(known[0]) * MS_PER_HOUR) if known.size else None,
        last_day=last_day_of(observed.start_ms + int(known[-1]) * MS_PER_HOUR) if known.size else None,
        coverage=len(known) / len(span) if known.size else None,
        missing_hours=len(span) - len(known),
        mean_rate=_mean(last),
        busiest_rate=float(np.nanmax(last)) if np.isfinite(last).any() else None,
        busy_workers=None if row is None else _mean(observed.of("busy_workers", row)[-RECENT_HOURS:]),
        stored_bytes=None if row is None else _latest(observed.of("database_bytes", row)),
        weekly=_weekly(rate),
    )


def _mean(values: NDArray[np.float64]) -> float | None:
    return float(np.nanmean(values)) if np.isfinite(values).any() else None


def _latest(values: NDArray[np.float64]) -> float | None:
    known = values[np.isfinite(values)]
    return float(known[-1]) if known.size else None


def _weekly(rate: NDArray[np.float64]) -> NDArray[np.float64]:
    whole = rate[len(rate) % WEEK :].reshape(-1, WEEK)
    highest = np.where(np.isfinite(whole), whole, -np.inf).max(axis=1) if len(whole) else np.empty(0)
    return np.where(np.isfinite(highest), highest, np.nan)
