"""A packing of many tenants pool by pool: the largest one left, with the companions that leave least money unused."""

import numpy as np
from numpy.typing import NDArray

from models.topology.placement.columns import fluid_multipliers
from models.topology.placement.effort import Effort
from models.topology.placement.knapsacks import fill
from models.topology.placement.packing import Packing

_CANDIDATES = 60
_WIDTH = 60
_UNITS_A_POOL = 150
_TOLERANCES = (0.02, 0.06, 0.15, 0.5, 1.0)


def fill_pool_by_pool(problem: Packing, effort: Effort, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return the pool of each tenant, numbered in the order of filling; everybody left stands alone when the work is spent.

    Each pool begins with the tenant that is worth most at the prices of the fluid relaxation of those left, and takes
    companions from a random sample of them so that the offer's cost is covered as well as possible (minimum bin slack,
    Gupta and Ho 1999).
    """
    left = np.arange(problem.tenants)
    pool_of = np.full(problem.tenants, -1)
    pools = 0
    while len(left) and not effort.exhausted():
        unit = fluid_multipliers(problem.part(left))
        value = problem.demand @ unit
        left = left[np.argsort(-value[left], kind="stable")]
        others = 1 + np.sort(rng.permutation(len(left) - 1)[:_CANDIDATES])
        sample = left[np.concatenate([np.zeros(1, dtype=np.int64), others])]
        group = sample[_best_companions(problem.part(sample), value[sample], unit)]
        effort.spend(_UNITS_A_POOL)
        pool_of[group] = pools
        pools += 1
        left = left[pool_of[left] < 0]
    pool_of[left] = pools + np.arange(len(left))
    return pool_of


def _best_companions(part: Packing, value: NDArray[np.float64], unit: NDArray[np.float64]) -> NDArray[np.int64]:
    price = np.tile(unit, (len(part.cost), 1))
    full = 1 - np.minimum(part.capacity @ unit / np.maximum(part.cost, 1e-300), 1.0)
    for tolerance in _TOLERANCES:
        target = part.cost * (1 - full.min() - tolerance)
        found = fill(part, value, target, _WIDTH, 1, price=price, member=0)
        if len(found.value):
            waste = 1 - found.value / part.cost[found.offer]
            return np.flatnonzero(found.members[int(waste.argmin())])
    return np.zeros(1, dtype=np.int64)
