"""`fit`: every fitted parameter with its uncertainty, where it comes from, and what the data leave open."""

from dataclasses import dataclass
from math import isfinite
from pathlib import Path

from workbench.commands.opening import session_of
from workbench.exports.comparison_json import origin_json
from workbench.exports.csv_dialects import DIALECTS, csv_text
from workbench.exports.documents import Json, json_text, to_json
from workbench.exports.sizing_json import reasons_json
from workbench.pipeline.pool_fits import Unfitted, WorkerFit
from workbench.pipeline.session import Progress
from workbench.pipeline.show_fits import FitRow, fit_rows, pools_of
from workbench.pipeline.workloads import Workload, Workloads
from workbench.study.atomic import write_whole
from workbench.study.estate import Study


@dataclass(frozen=True, slots=True)
class FitOptions:
    """Which tenants."""

    tenants: tuple[str, ...] = ()
    """Empty: all with history."""
    csv: Path | None = None
    """File for a row a parameter."""
    dialect: str = "machine"


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """Fitted workloads, worker pools and servers."""

    study: str
    demo: bool
    workloads: tuple[Workload, ...]
    missing: tuple[str, ...]
    """Resources that no data identify: not checked, never zero."""
    rows: tuple[FitRow, ...]
    """Every parameter of tenants, worker pools and database servers."""
    pools: tuple[WorkerFit, ...]
    unfitted: tuple[Unfitted, ...]


def fit(study: Study, options: FitOptions, progress: Progress) -> Fitted:
    """Return what was fitted from history; write the CSV if one is asked for."""
    if options.dialect not in DIALECTS:
        raise ValueError(f"no dialect {options.dialect!r}: choose one of {', '.join(DIALECTS)}")
    found: Workloads = session_of(study, (), (), progress).workloads
    chosen = tuple(found.of(name) for name in options.tenants) if options.tenants else found.tenants
    rows = fit_rows(found, options.tenants)
    if options.csv is not None:
        write_whole(options.csv, csv_text(FitRow, rows, DIALECTS[options.dialect]))
    missing = tuple(resource.value for resource in found.missing)
    return Fitted(study.name, study.demo, chosen, missing, rows, pools_of(found, options.tenants), found.unfitted)


def fitted_json(fitted: Fitted) -> str:
    """Return what was fitted as a document; every interval is 90 %."""
    return json_text(
        {
            "study": fitted.study,
            "demo": fitted.demo,
            "missing": list(fitted.missing),
            "tenants": [_workload(workload) for workload in fitted.workloads],
            "pools": [_pool(pool, fitted.rows) for pool in fitted.pools],
            "servers": [_row(row) for row in fitted.rows if row.kind == "database server"],
            "not_fitted": [to_json(one) for one in fitted.unfitted],
        }
    )


def _workload(workload: Workload) -> dict[str, Json]:
    parameters: dict[str, Json] = {
        name: {"value": one.value, "p05": one.low, "p95": one.high, "assumed": one.origin.assumed(), "origin": origin_json(one.origin)}
        for name, one in sorted(workload.parameters.items())
    }
    return {"tenant": workload.tenant, "law": workload.law, "parameters": parameters}


def _pool(pool: WorkerFit, rows: tuple[FitRow, ...]) -> dict[str, Json]:
    levels: list[Json] = [
        {
            "arrival_rate": level.arrival_rate,
            "mean_service_s": level.mean_service_s,
            "predicted_service_s": pool.fit.predicted_service_s[place],
            "cpu_busy": level.cpu_busy,
            "requests": level.requests,
            "collapsed": place in pool.fit.collapsed,
        }
        for place, level in enumerate(pool.levels)
    ]
    return {
        "pool": pool.pool,
        "tenants": list(pool.tenants),
        "workers": pool.workers,
        "cores": pool.cores,
        "replicas": pool.replicas,
        "highest_rate": pool.fit.highest_rate,
        "misfit": pool.misfit,
        "parameters": {row.parameter: _row(row) for row in rows if (row.kind, row.subject) == ("worker pool", pool.pool)},
        "levels": levels,
        "reasons": reasons_json(pool.fit.reasons),
    }


def _row(row: FitRow) -> dict[str, Json]:
    document = to_json(row)
    if not isinstance(document, dict):
        raise TypeError(f"{type(document).__name__} where a parameter was written: a row becomes a table")
    unbounded = not isfinite(row.high)
    return {**document, "reason": "no upper end: the data leave it open" if unbounded else None}
