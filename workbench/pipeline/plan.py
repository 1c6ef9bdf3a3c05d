"""A plan: a topology sized for the horizon."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from models.topology.resources import Layer
from models.topology.verdict import Reason
from workbench.pipeline.pools import Pool


class TopologyKind(StrEnum):
    """Which rule made the partition."""

    CURRENT = "current"
    MULTI_TENANT = "multi-tenant"
    DEDICATED = "dedicated"
    HYBRID = "hybrid"
    BY_HAND = "by hand"


@dataclass(frozen=True, slots=True)
class Search:
    """How well the partition of the hybrid is proven."""

    exact: bool
    gap: float | None
    """Share by which the best possible could be cheaper; None: not known."""
    bound_from: str
    evaluated: int
    """Groups looked at."""
    held_from: str | None = None
    """Basis on which the partition was found, if it is only held there: its gap is not checked. None: searched for what is shown."""


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """Pools of every layer, for the whole horizon."""

    name: str
    kind: TopologyKind
    pools: tuple[Pool, ...]
    reasons: tuple[Reason, ...] = ()
    search: Search | None = None
    """Only of the hybrid."""

    @property
    def feasible(self) -> bool:
        """Whether every pool can be built from the offers allowed."""
        return all(pool.feasible for pool in self.pools)

    def of_layer(self, layer: Layer) -> tuple[Pool, ...]:
        """Return the pools of a layer."""
        return tuple(pool for pool in self.pools if pool.layer == layer)

    def pool(self, name: str) -> Pool:
        """Return the pool of that name, or raise ValueError naming the known ones."""
        for pool in self.pools:
            if pool.name == name:
                return pool
        raise ValueError(f"no pool {name!r} in {self.name}: choose one of {', '.join(pool.name for pool in self.pools)}")

    def pool_of(self, tenant: int) -> Mapping[Layer, Pool]:
        """Return the pool that serves a tenant, layer by layer."""
        return {pool.layer: pool for pool in self.pools if tenant in pool.tenants}
