"""Who pushes whom over the edge: overload of a shared pool and the tenants behind it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Overload:
    """How often joint demand exceeds a pool's capacity, and who makes it so."""

    probability: float
    """Share of all moments and paths in which the pool is overloaded."""
    standard_error: float
    """Of `probability`, over paths; NaN with a single path."""
    ever: float
    """Share of paths with one overloaded moment at least."""
    relief: NDArray[np.float64]
    """Shape (tenants,): how much `probability` falls when that tenant leaves."""
    ever_relief: NDArray[np.float64]
    """Shape (tenants,): how much `ever` falls when that tenant leaves."""

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        self.relief.flags.writeable = False
        self.ever_relief.flags.writeable = False

    @property
    def suffered(self) -> NDArray[np.float64]:
        """Shape (tenants,): share of paths in which the others alone overload the pool, whatever that tenant does."""
        return np.asarray(self.ever - self.ever_relief)

    @property
    def culprits(self) -> tuple[int, ...]:
        """Tenants whose leaving helps, the one that helps most first."""
        order = np.argsort(-self.relief, kind="stable")
        return tuple(int(tenant) for tenant in order if self.relief[tenant] > 0)


def overload(demand: NDArray[np.floating], capacity: float) -> Overload:
    """Return how often the summed demand exceeds `capacity` and what each tenant contributes, by leaving one out.

    The joint paths keep whatever dependence the tenants have; nothing is assumed independent.

    Parameters
    ----------
    demand
        Shape (tenants, paths, moments): members of one pool, aligned in time; every value known.
    capacity
        Usable capacity of the pool in the unit of `demand`.

    """
    if demand.ndim != 3 or not demand.shape[1] or not demand.shape[2]:
        raise ValueError(f"demand has shape {demand.shape}: it must be (tenants, paths, moments) with one path and moment at least")
    if not np.isfinite(demand).all():
        tenant = int(np.argwhere(~np.isfinite(demand))[0][0])
        raise ValueError(f"demand of tenant {tenant} has values that are missing or infinite: an unknown demand is not zero")
    total = demand.sum(axis=0, dtype=np.float64)
    over = total > capacity
    by_path = over.mean(axis=1)
    left = [total - one > capacity for one in demand]
    without = np.asarray([one.mean() for one in left])
    elsewhere = np.asarray([one.any(axis=1).mean() for one in left])
    error = float(by_path.std(ddof=1) / np.sqrt(len(by_path))) if len(by_path) > 1 else float("nan")
    ever = float(over.any(axis=1).mean())
    return Overload(float(over.mean()), error, ever, float(over.mean()) - without, ever - elsewhere)
