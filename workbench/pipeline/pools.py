"""A pool: tenants that share an instance set of a layer, what it is built from and how much room it has."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.topology.resources import Layer, Resource
from models.topology.verdict import Reason, ReasonCode
from workbench.pipeline.exhaustion import Exhaustion
from workbench.pipeline.parts import BoughtPart


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """Tenants that share one instance set of a layer."""

    name: str
    layer: Layer
    tenants: tuple[int, ...]
    """Indices of the tenants of the figures."""
    production: bool
    parts: tuple[BoughtPart, ...]
    workers: int
    """Workers per replica; 0 in other layers."""
    replicas: tuple[int, ...]
    """Machines alive in each month of the horizon."""
    planned: Mapping[Resource, NDArray[np.float64]]
    """Resource to (months of the horizon,): planned demand."""
    usable: Mapping[Resource, NDArray[np.float64]]
    """Resource to (months of the horizon,): what it carries, all parts alive; NaN unknown."""
    usable_after_loss: Mapping[Resource, NDArray[np.float64]]
    exhaustion: Mapping[Resource, Exhaustion]
    feasible: bool
    reasons: tuple[Reason, ...]
    owner: str | None = None
    runbook: str | None = None

    def renamed(self, name: str) -> "Pool":
        """Return the same pool under another name."""
        return replace(self, name=name)

    def headroom(self, resource: Resource, *, after_loss: bool = False) -> float:
        """Return the free share of a resource in its tightest month; NaN if the limit is unknown."""
        free = free_share(self.planned[resource], (self.usable_after_loss if after_loss else self.usable).get(resource))
        return float(np.nanmin(free)) if np.isfinite(free).any() else float("nan")

    def tightest(self) -> tuple[float, Resource | None, int]:
        """Return headroom, resource and month of the horizon where the pool is tightest; NaN and None if no limit is known."""
        best: tuple[float, Resource | None, int] = (float("nan"), None, 0)
        for resource in self.planned:
            free = free_share(self.planned[resource], self.usable.get(resource))
            if np.isfinite(free).any():
                month = int(np.nanargmin(free))
                if np.isnan(best[0]) or free[month] < best[0]:
                    best = (float(free[month]), resource, month)
        return best


def free_share(planned: NDArray[np.float64], usable: NDArray[np.float64] | None) -> NDArray[np.float64]:
    """Return 1 - demand / usable by month of the horizon; NaN where the limit is unknown."""
    if usable is None:
        return np.full(len(planned), np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        free: NDArray[np.float64] = np.where(usable > 0, 1 - planned / usable, np.where(planned > 0, -np.inf, 1.0))
    return np.where(np.isnan(usable), np.nan, free)


def unknown_limits(
    pool_planned: Mapping[Resource, NDArray[np.float64]], usable: Mapping[Resource, NDArray[np.float64]]
) -> tuple[Reason, ...]:
    """Return a reason for every resource whose limit nobody gave."""
    return tuple(
        Reason(ReasonCode.NOT_CHECKED, resource, figures={"demand": float(np.nanmax(values))})
        for resource, values in pool_planned.items()
        if resource not in usable or not np.isfinite(usable[resource]).any()
    )
