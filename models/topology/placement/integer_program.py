"""Integer programs by HiGHS: bounded by nodes instead of time, silent, and never trusted without a look."""

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

import numpy as np
from numpy.typing import NDArray

_STDOUT = 1
_SILENCE = Lock()
_TOLERANCE = 1e-6


def minimise(
    cost: NDArray[np.float64],
    rows: NDArray[np.float64],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    most: int,
    nodes: int,
) -> tuple[NDArray[np.int64] | None, float]:
    """Return whole numbers 0 … most that minimise cost @ x with low <= rows @ x <= high, and a proven lower bound.

    None if no solution was found within `nodes` of branch and bound. Solutions are rounded and checked here, because the
    solver is known to return infeasible ones as optimal (scipy issue 24141).
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    scale = float(np.abs(cost).max()) or 1.0
    with _silent_stdout():
        answer = milp(
            cost / scale,
            integrality=np.ones(len(cost), dtype=np.int64),
            bounds=Bounds(0, most),
            constraints=LinearConstraint(rows, low, high),
            options={"node_limit": nodes, "mip_rel_gap": 1e-7},
        )
    bound = -np.inf if answer.mip_dual_bound is None else float(answer.mip_dual_bound) * scale
    if answer.x is None:
        return None, bound
    x = np.rint(answer.x).astype(np.int64)
    value = rows @ x
    slack = _TOLERANCE * (1 + np.abs(value))
    feasible = bool(((value >= low - slack) & (value <= high + slack)).all())
    return (x, min(bound, float(cost @ x))) if feasible else (None, bound)


@contextmanager
def _silent_stdout() -> Iterator[None]:
    """Swallow what the solver prints with C's printf whatever its options say (HiGHS.jl issue 312): stdout is data."""
    with _SILENCE:
        try:
            kept = os.dup(_STDOUT)
        except OSError:
            yield
            return
        library = ctypes.CDLL(None)
        library.fflush(None)
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, _STDOUT)
        os.close(nowhere)
        try:
            yield
        finally:
            library.fflush(None)
            os.dup2(kept, _STDOUT)
            os.close(kept)
