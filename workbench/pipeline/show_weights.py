"""What divides a pool's bill among its tenants."""

from decimal import Decimal
from math import isfinite

from models.topology.resources import Layer, Resource
from pricing.chargeback import Rule
from workbench.pipeline.comparison import Comparison
from workbench.pipeline.pools import Pool

CHARGED_BY = {
    Layer.INGRESS: Resource.INGRESS,
    Layer.WORKERS: Resource.WORKER_TIME,
    Layer.CACHE: Resource.REDIS_MEMORY,
    Layer.FILESTORE: Resource.FILESTORE,
    Layer.BACKUP: Resource.STORAGE,
}
"""Resource whose demand divides a layer's bill; a database server's is the one that is tightest."""


def chargeback_weights(comparison: Comparison, pool: Pool, rule: Rule) -> dict[str, Decimal]:
    """Return tenant to its weight in a pool: its own planned peak, or its mean use of the last four weeks; empty: even."""
    resource = CHARGED_BY.get(pool.layer) or pool.tightest()[1]
    factory = comparison.factory
    if rule == Rule.EVEN or resource is None or not any(link.resource == resource for link in factory.sizer.demand.links):
        return {}
    if rule == Rule.USE and factory.sizer.demand.flowing(resource):
        return {comparison.tenants[i]: _rounded(_mean_use(comparison, resource, i)) for i in pool.tenants}
    months = factory.window.horizon_months
    return {comparison.tenants[i]: _rounded(float(factory.planned(resource.layer, (i,))[resource][:months].max())) for i in pool.tenants}


def _mean_use(comparison: Comparison, resource: Resource, tenant: int) -> float:
    """Return mean requests per second times demand per request."""
    sizer = comparison.factory.sizer
    per_request = sum(
        float(link.per_unit[sizer.demand.source[tenant]].mean())
        for link in sizer.demand.links
        if link.resource == resource and link.driver == "requests"
    )
    return per_request * float(sizer.mean_rate[tenant])


def _rounded(value: float) -> Decimal:
    return Decimal(f"{value:.6g}") if isfinite(value) and value > 0 else Decimal(0)
