"""History on one hourly grid: a row a tenant, missing hours as NaN."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from models.topology.resources import Layer
from workbench.history import History, HourlySeries
from workbench.pipeline.calendar_months import MS_PER_HOUR, last_day_of, midnight_ms
from workbench.study.estate import Study

TENANT_SERIES = (
    "requests",
    "request_seconds",
    "app_cpu_seconds",
    "database_blocks_read",
    "database_blocks_hit",
    "database_active_seconds",
    "database_rows_written",
    "busy_workers",
    "workers",
    "app_memory_bytes",
    "database_connections",
    "database_bytes",
    "filestore_bytes",
    "session_keys",
)
SERVER_SERIES = (
    "server_cpu_seconds",
    "device_reads",
    "device_writes",
    "device_read_bytes",
    "device_written_bytes",
    "shared_buffers_bytes",
    "redis_used_bytes",
    "redis_keys",
    "redis_fork_bytes",
)
BUCKETS = "request_seconds_bucket@"
LEAST_HOURS = 24
"""Known hours of requests below which a tenant is not in the figures: less than a day has no busiest hour."""


@dataclass(frozen=True, slots=True, eq=False)
class Histogram:
    """Requests by duration over the window in which buckets were kept."""

    upper_bounds: tuple[float, ...]
    """Ascending, +Inf last."""
    cumulative: NDArray[np.float64]
    """Shape (bounds,): requests not above each bound."""
    total_seconds: float
    hours: int


@dataclass(frozen=True, slots=True, eq=False)
class Observed:
    """What history says of the estate, hour by hour up to `as_of`."""

    as_of: date
    start_ms: int
    tenants: tuple[str, ...]
    """Tenants with at least a day of requests in history, in the study's order."""
    without_data: tuple[str, ...]
    """Tenants that should have history and have none."""
    series: Mapping[str, NDArray[np.float64]]
    """Series to (tenants, hours): rates per second of counters, means of gauges."""
    servers: Mapping[str, Mapping[str, NDArray[np.float64]]]
    """Pool to series to (hours,)."""
    database_of: tuple[str | None, ...]
    """Pool that serves each tenant's database today."""
    histograms: Mapping[str, Histogram]
    """Tenant to its histogram of request durations."""
    restarted: tuple[tuple[int, ...], ...]
    """Of each tenant the hours in which its count of requests began anew: only a lower bound of them is known."""
    measures: str
    """What request durations measure: service or response."""

    @property
    def hours(self) -> int:
        """Number of hours."""
        return int(self.series["requests"].shape[1])

    def of(self, series: str, tenant: int) -> NDArray[np.float64]:
        """Return one tenant's hours of a series; all NaN if it was never seen."""
        values = self.series.get(series)
        return np.full(self.hours, np.nan) if values is None else values[tenant]

    def server(self, pool: str | None, series: str) -> NDArray[np.float64]:
        """Return a server's hours of a series; all NaN if it was never seen."""
        values = self.servers.get(pool or "", {}).get(series)
        return np.full(self.hours, np.nan) if values is None else values

    def period(self, values: NDArray[np.float64]) -> tuple[date, date] | None:
        """Return first and last day with a value; fewer hours than all are the last ones."""
        known = np.flatnonzero(np.isfinite(values)) + self.hours - len(values)
        if not known.size:
            return None
        return self._day(int(known[0])), self._day(int(known[-1]))

    def _day(self, hour: int) -> date:
        return last_day_of(self.start_ms + hour * MS_PER_HOUR)


def observe(study: Study, history: History) -> Observed:
    """Read history up to the study's `as_of` on one hourly grid.

    Raises
    ------
    ValueError
        If history holds less than a day of requests of every tenant of the study.

    """
    as_of = study.as_of or _day_after(history.last_complete_day())
    end_ms = midnight_ms(as_of)
    names = [tenant.name for tenant in study.tenants]
    requests = history.hourly("requests", names, None, end_ms) if "requests" in history.series() else None
    present = [] if requests is None else [name for name in names if name in requests.subjects]
    if requests is None or not present:
        raise ValueError(_too_little(study, f"holds no requests before {as_of}"))
    start_ms, hours = requests.start_ms, requests.values.shape[1]
    series = {name: _rows(history, name, present, start_ms, end_ms, hours) for name in TENANT_SERIES if name in history.series()}
    known = [i for i in range(len(present)) if np.count_nonzero(np.isfinite(series["requests"][i])) >= LEAST_HOURS]
    if not known:
        raise ValueError(_too_little(study, f"holds fewer than {LEAST_HOURS} known hours of requests of every tenant before {as_of}"))
    tenants = tuple(present[i] for i in known)
    planned = {tenant.name for tenant in study.tenants if tenant.like is not None}
    return Observed(
        as_of=as_of,
        start_ms=start_ms,
        tenants=tenants,
        without_data=tuple(name for name in names if name not in tenants and name not in planned),
        series={name: values[known] for name, values in series.items()},
        servers=_servers(history, start_ms, end_ms, hours),
        database_of=tuple(_database_of(study, name) for name in tenants),
        histograms=_histograms(history, tenants, start_ms, end_ms, hours),
        restarted=_restarted(requests, tenants, hours),
        measures=history.measures("request_seconds") or "response",
    )


def _restarted(requests: HourlySeries, tenants: tuple[str, ...], hours: int) -> tuple[tuple[int, ...], ...]:
    rows = (requests.lower_bound[requests.subjects.index(name), :hours] for name in tenants)
    return tuple(tuple(np.flatnonzero(row).tolist()) for row in rows)


def _too_little(study: Study, what: str) -> str:
    return f'history of study {study.name!r} {what}: run "workbench collect" (or "workbench import FILE"), then "workbench check"'


def _day_after(day: date | None) -> date:
    if day is None:
        raise ValueError('history is empty: run "workbench collect" first')
    return day + timedelta(days=1)


def _rows(history: History, series: str, subjects: list[str], start_ms: int, end_ms: int, hours: int) -> NDArray[np.float64]:
    """Return (subjects, hours) on the grid that starts at `start_ms`."""
    hourly = history.hourly(series, subjects, start_ms, end_ms)
    grid = np.full((len(subjects), hours), np.nan)
    offset = (hourly.start_ms - start_ms) // MS_PER_HOUR
    width = min(hourly.values.shape[1], hours - offset)
    if width > 0:
        for row, subject in enumerate(hourly.subjects):
            grid[subjects.index(subject), offset : offset + width] = hourly.values[row, :width]
    return grid


def _servers(history: History, start_ms: int, end_ms: int, hours: int) -> dict[str, dict[str, NDArray[np.float64]]]:
    found: dict[str, dict[str, NDArray[np.float64]]] = {}
    for series in SERVER_SERIES:
        if series not in history.series():
            continue
        pools = [subject for subject in history.subjects(series) if subject.startswith("@")]
        rows = _rows(history, series, pools, start_ms, end_ms, hours)
        for pool, values in zip(pools, rows, strict=True):
            found.setdefault(pool.removeprefix("@"), {})[series] = values
    return found


def _database_of(study: Study, tenant: str) -> str | None:
    for topology in study.topologies:
        if topology.name == "current":
            for pool in topology.pools:
                if pool.layer == Layer.DATABASE and tenant in pool.tenants:
                    return pool.name
    return None


def _histograms(history: History, tenants: tuple[str, ...], start_ms: int, end_ms: int, hours: int) -> dict[str, Histogram]:
    names = sorted((name for name in history.series() if name.startswith(BUCKETS)), key=_bound)
    if not names or "request_seconds" not in history.series():
        return {}
    counts = np.stack([_rows(history, name, list(tenants), start_ms, end_ms, hours) for name in names])
    seconds = _rows(history, "request_seconds", list(tenants), start_ms, end_ms, hours)
    bounds = tuple(_bound(name) for name in names)
    found = {}
    for row, tenant in enumerate(tenants):
        whole = np.isfinite(counts[:, row]).all(axis=0) & np.isfinite(seconds[row])
        if whole.any():
            cumulative = np.maximum.accumulate(counts[:, row, whole].sum(axis=1) * 3600)
            found[tenant] = Histogram(bounds, cumulative, float(seconds[row, whole].sum() * 3600), int(whole.sum()))
    return found


def _bound(series: str) -> float:
    text = series.removeprefix(BUCKETS)
    return float("inf") if text in {"+Inf", "Inf", "inf"} else float(text)
