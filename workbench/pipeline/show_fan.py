"""Arrays of the fan chart: history, forecast bands, limit."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.topology.resources import Resource
from workbench.pipeline.exhaustion import Exhaustion
from workbench.pipeline.session import Session
from workbench.pipeline.show_past import daily_maxima, past_demand

BANDS = (0.05, 0.25, 0.5, 0.75, 0.95)
"""Quantiles of the bands, lowest first."""


@dataclass(frozen=True, slots=True, eq=False)
class Fan:
    """Past and forecast of a resource."""

    subject: str
    """A tenant, a pool, or "all"."""
    resource: Resource
    unit: str
    past_days: NDArray[np.datetime64]
    """Shape (days,)."""
    past: NDArray[np.float64]
    """Shape (days,): largest hour of each day; NaN missing."""
    months: NDArray[np.datetime64]
    """Shape (months,): first day of each month ahead."""
    bands: NDArray[np.float64]
    """Shape (5, months): quantiles BANDS of the month's peak over paths."""
    horizon_months: int
    """Months that are planned; what follows only dates exhaustion."""
    limit: NDArray[np.float64]
    """Shape (horizon months,): what is usable as bought; NaN unknown; empty if the subject has no limit of its own."""
    exhaustion: Exhaustion | None

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        for array in (self.past_days, self.past, self.months, self.bands, self.limit):
            array.flags.writeable = False


def resources_of(session: Session) -> tuple[Resource, ...]:
    """Return the resources that data identify, in their order."""
    known = {link.resource for link in session.demand.links}
    return tuple(resource for resource in Resource if resource in known)


def tenant_fan(session: Session, tenant: str, resource: Resource) -> Fan:
    """Return the fan of one tenant; it has no limit of its own."""
    if tenant not in session.tenants:
        raise ValueError(f"no tenant {tenant!r} in the figures: choose one of {', '.join(session.tenants)}")
    return _fan(session, tenant, resource, (session.tenants.index(tenant),), np.empty(0), None)


def estate_fan(session: Session, resource: Resource) -> Fan:
    """Return the fan of all tenants together."""
    return _fan(session, "all", resource, tuple(range(len(session.tenants))), np.empty(0), None)


def pool_fan(session: Session, topology: str, pool: str, resource: Resource) -> Fan:
    """Return the fan of a pool with what is usable in each month, and when it is full if nothing more is bought."""
    found = session.result(topology).plan.pool(pool)
    limit = found.usable.get(resource, np.full(session.study.horizon_months, np.nan))
    return _fan(session, pool, resource, found.tenants, limit.copy(), found.exhaustion.get(resource))


def monthly_peaks(session: Session, resource: Resource, tenants: Sequence[int]) -> NDArray[np.float32]:
    """Return a group's peak of every month of the window path by path, shape (paths, months)."""
    return session.factory.sizer.pools.monthly(resource, tuple(sorted(tenants)))


def _fan(
    session: Session, subject: str, resource: Resource, tenants: tuple[int, ...], limit: NDArray[np.float64], when: Exhaustion | None
) -> Fan:
    if resource not in resources_of(session):
        known = ", ".join(resources_of(session))
        raise ValueError(f"no data identify {resource.value}: choose one of {known}")
    past = daily_maxima(past_demand(session, resource, tenants))
    end = np.datetime64(session.observed.as_of)
    window = session.window
    return Fan(
        subject=subject,
        resource=resource,
        unit=resource.unit,
        past_days=np.arange(end - np.timedelta64(len(past), "D"), end),
        past=past,
        months=np.array([np.datetime64(window.month_start(month)) for month in range(window.months)]),
        bands=np.quantile(monthly_peaks(session, resource, tenants), BANDS, axis=0).astype(float),
        horizon_months=window.horizon_months,
        limit=limit,
        exhaustion=when,
    )
