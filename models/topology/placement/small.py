"""The best packing of few tenants, over all their subsets."""

import numpy as np
from numpy.typing import NDArray

from models.topology.placement.packing import Packed, Packing, packed
from models.topology.placement.prices import GroupPrices, tenants_of
from models.topology.placement.subsets import best_partition

EXACT_UP_TO = 12
"""Tenants up to which all subsets are looked at."""


def by_subsets(problem: Packing) -> Packed:
    """Return an optimal packing; work and memory grow as 3^n and 2^n with the tenants."""

    def cost_of(members: NDArray[np.bool_]) -> NDArray[np.float64]:
        return problem.cheapest(members @ problem.demand)[1]

    tenants = range(problem.tenants)
    mates = [sum(1 << other for other in tenants if not problem.conflict[tenant, other]) for tenant in tenants]
    groups = best_partition(tenants, mates, GroupPrices(problem.tenants, cost_of, budget=0))
    pool_of = np.zeros(problem.tenants, dtype=np.int64)
    for pool, group in enumerate(groups):
        pool_of[list(tenants_of(group))] = pool
    return packed(problem, pool_of)
