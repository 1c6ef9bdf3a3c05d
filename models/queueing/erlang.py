"""Erlang's loss and delay formulas and the closed forms of the M/M/c queue."""

from typing import overload

import numpy as np

from models.queueing.arrays import FloatArray, IntArray


@overload
def erlang_b(offered_load: float, servers: int) -> float: ...
@overload
def erlang_b(offered_load: FloatArray, servers: int | IntArray) -> FloatArray: ...
@overload
def erlang_b(offered_load: float, servers: IntArray) -> FloatArray: ...
def erlang_b(offered_load: float | FloatArray, servers: int | IntArray) -> float | FloatArray:
    """Return the probability that an arrival is lost when all servers are busy and nobody waits.

    `offered_load` in erlangs (arrival rate times mean service time, >= 0) and `servers` (whole, >= 0) broadcast; scalars give a float.
    Recursion B(k) = a B(k-1) / (k + a B(k-1)), stable to 1e5 servers (Jagerman 1974).
    """
    if np.ndim(offered_load) == 0 and np.ndim(servers) == 0:
        return _one_erlang_b(*_checked_one(offered_load, servers))
    load, count = _checked(offered_load, servers)
    loss, answer = np.ones_like(load), np.ones_like(load)
    for k in range(1, int(count.max(initial=0)) + 1):
        loss = load * loss / (k + load * loss)
        answer = np.where(count == k, loss, answer)
    return answer


@overload
def erlang_c(offered_load: float, servers: int) -> float: ...
@overload
def erlang_c(offered_load: FloatArray, servers: int | IntArray) -> FloatArray: ...
@overload
def erlang_c(offered_load: float, servers: IntArray) -> FloatArray: ...
def erlang_c(offered_load: float | FloatArray, servers: int | IntArray) -> float | FloatArray:
    """Return the probability that an arrival has to wait in M/M/c; 1 when the offered load reaches the servers.

    Arguments and errors as `erlang_b`. C = B / (1 - rho (1 - B)) (Cooper 1981, section 3.4).
    """
    if np.ndim(offered_load) == 0 and np.ndim(servers) == 0:
        load, count = _checked_one(offered_load, servers)
        if load >= count:
            return 1.0
        loss = _one_erlang_b(load, count)
        return loss / (1 - load / count * (1 - loss))
    loads, counts = _checked(offered_load, servers)
    losses = erlang_b(loads, counts)
    rho = np.minimum(loads / np.maximum(counts, 1), 1.0)
    delayed = losses / np.maximum(1 - rho * (1 - losses), np.finfo(float).tiny)
    return np.where(loads >= counts, 1.0, delayed)


def mean_wait_mmc(arrival_rate: float, service_s: float, servers: int) -> float:
    """Return the mean wait in seconds of M/M/c over all arrivals; infinite without a steady state."""
    load = arrival_rate * service_s
    if load >= servers:
        return np.inf
    return erlang_c(load, servers) * service_s / (servers - load)


def _one_erlang_b(load: float, servers: int) -> float:
    loss = 1.0
    for k in range(1, servers + 1):
        loss = load * loss / (k + load * loss)
    return loss


def _checked_one(offered_load: float | FloatArray, servers: int | IntArray) -> tuple[float, int]:
    load, count = float(offered_load), int(servers)
    if not 0 <= load < np.inf:
        raise ValueError(f"offered_load={offered_load!r} must be finite and at least 0 erlangs")
    if count != servers or count < 0:
        raise ValueError(f"servers={servers!r} must be a whole number of at least 0")
    return load, count


def _checked(offered_load: float | FloatArray, servers: int | IntArray) -> tuple[FloatArray, IntArray]:
    load, given = np.broadcast_arrays(np.asarray(offered_load, dtype=float), np.asarray(servers))
    count = given.astype(np.int64)
    if not np.all((load >= 0) & np.isfinite(load)):
        raise ValueError(f"offered_load={offered_load!r} must be finite and at least 0 erlangs everywhere")
    if np.any(count != given) or np.any(count < 0):
        raise ValueError(f"servers={servers!r} must be whole numbers of at least 0")
    return load, count
