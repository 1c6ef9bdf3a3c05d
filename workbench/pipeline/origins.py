"""Where each figure of a comparison comes from."""

from collections.abc import Sequence

from workbench.pipeline.figures import Result
from workbench.pipeline.observed import Observed
from workbench.pipeline.origin import Origin, OriginKind, assumed, computed, measured
from workbench.pipeline.workloads import Workloads


def figure_origins(observed: Observed, workloads: Workloads, results: Sequence[Result]) -> dict[str, Origin]:
    """Return the origin of every figure by its name."""
    history = measured("requests per hour and tenant", observed.period(observed.series["requests"].mean(axis=0)), observed.hours)
    service = [workload.parameters["service_s"].origin for workload in workloads.tenants]
    fitted = Origin(OriginKind.FITTED, "workloads of all tenants", history.period, observed.hours, parents=tuple(service))
    demand = computed("joint sample paths of demand", history, fitted)
    prices = _prices(results)
    failures = assumed("failure rates of [failures], updated by the incident log")
    downtime = assumed("downtime cost per hour and its ramp, from the study")
    cost = computed("sum of the bill's lines", demand, prices)
    loss = computed("events a year × loss per event over all failure domains", failures, downtime)
    return {
        "monthly_cost": cost,
        "total_cost": cost,
        "expected_loss_monthly": loss,
        "sum_monthly": computed("monthly cost + weighted expected loss", cost, loss),
        "headroom": computed("1 - planned demand / usable capacity, tightest month", demand),
        "headroom_after_loss": computed("the same once the loss to survive has happened", demand),
        "exhaustion": computed("first passage of demand paths above what is usable at the start", demand),
        "response_p95_s": computed("worker pool model at the planned busiest hour", demand, fitted),
        "over_objective": computed("worker pool model over the hours of the tightest month", demand, fitted),
        "availability": computed("lost user-hours over all failure domains", failures),
        "blast_radius": computed("users of the tenants each failure domain takes down", failures),
    }


def _prices(results: Sequence[Result]) -> Origin:
    spans = [dates for result in results if (dates := result.bill.price_dates) is not None]
    newest = max((high for _, high in spans), default=None)
    return Origin(OriginKind.PRICE_BOOK, "packaged price books and offers.csv", as_of=newest)
