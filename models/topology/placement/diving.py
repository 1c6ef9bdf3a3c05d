"""Whole groups out of fractional ones: take the surest, solve the relaxation of the rest again."""

import numpy as np
from numpy.typing import NDArray

from models.topology.placement.best_fit import best_fit_decreasing
from models.topology.placement.columns import Master, relax
from models.topology.placement.effort import Effort
from models.topology.placement.packing import Packed, Packing, packed
from models.topology.placement.small import by_subsets

EXACT_UP_TO = 10
"""Tenants left over that are packed exactly."""
_SURE = 0.8
_ROUNDS = 3
_WIDTH = 150


def dive(problem: Packing, members: NDArray[np.bool_], effort: Effort, rng: np.random.Generator | None = None) -> Packed:
    """Return a packing built by rounding the relaxation group by group (price and dive, Sadykov et al. 2019).

    Parameters
    ----------
    problem
        Tenants that may share and offers.
    members
        Shape (groups, tenants): groups to begin with, which must cover everybody.
    effort
        What the work is taken off; the rest is packed greedily once it is exhausted.
    rng
        If given, the group taken is drawn by its share of the relaxation instead of the surest one.

    """
    pool_of = np.full(problem.tenants, -1)
    left = np.arange(problem.tenants)
    pools = 0
    while len(left) > EXACT_UP_TO:
        part = problem.part(left)
        if effort.exhausted():
            pool_of[left] = pools + best_fit_decreasing(part).pool_of
            return packed(problem, pool_of)
        master = relax(part, members, effort, rounds=_ROUNDS, width=_WIDTH)
        for group in _taken(master, rng):
            pool_of[left[group]] = pools
            pools += 1
        stays = pool_of[left] < 0
        left, members = left[stays], restricted(master.members, stays)
    if len(left):
        pool_of[left] = pools + by_subsets(problem.part(left)).pool_of
    return packed(problem, pool_of)


def restricted(members: NDArray[np.bool_], stays: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return what is left of groups when only some tenants stay, each once."""
    cut = members[:, stays]
    return np.unique(cut[cut.any(axis=1)], axis=0)


def _taken(master: Master, rng: np.random.Generator | None) -> list[NDArray[np.bool_]]:
    """Return disjoint groups: those that are all but whole, else the surest."""
    shares = np.round(master.share, 6)
    waste = np.round(master.cost - master.members @ master.price, 9)
    order = np.lexsort((waste, -shares))
    if rng is not None and shares[order[0]] < _SURE:
        drawn = int(rng.choice(len(shares), p=shares**2 / (shares**2).sum()))
        order = np.concatenate([[drawn], order[order != drawn]])
    taken = [master.members[order[0]]]
    covered = taken[0].copy()
    for group in order[1:]:
        if shares[group] < _SURE:
            break
        if not (master.members[group] & covered).any():
            taken.append(master.members[group])
            covered |= taken[-1]
    return taken
