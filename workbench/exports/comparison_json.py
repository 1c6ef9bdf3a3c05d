"""A comparison as JSON."""

from collections.abc import Mapping
from math import isfinite

from workbench.exports.documents import Json, to_json
from workbench.pipeline.comparison import Comparison
from workbench.pipeline.exhaustion import Exhaustion
from workbench.pipeline.figures import Result
from workbench.pipeline.origin import Origin
from workbench.pipeline.pools import Pool
from workbench.pipeline.show_headroom import first_full
from workbench.pipeline.show_summary import finite, unknowns
from workbench.views.reasons import pool_reasons, topology_reasons


def comparison_json(comparison: Comparison) -> dict[str, Json]:
    """Return the document of `compare --json`."""
    return {
        "study": comparison.study,
        "demo": comparison.demo,
        "scenario": comparison.scenario,
        "as_of": comparison.as_of.isoformat(),
        "horizon": f"{comparison.horizon_months} months",
        "currency": comparison.currency,
        "basis": comparison.basis.hash,
        "seed": comparison.seed,
        "versions": to_json(comparison.versions),
        "price_dates": to_json(comparison.price_dates),
        "assumed_share": to_json(comparison.assumed_share),
        "warnings": list(comparison.warnings),
        "topologies": [topology_json(comparison, result) for result in comparison.results],
    }


def topology_json(comparison: Comparison, result: Result) -> dict[str, Json]:
    """Return one topology of the document; an infeasible one has no cost and says why."""
    risk = result.risk
    return {
        "name": result.name,
        "feasible": result.feasible,
        "monthly_cost": to_json(result.monthly_cost),
        "total_cost": to_json(result.total_cost),
        "expected_loss_monthly": to_json(result.expected_loss_monthly),
        "sum_monthly": to_json(result.sum_monthly),
        "headroom": {str(resource): finite(value) for resource, value in result.headroom().items()},
        "headroom_after_loss": {str(resource): finite(value) for resource, value in result.headroom(after_loss=True).items()},
        "exhaustion": {str(resource): _exhaustion(when) for resource, (_, when) in result.exhaustion().items()},
        "response_p95_s": finite(result.response_p95_s),
        "availability": {
            "worst": None if risk is None else float(risk.availability.min(initial=1.0)),
            "mean": None if risk is None else risk.availability_mean,
        },
        "blast_radius": {
            "worst_share": None if risk is None else finite(risk.radius.worst_share),
            "mean_share": None if risk is None else finite(risk.radius.mean_share),
            "expected_annual_loss": None if risk is None else finite(risk.radius.expected_annual_loss),
        },
        "pools": [_pool(comparison, result, pool) for pool in result.plan.pools],
        "reasons": [*unknowns(result, first_full(result)), *_unknown_headroom(result), *topology_reasons(comparison, result)],
    }


def _unknown_headroom(result: Result) -> list[str]:
    unknown = [str(resource) for resource, value in result.headroom().items() if not isfinite(value)]
    return [f"headroom of {', '.join(unknown)}: a limit is unknown or nothing is usable"] if unknown else []


def _exhaustion(when: Exhaustion) -> Json:
    return {"p05": to_json(when.p05), "p50": to_json(when.p50), "p95": to_json(when.p95), "never": when.never}


def _pool(comparison: Comparison, result: Result, pool: Pool) -> Json:
    cost = result.bill.by_pool().get(pool.name)
    return {
        "name": pool.name,
        "layer": str(pool.layer),
        "tenants": [comparison.tenants[i] for i in pool.tenants],
        "parts": [to_json(part) for part in pool.parts],
        "monthly_cost": to_json(cost),
        "reasons": list(pool_reasons(comparison, pool)),
    }


def origins_json(comparison: Comparison) -> dict[str, Json]:
    """Return where each figure comes from, for `--why`."""
    return {figure: origin_json(origin) for figure, origin in comparison.origins.items()}


def origin_json(origin: Origin) -> Mapping[str, Json]:
    """Return where a value comes from, without what is not known."""
    found: dict[str, Json] = {
        "kind": str(origin.kind),
        "what": origin.what,
        "period": to_json(origin.period),
        "samples": origin.samples,
        "quality": to_json(origin.quality),
        "as_of": to_json(origin.as_of),
        "p05": to_json(origin.low),
        "p95": to_json(origin.high),
        "assumed": origin.assumed(),
    }
    known = {key: value for key, value in found.items() if value is not None}
    return {**known, "parents": [origin_json(parent) for parent in origin.parents]}
