"""Closing the gap: all groups that a better packing could use, and an integer program over them."""

import numpy as np

from models.topology.placement.columns import Master
from models.topology.placement.effort import CLOSED, Effort
from models.topology.placement.integer_program import minimise
from models.topology.placement.knapsacks import fill
from models.topology.placement.packing import Packed, Packing, packed

_WIDTH = 6_000
_MOST_GROUPS = 3_000
_NODES = 300
_UNITS = 8_000
_NEGLIGIBLE = 1e-12
"""Worth of tenants without a price, so that groups with them are found as well."""


def close(problem: Packing, master: Master, best: Packed, effort: Effort) -> tuple[Packed, bool]:
    """Return the best packing and whether it is proven optimal.

    Only groups whose cost exceeds their worth at the proven prices by less than the gap can be part of a cheaper packing
    (Baldacci, Christofides and Mingozzi 2008). If they are few, an integer program chooses among them.
    """
    effort.spend(_UNITS)
    price = np.maximum(master.proven_price, _NEGLIGIBLE * master.proven_price.max())
    gap = best.cost - float(price.sum())
    target = problem.cost * (1 - CLOSED) - gap * (1 + 1e-6)
    found = fill(problem, price, target, _WIDTH, _MOST_GROUPS + 1)
    if found.cut or len(found.members) > _MOST_GROUPS:
        return best, False
    groups, cost = found.members, problem.cost[found.offer]
    once = np.ones(problem.tenants)
    if not groups.any(axis=0).all():
        return best, True
    chosen, least = minimise(cost, groups.T.astype(np.float64), once, once, 1, _NODES)
    if chosen is not None and cost @ chosen < best.cost * (1 - CLOSED):
        best = packed(problem, np.argmax(groups[chosen > 0], axis=0))
    return best, least >= best.cost * (1 - CLOSED)
