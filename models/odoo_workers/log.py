"""Service demand from Odoo's access log: what a request would take alone, and how it stretches beside others.

A logged duration is wall-clock residence at the load of that moment, not demand. The number in service that each request
shared the machine with is rebuilt from the log itself, and residence is regressed on it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.intervals import Interval, student_90
from models.odoo_workers.classes import RequestClass
from models.topology.resources import Resource
from models.topology.verdict import Reason, ReasonCode

HELD_BEYOND_LOG_S = 0.0015
"""Seconds a worker is held by a request beyond what its log line says: accept, parse, send, close.

Measured as the mean gap between two logged services of a worker with a waiting queue (Odoo 18.0-derived build, 2 cores, 2026-11).
"""
_FEWEST = 30
_BANDS = 4
_WEAK = 0.05
"""Correlation of the number met at the start with the mean one below which the former is no instrument for the latter."""


@dataclass(frozen=True, slots=True, eq=False)
class ServiceDemand:
    """What requests take when alone in service, with 90 % intervals."""

    unloaded_s: Interval
    """Seconds a worker is held by a request that shares the machine with no other, `HELD_BEYOND_LOG_S` included."""
    slope: Interval
    """Relative growth of that time for each further request in service."""
    highest_concurrency: float
    """99th percentile of the number in service the slope was seen on; the curve is extrapolation beyond it."""
    sql_share: float
    """Share of the logged time spent waiting for SQL."""
    classes: tuple[RequestClass, ...]
    """The kinds as request classes; SQL counts as database time, the rest as application CPU."""
    reasons: tuple[Reason, ...]
    """What the log cannot tell."""

    def residence_s(self, concurrency: float) -> float:
        """Return the mean seconds a worker is held with so many requests in service, at least 1."""
        return self.unloaded_s.mid * (1 + self.slope.mid * max(concurrency - 1, 0.0))


def concurrency_met(end_s: NDArray[np.float64], residence_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean number in service, itself included, while each request was served; shape (requests,)."""
    start = end_s - residence_s
    moments = np.concatenate((start, end_s))
    change = np.concatenate((np.ones(start.size), -np.ones(end_s.size)))
    order = np.argsort(moments, kind="stable")
    moments, level = moments[order], np.cumsum(change[order])
    area = np.concatenate(([0.0], np.cumsum(level[:-1] * np.diff(moments))))
    served = np.interp(end_s, moments, area) - np.interp(start, moments, area)
    return np.asarray(np.maximum(served / np.maximum(residence_s, 1e-9), 1.0))


def met_at_start(end_s: NDArray[np.float64], residence_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the number in service, itself included, when each service began; shape (requests,)."""
    start = end_s - residence_s
    begun = np.searchsorted(np.sort(start), start, side="right")
    ended = np.searchsorted(np.sort(end_s), start, side="right")
    return np.asarray(begun - ended, float)


def service_demand(
    end_s: NDArray[np.float64],
    sql_s: NDArray[np.float64],
    python_s: NDArray[np.float64],
    kind: NDArray[np.int64] | None = None,
    workers: int | None = None,
) -> ServiceDemand:
    """Return the demand of a request from the rows of one replica's access log.

    Parameters
    ----------
    end_s, sql_s, python_s
        Shape (requests,): when each service ended, seconds it waited for SQL, seconds of the rest.
    kind
        Shape (requests,): number of the kind of each request; None: bands of duration become the kinds.
    workers
        Workers of the replica: clocks of a millisecond let services of one worker overlap, but no more run at once; None: not known.

    Raises
    ------
    ValueError
        If the rows differ in length, hold negative or missing durations, or are fewer than 30.

    """
    end_s, sql_s, python_s = (np.asarray(column, float) for column in (end_s, sql_s, python_s))
    _check(end_s, sql_s, python_s)
    residence = sql_s + python_s + HELD_BEYOND_LOG_S
    concurrency, at_start = concurrency_met(end_s, residence), met_at_start(end_s, residence)
    if workers is not None:
        concurrency, at_start = np.minimum(concurrency, workers), np.minimum(at_start, workers)
    groups = np.zeros(end_s.size, int) if kind is None else np.unique(np.asarray(kind), return_inverse=True)[1]
    slope, alone = _common_slope(residence, concurrency, at_start, groups)
    unstretched = residence / (1 + slope.mid * (concurrency - 1))
    if kind is None:
        groups = _bands(unstretched)
    sql_share = float(sql_s.sum() / (sql_s.sum() + python_s.sum()))
    return ServiceDemand(
        unloaded_s=alone,
        slope=slope,
        highest_concurrency=float(np.quantile(concurrency, 0.99)),
        sql_share=sql_share,
        classes=_classes(unstretched, sql_s / residence, groups),
        reasons=_reasons(concurrency, slope, groups),
    )


def _check(*columns: NDArray[np.float64]) -> None:
    if len({column.shape for column in columns}) != 1 or columns[0].ndim != 1:
        raise ValueError(f"log columns have shapes {[column.shape for column in columns]}: give one value a request in each")
    if columns[0].size < _FEWEST:
        raise ValueError(f"the log has {columns[0].size} requests: at least {_FEWEST} are needed for a demand")
    if not all(np.isfinite(column).all() for column in columns) or (columns[1] < 0).any() or (columns[2] < 0).any():
        raise ValueError("log columns hold missing or negative times: drop those rows first")


def _common_slope(
    residence: NDArray[np.float64], concurrency: NDArray[np.float64], at_start: NDArray[np.float64], groups: NDArray[np.int64]
) -> tuple[Interval, Interval]:
    """Regress residence relative to its kind's mean on concurrency; one slope for all kinds, heteroscedastic errors.

    A short service is more often alone to its end than a long one of the same kind, whatever its demand costs beside
    others. The number it met at its start knows nothing of its length, so it serves as instrument (Wooldridge, Econometric
    Analysis of Cross Section and Panel Data, 2010, section 5.1).
    """
    kinds = int(groups.max()) + 1
    counts = np.bincount(groups, minlength=kinds)
    means = np.bincount(groups, residence, kinds) / counts
    relative = residence / means[groups] - 1
    beside, met = (value - 1 - (np.bincount(groups, value - 1, kinds) / counts)[groups] for value in (concurrency, at_start))
    together = float(met @ beside)
    width = student_90(residence.size - kinds - 1)
    mean_beside = float(np.average(concurrency - 1, weights=means[groups]))
    if together <= _WEAK * float(np.sqrt((met @ met) * (beside @ beside))) or together < 1e-9 * residence.size:
        error = width * float(residence.std() / np.sqrt(residence.size))
        alone = float(residence.mean())
        return Interval(0.0, 0.0, np.inf), Interval(max(alone - error, 0.0), alone, alone + error)
    raw = max(float(met @ relative) / together, 0.0)
    rest = relative - raw * beside
    error = width * float(np.sqrt((met**2) @ rest**2)) / together
    low, mid, high = (_per_unloaded(value, mean_beside) for value in (max(raw - error, 0.0), raw, raw + error))
    mean_error = width * float(np.sqrt((means[groups] * rest) @ (means[groups] * rest))) / residence.size
    mean = float(residence.mean())
    alone = mean / (1 + mid * mean_beside)
    around = float(np.hypot(mean_error / mean, (high - low) / 2 * mean_beside / (1 + mid * mean_beside))) * alone
    return Interval(low, mid, high), Interval(max(alone - around, 0.0), alone, alone + around)


def _per_unloaded(slope_of_mean: float, mean_beside: float) -> float:
    """Turn a slope relative to the mean into one relative to the value at concurrency one."""
    return slope_of_mean / max(1 - slope_of_mean * mean_beside, 0.05)


def _bands(seconds: NDArray[np.float64]) -> NDArray[np.int64]:
    """Split durations into bands of equal width in the logarithm, so that a long tail becomes kinds of its own."""
    logs = np.log(np.maximum(seconds, 1e-6))
    edges = np.linspace(logs.min(), logs.max(), _BANDS + 1)[1:-1]
    return np.asarray(np.unique(np.searchsorted(edges, logs), return_inverse=True)[1])


def _classes(seconds: NDArray[np.float64], sql_share: NDArray[np.float64], groups: NDArray[np.int64]) -> tuple[RequestClass, ...]:
    classes = []
    for group in range(int(groups.max()) + 1):
        chosen = groups == group
        mean = float(seconds[chosen].mean())
        database = mean * float(np.average(sql_share[chosen], weights=seconds[chosen]))
        scv = float(seconds[chosen].var()) / mean**2
        classes.append(RequestClass(f"kind {group}", float(chosen.mean()), mean - database, database, scv=scv))
    return tuple(classes)


def _reasons(concurrency: NDArray[np.float64], slope: Interval, groups: NDArray[np.int64]) -> tuple[Reason, ...]:
    busiest = float(np.quantile(concurrency, 0.99))
    rare = int((np.bincount(groups) < _FEWEST).sum())
    reasons = []
    if slope.high == np.inf:
        figures = {"growth_with_concurrency": 0.0, "highest_concurrency": busiest}
        reasons.append(Reason(ReasonCode.NOT_IDENTIFIED, Resource.CPU, figures=figures))
    else:
        reasons.append(Reason(ReasonCode.EXTRAPOLATED, Resource.CPU, figures={"beyond_concurrency": busiest}))
    if rare:
        figures = {"kinds_with_few_requests": float(rare), "fewest_requests": float(_FEWEST)}
        reasons.append(Reason(ReasonCode.NOT_IDENTIFIED, Resource.WORKER_TIME, figures=figures))
    return tuple(reasons)
