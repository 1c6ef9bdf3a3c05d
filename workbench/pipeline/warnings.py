"""What a reader of a comparison must know before trusting it."""

from collections.abc import Sequence

from models.topology.demand import Demand
from workbench.pipeline.figures import Result
from workbench.pipeline.observed import Observed
from workbench.pipeline.sizer import Sizer
from workbench.pipeline.worker_warnings import worker_warnings
from workbench.pipeline.workloads import Workloads
from workbench.study.edits import Adjustments

STALE_DAYS = 180
"""Prices older than this at `as_of` are called old."""
MIXED_DAYS = 90
"""Prices further apart than this are called mixed."""


def warnings_of(
    observed: Observed,
    workloads: Workloads,
    demand: Demand,
    results: Sequence[Result],
    adjustments: Adjustments,
    growth: Sequence[str],
) -> tuple[str, ...]:
    """Return the warnings of a comparison, each a sentence with what to do; `growth` says on what growth rests."""
    found: list[str] = []
    if observed.without_data:
        names = ", ".join(observed.without_data)
        found.append(f"not in the figures, less than a day of requests in history: {names}; collect them or give each a like = tenant")
    found += growth
    if workloads.missing:
        found.append(f"no data for {', '.join(workloads.missing)}: these limits are not checked")
    if demand.moment_error > MOMENT_LIMIT:
        found.append(f"the hours kept for pools miss a tenant's own peak by up to {demand.moment_error:.1%}: small pools may need more")
    if observed.measures == "response":
        found.append("request durations include waiting (measured at the proxy): service times are upper bounds from quiet hours")
    return (*found, *_prices(observed, results), *worker_warnings(workloads, results), *_gaps(results), *_unfound(results, adjustments))


def unpriced(sizer: Sizer) -> tuple[str, ...]:
    """Return what every plan needs and no price book sells in the region, as one sentence: it is on no bill."""
    needed = {
        "traffic to the internet": sizer.offers.egress,
        "a load balancer": sizer.offers.load_balancer,
        "traffic between zones": sizer.offers.zone_transfer,
        "file storage": sizer.offers.file_storage,
        "object storage for backups": sizer.offers.recent_copies,
        "logs": sizer.offers.logs,
        "metrics": sizer.offers.metrics,
    }
    missing = [what for what, offer in needed.items() if offer is None]
    if not missing:
        return ()
    return (f"on no bill, because no price book sells it in {sizer.study.platform.region}: {', '.join(missing)}; price it in offers.csv",)


MOMENT_LIMIT = 0.02


def _prices(observed: Observed, results: Sequence[Result]) -> list[str]:
    spans = [dates for result in results if (dates := result.bill.price_dates) is not None]
    if not spans:
        return []
    oldest, newest = min(low for low, _ in spans), max(high for _, high in spans)
    found = []
    if (observed.as_of - oldest).days > STALE_DAYS:
        found.append(f'oldest price is of {oldest}, more than {STALE_DAYS} days before {observed.as_of}: see "workbench prices check"')
    if (newest - oldest).days > MIXED_DAYS:
        found.append(f"prices of different dates are compared: {oldest} to {newest}")
    return found


def _gaps(results: Sequence[Result]) -> list[str]:
    missing = dict.fromkeys(gap for result in results for gap in result.bill.missing)
    uncounted = {kind for result in results if result.risk is not None for kind in result.risk.uncounted}
    found = list(missing)
    if uncounted:
        found.append(f"no failure rate for {', '.join(sorted(uncounted))}: not counted in the risk; add them to [failures]")
    return found


def _unfound(results: Sequence[Result], adjustments: Adjustments) -> list[str]:
    """Return edits of pools that no topology compared has: they changed nothing here."""
    known = {pool.name for result in results for pool in result.plan.pools}
    return [
        f"workers were set for {pool}, which no topology compared has: nothing changed" for pool in adjustments.workers if pool not in known
    ]
