"""Best-fit decreasing, once for every type of offer to open."""

import numpy as np
from numpy.typing import NDArray

from models.topology.placement.packing import FITS, Packed, Packing, packed


def best_fit_decreasing(problem: Packing) -> Packed:
    """Return the cheapest of several best-fit decreasing packings.

    Tenants go by their largest and by their summed need (relative to the mean capacity) into the pool that is fullest
    afterwards (Panigrahy et al. 2011); each offer in turn is the one to open, and every pool ends on the cheapest that holds it.
    """
    relative = problem.demand / np.maximum(problem.capacity.mean(axis=0), 1e-300)
    orders = [np.argsort(-size, kind="stable") for size in (relative.max(axis=1), relative.sum(axis=1))]
    found = [packed(problem, _fill(problem, order, offer)) for order in orders for offer in range(len(problem.cost))]
    return min(found, key=lambda solution: solution.cost)


def _fill(problem: Packing, order: NDArray[np.int64], preferred: int) -> NDArray[np.int64]:
    tenants, resources = problem.demand.shape
    capacity = np.zeros((tenants, resources))
    load = np.zeros((tenants, resources))
    barred = np.zeros((tenants, tenants), dtype=np.bool_)
    pool_of = np.full(tenants, -1)
    opened = 0
    alone, _ = problem.cheapest(problem.demand)
    for tenant in order:
        need = problem.demand[tenant]
        after = load[:opened] + need
        fits = (after <= capacity[:opened] * FITS).all(axis=1) & ~barred[tenant, :opened]
        if fits.any():
            fill = (after / np.maximum(capacity[:opened], 1e-300)).sum(axis=1)
            pool = int(np.argmax(np.where(fits, fill, -1.0)))
        else:
            pool, opened = opened, opened + 1
            holds = (need <= problem.capacity[preferred] * FITS).all()
            capacity[pool] = problem.capacity[preferred if holds else alone[tenant]]
        load[pool] += need
        barred[:, pool] |= problem.conflict[tenant]
        pool_of[tenant] = pool
    return pool_of
