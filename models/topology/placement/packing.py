"""Vector packing with priced bins of several types: the problem and its solutions in the solvers' own terms."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

FITS = 1 + 1e-9
"""Relative slack in comparing a load with a capacity, against noise in the last digits."""


@dataclass(frozen=True, slots=True, eq=False)
class Packing:
    """Tenants that may share, and the offers they may be put on; each pool gets one instance of one offer."""

    demand: NDArray[np.float64]
    """Shape (tenants, resources)."""
    capacity: NDArray[np.float64]
    """Shape (offers, resources)."""
    cost: NDArray[np.float64]
    """Shape (offers,)."""
    conflict: NDArray[np.bool_]
    """Shape (tenants, tenants), symmetric: pairs that may not share."""
    quarrelling: bool = field(init=False)
    """Whether there is any such pair."""

    def __post_init__(self) -> None:
        """Look for conflicts once."""
        object.__setattr__(self, "quarrelling", bool(self.conflict.any()))

    @property
    def tenants(self) -> int:
        """Number of tenants."""
        return len(self.demand)

    def part(self, tenants: NDArray[np.int64]) -> "Packing":
        """Return the same problem for some of the tenants."""
        return Packing(self.demand[tenants], self.capacity, self.cost, self.conflict[np.ix_(tenants, tenants)])

    def cheapest(self, load: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return the cheapest offer and its cost for each load (pools, resources); cost inf where none holds it."""
        holds = (load[:, None, :] <= self.capacity[None] * FITS).all(axis=2)
        costs = np.where(holds, self.cost, np.inf)
        offer = costs.argmin(axis=1)
        return offer, costs[np.arange(len(load)), offer]


@dataclass(frozen=True, slots=True, eq=False)
class Packed:
    """A feasible solution."""

    pool_of: NDArray[np.int64]
    """Shape (tenants,): pool of each tenant, numbered without gaps."""
    offer_of: NDArray[np.int64]
    """Shape (pools,)."""
    cost: float
    """Sum of the pools' offers."""


def packed(problem: Packing, pool_of: NDArray[np.int64]) -> Packed:
    """Return the solution in which every pool has the cheapest offer that holds it; empty pools vanish, cost inf = broken."""
    _, numbered = np.unique(pool_of, return_inverse=True)
    pools = int(numbered.max()) + 1
    load = np.zeros((pools, problem.demand.shape[1]))
    np.add.at(load, numbered, problem.demand)
    offer, cost = problem.cheapest(load)
    quarrel = problem.conflict & (numbered[:, None] == numbered[None, :])
    return Packed(numbered, offer, float(np.inf) if quarrel.any() else float(cost.sum()))
