"""Writes the bundled history: every series of every tenant and pool through the workbench's own store."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from shutil import rmtree

import numpy as np
import polars as pl

from data.generator.estate import PRODUCTION, TENANTS, pool_of
from data.generator.moments import APP_RESTART, BUCKET_HOURS, DATABASE_CRASH, END, FIRST, MISSING
from data.generator.noise import jitter, stream
from data.generator.records import (
    Epoch,
    Track,
    counter,
    counter_with_minutes,
    daily,
    exact_counter,
    gauge,
    gauge_with_minutes,
    setting,
    without,
)
from data.generator.servers import PoolHours, pools_of, workers_of
from data.generator.service import BOUNDS_S, cumulative_shares
from data.generator.tenants import ACTIVE_SHARE, ORDERS_PER_USER, TenantHours, hours_of
from workbench.history import open_history
from workbench.sources.samples import Samples

_APPLICATION = ("requests", "request_seconds", "app_cpu_seconds")
_BY_MINUTE = ("requests", "busy_workers")
_APPLICATION_START = "2025-09-28T04:00:00Z"
_STATISTICS_START = "2025-08-14T02:00:00Z"
_BOOT = "2025-09-07T03:00:00Z"


def write_history(folder: Path) -> None:
    """Write history/ of the bundled study; the same seed gives the same bytes."""
    rmtree(folder, ignore_errors=True)
    history = open_history(folder)
    start_ms, end_ms = int(FIRST.timestamp() * 1000), int(END.timestamp() * 1000)
    tracks: dict[str, list[Track]] = {}
    for series, track in _all_tracks():
        tracks.setdefault(series, []).append(track)
    for series in sorted(tracks):
        measures = "service" if series.startswith("request_seconds") else None
        samples = Samples(series, _frame(tracks[series]), _source_of(series), start_ms, end_ms)
        history.append(samples, measures=measures, fetched_ms=end_ms)
    history.fold(end_ms)
    (folder / ".lock").unlink(missing_ok=True)


def _frame(tracks: list[Track]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "tenant": np.repeat([track.subject for track in tracks], [track.value.size for track in tracks]),
            "time": np.concatenate([track.time_ms for track in tracks]),
            "value": np.concatenate([track.value for track in tracks]),
            "epoch": [text for track in tracks for text in track.epoch],
        },
        schema={"tenant": pl.Utf8, "time": pl.Int64, "value": pl.Float64, "epoch": pl.Utf8},
    )


def _source_of(series: str) -> str:
    return "erp-counts" if series.startswith("driver@") else "prom-eu"


def _all_tracks() -> Iterator[tuple[str, Track]]:
    tenants = {tenant.name: hours_of(tenant) for tenant in TENANTS}
    for hours in tenants.values():
        for series, track in _tenant_tracks(hours):
            missing = hours.tenant.name == MISSING.subject and not series.startswith("driver@")
            yield series, without(track, MISSING.start, MISSING.end) if missing else track
    for pool in pools_of(tenants):
        yield from _pool_tracks(pool)


def _tenant_tracks(hours: TenantHours) -> Iterator[tuple[str, Track]]:
    name = hours.tenant.name
    for series, increase in hours.counters:
        if series in _BY_MINUTE:
            yield series, counter_with_minutes(name, increase, _application_epoch(name), series)
        elif series in _APPLICATION:
            yield series, counter(name, increase, _application_epoch(name))
        else:
            yield series, counter(name, increase, _statistics_epoch(name))
    for series, level in hours.gauges:
        yield series, gauge_with_minutes(name, level, series) if series in _BY_MINUTE else gauge(name, level)
    pool = pool_of(name, "workers")
    if pool.tenants == (name,):
        yield "workers", setting(name, float(workers_of(pool.name)))
    yield from _buckets(hours)
    if hours.tenant.environment == PRODUCTION:
        yield from _drivers(hours)


def _buckets(hours: TenantHours) -> Iterator[tuple[str, Track]]:
    """Yield cumulative counts per bound over the last days, whole numbers that never fall from bound to bound."""
    recent = np.round(hours.requests[-BUCKET_HOURS:]).astype(np.int64)
    random = stream(hours.tenant.name, "buckets")
    shares = np.diff(cumulative_shares(hours.tenant.service), prepend=0.0)
    counts = np.cumsum(random.multinomial(recent, shares / shares.sum()), axis=1).astype(np.float64)
    for column, bound in enumerate(BOUNDS_S):
        name = "+Inf" if np.isinf(bound) else f"{bound:g}"
        yield f"request_seconds_bucket@{name}", exact_counter(hours.tenant.name, counts[:, column], Epoch(_APPLICATION_START))


def _drivers(hours: TenantHours) -> Iterator[tuple[str, Track]]:
    tenant = hours.tenant
    per_day = hours.load.requests_per_s.reshape(-1, 24).mean(axis=1)
    relative = per_day / np.quantile(per_day[-60:], 0.8)
    days = per_day.size
    orders = relative * ORDERS_PER_USER * tenant.users * jitter(stream(tenant.name, "orders"), days, 0.05)
    users = np.minimum(1.0, relative) ** 0.8 * ACTIVE_SHARE * tenant.users * jitter(stream(tenant.name, "users"), days, 0.03)
    yield "driver@orders", daily(tenant.name, np.round(orders))
    yield "driver@users", daily(tenant.name, np.round(np.minimum(users, tenant.users)))


def _pool_tracks(hours: PoolHours) -> Iterator[tuple[str, Track]]:
    subject = f"@{hours.pool.name}"
    crashed = hours.pool.name == DATABASE_CRASH.subject
    epoch = Epoch(_BOOT, DATABASE_CRASH.at, _text(DATABASE_CRASH.at)) if crashed else Epoch(_BOOT)
    lost = hours.pool.layer == "database server" and MISSING.subject in hours.pool.tenants
    for series, increase in hours.counters:
        track = counter(subject, increase, epoch)
        yield series, without(track, MISSING.start, MISSING.end) if lost else track
    for series, value in hours.settings:
        yield series, setting(subject, value)
    for series, level in hours.gauges:
        track = gauge(subject, level)
        yield series, without(track, MISSING.start, MISSING.end) if lost else track


def _application_epoch(tenant: str) -> Epoch:
    if tenant == APP_RESTART.subject:
        return Epoch(_APPLICATION_START, APP_RESTART.at, _text(APP_RESTART.at))
    return Epoch(_APPLICATION_START)


def _statistics_epoch(tenant: str) -> Epoch:
    pool = pool_of(tenant, "database server")
    system = str(7_400_000_000_000_000_000 + sum(map(ord, pool.name)))
    if pool.name == DATABASE_CRASH.subject:
        return Epoch(f"{_STATISTICS_START}|{system}", DATABASE_CRASH.at, f"{_text(DATABASE_CRASH.at)}|{system}")
    return Epoch(f"{_STATISTICS_START}|{system}")


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
