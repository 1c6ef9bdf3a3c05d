"""Column generation: the linear relaxation over all groups that some offer holds, its prices, and a proven bound."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.topology.placement.effort import Effort
from models.topology.placement.knapsacks import fill
from models.topology.placement.packing import Packing

Floats = NDArray[np.float64]

_IMPROVES = 1e-7
_SMOOTHING = 0.5
_MOST_AN_OFFER = 24
_KEPT_A_TENANT = 25
_UNITS_AN_OFFER = 15
_UNITS_A_LEVEL = 2
_STATES_A_UNIT = 300


@dataclass(frozen=True, slots=True, eq=False)
class Master:
    """The relaxation over the groups generated so far."""

    members: NDArray[np.bool_]
    """Shape (groups, tenants)."""
    cost: Floats
    """Shape (groups,): of the cheapest offer that holds the group."""
    share: Floats
    """Shape (groups,): how much of the group the relaxation takes."""
    price: Floats
    """Shape (tenants,): what the relaxation pays for each tenant."""
    value: float
    """Cost of the relaxation over these groups; no bound unless no further group improves it."""
    bound: float
    """No packing costs less."""
    proven_price: Floats
    """Shape (tenants,): prices at which no group is worth more than it costs; they sum to `bound`."""


def relax(problem: Packing, members: NDArray[np.bool_], effort: Effort, *, rounds: int, width: int) -> Master:
    """Return the relaxation of set covering by groups (Gilmore and Gomory 1961) after at most `rounds` of pricing.

    Prices are smoothed towards those of the best bound (Wentges 1997); the bound scales them down until no group is worth more
    than it costs (Farley 1990), by the ceiling of the knapsacks, so it holds even where those were cut short.

    Parameters
    ----------
    problem
        Tenants that may share and offers.
    members
        Shape (groups, tenants): groups to begin with, which must cover everybody.
    effort
        What the work is taken off.

    """
    centre = _fluid_prices(problem)
    bound = float(centre.sum())
    cost = group_cost(problem, members)
    share, price, value = _solve(members, cost)
    smoothing = _SMOOTHING
    for _ in range(rounds):
        if value - bound <= _IMPROVES * value or effort.exhausted():
            break
        effort.spend(work_of(problem, width))
        asked = smoothing * centre + (1 - smoothing) * price
        found = fill(problem, asked, problem.cost, width, _MOST_AN_OFFER)
        proven = float(asked.sum()) * _scale(problem, found.ceiling)
        if proven > bound:
            bound, centre = proven, asked * _scale(problem, found.ceiling)
        fresh = found.members[found.members @ price > problem.cost[found.offer] * (1 + _IMPROVES)]
        if not len(fresh):
            if not smoothing:
                break
            smoothing = 0.0
            continue
        smoothing = _SMOOTHING
        members, cost = _kept(problem, np.vstack([members, fresh]), price)
        share, price, value = _solve(members, cost)
    return Master(members, cost, share, price, value, min(bound, value), centre)


def work_of(problem: Packing, width: int) -> int:
    """Return the units of work that a round of pricing takes."""
    states = len(problem.cost) * width
    return _UNITS_AN_OFFER * len(problem.cost) + problem.tenants * (_UNITS_A_LEVEL + states // _STATES_A_UNIT)


def group_cost(problem: Packing, members: NDArray[np.bool_]) -> Floats:
    """Return what the cheapest offer for each group costs, inf where none holds it; shape (groups,)."""
    _, cost = problem.cheapest(np.asarray(members @ problem.demand, dtype=np.float64))
    return cost


def _scale(problem: Packing, ceiling: Floats) -> float:
    binding = ceiling > problem.cost
    return float((problem.cost[binding] / ceiling[binding]).min()) if binding.any() else 1.0


def _fluid_prices(problem: Packing) -> Floats:
    """Return prices of tenants under which no offer is worth more than it costs."""
    return np.asarray(problem.demand @ fluid_multipliers(problem), dtype=np.float64)


def fluid_multipliers(problem: Packing) -> Floats:
    """Return prices of resources under which no offer is worth more than it costs even if filled without waste."""
    from scipy.optimize import linprog

    scale = np.maximum(problem.capacity.max(axis=0), 1e-300)
    cost = problem.cost / (problem.cost.max() or 1.0)
    relaxed = linprog(-(problem.demand / scale).sum(axis=0), A_ub=problem.capacity / scale, b_ub=cost, method="highs")
    if relaxed.x is None:
        return np.zeros(len(scale))
    unit: Floats = np.maximum(np.asarray(relaxed.x, dtype=np.float64), 0.0) / scale * (problem.cost.max() or 1.0)
    worth = problem.capacity @ unit
    return unit * float(np.where(worth > problem.cost, problem.cost / np.maximum(worth, 1e-300), 1.0).min())


def _kept(problem: Packing, members: NDArray[np.bool_], price: Floats) -> tuple[NDArray[np.bool_], Floats]:
    """Return the distinct groups, without those the prices rule out once there are many."""
    members = np.unique(members, axis=0)
    cost = group_cost(problem, members)
    most = _KEPT_A_TENANT * problem.tenants
    if len(members) > most:
        best = np.sort(np.argsort(cost - members @ price, kind="stable")[:most])
        members, cost = members[best], cost[best]
    return members, cost


def _solve(members: NDArray[np.bool_], cost: Floats) -> tuple[Floats, Floats, float]:
    from scipy.optimize import linprog
    from scipy.sparse import csr_array

    cover = csr_array(-members.T.astype(np.float64))
    scale = float(cost.max()) or 1.0
    relaxed = linprog(
        cost / scale,
        A_ub=cover,  # type: ignore[call-overload]  # the stubs know no sparse arrays
        b_ub=-np.ones(members.shape[1]),
        method="highs",
    )
    price = np.maximum(-np.asarray(relaxed.ineqlin.marginals, dtype=np.float64), 0.0) * scale
    return np.asarray(relaxed.x, dtype=np.float64), price, float(relaxed.fun) * scale
