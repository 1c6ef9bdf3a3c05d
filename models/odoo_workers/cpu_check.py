"""A second opinion on demand: CPU seconds a second as a sum over the rates of the kinds of requests."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.intervals import Interval, student_90
from models.topology.resources import Resource
from models.topology.verdict import Reason, ReasonCode

SHOWN_DIFFERENCE = 0.2
"""Relative difference of two estimates of demand from which it is shown."""
_TOGETHER = 0.98
"""Correlation of two rates from which their requests cannot be told apart."""


@dataclass(frozen=True, slots=True)
class CpuCheck:
    """CPU seconds of each kind by non-negative least squares."""

    cpu_s: tuple[Interval, ...]
    """CPU seconds of a request of each kind, 90 %."""
    base_cores: Interval
    """Cores busy without requests."""
    mean_s: float
    """CPU seconds of an average request."""
    difference: float
    """Relative difference of that from what the log says; positive when the processors were busier."""
    reasons: tuple[Reason, ...]
    """A difference worth looking at, and kinds whose rates move together."""


def check_cpu(cpu_busy: NDArray[np.float64], rates: NDArray[np.float64], logged_s: NDArray[np.float64]) -> CpuCheck:
    """Compare demand from a log with measured processor time.

    Parameters
    ----------
    cpu_busy
        Shape (intervals,): cores busy with the application (and the database on the same host).
    rates
        Shape (intervals, kinds): requests per second of each kind.
    logged_s
        Shape (kinds,): CPU seconds of a request of each kind according to the log.

    Raises
    ------
    ValueError
        If shapes disagree, values are negative or missing, or there are too few intervals for the kinds.

    """
    from scipy.optimize import nnls

    busy, rates, logged = (np.asarray(value, float) for value in (cpu_busy, rates, logged_s))
    _check(busy, rates, logged)
    design = np.column_stack((np.ones(busy.size), rates))
    point = np.asarray(nnls(design, busy)[0], float)
    used = point > 0
    rest = busy - design @ point
    freedom = max(busy.size - int(used.sum()), 1)
    errors = np.zeros(point.size)
    covariance = np.linalg.pinv(design[:, used].T @ design[:, used]) * float(rest @ rest) / freedom
    errors[used] = np.sqrt(np.diag(covariance))
    width = student_90(freedom)
    base, *kinds = (Interval(max(mid - width * error, 0.0), mid, mid + width * error) for mid, error in zip(point, errors, strict=True))
    share = rates.sum(axis=0) / rates.sum()
    mean, expected = float(share @ point[1:]), float(share @ logged)
    difference = mean / expected - 1
    return CpuCheck(tuple(kinds), base, mean, difference, (*_far(mean, expected, difference), *_together(rates)))


def _far(mean: float, expected: float, difference: float) -> tuple[Reason, ...]:
    if abs(difference) <= SHOWN_DIFFERENCE:
        return ()
    figures = {"cpu_s_of_processors": mean, "cpu_s_of_log": expected, "relative_difference": difference}
    return (Reason(ReasonCode.ASSUMED, Resource.CPU, figures=figures),)


def _together(rates: NDArray[np.float64]) -> tuple[Reason, ...]:
    """Name the kinds whose rates rise and fall as one, or never change: their demands are known in sum only."""
    still = np.ptp(rates, axis=0) <= 1e-9 * np.maximum(rates.max(axis=0), 1e-300)
    reasons = [
        Reason(ReasonCode.NOT_SEPARABLE, Resource.CPU, figures={"kind": float(kind), "from_base_cores": 1.0})
        for kind in np.flatnonzero(still).tolist()
    ]
    moving = np.flatnonzero(~still)
    if moving.size > 1:
        alike = np.asarray(np.corrcoef(rates[:, moving].T), float).reshape(moving.size, moving.size)
        for one, other in np.argwhere(np.triu(alike, 1) > _TOGETHER).tolist():
            figures = {"kind": float(moving[one]), "other_kind": float(moving[other]), "correlation": float(alike[one, other])}
            reasons.append(Reason(ReasonCode.NOT_SEPARABLE, Resource.CPU, figures=figures))
    return tuple(reasons)


def _check(busy: NDArray[np.float64], rates: NDArray[np.float64], logged: NDArray[np.float64]) -> None:
    if busy.ndim != 1 or rates.ndim != 2 or rates.shape != (busy.size, logged.size):
        raise ValueError(
            f"cpu_busy {busy.shape}, rates {rates.shape}, logged_s {logged.shape}: give (intervals,), (intervals, kinds), (kinds,)"
        )
    if busy.size < logged.size + 2:
        raise ValueError(f"{busy.size} intervals for {logged.size} kinds and the base: give at least {logged.size + 2}")
    if not all((np.isfinite(value) & (value >= 0)).all() for value in (busy, rates, logged)) or not rates.sum() > 0:
        raise ValueError("cpu_busy, rates or logged_s hold missing or negative values: leave such intervals out and give rates above 0")
    if not float(rates.sum(axis=0) @ logged) > 0:
        raise ValueError("logged_s is 0 for every kind that was asked for: give the CPU seconds of the log")
