"""Fit what one request and one unit of nightly work take, tenant by tenant."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from models.queueing import ServiceTime
from models.workload import BatchSplit, fit_per_unit, split_batch
from workbench.pipeline.calendar_months import MS_PER_HOUR
from workbench.pipeline.observed import Histogram, Observed
from workbench.pipeline.origin import Origin, OriginKind
from workbench.pipeline.parameters import NORMAL_95, Parameter, believed, fitted

RECENT_HOURS = 90 * 24
"""Demand per unit is fitted on the last 90 days: releases change it, so older hours would mislead."""
CPU_SHARE = 0.78
"""Share of service time that is application CPU: 20 of 25.5 ms on an Odoo 18.0-derived build with 2 workers, 2026-11-23."""
DATABASE_SHARE = 0.22
"""The rest of it, spent in the database; same measurement."""
SERVICE_SCV = 1.8
"""Squared coefficient of variation of service time in the same measurement (1.7 to 1.9)."""
QUIET_QUANTILE = 0.3
"""Hours below this quantile of load: there a response hardly waits."""


@dataclass(frozen=True, slots=True, eq=False)
class TenantFit:
    """What was fitted for one tenant."""

    parameters: Mapping[str, Parameter]
    batch: NDArray[np.float64]
    """Shape (hours,): application CPU by the clock, cores."""
    batch_slots: NDArray[np.bool_]
    """Shape (168,): hours of the week, in the tenant's zone, in which batch work recurs."""
    law: str
    """Law of the service time."""


def hour_of_week(observed: Observed, zone: str) -> NDArray[np.int64]:
    """Return the local hour of the week (Monday 00:00 is 0) of every observed hour, shape (hours,)."""
    local = ZoneInfo(zone)
    hours = np.arange(observed.hours, dtype=np.int64)
    offsets = np.empty(observed.hours, np.int64)
    for day in range(0, observed.hours, 24):
        instant = datetime.fromtimestamp((observed.start_ms + day * MS_PER_HOUR) / 1000, UTC)
        delta = instant.astimezone(local).utcoffset()
        offsets[day : day + 24] = 0 if delta is None else round(delta.total_seconds() / 3600)
    first = datetime.fromtimestamp(observed.start_ms / 1000, UTC)
    return (hours + offsets + first.weekday() * 24 + first.hour) % 168


def fit_tenant(observed: Observed, tenant: int, zone: str) -> TenantFit:
    """Return the parameters of one tenant that its own series identify."""
    requests = _recent(observed.of("requests", tenant))
    clock = hour_of_week(observed, zone)
    found = _service(observed, tenant)
    split = _cpu(observed, tenant, clock, found)
    batch = np.nan_to_num(_recent(split.batch))
    for series, name in _PER_UNIT.items():
        _add_per_unit(found, observed, tenant, series, name, requests, batch)
    _add_levels(found, observed, tenant, requests)
    law = found.pop("law").origin.what
    return TenantFit(found, split.batch, split.slots, law)


_PER_UNIT = {
    "database_active_seconds": "database_s",
    "database_blocks_read": "blocks_read",
    "database_rows_written": "rows_written",
}


def _recent(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return values[-RECENT_HOURS:]


def _service(observed: Observed, tenant: int) -> dict[str, Parameter]:
    name = observed.tenants[tenant]
    seconds, requests = _recent(observed.of("request_seconds", tenant)), _recent(observed.of("requests", tenant))
    known = np.isfinite(seconds) & np.isfinite(requests) & (requests > 0)
    if not known.any():
        why = "no request durations in history: 25 ms, as measured on an Odoo 18.0-derived build"
        return {
            "service_s": believed("service_s", 0.025, why),
            "scv": believed("scv", SERVICE_SCV, why),
            "law": believed("law", 1.0, "assumed"),
        }
    if observed.measures == "response":
        known &= requests <= np.quantile(requests[known], QUIET_QUANTILE)
    mean = float(seconds[known].sum() / requests[known].sum())
    what = "request_seconds / requests" + (", quiet hours only: an upper bound of service" if observed.measures == "response" else "")
    origin = Origin(OriginKind.FITTED, what, observed.period(requests), int(known.sum()), float(known.mean()))
    found = {"service_s": fitted("service_s", mean, _daily_se(seconds, requests, known), origin)}
    scv, law = _scv(observed.histograms.get(name), origin)
    return {**found, "scv": scv, "law": law}


def _daily_se(amount: NDArray[np.float64], units: NDArray[np.float64], known: NDArray[np.bool_]) -> float:
    """Return the relative standard error of a ratio of sums from whole days."""
    day = np.flatnonzero(known) // 24
    tops, bottoms = np.bincount(day, amount[known]), np.bincount(day, units[known])
    days = bottoms > 0
    if days.sum() < 3:
        return 0.25
    ratio = tops.sum() / bottoms.sum()
    residual = tops[days] - ratio * bottoms[days]
    return max(float(np.sqrt(days.sum() / (days.sum() - 1) * (residual**2).sum()) / tops.sum()), 0.005)


def _scv(histogram: Histogram | None, origin: Origin) -> tuple[Parameter, Parameter]:
    if histogram is None:
        why = "no buckets in history: scv of an Odoo 18.0-derived build"
        return believed("scv", SERVICE_SCV, why), believed("law", 1.0, "assumed")
    law = ServiceTime.from_histogram(histogram.upper_bounds, histogram.cumulative, histogram.total_seconds)
    low, high = max(law.scv_low or law.scv, 1e-3), max(law.scv_high or law.scv, 1e-3)
    log_sd = float(np.log(high / low) / (2 * NORMAL_95)) if np.isfinite(high) else 0.5
    name = law.distribution.name
    what = Origin(
        OriginKind.FITTED,
        "; ".join((f"buckets of request_seconds, {name}", *law.warnings)),
        origin.period,
        int(histogram.cumulative[-1]),
        origin.quality,
    )
    scv = Parameter("scv", max(law.scv, 1e-3), max(log_sd, 0.02), what).bounded()
    return scv, Parameter("law", 1.0, 0.0, Origin(OriginKind.FITTED, name))


def _cpu(observed: Observed, tenant: int, clock: NDArray[np.int64], found: dict[str, Parameter]) -> BatchSplit:
    cpu, requests = observed.of("app_cpu_seconds", tenant), observed.of("requests", tenant)
    start = max(observed.hours - RECENT_HOURS, 0)
    try:
        recent = split_batch(cpu[start:], requests[start:], clock[start:])
    except ValueError:
        service = found["service_s"]
        share = believed("cpu_share", CPU_SHARE, "no application CPU in history: share of an Odoo 18.0-derived build")
        found["cpu_s"] = service.times(share, "cpu_s").bounded()
        return BatchSplit(found["cpu_s"].value, share.log_sd, np.zeros(observed.hours), np.zeros(168, bool))
    origin = Origin(
        OriginKind.FITTED, "app_cpu_seconds / requests in busy hours", observed.period(cpu), int(np.isfinite(cpu[start:]).sum())
    )
    found["cpu_s"] = fitted("cpu_s", recent.per_request, recent.relative_se, origin)
    excess = np.maximum(cpu - recent.per_request * requests, 0.0)
    return BatchSplit(
        recent.per_request, recent.relative_se, np.where(recent.slots[clock], excess, np.where(np.isfinite(cpu), 0.0, np.nan)), recent.slots
    )


def _add_per_unit(
    found: dict[str, Parameter],
    observed: Observed,
    tenant: int,
    series: str,
    name: str,
    requests: NDArray[np.float64],
    batch: NDArray[np.float64],
) -> None:
    amount = _recent(observed.of(series, tenant))
    if np.isfinite(amount).sum() < 24:
        return
    drivers = np.stack([requests, batch]) if batch.any() else requests[None]
    fit = fit_per_unit(amount, drivers)
    what = Origin(OriginKind.FITTED, f"{series} on requests and batch", observed.period(amount), fit.hours, fit.explained)
    found[f"{name}_per_request"] = fitted(f"{name}_per_request", float(fit.value[0]), float(fit.relative_se[0]), what)
    if batch.any():
        found[f"{name}_per_batch"] = fitted(f"{name}_per_batch", float(fit.value[1]), float(fit.relative_se[1]), what)


def _add_levels(found: dict[str, Parameter], observed: Observed, tenant: int, requests: NDArray[np.float64]) -> None:
    connections = _recent(observed.of("database_connections", tenant))
    busiest = float(np.nanquantile(requests, 0.999)) if np.isfinite(requests).any() else 0.0
    if np.isfinite(connections).any() and busiest > 0:
        top = float(np.nanquantile(connections, 0.999))
        origin = Origin(OriginKind.FITTED, "database_connections at busy hours over requests", observed.period(connections))
        found["connections_per_request"] = fitted("connections_per_request", top / busiest, 0.1, origin)
    memory, workers = _recent(observed.of("app_memory_bytes", tenant)), _recent(observed.of("workers", tenant))
    both = np.isfinite(memory) & np.isfinite(workers) & (workers > 0)
    if both.any():
        origin = Origin(OriginKind.FITTED, "app_memory_bytes / workers, 99 % quantile", observed.period(memory), int(both.sum()))
        found["worker_bytes"] = fitted("worker_bytes", float(np.quantile(memory[both] / workers[both], 0.99)), 0.05, origin)
