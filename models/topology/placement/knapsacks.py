"""Which tenants are worth most together on one instance of an offer: several knapsacks at once, with a proven ceiling."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.topology.placement.packing import FITS, Packing

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_BALANCE = 0.3
"""Weight of the room that will be hard to use, when partial groups are ranked."""


@dataclass(frozen=True, slots=True, eq=False)
class Filled:
    """The groups found, best first for each offer, and what no group is worth more than."""

    members: NDArray[np.bool_]
    """Shape (groups, tenants)."""
    offer: Ints
    """Shape (groups,)."""
    value: Floats
    """Shape (groups,): summed value of the members."""
    ceiling: Floats
    """Shape (offers,): no group that the offer holds is worth more."""
    cut: bool
    """Whether groups worth more than the target may have been missed."""


@dataclass(slots=True)
class _States:
    """Partial groups of the current level, over all knapsacks."""

    offer: Ints
    load: Floats
    """Shape (states, resources)."""
    value: Floats
    above: Floats
    """Most that any completion is worth by the multipliers of the offer."""
    barred: NDArray[np.bool_] | None
    """Shape (states, tenants): tenants in conflict with a member."""


def fill(
    problem: Packing, value: Floats, target: Floats, width: int, most: int, *, price: Floats | None = None, member: int | None = None
) -> Filled:
    """Return groups worth more than their offer's `target`, at most `most` an offer, and the ceiling of every offer.

    Tenants are decided one by one, largest first, on all offers together. A partial group is dropped once the linear
    relaxation shows that no completion beats the target (reduced costs, Pisinger 1995), and beyond `width` partial groups an
    offer the least promising go; what was dropped for width raises the ceiling, so it stays proven.

    Parameters
    ----------
    problem
        Tenants that may share and offers.
    value, target
        Shapes (tenants,) and (offers,).
    price
        Shape (offers, resources): multipliers of the relaxation where they are known; None: solved for.
    member
        A tenant that every group must hold; the ceiling is then that of such groups.

    """
    offers = len(problem.cost)
    price = _multipliers(problem, value) if price is None else price
    reduced = np.maximum(value, 0.0) - price @ problem.demand.T
    above = (price * problem.capacity).sum(axis=1) + np.maximum(reduced, 0.0).sum(axis=1)
    above = np.maximum(above, 0.0) * (1 + 1e-12)
    ceiling = np.maximum(target, 0.0)
    order = np.argsort(-(price @ problem.demand.T), axis=1, kind="stable")
    rest = np.cumsum(np.take_along_axis(np.maximum(value, 0.0)[None].repeat(offers, 0), order, axis=1)[:, ::-1], axis=1)[:, ::-1]
    states = _first(problem, above > ceiling, above, value, member)
    mix = price * problem.demand.mean(axis=0)
    history: list[tuple[Ints, NDArray[np.bool_], Ints]] = []
    cut = False
    for level in range(problem.tenants):
        if not len(states.offer):
            break
        states, step = _branch(problem, states, order[:, level], value, reduced)
        later = rest[:, level + 1] if level + 1 < problem.tenants else np.zeros(offers)
        spare = price[states.offer] * (problem.capacity[states.offer] - states.load)
        states, kept, lost = _pruned(states, later, _unbalanced(spare, mix[states.offer]), target, ceiling, width)
        cut |= lost
        history.append((step[0][kept], step[1][kept], step[2][kept]))
    chosen, members = _read_back(problem, states, history, ceiling, most)
    if member is not None:
        members[:, member] = True
    return Filled(members, states.offer[chosen], states.value[chosen], ceiling, cut)


def _multipliers(problem: Packing, value: Floats) -> Floats:
    """Return shadow prices of each offer's resources in the linear relaxation of its knapsack, shape (offers, resources)."""
    from scipy.optimize import linprog

    price = np.zeros_like(problem.capacity)
    scale = np.maximum(problem.capacity.max(axis=0), 1e-300)
    worth = np.maximum(value, 0.0)
    most = float(worth.max()) or 1.0
    need = (problem.demand / scale).T
    for offer, room in enumerate(problem.capacity / scale):
        holds = (problem.demand <= problem.capacity[offer] * FITS).all(axis=1)
        relaxed = linprog(-worth[holds] / most, A_ub=need[:, holds], b_ub=room, bounds=(0, 1), method="highs") if holds.any() else None
        if relaxed is not None and relaxed.x is not None:
            price[offer] = np.maximum(-np.asarray(relaxed.ineqlin.marginals), 0.0) * most / scale
    return price


def _first(problem: Packing, worthwhile: NDArray[np.bool_], above: Floats, value: Floats, member: int | None) -> _States:
    if member is not None:
        worthwhile = worthwhile & (problem.demand[member] <= problem.capacity * FITS).all(axis=1)
    offer = np.flatnonzero(worthwhile)
    load, worth = np.zeros((len(offer), problem.demand.shape[1])), np.zeros(len(offer))
    barred = np.zeros((len(offer), problem.tenants), dtype=np.bool_) if problem.quarrelling or member is not None else None
    if member is not None and barred is not None:
        load += problem.demand[member]
        worth += value[member]
        barred |= problem.conflict[member]
        barred[:, member] = True
    return _States(offer, load, worth, above[offer], barred)


def _unbalanced(spare: Floats, mix: Floats) -> Floats:
    """Return how much of the spare room (states, resources), in money, tenants of the average mix would leave unused."""
    filled = spare.sum(axis=1) / np.maximum(mix.sum(axis=1), 1e-300)
    return np.asarray(np.abs(spare - filled[:, None] * mix).sum(axis=1), dtype=np.float64)


def _branch(
    problem: Packing, states: _States, turn: Ints, value: Floats, reduced: Floats
) -> tuple[_States, tuple[Ints, NDArray[np.bool_], Ints]]:
    """Return every state without and, where it fits, with the tenant whose turn it is on its offer."""
    tenant = turn[states.offer]
    load = states.load + problem.demand[tenant]
    fits = (load <= problem.capacity[states.offer] * FITS).all(axis=1) & (value[tenant] > 0)
    if states.barred is not None:
        fits &= ~states.barred[np.arange(len(tenant)), tenant]
    joins = np.flatnonzero(fits)
    gain = reduced[states.offer, tenant]
    parent = np.concatenate([np.arange(len(tenant)), joins])
    taken = np.repeat([False, True], [len(tenant), len(joins)])
    barred = None
    if states.barred is not None:
        barred = states.barred[parent]
        barred[len(tenant) :] |= problem.conflict[tenant[joins]]
    grown = _States(
        states.offer[parent],
        np.concatenate([states.load, load[joins]]),
        np.concatenate([states.value, states.value[joins] + value[tenant[joins]]]),
        np.concatenate([states.above - np.maximum(gain, 0.0), (states.above + np.minimum(gain, 0.0))[joins]]),
        barred,
    )
    return grown, (parent, taken, tenant[parent])


def _pruned(states: _States, later: Floats, unbalanced: Floats, target: Floats, ceiling: Floats, width: int) -> tuple[_States, Ints, bool]:
    above = np.minimum(states.above, states.value + later[states.offer])
    margin = target[states.offer] + 1e-9 * np.abs(target[states.offer])
    kept = np.flatnonzero(above > margin)
    before = len(kept)
    if before > width:
        kept = kept[np.lexsort((_BALANCE * unbalanced[kept] - above[kept], states.offer[kept]))]
        own = states.offer[kept]
        rank = np.arange(len(own)) - np.searchsorted(own, own)
        lost = kept[rank >= width]
        np.maximum.at(ceiling, states.offer[lost], above[lost])
        kept = kept[rank < width]
    barred = None if states.barred is None else states.barred[kept]
    return _States(states.offer[kept], states.load[kept], states.value[kept], states.above[kept], barred), kept, len(kept) < before


def _read_back(
    problem: Packing, states: _States, history: list[tuple[Ints, NDArray[np.bool_], Ints]], ceiling: Floats, most: int
) -> tuple[Ints, NDArray[np.bool_]]:
    order = np.lexsort((-states.value, states.offer))
    own = states.offer[order]
    np.maximum.at(ceiling, own, states.value[order])
    chosen = order[np.arange(len(own)) - np.searchsorted(own, own) < most]
    members = np.zeros((len(chosen), problem.tenants), dtype=np.bool_)
    at = chosen
    for parent, taken, tenant in reversed(history):
        joined = taken[at]
        members[np.flatnonzero(joined), tenant[at[joined]]] = True
        at = parent[at]
    return chosen, members
