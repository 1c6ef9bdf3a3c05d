"""How often things fail here: the study's beliefs, updated by its incident log."""

from collections.abc import Mapping
from dataclasses import dataclass

from models.topology.failure_rate import FailureRate, updated_rate
from models.topology.resources import Layer
from workbench.study.estate import Failure, Study

LAYER_OF_DOMAIN: Mapping[str, Layer] = {
    "database server": Layer.DATABASE,
    "cache": Layer.CACHE,
    "ingress": Layer.INGRESS,
    "filestore": Layer.FILESTORE,
    "node": Layer.WORKERS,
}
"""Failure domains that are instances of a layer; zone, region and release are of the whole estate."""


@dataclass(frozen=True, slots=True)
class DomainRate:
    """Events a year of one instance of a domain."""

    failure: Failure
    rate: FailureRate

    @property
    def assumed(self) -> bool:
        """Whether no incident stands behind it."""
        return self.failure.assumed and self.rate.events == 0


def failure_rates(study: Study) -> dict[str, DomainRate]:
    """Return the updated rate of every domain the study names."""
    return {failure.domain: DomainRate(failure, _updated(study, failure)) for failure in study.failures}


def _updated(study: Study, failure: Failure) -> FailureRate:
    if failure.rate_per_year == 0:
        return FailureRate(0.0, 0.0, 0.0, 0, 0.0)
    events = sum(incident.domain == failure.domain for incident in study.incidents)
    exposure = _log_years(study) * _instances(study, failure.domain)
    return updated_rate(failure.rate_per_year, failure.evidence_years, events, exposure if exposure > 0 else 0.0)


def _log_years(study: Study) -> float:
    """Return the years the incident log covers: from its first entry to `as_of`."""
    if not study.incidents or study.as_of is None:
        return 0.0
    first = min(incident.start for incident in study.incidents).date()
    return max((study.as_of - first).days / 365.25, 0.0)


def _instances(study: Study, domain: str) -> int:
    """Return how many instances of the domain run today, at least one."""
    layer = LAYER_OF_DOMAIN.get(domain)
    current = [topology for topology in study.topologies if topology.name == "current"]
    if layer is None or not current:
        return 1
    pools = [pool for pool in current[0].pools if pool.layer == layer]
    if domain == "node":
        return max(sum(part.count for pool in pools for part in pool.parts if part.size is None), 1)
    return max(len(pools), 1)
