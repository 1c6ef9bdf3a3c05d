"""How likely each pool is full by a day, if nothing more is bought."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from models.topology.resources import Resource
from workbench.pipeline.pools import Pool
from workbench.pipeline.session import Session


@dataclass(frozen=True, slots=True)
class FullBy:
    """A pool's resource."""

    pool: str
    resource: Resource
    probability: float
    """Share of the paths that are full by the day."""


def full_within(session: Session, topology: str, until: date) -> tuple[FullBy, ...]:
    """Return every production pool and known limit of a topology, most likely full first."""
    pools = [pool for pool in session.result(topology).plan.pools if pool.production]
    found = [FullBy(pool.name, resource, _probability(session, pool, resource, until)) for pool in pools for resource in pool.exhaustion]
    return tuple(sorted(found, key=lambda one: (-one.probability, one.pool, one.resource)))


def _probability(session: Session, pool: Pool, resource: Resource, until: date) -> float:
    """Return the share of paths that are full by the day, by the same rule as the exhaustion dates."""
    days = session.factory.full_days(pool.tenants, resource, float(pool.usable[resource][0]))
    return float(np.mean(days <= (until - session.window.as_of).days))
