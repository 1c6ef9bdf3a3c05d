"""Every fitted parameter of a study as one list: tenants, worker pools, database servers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from models.intervals import Interval
from models.topology.verdict import Reason, ReasonCode
from workbench.pipeline.parameters import Parameter
from workbench.pipeline.pool_fits import WorkerFit
from workbench.pipeline.servers import ServerFit
from workbench.pipeline.workloads import Workload, Workloads

TENANT, POOL, SERVER = "tenant", "worker pool", "database server"


@dataclass(frozen=True, slots=True)
class FitRow:
    """One fitted parameter with what stands behind it."""

    kind: str
    """tenant, worker pool or database server."""
    subject: str
    parameter: str
    """Name with its unit."""
    value: float
    low: float
    """5 % quantile."""
    high: float
    """95 % quantile."""
    method: str
    """In words: series and regression, model, or the assumption."""
    goodness: float | None
    """Share of variance explained (regressions) or 1 - relative misfit (worker pools); None: not a fit to data."""
    samples: int | None
    """Hours or requests."""
    quality: float | None
    """Share of the period that is known."""
    first_day: date | None
    last_day: date | None
    assumed: bool
    identified: bool
    """Whether the data determine it."""


def fit_rows(workloads: Workloads, tenants: tuple[str, ...] = ()) -> tuple[FitRow, ...]:
    """Return the parameters of some tenants and of the pools and servers that serve them; of all when none are named."""
    chosen = tuple(workloads.of(name) for name in tenants) if tenants else workloads.tenants
    names = {one.tenant for one in chosen}
    rows = [row for one in chosen for row in _tenant(one)]
    for fit in workloads.pools:
        if names & set(fit.tenants):
            rows += _pool(fit)
    serving = {workloads.served_by.get(name) for name in names}
    for pool, server in workloads.servers.items():
        if pool in serving:
            rows += _server(pool, server)
    return tuple(rows)


def _tenant(workload: Workload) -> Iterator[FitRow]:
    for name, one in sorted(workload.parameters.items()):
        yield _row(TENANT, workload.tenant, name, one)


def _row(kind: str, subject: str, name: str, one: Parameter) -> FitRow:
    origin = one.origin
    regression = origin.what.find(" on ") > 0
    period = origin.period or (None, None)
    return FitRow(
        kind=kind,
        subject=subject,
        parameter=name,
        value=one.value,
        low=one.low,
        high=one.high,
        method=f"{origin.kind}: {origin.what}",
        goodness=origin.quality if regression else None,
        samples=origin.samples,
        quality=None if regression else origin.quality,
        first_day=period[0],
        last_day=period[1],
        assumed=origin.assumed(),
        identified=not origin.assumed(),
    )


def _pool(fit: WorkerFit) -> Iterator[FitRow]:
    found = fit.fit
    intervals: Mapping[str, tuple[Interval, str]] = {
        "unloaded_s": (found.unloaded_s, ""),
        "cpu_s": (found.cpu_s, "cpu_share_low"),
        "uneven": (found.uneven, "uneven_low"),
        "scv": (found.scv, ""),
        "base_cores": (found.base_cores, "base_cores_from_cpu_s"),
    }
    period = fit.origin.period or (None, None)
    for name, (interval, figure) in intervals.items():
        yield FitRow(
            kind=POOL,
            subject=fit.pool,
            parameter=name,
            value=interval.mid,
            low=interval.low,
            high=interval.high,
            method=f"{fit.origin.kind}: {fit.origin.what}",
            goodness=1 - fit.misfit,
            samples=fit.origin.samples,
            quality=fit.origin.quality,
            first_day=period[0],
            last_day=period[1],
            assumed=False,
            identified=not any(_open(reason, figure) for reason in found.reasons),
        )


def _open(reason: Reason, figure: str) -> bool:
    return bool(figure) and reason.code in (ReasonCode.NOT_IDENTIFIED, ReasonCode.NOT_SEPARABLE) and figure in reason.figures


def _server(pool: str, server: ServerFit) -> Iterator[FitRow]:
    for slopes in (server.cpu_per_active, server.reads_per_block, server.writes_per_row):
        for unit, one in slopes.items():
            yield _row(SERVER, pool, f"{one.name}_{unit}", one)
    yield _row(SERVER, pool, server.bytes_per_operation.name, server.bytes_per_operation)


def pools_of(workloads: Workloads, tenants: tuple[str, ...] = ()) -> tuple[WorkerFit, ...]:
    """Return the fitted worker pools of some tenants; all when none are named."""
    return tuple(fit for fit in workloads.pools if not tenants or set(tenants) & set(fit.tenants))
