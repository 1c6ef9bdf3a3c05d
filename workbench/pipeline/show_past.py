"""What a group of tenants needed of a resource in the past, hour by hour, by the same links as the forecast."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models.topology.resources import Driver, Resource
from workbench.pipeline.growth import STATE_SERIES
from workbench.pipeline.session import RECENT_HOURS, Session

HOURS_PER_DAY = 24


def past_demand(session: Session, resource: Resource, tenants: Sequence[int]) -> NDArray[np.float64]:
    """Return the past demand of a group, shape (hours,), in the resource's unit.

    Drivers as measured times the median demand per unit of the forecast's draws. NaN where a tenant that had begun was not seen:
    a sum with a hole is not a sum. Tenants without a past of their own are left out.
    """
    own = [i for i in tenants if session.tenants[i] in session.observed.tenants]
    rows = [int(session.demand.source[i]) for i in own]
    total = np.zeros(session.observed.hours)
    for link in session.demand.links:
        if link.resource == resource and rows:
            values = _driver(session, link.driver)
            unit = np.median(link.per_unit[rows], axis=1)
            total += (_begun(values[rows]) * unit[:, None]).sum(axis=0) if values is not None else np.nan
    return total if rows else np.full(session.observed.hours, np.nan)


def daily_maxima(hours: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the largest value of each whole day, right-aligned; NaN where nothing was seen."""
    whole = hours[len(hours) % HOURS_PER_DAY :].reshape(-1, HOURS_PER_DAY)
    highest = np.where(np.isfinite(whole), whole, -np.inf).max(axis=1)
    return np.where(np.isfinite(highest), highest, np.nan)


def recent(hours: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the known values of the last four weeks; empty if nothing was seen."""
    last = hours[-RECENT_HOURS:]
    return np.asarray(last[np.isfinite(last)], float)


def _driver(session: Session, driver: Driver) -> NDArray[np.float64] | None:
    if driver == Driver.REQUESTS:
        return session.observed.series["requests"]
    if driver == Driver.BATCH:
        return session.workloads.batch
    return session.observed.series.get(STATE_SERIES[driver])


def _begun(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the rows with nothing before their first sample as zero: a tenant that was not there needed nothing."""
    seen = np.isfinite(values)
    before: NDArray[np.bool_] = (np.cumsum(seen, axis=1) == 0) & seen.any(axis=1, keepdims=True)
    return np.where(before, 0.0, values)
