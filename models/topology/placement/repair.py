"""Fitting tenants into given pools: tabu search that drives the overload to zero."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.topology.placement.packing import FITS, Packing

_TENURE = 7
_CONFLICT_WEIGHT = 1.0
_NOISE = 1e-6


@dataclass(slots=True)
class _State:
    """Where tenants are, what pools carry and hold, both relative to capacity."""

    pool_of: NDArray[np.int64]
    load: NDArray[np.float64]
    room: NDArray[np.float64]
    quarrels: NDArray[np.float64]
    """Shape (tenants, pools): members of the pool a tenant is in conflict with."""
    tabu: NDArray[np.int64]
    """Shape (tenants, pools): iteration until which the tenant may not return."""


def repair(
    problem: Packing, offers: NDArray[np.int64], pool_of: NDArray[np.int64], iterations: int, rng: np.random.Generator
) -> tuple[NDArray[np.int64] | None, int]:
    """Return an assignment that fits into pools with the given `offers` (pools,), or None; and the iterations used.

    Starts from `pool_of` (tenants,) and takes in every iteration the best move or swap out of an overloaded pool that is not
    tabu (Glover 1989). Stops when everything fits or the iterations are used up.
    """
    state = _start(problem, offers, pool_of)
    for iteration in range(iterations):
        over = _over(state.load, state.room)
        quarrel = state.quarrels[np.arange(problem.tenants), state.pool_of]
        burden = over + np.bincount(state.pool_of, weights=quarrel, minlength=len(over))
        overloaded = np.flatnonzero(burden > 0)
        if not len(overloaded):
            return state.pool_of, iteration
        _step(problem, state, int(rng.choice(overloaded)), iteration, rng)
    return None, iterations


def _start(problem: Packing, offers: NDArray[np.int64], pool_of: NDArray[np.int64]) -> _State:
    room = problem.capacity[offers]
    load = np.zeros_like(room)
    np.add.at(load, pool_of, problem.demand)
    member = np.zeros((problem.tenants, len(offers)))
    member[np.arange(problem.tenants), pool_of] = 1.0
    return _State(pool_of.copy(), load, room, problem.conflict.astype(np.float64) @ member, np.zeros(member.shape, dtype=np.int64))


def _over(load: NDArray[np.float64], room: NDArray[np.float64]) -> NDArray[np.float64]:
    excess = load / np.maximum(room, 1e-12)
    excess -= FITS
    np.maximum(excess, 0.0, out=excess)
    return np.asarray(excess.sum(axis=-1), dtype=np.float64)


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
    need = problem.demand[inside]
    before = _over(state.load, state.room)
    left = _over(state.load[pool] - need, state.room[pool]) - before[pool]
    joined = _over(state.load[None] + need[:, None], state.room[None]) - before
    change: NDArray[np.float64] = left[:, None] + joined
    change += _CONFLICT_WEIGHT * (state.quarrels[inside] - state.quarrels[inside, pool][:, None])
    change[:, pool] = np.inf
    change[state.tabu[inside] > iteration] = np.inf
    return change


def _swap_gains(
    problem: Packing, state: _State, pool: int, inside: NDArray[np.int64], outside: NDArray[np.int64], iteration: int
) -> NDArray[np.float64]:
    home = state.pool_of[outside]
    delta = problem.demand[outside][None] - problem.demand[inside][:, None]
    before = _over(state.load, state.room)
    change: NDArray[np.float64] = _over(state.load[pool] + delta, state.room[pool]) - before[pool]
    change += _over(state.load[home][None] - delta, state.room[home][None]) - before[home]
    quarrels = state.quarrels
    pair = problem.conflict[np.ix_(inside, outside)]
    change += _CONFLICT_WEIGHT * (quarrels[inside][:, home] + quarrels[outside, pool] - 2.0 * pair)
    change -= _CONFLICT_WEIGHT * (quarrels[inside, pool][:, None] + quarrels[outside, home])
    change[(state.tabu[inside][:, home] > iteration) | (state.tabu[outside, pool] > iteration)] = np.inf
    return change


def _relocate(problem: Packing, state: _State, tenant: int, pool: int, iteration: int, rng: np.random.Generator) -> None:
    old = int(state.pool_of[tenant])
    state.load[old] -= problem.demand[tenant]
    state.load[pool] += problem.demand[tenant]
    state.quarrels[:, old] -= problem.conflict[tenant]
    state.quarrels[:, pool] += problem.conflict[tenant]
    state.pool_of[tenant] = pool
    state.tabu[tenant, old] = iteration + _TENURE + int(rng.integers(_TENURE))
