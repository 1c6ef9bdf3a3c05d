"""Fitting tenants into given pools: tabu search that drives the overload to zero."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.topology.placement.packing import FITS, Packing

_TENURE = 7
_NOISE = 1e-6


@dataclass(slots=True)
class _State:
    """Where tenants are and what pools carry; resources come first because sums over a short last axis are slow."""

    pool_of: NDArray[np.int64]
    need: NDArray[np.float64]
    """Shape (resources, tenants)."""
    load: NDArray[np.float64]
    """Shape (resources, pools)."""
    per_room: NDArray[np.float64]
    """Shape (resources, pools): one over the capacity."""
    quarrels: NDArray[np.float64]
    """Shape (tenants, pools): members of the pool a tenant is in conflict with."""
    tabu: NDArray[np.int64]
    """Shape (tenants, pools): iteration until which the tenant may not return."""


def repair(
    problem: Packing, offers: NDArray[np.int64], pool_of: NDArray[np.int64], iterations: int, rng: np.random.Generator
) -> tuple[NDArray[np.int64], int]:
    """Return the least overloaded assignment found to pools with the given `offers` (pools,); and the iterations used.

    Starts from `pool_of` (tenants,) and takes in every iteration the best move or swap out of an overloaded pool that is not
    tabu (Glover 1989). Stops when everything fits or the iterations are used up.
    """
    state = _start(problem, offers, pool_of)
    best, least = state.pool_of.copy(), np.inf
    for iteration in range(iterations):
        burden = _over(state.load, state.per_room)
        if problem.quarrelling:
            quarrel = state.quarrels[np.arange(problem.tenants), state.pool_of]
            burden += np.bincount(state.pool_of, weights=quarrel, minlength=len(burden))
        overloaded = np.flatnonzero(burden > 0)
        if (total := float(burden.sum())) < least:
            best, least = state.pool_of.copy(), total
        if not len(overloaded):
            return best, iteration
        _step(problem, state, int(rng.choice(overloaded)), iteration, rng)
    return best, iterations


def _start(problem: Packing, offers: NDArray[np.int64], pool_of: NDArray[np.int64]) -> _State:
    per_room = 1.0 / np.maximum(problem.capacity[offers].T, 1e-12)
    need = np.ascontiguousarray(problem.demand.T)
    member = np.zeros((problem.tenants, len(offers)))
    member[np.arange(problem.tenants), pool_of] = 1.0
    quarrels = problem.conflict.astype(np.float64) @ member
    return _State(pool_of.copy(), need, need @ member, per_room, quarrels, np.zeros(member.shape, dtype=np.int64))


def _over(load: NDArray[np.float64], per_room: NDArray[np.float64]) -> NDArray[np.float64]:
    excess = load * per_room
    excess -= FITS
    np.maximum(excess, 0.0, out=excess)
    total: NDArray[np.float64] = np.add.reduce(excess, axis=0)
    return total


def _step(problem: Packing, state: _State, pool: int, iteration: int, rng: np.random.Generator) -> None:
    inside = np.flatnonzero(state.pool_of == pool)
    outside = np.flatnonzero(state.pool_of != pool)
    moves = _move_gains(problem, state, pool, inside, iteration)
    swaps = _swap_gains(problem, state, pool, inside, outside, iteration)
    moves += rng.random(moves.shape) * _NOISE
    one, target = np.unravel_index(int(moves.argmin()), moves.shape)
    if swaps.size and swaps.min() < moves[one, target]:
        one, two = np.unravel_index(int(swaps.argmin()), swaps.shape)
        other = int(outside[two])
        home = int(state.pool_of[other])
        _relocate(problem, state, other, pool, iteration, rng)
        _relocate(problem, state, int(inside[one]), home, iteration, rng)
    elif np.isfinite(moves[one, target]):
        _relocate(problem, state, int(inside[one]), int(target), iteration, rng)


def _move_gains(problem: Packing, state: _State, pool: int, inside: NDArray[np.int64], iteration: int) -> NDArray[np.float64]:
    need = state.need[:, inside]
    before = _over(state.load, state.per_room)
    left = _over(state.load[:, [pool]] - need, state.per_room[:, [pool]]) - before[pool]
    joined = _over(state.load[:, None] + need[:, :, None], state.per_room[:, None]) - before
    change: NDArray[np.float64] = left[:, None] + joined
    if problem.quarrelling:
        change += state.quarrels[inside] - state.quarrels[inside, pool][:, None]
    change[:, pool] = np.inf
    change[state.tabu[inside] > iteration] = np.inf
    return change


def _swap_gains(
    problem: Packing, state: _State, pool: int, inside: NDArray[np.int64], outside: NDArray[np.int64], iteration: int
) -> NDArray[np.float64]:
    home = state.pool_of[outside]
    delta = state.need[:, None, outside] - state.need[:, inside, None]
    before = _over(state.load, state.per_room)
    change: NDArray[np.float64] = _over(state.load[:, pool, None, None] + delta, state.per_room[:, pool, None, None])
    change += _over(state.load[:, None, home] - delta, state.per_room[:, None, home]) - (before[home] + before[pool])
    if problem.quarrelling:
        quarrels = state.quarrels
        change += quarrels[inside][:, home] + quarrels[outside, pool] - 2.0 * problem.conflict[np.ix_(inside, outside)]
        change -= quarrels[inside, pool][:, None] + quarrels[outside, home]
    change[(state.tabu[inside][:, home] > iteration) | (state.tabu[outside, pool] > iteration)] = np.inf
    return change


def _relocate(problem: Packing, state: _State, tenant: int, pool: int, iteration: int, rng: np.random.Generator) -> None:
    old = int(state.pool_of[tenant])
    state.load[:, old] -= problem.demand[tenant]
    state.load[:, pool] += problem.demand[tenant]
    if problem.quarrelling:
        state.quarrels[:, old] -= problem.conflict[tenant]
        state.quarrels[:, pool] += problem.conflict[tenant]
    state.pool_of[tenant] = pool
    state.tabu[tenant, old] = iteration + _TENURE + int(rng.integers(_TENURE))
