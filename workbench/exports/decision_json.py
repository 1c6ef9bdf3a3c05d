"""A decision as JSON: recommendation, paired differences, regret, sensitivity, break-evens, frontier."""

from workbench.exports.documents import Json, to_json
from workbench.pipeline.comparison import Comparison
from workbench.pipeline.decision import Decision
from workbench.pipeline.frontier import EstateFrontier, Point
from workbench.views.recommendation import recommendation_text


def decision_json(comparison: Comparison, decision: Decision) -> dict[str, Json]:
    """Return what `compare --json` says of the decision; without a frontier that key is absent."""
    found: dict[str, Json] = {
        "recommendation": {**_record(decision.recommendation), "said": list(recommendation_text(comparison, decision))},
        "differences": to_json(decision.differences),
        "regret": {**_record(decision.regrets), "least": decision.regrets.least},
        "sensitivity": to_json(decision.swings),
        "break_evens": to_json(decision.break_evens),
        "growth_varied": decision.growth,
    }
    return (
        found
        if decision.frontier is None
        else {
            **found,
            "limit_costs": to_json(decision.limit_costs),
            "frontier": frontier_json(comparison, decision.frontier),
        }
    )


def frontier_json(comparison: Comparison, found: EstateFrontier) -> dict[str, Json]:
    """Return the undominated splits, each with who moves from the one before."""
    return {
        "exact": found.exact,
        "searches": found.searches,
        "floor": found.floor,
        "points": [_point(comparison, point) for point in found.points],
    }


def _point(comparison: Comparison, point: Point) -> Json:
    search = point.result.plan.search
    return {
        "name": point.result.name,
        "worst_share": point.worst_share,
        "shared_users": point.shared_users,
        "monthly_cost": to_json(point.result.monthly_cost),
        "sum_monthly": to_json(point.sum_monthly),
        "gap": None if search is None else to_json(search.gap),
        "knee": point.knee,
        "dearer": to_json(point.dearer),
        "moves": [
            {
                "tenant": comparison.tenants[move.tenant],
                "layer": str(move.layer),
                "left": [comparison.tenants[i] for i in move.before if i != move.tenant],
                "joins": [comparison.tenants[i] for i in move.after if i != move.tenant],
            }
            for move in point.moves
        ],
        "pools": [
            {"name": pool.name, "layer": str(pool.layer), "tenants": [comparison.tenants[i] for i in pool.tenants]}
            for pool in point.result.plan.pools
        ],
    }


def _record(value: object) -> dict[str, Json]:
    found = to_json(value)
    return dict(found) if isinstance(found, dict) else {}
