"""The database and the cache behind a worker pool, as they run today: reads against cache size, keys and memory against time."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.postgres_io import Stratum, fit_cache
from models.redis_memory import KeyClass
from models.topology.resources import Driver, Layer, Resource
from models.topology.verdict import Reason
from workbench.pipeline.edited_demand import DEFAULT_TTL_S, PAGE_BYTES
from workbench.pipeline.fitting import RECENT_HOURS
from workbench.pipeline.session import Session
from workbench.study.edits import ScaleDriver, SetCache, SetTtl
from workbench.study.edits.kinds import Edit
from workbench.study.estate import PoolSpec

POINTS = 28
SMALLEST, LARGEST = 1 / 8, 4.0
"""Cache sizes looked at, as multiples of today's."""
WEEKS = 4
"""Weeks over which today's keys and busiest hours are taken."""
HOUR_S = 3600.0


@dataclass(frozen=True, slots=True, eq=False)
class CacheCurve:
    """Device reads of a database server over the size of its cache, in the busiest hour of the last weeks."""

    pool: str
    cache_bytes: NDArray[np.float64]
    """Shape (points,): shared buffers."""
    low: NDArray[np.float64]
    """Shape (points,): reads per second if the tail of pages is as warm as it can be …"""
    middle: NDArray[np.float64]
    high: NDArray[np.float64]
    """… and if it is as even as it can be."""
    observed_bytes: float
    observed_iops: float
    """Reads per second with the cache of today: all three curves pass through it."""
    set_bytes: float
    """Cache as edits set it."""
    set_iops: tuple[float, float, float]
    """Low, middle and high at that size."""
    limit_iops: float | None
    """Operations per second that today's volume and machine allow; None: nobody gave it."""
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, eq=False)
class KeyCurve:
    """Memory of a session cache from empty: keys live a time to live, so it saturates."""

    pool: str
    hours: NDArray[np.float64]
    """Shape (points,): since the cache was empty."""
    memory_bytes: NDArray[np.float64]
    """Shape (points,): with the time to live as set."""
    keys: float
    """Once saturated."""
    ttl_s: float
    """As set."""
    observed_ttl_s: float
    """As it runs today: stated in the pool's settings, else the default of session stores."""
    observed_keys: float
    """Most keys of the last weeks."""
    observed_bytes: float
    """Memory of as many keys."""
    limit_bytes: float | None
    """What is left for keys of the machine's memory or the setting; None: nobody gave it."""


def database_today(session: Session, tenants: tuple[int, ...]) -> PoolSpec | None:
    """Return the database server of today that serves most of these tenants' users; None if the study does not say."""
    return _most(session, tenants, Layer.DATABASE)


def cache_today(session: Session, tenants: tuple[int, ...]) -> PoolSpec | None:
    """Return the cache of today that serves most of these tenants' users; None if the study does not say."""
    return _most(session, tenants, Layer.CACHE)


def _most(session: Session, tenants: tuple[int, ...], layer: Layer) -> PoolSpec | None:
    names = {session.study.tenant(session.tenants[i]).like or session.tenants[i] for i in tenants}
    pools = [pool for spec in session.study.topologies if spec.name == "current" for pool in spec.pools if pool.layer == layer]
    shared = {pool.name: sum(1 + session.study.tenant(name).users for name in pool.tenants if name in names) for pool in pools}
    best = max(pools, key=lambda pool: (shared[pool.name], pool.name), default=None)
    return best if best is not None and shared[best.name] > 0 else None


def factor_of(edits: tuple[Edit, ...], driver: str) -> float:
    """Return what edits of all tenants multiply a driver by; edits of some tenants or some days are not in it."""
    everywhere = [one for one in edits if isinstance(one, ScaleDriver) and one.tenant is None and one.start is None]
    return float(np.prod([one.factor for one in everywhere if one.driver == driver]))


def cache_curve(session: Session, pool: PoolSpec, edits: tuple[Edit, ...]) -> CacheCurve | str:
    """Return the reads of a database server over its cache size, with edits; a sentence where history does not hold it."""
    observed = session.observed
    rows = [row for row, name in enumerate(observed.tenants) if name in pool.tenants]
    buffers = observed.server(pool.name, "shared_buffers_bytes")[-RECENT_HOURS:]
    read, hit, stored = (_sum(session, series, rows) for series in ("database_blocks_read", "database_blocks_hit", "database_bytes"))
    if not np.isfinite(buffers).any() or not np.isfinite(read + hit).any() or not np.isfinite(stored).any():
        return f"{pool.name}: history lacks its shared_buffers, its block counters or its sizes; a PostgreSQL source gives them"
    growth = factor_of(edits, "stored_bytes")
    now, pages = float(np.nanmedian(buffers)), max(float(np.nanmean(stored[-24:])) * growth / PAGE_BYTES, 1.0)
    ratio = float(np.nansum(read) / np.nansum(read + hit))
    busiest = float(np.nanmax((read + hit)[-WEEKS * 168 :])) * factor_of(edits, "requests")
    made = [edit.cache_bytes for edit in edits if isinstance(edit, SetCache) and edit.pool == pool.name]
    wanted = float(made[-1]) if made else now
    limit = _limit(session, pool.name, Resource.POSTGRES_IOPS)
    return reads_by_cache(
        pool.name, Stratum(pages, busiest, ratio), now, wanted, per_block=_reads_per_block(session, pool.name), limit_iops=limit
    )


def reads_by_cache(
    pool: str, stored: Stratum, now: float, wanted: float | None = None, *, per_block: float = 1.0, limit_iops: float | None = None
) -> CacheCurve:
    """Return device reads over the size of a cache through one observed point.

    Parameters
    ----------
    pool
        Name of the server.
    stored
        Pages, logical reads per second and the share of them that missed the cache of today.
    now, wanted
        Cache of today and the one asked for, bytes.
    per_block
        Device reads of a missed block.
    limit_iops
        What volume and machine allow; None: not known.

    """
    (fit,) = fit_cache([stored], now / PAGE_BYTES)
    wanted = now if wanted is None else wanted
    largest = max(min(now * LARGEST, stored.pages * PAGE_BYTES * 1.2), wanted, now * 1.5)
    sizes = np.linspace(min(now * SMALLEST, wanted), largest, POINTS)
    found = [fit.misses_per_s(size / PAGE_BYTES) for size in sizes]
    at = fit.misses_per_s(wanted / PAGE_BYTES)
    return CacheCurve(
        pool=pool,
        cache_bytes=sizes,
        low=np.array([one.low for one in found]) * per_block,
        middle=np.array([one.mid for one in found]) * per_block,
        high=np.array([one.high for one in found]) * per_block,
        observed_bytes=now,
        observed_iops=stored.reads_per_s * stored.miss_ratio * per_block,
        set_bytes=wanted,
        set_iops=(at.low * per_block, at.mid * per_block, at.high * per_block),
        limit_iops=limit_iops,
        reasons=fit.reasons,
    )


def _sum(session: Session, series: str, rows: list[int]) -> NDArray[np.float64]:
    values = [session.observed.of(series, row)[-RECENT_HOURS:] for row in rows]
    return np.asarray(np.sum(values, axis=0), float) if values else np.full(1, np.nan)


def _reads_per_block(session: Session, pool: str) -> float:
    server = session.workloads.servers.get(pool)
    return 1.0 if server is None else server.reads_per_block["request"].value


def _limit(session: Session, pool: str, resource: Resource) -> float | None:
    found = [one for one in session.result("current").plan.pools if one.name == pool]
    usable = found[0].usable.get(resource) if found else None
    return float(usable[0]) if usable is not None and np.isfinite(usable[0]) else None


def key_curve(session: Session, pool: PoolSpec, edits: tuple[Edit, ...]) -> KeyCurve | str:
    """Return how the memory of a cache fills from empty, with edits; a sentence where history does not hold it."""
    observed = session.observed
    rows = [row for row, name in enumerate(observed.tenants) if name in pool.tenants]
    keys = [observed.of("session_keys", row)[-WEEKS * 168 :] for row in rows]
    total = np.sum(keys, axis=0) if keys else np.full(1, np.nan)
    if not np.isfinite(total).any():
        return f"{pool.name}: no session keys in history; redis_exporter gives them"
    most = float(np.nanmax(total))
    ttl_now = float(pool.settings.get("ttl_s", DEFAULT_TTL_S))
    made = [edit.ttl_s for edit in edits if isinstance(edit, SetTtl) and edit.pool == pool.name]
    ttl = float(made[-1]) if made else ttl_now
    per_key = session.workloads.of(observed.tenants[rows[0]]).parameters["session_bytes"].value
    kind = KeyClass(most * factor_of(edits, str(Driver.SESSIONS)) / ttl_now, ttl)
    sizes = [edit.cache_bytes for edit in edits if isinstance(edit, SetCache) and edit.pool == pool.name]
    limit = float(sizes[-1]) if sizes else _limit(session, pool.name, Resource.REDIS_MEMORY)
    return keys_from_empty(pool.name, kind, per_key, limit_bytes=limit, observed=(most, ttl_now))


def keys_from_empty(
    pool: str, kind: KeyClass, key_bytes: float, *, limit_bytes: float | None = None, observed: tuple[float, float] | None = None
) -> KeyCurve:
    """Return how keys of one kind fill an empty cache; `observed` are keys and life of today, by default those it settles at."""
    keys, life_s = (kind.steady_keys, kind.residence_s) if observed is None else observed
    hours = np.linspace(0.0, 1.6 * max(kind.residence_s, life_s) / HOUR_S, POINTS)
    return KeyCurve(
        pool=pool,
        hours=hours,
        memory_bytes=np.array([kind.keys_after(hour * HOUR_S) for hour in hours]) * key_bytes,
        keys=kind.steady_keys,
        ttl_s=kind.residence_s,
        observed_ttl_s=life_s,
        observed_keys=keys,
        observed_bytes=keys * key_bytes,
        limit_bytes=limit_bytes,
    )
