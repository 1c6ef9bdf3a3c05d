"""Assemble the joint demand of the estate from workloads and growth."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from models.topology.demand import DRIVERS, FLOWS, STATES, Demand, Link, OwnMoments
from models.topology.resources import Driver, Layer, Resource
from workbench.pipeline.calendar_months import Window
from workbench.pipeline.growth import PATHS, Grown, Growth
from workbench.pipeline.moments import MOST, OWN_DAYS, Chosen, Wanted, choose_moments
from workbench.pipeline.monthly import by_month
from workbench.pipeline.observed import Observed
from workbench.pipeline.sharing import dedicated, shared
from workbench.pipeline.workloads import Workloads
from workbench.study.estate import Study, Tenant

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


KIND_OF: tuple[tuple[Resource, ...], ...] = (
    (Resource.WORKER_TIME,),
    (Resource.CPU,),
    (Resource.POSTGRES_IOPS, Resource.DATABASE_CPU),
)
"""Kinds of load whose peaks matter: online work, CPU with batch work, what reaches the database; the first resource that data identify."""
KINDS = len(KIND_OF)
LEAST_KINDS = 2
"""Kinds looked for where memory is short."""
MOST_BYTES = 512_000_000
"""Memory that demand may take; the hours kept of a month follow from it."""
LEAST = 3
"""Hours kept of each month, however many tenants there are."""
BEYOND_SHARE = 0.25
"""Hours kept of a month beyond the horizon over those of one within, where memory is short: they only date exhaustion."""
MOST_SETS = 64
"""Pools known before the search whose peaks are looked at, the largest first."""


@dataclass(frozen=True, slots=True)
class Room:
    """How many hours of a month fit into memory."""

    within: int
    beyond: int
    own_months: int
    """First months of the window for which each tenant's own hours are kept."""
    kinds: int
    """Kinds of load whose peaks are looked for."""

    def most(self, month: int, horizon_months: int) -> int:
        """Return the hours that may be kept of a month."""
        return self.within if month < horizon_months else self.beyond


def room_for(measured: int, window: Window, most_bytes: int = MOST_BYTES) -> Room:
    """Return what may be kept of each month so that demand stays within its memory."""
    column = len(FLOWS) * measured * PATHS * 4
    left = most_bytes - len(STATES) * measured * PATHS * window.months * 4
    own = len(OWN_DAYS) * (column + measured * PATHS * 2)
    if left - window.months * (KINDS * own + MOST * column) >= 0:
        return Room(MOST, MOST, window.months, KINDS)
    left -= window.horizon_months * LEAST_KINDS * own
    beyond_months = window.months - window.horizon_months
    within = int(left / column / (window.horizon_months + BEYOND_SHARE * beyond_months))
    within = min(max(within, LEAST), MOST)
    return Room(within, max(int(BEYOND_SHARE * within), 1), window.horizon_months, LEAST_KINDS)


@dataclass(slots=True, eq=False)
class _Months:
    """What has been kept of the months so far."""

    flows: list[NDArray[np.float32]] = field(default_factory=list)
    days: list[NDArray[np.int16]] = field(default_factory=list)
    month_of: list[NDArray[np.int64]] = field(default_factory=list)
    own_flows: list[NDArray[np.float32]] = field(default_factory=list)
    own_days: list[NDArray[np.int16]] = field(default_factory=list)
    error: float = 0.0

    def add(self, month: int, first_hour: int, flows: NDArray[np.float32], chosen: Chosen, *, own: bool) -> None:
        """Keep the chosen hours of a month."""
        hours = np.broadcast_to(chosen.shared, (*flows.shape[:2], *chosen.shared.shape))
        self.flows.append(np.take_along_axis(flows, hours, axis=3))
        self.days.append(((first_hour + chosen.shared) // 24).astype(np.int16))
        self.month_of.append(np.full(chosen.shared.shape[1], month))
        self.error = max(self.error, chosen.error)
        if own:
            hours = np.broadcast_to(chosen.own, (len(flows), *chosen.own.shape))
            self.own_flows.append(np.take_along_axis(flows, hours, axis=3))
            self.own_days.append(((first_hour + chosen.own) // 24).astype(np.int16))

    def own(self) -> OwnMoments:
        """Return each tenant's own hours."""
        columns = self.own_days[0].shape[2]
        months = np.repeat(np.arange(len(self.own_days)), columns)
        days = np.tile(np.array(OWN_DAYS), len(months) // len(OWN_DAYS))
        return OwnMoments(np.concatenate(self.own_flows, axis=3), np.concatenate(self.own_days, axis=2), months, days)


def assemble(
    study: Study, observed: Observed, workloads: Workloads, growth: Growth, window: Window, progress: Callable[[float], None]
) -> Demand:
    """Return the demand of all tenants of the study, planned ones included.

    Hours are streamed month by month; only the hours that decide are kept (models.topology.demand).
    """
    measured = len(observed.tenants)
    links = links_of(study, workloads)
    room = room_for(measured, window)
    unit = _units(links, measured, room.kinds)
    groups, pools, plan_at = _groups(study, observed), known_pools(study, observed), study.policies["production"].plan_at
    bounds = [window.month_hours(month) for month in range(window.months)]
    grown = growth.of(flows=True)
    kept = _Months()
    for month, hours in enumerate(zip(*(by_month(part.forecast, bounds, 24) for part in grown), strict=True)):
        flows = _flows_of(grown, hours, measured)
        wanted = Wanted(groups, pools, plan_at, room.most(month, window.horizon_months))
        kept.add(month, bounds[month][0], flows, choose_moments(flows, unit, wanted), own=month < room.own_months)
        progress((month + 1) / window.months)
    source, factors = tenancy(study, observed, window)
    return Demand(
        flows=np.concatenate(kept.flows, axis=3),
        states=_states(growth, window, measured),
        links=links,
        source=source,
        factors=factors,
        month_of=np.concatenate(kept.month_of),
        day_of=np.concatenate(kept.days, axis=1),
        own=kept.own(),
        horizon_months=window.horizon_months,
        moment_error=kept.error,
    )


def links_of(study: Study, workloads: Workloads) -> tuple[Link, ...]:
    """Return the demand per unit of driver of every resource that data identify."""
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


def _units(links: tuple[Link, ...], measured: int, kinds: int) -> NDArray[np.float32]:
    """Return (kinds, flow drivers, tenants, paths): what each kind of load takes per unit of the drivers."""
    units = np.zeros((kinds, len(FLOWS), measured, PATHS), np.float32)
    known = {link.resource for link in links}
    for kind, choices in enumerate(KIND_OF[:kinds]):
        resource = next((one for one in choices if one in known), None)
        for link in links:
            if link.resource == resource and link.driver.flow:
                units[kind, FLOWS.index(link.driver)] = link.per_unit
    return units


def _flows_of(grown: Sequence[Grown], hours: Sequence[NDArray[np.float32]], measured: int) -> NDArray[np.float32]:
    flows = np.zeros((len(FLOWS), measured, *hours[0].shape[1:]), np.float32)
    for part, paths in zip(grown, hours, strict=True):
        flows[FLOWS.index(part.driver), list(part.rows)] = paths
    return flows


def _groups(study: Study, observed: Observed) -> NDArray[np.bool_]:
    """Return sets of tenants whose joint peak matters: all, then each class, zone, image, the largest first."""
    rows = [study.tenant(name) for name in observed.tenants]
    keys = [
        tuple(f"zone {t.calendar.zone}" for t in rows),
        tuple(f"image {t.runs.image}" for t in rows),
        tuple(t.environment for t in rows),
    ]
    groups = {tuple(True for _ in rows)}
    for key in keys:
        groups |= {tuple(value == one for value in key) for one in sorted(set(key))}
    return np.array(_largest_first(groups)[:MOST_SETS], bool).reshape(-1, len(rows))


def known_pools(study: Study, observed: Observed) -> NDArray[np.bool_]:
    """Return the pools that are known before any search: those of topology files and those that sharing rules alone make."""
    tenants = [study.tenant(name) for name in observed.tenants]
    found: set[tuple[bool, ...]] = set()
    for spec in study.topologies:
        for pool in spec.pools:
            found.add(tuple(tenant.name in pool.tenants for tenant in tenants))
    for layer in (Layer.WORKERS, Layer.DATABASE):
        for group in (*shared(layer, tenants), *dedicated(layer, tenants)):
            found.add(tuple(i in group for i in range(len(tenants))))
    several = {pool for pool in found if sum(pool) > 1}
    return np.array(_largest_first(several)[:MOST_SETS], bool).reshape(-1, len(tenants))


def _largest_first(sets: set[tuple[bool, ...]]) -> list[tuple[bool, ...]]:
    return sorted(sets, key=lambda one: (-sum(one), tuple(not member for member in one)))


def _states(growth: Growth, window: Window, measured: int) -> NDArray[np.float32]:
    states = np.zeros((len(STATES), measured, PATHS, window.months), np.float32)
    bounds = [(start // 24, stop // 24) for start, stop in (window.month_hours(month) for month in range(window.months))]
    for part in growth.of(flows=False):
        for month, days in enumerate(by_month(part.forecast, bounds, 1)):
            states[STATES.index(part.driver)][list(part.rows), :, month] = days.max(axis=2)
    return states


def tenancy(study: Study, observed: Observed, window: Window) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return whose paths each tenant of the estate takes, and its factors by month."""
    tenants, by_name = estate_tenants(study, observed), _by_name(study)
    measured = {name: row for row, name in enumerate(observed.tenants)}
    source = np.array([measured[_root(by_name, name)] for name in tenants], np.int64)
    factors = np.ones((len(DRIVERS), len(tenants), window.months), np.float32)
    for row, name in enumerate(tenants):
        tenant = by_name[name]
        if tenant.like is not None:
            factors[:, row] *= tenant.scale
        if tenant.starts is not None:
            factors[:, row, : max(window.month_index(tenant.starts), 0)] = 0.0
        if tenant.ends is not None:
            factors[:, row, max(window.month_index(tenant.ends) + 1, 0) :] = 0.0
    return source, factors


def estate_tenants(study: Study, observed: Observed) -> tuple[str, ...]:
    """Return the tenants that the figures hold: those with data, and planned ones that are like one with data."""
    known, by_name = set(observed.tenants), _by_name(study)
    return tuple(t.name for t in study.tenants if t.name in known or (t.like is not None and _root(by_name, t.name) in known))


def _by_name(study: Study) -> dict[str, Tenant]:
    return {tenant.name: tenant for tenant in study.tenants}


def _root(by_name: Mapping[str, Tenant], name: str) -> str:
    """Return the measured tenant at the end of a chain of likes."""
    like = by_name[name].like
    return name if like is None else _root(by_name, like)
