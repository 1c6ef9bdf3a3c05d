"""Fit the queueing model to what each worker pool of today was measured to do, hour by hour."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.odoo_workers import LoadLevel, PoolFit, WorkerPool
from models.topology.resources import Layer
from models.topology.verdict import Reason, ReasonCode
from pricing.book import PriceBook
from pricing.offers import OfferKind
from workbench.pipeline.fitting import RECENT_HOURS, TenantFit, hour_of_week
from workbench.pipeline.observed import Observed
from workbench.pipeline.origin import Origin, OriginKind
from workbench.pipeline.parameters import Parameter
from workbench.pipeline.sizing.options import cores
from workbench.study.estate import PoolSpec, Study

LEVELS = 6
"""Levels of load that the hours are sorted into: enough for three parameters and a misfit."""
LEAST_HOURS = 72
"""Known hours below which a level has too few to average over."""
MOST_POOLS = 12
"""Pools fitted, busiest first: the others keep the means of their own hours. Each takes a quarter of a second."""
LEAST_SD, MOST_SD = 0.002, 0.5


@dataclass(frozen=True, slots=True, eq=False)
class WorkerFit:
    """What the hours of one worker pool of today say of the model."""

    pool: str
    tenants: tuple[str, ...]
    workers: int
    cores: float
    replicas: int
    levels: tuple[LoadLevel, ...]
    """Of one replica, by rising rate; the tenants' mix taken out of the mean service time."""
    fit: PoolFit
    mean_s: float
    """Measured mean seconds a worker was held by a request, over all levels."""
    origin: Origin
    """Hours and days behind it; `quality` is the share of hours that are known and not in a batch window."""

    @property
    def misfit(self) -> float:
        """Root mean square of predicted over measured mean service time less one, over the levels used."""
        used = [i for i in range(len(self.levels)) if i not in self.fit.collapsed]
        ratio = [self.fit.predicted_service_s[i] / self.levels[i].mean_service_s - 1 for i in used]
        return float(np.sqrt(np.mean(np.square(ratio))))


@dataclass(frozen=True, slots=True)
class Unfitted:
    """A worker pool of today that was not fitted."""

    pool: str
    why: str
    """In words, with what would help."""


def fit_worker_pools(
    study: Study, observed: Observed, fits: Sequence[TenantFit], book: PriceBook
) -> tuple[tuple[WorkerFit, ...], tuple[Unfitted, ...]]:
    """Return the fits of the busiest worker pools of today, busiest first, and the pools that were not fitted with the reason."""
    pools = [pool for spec in study.topologies if spec.name == "current" for pool in spec.pools if pool.layer == Layer.WORKERS]
    busy = {pool.name: _busy(observed, pool) for pool in pools}
    ranked = sorted(pools, key=lambda pool: (-busy[pool.name], pool.name))
    found: list[WorkerFit] = []
    left: list[Unfitted] = []
    for pool in ranked:
        if len(found) == MOST_POOLS:
            left.append(Unfitted(pool.name, f"only the {MOST_POOLS} busiest pools are fitted: it keeps the means of its own hours"))
            continue
        fitted = _fit(study, observed, fits, book, pool)
        if isinstance(fitted, str):
            left.append(Unfitted(pool.name, fitted))
        else:
            found.append(fitted)
    return tuple(found), tuple(left)


def _rows(observed: Observed, pool: PoolSpec) -> list[int]:
    return [row for row, name in enumerate(observed.tenants) if name in pool.tenants]


def _busy(observed: Observed, pool: PoolSpec) -> float:
    values = [observed.of("request_seconds", row)[-RECENT_HOURS:] for row in _rows(observed, pool)]
    return float(sum(np.nanmean(one) for one in values if np.isfinite(one).any()))


def _fit(study: Study, observed: Observed, fits: Sequence[TenantFit], book: PriceBook, pool: PoolSpec) -> WorkerFit | str:
    """Return the fit of one pool, or why there is none."""
    if observed.measures != "service":
        return "request durations include waiting (measured at the proxy): collect them at the workers, or import Odoo's log"
    machine = _machine(study, book, pool)
    if machine is None:
        return "its machines are not in the price book: give its parts a machine offer in topologies/current.toml"
    each, replicas = machine
    workers = pool.settings.get("workers")
    if workers is None:
        return "its workers are not known: set them in settings of topologies/current.toml"
    rows = _rows(observed, pool)
    if not rows:
        return "none of its tenants has history"
    known = _known_hours(study, observed, fits, rows)
    if known.sum() < LEAST_HOURS:
        return f"only {int(known.sum())} hours of requests, durations and CPU outside batch windows: {LEAST_HOURS} are needed"
    levels, mean = _levels(observed, fits, rows, known, replicas)
    try:
        fit = WorkerPool.fit(levels, workers=int(workers), cores=each, database="shared")
    except ValueError as refused:
        return str(refused)
    origin = Origin(
        OriginKind.FITTED,
        f"worker pool model on {len(levels)} levels of load of {pool.name}, least squares",
        observed.period(np.where(known, 1.0, np.nan)),
        int(known.sum()),
        float(known[-RECENT_HOURS:].mean()),
    )
    names = tuple(observed.tenants[row] for row in rows)
    return WorkerFit(pool.name, names, int(workers), each, replicas, tuple(levels), fit, mean, origin)


def _machine(study: Study, book: PriceBook, pool: PoolSpec) -> tuple[float, int] | None:
    """Return processors of one replica and replicas; None if the book does not know them all or they differ."""
    found = []
    for part in pool.parts:
        if part.size is None and part.role not in {"standby", "disaster", "backup", "balancer"}:
            if not book.has_offer(part.offer, study.platform.region):
                return None
            offer = book.offer(part.offer, study.platform.region)
            found += [cores(offer)] * part.count if offer.kind == OfferKind.MACHINE else []
    return (found[0], len(found)) if found and len(set(found)) == 1 and found[0] > 0 else None


def _known_hours(study: Study, observed: Observed, fits: Sequence[TenantFit], rows: Sequence[int]) -> NDArray[np.bool_]:
    """Return recent hours in which everything is known and no batch work of any tenant recurs, shape (hours,)."""
    zones = {tenant.name: tenant.calendar.zone for tenant in study.tenants}
    known = np.zeros(observed.hours, bool)
    known[-RECENT_HOURS:] = True
    for row in rows:
        needed = [observed.of(name, row) for name in ("requests", "request_seconds")]
        known &= np.isfinite(np.stack(needed)).all(axis=0)
        known &= ~fits[row].batch_slots[hour_of_week(observed, zones[observed.tenants[row]])]
    total = sum(observed.of("requests", row) for row in rows)
    known &= np.nan_to_num(total) > 0
    return known


def _levels(
    observed: Observed, fits: Sequence[TenantFit], rows: Sequence[int], known: NDArray[np.bool_], replicas: int
) -> tuple[list[LoadLevel], float]:
    """Return levels of one replica by rising rate, and the mean service time over all of them.

    Tenants differ in service time and hours in their mix: a level's mean is measured over expected at its mix, times the mean of all.
    """
    requests = np.stack([observed.of("requests", row)[known] for row in rows])
    seconds = np.stack([observed.of("request_seconds", row)[known] for row in rows])
    cpu = np.stack([observed.of("app_cpu_seconds", row)[known] for row in rows])
    service = np.array([fits[row].parameters["service_s"].value for row in rows])
    scv = float(np.average([fits[row].parameters["scv"].value for row in rows], weights=requests.sum(axis=1)))
    total = requests.sum(axis=0)
    mean = float(seconds.sum() / total.sum())
    levels = []
    for part in np.array_split(np.argsort(total, kind="stable"), LEVELS):
        expected = float(service @ requests[:, part].sum(axis=1))
        rate = float(total[part].mean()) / replicas
        busy = cpu[:, part].sum(axis=0)
        levels.append(
            LoadLevel(
                arrival_rate=rate,
                mean_service_s=mean * float(seconds[:, part].sum()) / expected,
                requests=float(total[part].sum()) * 3600 / replicas,
                scv=scv,
                cpu_busy=float(busy.mean()) / replicas if np.isfinite(busy).all() else None,
                throughput=rate,
            )
        )
    return levels, mean


def joint_parameters(fit: WorkerFit, table: Mapping[str, Parameter]) -> dict[str, Parameter]:
    """Return the service time and CPU of a tenant's requests as the fit of its pool says: without contention, errors shared by the pool.

    The mean of hours holds what waiting for processors added to it; the fit takes that out. CPU that the tenant's own counter identifies
    is kept; else it is the fitted share of the service time, drawn jointly with it.
    """
    found = fit.fit
    service, cpu = table["service_s"], table["cpu_s"]
    longer = min(found.unloaded_s.mid / fit.mean_s, 1.0)
    (variance, joint), (_, share_variance) = (row[:2] for row in found.covariance[:2])
    share = found.cpu_s.mid / found.unloaded_s.mid
    first = float(np.clip(np.sqrt(variance) / found.unloaded_s.mid, LEAST_SD, MOST_SD))
    error = f"{fit.pool}/unloaded"
    origin = replace(service.origin, what=f"{service.origin.what}, less {100 * (1 - longer):.1f} % contention", parents=(fit.origin,))
    changed = {"service_s": replace(service, value=service.value * longer, origin=origin, shared=((error, first),)).bounded()}
    identified = not any(reason.code == ReasonCode.NOT_IDENTIFIED and "cpu_share_low" in reason.figures for reason in found.reasons)
    if cpu.origin.assumed() and identified:
        second = joint / (found.unloaded_s.mid * share) / first
        rest = float(np.sqrt(max(share_variance / share**2 - second**2, LEAST_SD**2)))
        loads = ((error, first + float(np.clip(second, -MOST_SD, MOST_SD))), (f"{fit.pool}/cpu share", min(rest, MOST_SD)))
        changed["cpu_s"] = Parameter("cpu_s", share * changed["service_s"].value, service.log_sd, fit.origin, loads).bounded()
    return changed


def beyond_observed(pools: Sequence[WorkerFit], tenants: Sequence[str], rate: float, workers: int, each: float) -> tuple[Reason, ...]:
    """Return why a plan for these tenants lies beyond what their pools of today were measured at; `rate` and `workers` are of a replica.

    Machines of another size are compared core by core.
    """
    found = [pool for pool in pools if set(tenants) & set(pool.tenants)]
    if not found:
        return ()
    widest = max(found, key=lambda pool: (pool.fit.highest_rate / pool.cores, pool.pool))
    scale = widest.cores / each
    return widest.fit.beyond(rate * scale, round(workers * scale))
