"""How often things fail here: the study's beliefs, updated by its incident log."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from models.topology.failure_rate import FailureRate, updated_rate
from models.topology.resources import Layer
from workbench.study.estate import Failure, PoolSpec, Study

LAYER_OF_DOMAIN: Mapping[str, Layer] = {
    "database server": Layer.DATABASE,
    "cache": Layer.CACHE,
    "ingress": Layer.INGRESS,
    "filestore": Layer.FILESTORE,
    "node": Layer.WORKERS,
}
"""Failure domains that are instances of a layer; zone, region and release are of the whole estate."""
DAYS_PER_YEAR = 365.25
NEVER = FailureRate(0.0, 0.0, 0.0, 0, 0.0)


@dataclass(frozen=True, slots=True)
class DomainRate:
    """Events a year of one instance of a domain."""

    failure: Failure
    rate: FailureRate
    """What is believed after the incident log was counted."""
    prior: FailureRate
    """What was believed before."""

    @property
    def assumed(self) -> bool:
        """Whether no incident stands behind it."""
        return self.failure.assumed and self.rate.events == 0


def failure_rates(study: Study, as_of: date | None = None) -> dict[str, DomainRate]:
    """Return the updated rate of every domain the study names; `as_of` is today where the study does not fix it."""
    years = log_years(study, study.as_of or as_of)
    return {failure.domain: _updated(study, failure, years) for failure in study.failures}


def _updated(study: Study, failure: Failure, years: float) -> DomainRate:
    if failure.rate_per_year == 0:
        return DomainRate(failure, NEVER, NEVER)
    prior = updated_rate(failure.rate_per_year, failure.evidence_years)
    if not years > 0:
        return DomainRate(failure, prior, prior)
    events = sum(incident.domain == failure.domain for incident in study.incidents)
    exposure = years * instances(study, failure.domain)
    return DomainRate(failure, updated_rate(failure.rate_per_year, failure.evidence_years, events, exposure), prior)


def log_years(study: Study, as_of: date | None) -> float:
    """Return the years the incident log covers: from its first entry to today; 0 without a log or before it begins."""
    if not study.incidents or as_of is None:
        return 0.0
    first = min(incident.start for incident in study.incidents).date()
    return max((as_of - first).days / DAYS_PER_YEAR, 0.0)


def instances(study: Study, domain: str) -> int:
    """Return how many instances of the domain run today, at least one: what a rate "per instance" counts."""
    if domain == "release":
        return max(len({tenant.runs.image for tenant in study.tenants if tenant.production}), 1)
    pools = [pool for topology in study.topologies if topology.name == "current" for pool in topology.pools]
    if domain == "overload":
        return max(sum(pool.layer == Layer.WORKERS and len(pool.tenants) > 1 for pool in pools), 1)
    layer = LAYER_OF_DOMAIN.get(domain)
    mine = [pool for pool in pools if pool.layer == layer]
    return max(_machines(mine) if domain == "node" else len(mine), 1)


def _machines(pools: list[PoolSpec]) -> int:
    return sum(part.count for pool in pools for part in pool.parts if part.size is None)
