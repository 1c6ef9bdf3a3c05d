"""What edits do to demand: factors on drivers, sessions that live longer, caches of another size."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from models.postgres_io import Stratum, fit_cache
from models.topology.demand import DRIVERS, Demand, Link
from models.topology.resources import Driver, Layer, Resource
from workbench.pipeline.calendar_months import Window
from workbench.pipeline.demand import estate_tenants, tenancy
from workbench.pipeline.drivers import BusinessDrivers
from workbench.pipeline.drivers_edits import DriverEdits
from workbench.pipeline.fitting import RECENT_HOURS
from workbench.pipeline.observed import Observed
from workbench.pipeline.parameters import NORMAL_95, standard_normals
from workbench.pipeline.workloads import Workloads
from workbench.study.edits import Adjustments
from workbench.study.estate import PoolSpec, Study

DEFAULT_TTL_S = 7 * 86400.0
"""Odoo's and session_redis' time to live of a user's session (18.0)."""
PAGE_BYTES = 8192.0
"""A page of PostgreSQL."""


def edited_demand(
    base: Demand, study: Study, observed: Observed, workloads: Workloads, adjustments: Adjustments, business: Callable[[], BusinessDrivers]
) -> Demand:
    """Return the demand with factors for planned tenants and edits; paths are shared, nothing of them is copied.

    Raises
    ------
    ValueError
        If an edit names a driver or a pool that is not there.

    """
    window = Window(observed.as_of, study.horizon_months)
    source, factors = tenancy(study, observed, window)
    names = estate_tenants(study, observed)
    if adjustments.driver_factors:
        factors *= DriverEdits(base, study, names, source, window, business()).factors(adjustments.driver_factors)
    for name, wanted_s in adjustments.ttl_s.items():
        spec = _pool(study, name, (Layer.CACHE,))
        factors[DRIVERS.index(Driver.SESSIONS), _rows(names, spec)] *= wanted_s / float(spec.settings.get("ttl_s", DEFAULT_TTL_S))
    links = base.links
    for name, wanted_bytes in adjustments.cache_bytes.items():
        spec = _pool(study, name, (Layer.DATABASE, Layer.CACHE))
        if spec.layer == Layer.DATABASE:
            links = _cached(links, study.seed, observed, workloads, spec, wanted_bytes)
    return replace(base, source=source, factors=factors, links=links)


def _pool(study: Study, name: str, layers: Sequence[Layer]) -> PoolSpec:
    """Return a pool of what runs today, or raise ValueError naming those that can be edited."""
    pools = [pool for topology in study.topologies if topology.name == "current" for pool in topology.pools if pool.layer in layers]
    for pool in pools:
        if pool.name == name:
            return pool
    known = ", ".join(pool.name for pool in pools) or "none, since topologies/current.toml names none"
    raise ValueError(f"no pool {name!r} with a {' or '.join(layers)} runs today: choose from {known}")


def _rows(names: Sequence[str], spec: PoolSpec) -> list[int]:
    return [i for i, name in enumerate(names) if name in spec.tenants]


def _cached(
    links: Sequence[Link], seed: int, observed: Observed, workloads: Workloads, spec: PoolSpec, wanted_bytes: int
) -> tuple[Link, ...]:
    """Return the links with device reads of the pool's tenants scaled to another size of the cache.

    The miss curve passes through the observed point (models.postgres_io); its interval goes into the paths.
    """
    rows = [row for row, name in enumerate(observed.tenants) if name in spec.tenants]
    ratio = _miss_ratio(seed, observed, spec, rows, wanted_bytes, links[0].per_unit.shape[1])
    changed = []
    for link in links:
        if link.resource not in (Resource.POSTGRES_IOPS, Resource.POSTGRES_THROUGHPUT):
            changed.append(link)
            continue
        unit = "batch" if link.driver is Driver.BATCH else "request"
        per_unit = link.per_unit.copy()
        for row in rows:
            table = workloads.tenants[row].parameters
            reads, operations = table.get(f"reads_per_{unit}"), table.get(f"operations_per_{unit}")
            if reads is not None and operations is not None and operations.value > 0:
                share = reads.value / operations.value
                per_unit[row] *= (1 - share) + share * ratio
        changed.append(Link(link.resource, link.driver, per_unit))
    return tuple(changed)


def _miss_ratio(seed: int, observed: Observed, spec: PoolSpec, rows: list[int], wanted_bytes: int, paths: int) -> NDArray[np.float64]:
    """Return misses at the wanted cache over misses today, a draw a path, shape (paths,)."""
    buffers = observed.server(spec.name, "shared_buffers_bytes")[-RECENT_HOURS:]
    read, hit, stored = (_mean_sum(observed, series, rows) for series in ("database_blocks_read", "database_blocks_hit", "database_bytes"))
    if not np.isfinite(buffers).any() or not read + hit > 0 or not stored > 0:
        raise ValueError(f"the cache of {spec.name!r} cannot be resized: history lacks its shared_buffers, its block counters or its sizes")
    pages_now, pages_then = float(np.nanmedian(buffers)) / PAGE_BYTES, wanted_bytes / PAGE_BYTES
    (fit,) = fit_cache([Stratum(max(stored / PAGE_BYTES, 1.0), read + hit, read / (read + hit))], pages_now)
    then, now = fit.miss_ratio(pages_then), fit.miss_ratio(pages_now)
    low, high = max(then.low, 1e-9), max(then.high, 1e-9)
    spread = np.log(high / low) / (2 * NORMAL_95) if np.isfinite(high) else 0.5
    draws = np.exp(spread * standard_normals(f"{spec.name}/cache", paths, seed))
    return np.asarray(then.mid / max(now.mid, 1e-12) * draws, float)


def _mean_sum(observed: Observed, series: str, rows: list[int]) -> float:
    values = [observed.of(series, row)[-RECENT_HOURS:] for row in rows]
    known = [float(np.nanmean(one)) for one in values if np.isfinite(one).any()]
    return float(sum(known))
