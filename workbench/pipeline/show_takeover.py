"""What a standby meets when it takes over a database: an empty cache, and everybody connecting at once."""

from dataclasses import dataclass, replace
from math import inf

import numpy as np
from numpy.typing import NDArray

from models.odoo_workers import Processes, connections
from models.postgres_io import PAGE_BYTES, Stratum, cold_start, fit_cache
from models.topology.resources import Layer, Resource
from workbench.pipeline.fitting import RECENT_HOURS
from workbench.pipeline.plan import Plan
from workbench.pipeline.pools import Pool
from workbench.pipeline.session import Session

WEEKS = 4
"""Weeks whose busiest hour the reads are taken from."""


@dataclass(frozen=True, slots=True)
class ColdCache:
    """Device reads after the cache was emptied, in the busiest hour of the last weeks; a standby that replayed writes reads less."""

    steady_iops: float
    """Reads per second with a warm cache."""
    first_iops: tuple[float, float]
    """Low and high: reads per second asked for at first."""
    limit_iops: float | None
    """What volume and machine allow; None: nobody gave it."""
    warm_after_s: float
    """Seconds until no more than a tenth above the steady rate is read: as fast as asked, or as the limit lets; infinite if never."""

    reads_until_warm: float
    """Reads beyond the steady rate until then."""

    @property
    def fits(self) -> bool | None:
        """Whether the first reads fit even if they are many; None: the limit is not known, or lies within their range."""
        if self.limit_iops is None or self.first_iops[0] <= self.limit_iops < self.first_iops[1]:
            return None
        return self.first_iops[1] <= self.limit_iops

    def limited(self, limit: float | None) -> "ColdCache":
        """Return the same on a device that gives at most `limit` reads per second, of which the steady ones are needed anyway."""
        if limit is None:
            return self
        slowest = self.reads_until_warm / (limit - self.steady_iops) if limit > self.steady_iops else inf
        return replace(self, limit_iops=limit, warm_after_s=max(self.warm_after_s, slowest))


@dataclass(frozen=True, slots=True)
class Reconnects:
    """Connections that all processes of the workers open anew."""

    usual: float
    """One for each process and database it serves."""
    worst: float
    """Every process with a full pool."""
    limit: float | None
    """What the server takes; None: nobody gave it."""

    @property
    def fits(self) -> bool | None:
        """Whether the usual number fits; None: the limit is not known."""
        return None if self.limit is None else self.usual <= self.limit


@dataclass(frozen=True, slots=True)
class Takeover:
    """What the standby of a database meets."""

    cache: ColdCache | str
    """A sentence where history does not hold it."""
    reconnects: Reconnects | None
    """None: no worker pool stands in front of it."""


def takeover(session: Session, plan: Plan, pool: Pool) -> Takeover:
    """Return what meets the standby of a database pool in the first minutes."""
    found = session.once(f"cold cache of {pool.name} {pool.tenants}", lambda: _cold(session, pool))
    limit = _limit(pool, Resource.POSTGRES_IOPS)
    return Takeover(found if isinstance(found, str) else found.limited(limit), _reconnects(plan, pool))


def _reconnects(plan: Plan, pool: Pool) -> Reconnects | None:
    usual = worst = 0.0
    mine = set(pool.tenants)
    front = [one for one in plan.of_layer(Layer.WORKERS) if mine & set(one.tenants) and one.workers > 0]
    for one in front:
        found = connections(Processes(one.workers), max(one.replicas[0], 1), len(mine & set(one.tenants)), None)
        usual, worst = usual + found.usual, worst + found.worst
    return Reconnects(usual, worst, _limit(pool, Resource.CONNECTIONS)) if front else None


def _cold(session: Session, pool: Pool) -> ColdCache | str:
    observed = session.observed
    rows = sorted({int(row) for row in session.factory.sizer.demand.source[list(pool.tenants)]})
    read, hit, stored = (_sum(session, name, rows) for name in ("database_blocks_read", "database_blocks_hit", "database_bytes"))
    cache = _cache_bytes(session, rows)
    if cache is None or not np.isfinite(read + hit).any() or not np.isfinite(stored).any():
        return f"not checked: history lacks shared_buffers, block counters or sizes of {pool.name}; a PostgreSQL source gives them"
    pages = max(float(np.nanmean(stored[-24:])) / PAGE_BYTES, 1.0)
    ratio = float(np.nansum(read) / max(np.nansum(read + hit), 1.0))
    asked = float(np.nanmax((read + hit)[-WEEKS * 168 :]))
    if not (0 < ratio < 1 and asked > 0):
        return f"not checked: {pool.name} read nothing, or everything from its device, in the last weeks"
    (fit,) = fit_cache([Stratum(pages, asked, ratio)], cache / PAGE_BYTES)
    start = cold_start([fit], [1.0], cache / PAGE_BYTES)
    server = session.workloads.servers.get(session.workloads.served_by.get(observed.tenants[rows[0]]) or "")
    per_block = 1.0 if server is None else server.reads_per_block["request"].value
    first = (start.blocks_per_s.low * per_block, start.blocks_per_s.high * per_block)
    return ColdCache(asked * ratio * per_block, first, None, start.warm_after_s, start.blocks_until_warm * per_block)


def _cache_bytes(session: Session, rows: list[int]) -> float | None:
    """Return the shared buffers these tenants have today: their part, by what they store, of those of each server."""
    observed = session.observed
    mine = {observed.tenants[row] for row in rows}
    total = 0.0
    for name in sorted({session.workloads.served_by.get(tenant) or "" for tenant in mine}):
        buffers = observed.server(name, "shared_buffers_bytes")[-RECENT_HOURS:] if name else np.full(1, np.nan)
        if not np.isfinite(buffers).any():
            return None
        there = [row for row, tenant in enumerate(observed.tenants) if session.workloads.served_by.get(tenant) == name]
        stored = np.array([float(np.nan_to_num(np.nanmax(_last_day(session, row)))) for row in there])
        held = sum(amount for row, amount in zip(there, stored, strict=True) if observed.tenants[row] in mine)
        total += float(np.nanmedian(buffers)) * (held / float(stored.sum()) if stored.sum() > 0 else 1.0)
    return total if total > 0 else None


def _last_day(session: Session, row: int) -> NDArray[np.float64]:
    values = session.observed.of("database_bytes", row)[-24:]
    return values if np.isfinite(values).any() else np.zeros(1)


def _sum(session: Session, series: str, rows: list[int]) -> NDArray[np.float64]:
    return np.asarray(np.sum([session.observed.of(series, row)[-RECENT_HOURS:] for row in rows], axis=0), float)


def _limit(pool: Pool, resource: Resource) -> float | None:
    usable = pool.usable.get(resource)
    return float(usable[0]) if usable is not None and np.isfinite(usable[0]) else None
