"""Assemble the joint demand of the estate from workloads and growth."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from models.topology.demand import DRIVERS, FLOWS, STATES, Demand, Link
from models.topology.resources import Driver, Resource
from workbench.pipeline.calendar_months import Window
from workbench.pipeline.growth import PATHS, Grown, Growth
from workbench.pipeline.moments import choose_moments
from workbench.pipeline.monthly import by_month
from workbench.pipeline.observed import Observed
from workbench.pipeline.workloads import Workloads
from workbench.study.estate import Study

LINKS: tuple[tuple[Resource, Driver, str | None], ...] = (
    (Resource.WORKER_TIME, Driver.REQUESTS, "service_s"),
    (Resource.CPU, Driver.REQUESTS, "cpu_s"),
    (Resource.CPU, Driver.BATCH, None),
    (Resource.DATABASE_CPU, Driver.REQUESTS, "database_cpu_per_request"),
    (Resource.DATABASE_CPU, Driver.BATCH, "database_cpu_per_batch"),
    (Resource.POSTGRES_IOPS, Driver.REQUESTS, "operations_per_request"),
    (Resource.POSTGRES_IOPS, Driver.BATCH, "operations_per_batch"),
    (Resource.POSTGRES_THROUGHPUT, Driver.REQUESTS, "bytes_per_request"),
    (Resource.POSTGRES_THROUGHPUT, Driver.BATCH, "bytes_per_batch"),
    (Resource.CONNECTIONS, Driver.REQUESTS, "connections_per_request"),
    (Resource.DATABASE_MEMORY, Driver.STORED_BYTES, "cache_per_byte"),
    (Resource.STORAGE, Driver.STORED_BYTES, None),
    (Resource.REDIS_MEMORY, Driver.SESSIONS, "session_bytes"),
    (Resource.INGRESS, Driver.REQUESTS, None),
    (Resource.FILESTORE, Driver.FILES_BYTES, None),
)
"""Resource, the driver it follows, and the parameter that is its demand per unit (None: one)."""


def assemble(
    study: Study, observed: Observed, workloads: Workloads, growth: Growth, window: Window, progress: Callable[[float], None]
) -> Demand:
    """Return the demand of all tenants of the study, planned ones included.

    Hours are streamed month by month; only the hours that decide are kept (models.topology.demand).
    """
    measured = len(observed.tenants)
    links = _links(study, workloads)
    unit = _units(links, measured)
    groups = _groups(study, observed)
    parts, days, month_of, third, errors = [], [], [], [], []
    bounds = [window.month_hours(month) for month in range(window.months)]
    grown = growth.of(flows=True)
    for month, hours in enumerate(zip(*(by_month(part.forecast, bounds, 24) for part in grown), strict=True)):
        flows = _flows_of(grown, hours, measured)
        signals = _signals(flows, unit)
        chosen = choose_moments(signals, groups, study.policies["production"].plan_at)
        index = np.broadcast_to(chosen.hour[None, None], (len(FLOWS), measured, *chosen.hour.shape))
        parts.append(np.take_along_axis(flows, index, axis=3))
        days.append((bounds[month][0] + chosen.hour) // 24)
        month_of.append(np.full(chosen.hour.shape[1], month))
        third.append(_third_day(signals[0].sum(axis=0)))
        errors.append(chosen.error)
        progress((month + 1) / window.months)
    source, factors = tenancy(study, observed, window)
    return Demand(
        flows=np.concatenate(parts, axis=3),
        states=_states(growth, window, measured),
        links=links,
        source=source,
        factors=factors,
        month_of=np.concatenate(month_of),
        day_of=np.concatenate(days, axis=1).astype(np.int16),
        third_day=np.stack(third, axis=1).astype(np.float32),
        horizon_months=window.horizon_months,
        moment_error=max(errors),
    )


def _links(study: Study, workloads: Workloads) -> tuple[Link, ...]:
    links = []
    for resource, driver, name in LINKS:
        if resource in workloads.missing:
            continue
        per_unit = np.zeros((len(workloads.tenants), PATHS), np.float32)
        for row, workload in enumerate(workloads.tenants):
            parameter = None if name is None else workload.parameters.get(name)
            if name is None:
                per_unit[row] = 1.0
            elif parameter is not None:
                per_unit[row] = parameter.draws(workload.tenant, PATHS, study.seed)
        links.append(Link(resource, driver, per_unit))
    return tuple(links)


def _units(links: tuple[Link, ...], measured: int) -> NDArray[np.float32]:
    """Return (signals, flow drivers, tenants, paths): what online work and what CPU with batch take per unit."""
    units = np.zeros((2, len(FLOWS), measured, PATHS), np.float32)
    for link in links:
        if link.resource in (Resource.WORKER_TIME, Resource.CPU) and link.driver.flow:
            units[int(link.resource == Resource.CPU), FLOWS.index(link.driver)] = link.per_unit
    return units


def _signals(flows: NDArray[np.float32], unit: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.stack([sum(flows[d] * unit[s, d][:, :, None] for d in range(len(FLOWS))) for s in range(len(unit))])


def _flows_of(grown: Sequence[Grown], hours: Sequence[NDArray[np.float32]], measured: int) -> NDArray[np.float32]:
    flows = np.zeros((len(FLOWS), measured, *hours[0].shape[1:]), np.float32)
    for part, paths in zip(grown, hours, strict=True):
        flows[FLOWS.index(part.driver), list(part.rows)] = paths
    return flows


def _groups(study: Study, observed: Observed) -> NDArray[np.bool_]:
    """Return sets of tenants whose joint peak matters: all, each zone, each image, each class."""
    rows = [study.tenant(name) for name in observed.tenants]
    keys = [
        tuple(f"zone {t.calendar.zone}" for t in rows),
        tuple(f"image {t.runs.image}" for t in rows),
        tuple(t.environment for t in rows),
    ]
    groups = {tuple(True for _ in rows)}
    for key in keys:
        groups |= {tuple(value == one for value in key) for one in sorted(set(key))}
    return np.array(sorted(groups, reverse=True), bool)


def _third_day(total: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the third-highest daily peak over the highest, shape (paths,)."""
    daily = total[:, : total.shape[1] // 24 * 24].reshape(len(total), -1, 24).max(axis=2)
    ranked = np.sort(daily, axis=1)
    top = np.maximum(ranked[:, -1], 1e-30)
    third: NDArray[np.float32] = ranked[:, max(ranked.shape[1] - 3, 0)] / top
    return third


def _states(growth: Growth, window: Window, measured: int) -> NDArray[np.float32]:
    states = np.zeros((len(STATES), measured, PATHS, window.months), np.float32)
    bounds = [(start // 24, stop // 24) for start, stop in (window.month_hours(month) for month in range(window.months))]
    for part in growth.of(flows=False):
        for month, days in enumerate(by_month(part.forecast, bounds, 1)):
            states[STATES.index(part.driver)][list(part.rows), :, month] = days.max(axis=2)
    return states


def tenancy(study: Study, observed: Observed, window: Window) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return whose paths each tenant of the estate takes, and its factors by month."""
    tenants = estate_tenants(study, observed)
    source = np.array([observed.tenants.index(_root(study, name)) for name in tenants], np.int64)
    factors = np.ones((len(DRIVERS), len(tenants), window.months), np.float32)
    for row, name in enumerate(tenants):
        tenant = study.tenant(name)
        if tenant.like is not None:
            factors[:, row] *= tenant.scale
        if tenant.starts is not None:
            factors[:, row, : max(window.month_index(tenant.starts), 0)] = 0.0
        if tenant.ends is not None:
            factors[:, row, max(window.month_index(tenant.ends) + 1, 0) :] = 0.0
    return source, factors


def estate_tenants(study: Study, observed: Observed) -> tuple[str, ...]:
    """Return the tenants that the figures hold: those with data, and planned ones that are like one with data."""
    known = set(observed.tenants)
    return tuple(t.name for t in study.tenants if t.name in known or (t.like is not None and _root(study, t.name) in known))


def _root(study: Study, name: str) -> str:
    """Return the measured tenant at the end of a chain of likes."""
    tenant = study.tenant(name)
    return name if tenant.like is None else _root(study, tenant.like)
