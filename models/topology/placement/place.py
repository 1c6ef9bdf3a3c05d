"""Placement: the cheapest pools of rented offers that hold all tenants, and how much better it could be."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.topology.placement.effort import Effort
from models.topology.placement.mates import components, mates_of
from models.topology.placement.packing import FITS, Packing
from models.topology.placement.solve import CLOSED, Solved, solve

_WORK = 40_000
"""Default work, in steps of repair: some seconds of one core."""


@dataclass(frozen=True, slots=True)
class Placement:
    """Tenants in pools, each pool on one instance of an offer."""

    pools: tuple[tuple[int, ...], ...]
    """Tenant indices of each pool, ascending; pools by their first tenant."""
    offer_of: tuple[int, ...]
    """Offer index of each pool."""
    cost: float
    """Sum of the offers' costs, in their unit."""
    lower_bound: float
    """No placement costs less."""
    gap: float
    """(cost - lower_bound) / cost."""
    bound_from: str
    """What proved the bound."""
    stopped_by: str
    """"optimal", "work", or "time": cut by the time limit and not reproducible."""


def place(
    demand: NDArray[np.float64],
    capacity: NDArray[np.float64],
    cost: NDArray[np.float64],
    *,
    conflicts: Sequence[tuple[int, int]] = (),
    dedicated: Sequence[int] = (),
    kinds: Sequence[int] | None = None,
    max_tenants: int | None = None,
    weights: NDArray[np.float64] | None = None,
    max_weight: Sequence[float] = (),
    time_limit_s: float = 10.0,
    work: int = _WORK,
    seed: int = 1,
) -> Placement:
    """Return pools that hold all tenants at the least cost found, with a proven lower bound.

    Typed vector packing: a pool is one instance of one offer, and the summed demand of its tenants stays within the offer's
    capacity in every resource. Up to 12 tenants that may share it is exact; beyond, best-fit decreasing is improved by tabu
    search towards cheaper sets of offers. The search stops by work; the answer is never dearer than best-fit decreasing.

    Parameters
    ----------
    demand
        Shape (tenants, resources).
    capacity, cost
        Shapes (offers, resources) and (offers,): usable capacity and cost of one instance.
    conflicts
        Pairs of tenants that may not share.
    dedicated
        Tenants that share with nobody.
    kinds
        One label a tenant; different labels never share (image, version, class).
    max_tenants
        Most tenants in a pool.
    weights, max_weight
        Shape (tenants, weights) and one limit a weight: most users, money, … in a pool.
    time_limit_s, work
        Wall time (safety net) and steps of work after which to stop.
    seed
        Of the search.

    Raises
    ------
    ValueError
        If an argument is malformed, or no offer holds a tenant: names tenant, resource and best offer.

    """
    demand, capacity, cost = (np.asarray(values, dtype=np.float64) for values in (demand, capacity, cost))
    _check(demand, capacity, cost)
    if not len(demand):
        return Placement((), (), 0.0, 0.0, 0.0, "no tenants", "optimal")
    _check_each_fits(demand, capacity)
    needs, limits = _with_limits(demand, capacity, max_tenants, weights, max_weight)
    order = np.lexsort(needs.T[::-1])[::-1]
    mates = mates_of(
        len(demand), _compatible(len(demand), conflicts, kinds)[np.ix_(order, order)], np.argsort(order)[list(dedicated)].tolist()
    )
    effort, rng = Effort(work, time_limit_s), np.random.default_rng(seed)
    solved = []
    for tenants in components(mates):
        conflict = np.asarray([[not mates[one] >> other & 1 for other in tenants] for one in tenants])
        chosen = order[list(tenants)]
        solved.append((chosen, solve(Packing(needs[chosen], limits, cost, conflict), effort, rng)))
    return _assembled(solved, effort)


def _assembled(solved: Sequence[tuple[NDArray[np.int64], Solved]], effort: Effort) -> Placement:
    pools = []
    for tenants, part in solved:
        for pool, offer in enumerate(part.packed.offer_of):
            pools.append((tuple(sorted(tenants[part.packed.pool_of == pool].tolist())), int(offer)))
    pools.sort()
    cost = float(sum(part.packed.cost for _, part in solved))
    bound = min(cost, float(sum(part.lower_bound for _, part in solved)))
    gap = (cost - bound) / cost if cost > 0 else 0.0
    open_ones = [part for _, part in solved if not part.closed]
    source = open_ones[0].bound_from if open_ones else solved[0][1].bound_from
    stopped = "optimal" if gap <= CLOSED else "time" if effort.cut else "work"
    return Placement(tuple(p for p, _ in pools), tuple(o for _, o in pools), cost, bound, gap, source, stopped)


def _compatible(count: int, conflicts: Sequence[tuple[int, int]], kinds: Sequence[int] | None) -> NDArray[np.bool_]:
    labels = np.zeros(count, dtype=np.int64) if kinds is None else np.asarray(kinds, dtype=np.int64)
    if labels.shape != (count,):
        raise ValueError(f"kinds has shape {labels.shape}: give one label for each of {count} tenants")
    share = np.asarray(labels[:, None] == labels[None, :], dtype=np.bool_)
    for one, two in conflicts:
        if one == two or not (0 <= one < count and 0 <= two < count):
            raise ValueError(f"conflict ({one}, {two}): it names two different tenants between 0 and {count - 1}")
        share[one, two] = share[two, one] = False
    return share


def _with_limits(
    demand: NDArray[np.float64],
    capacity: NDArray[np.float64],
    max_tenants: int | None,
    weights: NDArray[np.float64] | None,
    max_weight: Sequence[float],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return demand and capacity with limits on a pool's members as further resources of every offer."""
    extra = np.zeros((len(demand), 0)) if weights is None else np.asarray(weights, dtype=np.float64).reshape(len(demand), -1)
    if extra.shape[1] != len(max_weight):
        raise ValueError(f"{extra.shape[1]} weights and {len(max_weight)} limits in max_weight: give one limit a weight")
    for weight, limit in enumerate(max_weight):
        heavy = int(np.argmax(extra[:, weight]))
        if not extra[heavy, weight] <= limit * FITS:
            raise ValueError(f"tenant {heavy} has {extra[heavy, weight]} of weight {weight}, above max_weight {limit}: raise the limit")
    if max_tenants is not None and max_tenants < 1:
        raise ValueError(f"max_tenants is {max_tenants}: a pool holds one tenant at least")
    limits = [*max_weight, *([] if max_tenants is None else [float(max_tenants)])]
    ones = np.ones((len(demand), 0 if max_tenants is None else 1))
    return np.hstack([demand, extra, ones]), np.hstack([capacity, np.tile(limits, (len(capacity), 1))])


def _check(demand: NDArray[np.float64], capacity: NDArray[np.float64], cost: NDArray[np.float64]) -> None:
    if demand.ndim != 2 or capacity.ndim != 2 or demand.shape[1] != capacity.shape[1] or cost.shape != (len(capacity),):
        raise ValueError(f"demand {demand.shape}, capacity {capacity.shape} and cost {cost.shape} do not agree on resources and offers")
    if not len(capacity):
        raise ValueError("capacity holds no offer: give one at least")
    for name, values in (("demand", demand), ("capacity", capacity), ("cost", cost[:, None])):
        wrong = np.argwhere(~(np.isfinite(values) & (values >= 0)))
        if len(wrong):
            where = "tenant" if name == "demand" else "offer"
            row, column = wrong[0]
            at = f"{where} {row}" if name == "cost" else f"{where} {row}, resource {column}"
            raise ValueError(f"{name} of {at} is {values[row, column]}: it must be a finite number, not negative")


def _check_each_fits(demand: NDArray[np.float64], capacity: NDArray[np.float64]) -> None:
    with np.errstate(divide="ignore", invalid="ignore"):
        filled = np.where(demand[:, None] > 0, demand[:, None] / capacity[None], 0.0)
    worst = filled.max(axis=2)
    lost = np.flatnonzero((worst > FITS).all(axis=1))
    if len(lost):
        tenant = int(lost[0])
        offer = int(worst[tenant].argmin())
        resource = int(filled[tenant, offer].argmax())
        raise ValueError(
            f"tenant {tenant} needs {demand[tenant, resource]:g} of resource {resource}; the best offer, {offer}, holds "
            f"{capacity[offer, resource]:g}: no offer holds it, allow a larger one"
        )
