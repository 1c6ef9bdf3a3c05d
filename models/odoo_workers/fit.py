"""Fit a worker pool to measured load levels, and say what they cannot tell.

Demand is the service time at no load; how it grows with load is the model's, not a curve's: the share of it that needs the
processors decides. Both come from least squares on the levels; CPU seconds come from the utilisation law.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.intervals import Interval, student_90
from models.odoo_workers.classes import RequestClass
from models.odoo_workers.pool import Database, WorkerPool
from models.topology.resources import Resource
from models.topology.verdict import Reason, ReasonCode

COLLAPSED_SHORTFALL = 0.03
"""Share of offered requests that may go unanswered before a level with idle workers counts as collapsed (2026-11 traces: 0.11–0.5)."""
COLLAPSED_BUSY = 0.95
"""Share of busy workers below which unanswered requests cannot come from saturation."""
_DEFAULT_ERROR = 0.05
_ONE_LEVEL = 0.8
"""Levels whose lowest rate is above this share of the highest say nothing about growth with load."""
_UNIDENTIFIED = 0.5
LEAST_SHARE = 0.02
"""Smallest share of the service time that is looked for on the processors."""
KNOWING_NOTHING = 1.0
"""Information about a share that may be anything between 0 and 1: a variance of 1."""
_ROUNDS = 12


@dataclass(frozen=True, slots=True)
class LoadLevel:
    """What was measured while the load stayed the same."""

    arrival_rate: float
    """Offered requests per second of one replica."""
    mean_service_s: float
    """Mean seconds a worker was held by a request; not the response time."""
    requests: float | None = None
    """Requests behind the mean; None: unknown, its error is taken as 5 %."""
    scv: float | None = None
    """Squared coefficient of variation of the service time."""
    cpu_busy: float | None = None
    """Cores busy with the application, and with the database when it is on the same host."""
    database_s: float | None = None
    """Mean seconds a request waited for SQL."""
    throughput: float | None = None
    """Answered requests per second."""
    workers: int | None = None
    """Workers at this level; None: those of the pool."""


@dataclass(frozen=True, slots=True)
class PoolFit:
    """A pool fitted to levels; intervals are 90 %."""

    pool: WorkerPool
    """The fitted pool, one replica."""
    unloaded_s: Interval
    """Seconds a worker is held by a request alone."""
    cpu_s: Interval
    """CPU seconds of a request, the database's included when it is on the same host."""
    scv: Interval
    """Squared coefficient of variation of the service time."""
    base_cores: Interval
    """Cores busy without requests."""
    covariance: tuple[tuple[float, float], tuple[float, float]]
    """Joint error of unloaded seconds and of the share of them that is CPU."""
    predicted_service_s: tuple[float, ...]
    """What the pool gives at each level, collapsed ones included."""
    collapsed: tuple[int, ...]
    """Levels left out because the pool had collapsed."""
    highest_rate: float
    """Largest arrival rate used; beyond it the pool extrapolates."""
    reasons: tuple[Reason, ...]
    """What the levels do not identify."""

    def extrapolation(self, arrival_rate: float) -> float:
        """Return how far a rate lies beyond the largest one seen, as a share of that; 0 within."""
        return max(arrival_rate / self.highest_rate - 1, 0.0)


def fit_pool(
    levels: Sequence[LoadLevel],
    *,
    workers: int,
    cores: float,
    classes: tuple[RequestClass, ...] = (),
    database: Database = "same_host",
) -> PoolFit:
    """Fit unloaded service time and CPU share to levels of one replica.

    Parameters
    ----------
    levels
        Levels of constant load, any order; collapsed ones are found and left out.
    workers, cores
        Workers and processors of the replica.
    classes
        Kinds of requests whose proportions are kept and whose demands are scaled to the levels; none: one kind.
    database
        Where the database runs; only on the same host do its CPU seconds count in `cpu_busy`.

    Raises
    ------
    ValueError
        If no level is left to fit, or a level holds a rate or time that is not above 0.

    """
    _check(levels)
    collapsed = tuple(i for i, level in enumerate(levels) if has_collapsed(level, workers))
    used = [level for i, level in enumerate(levels) if i not in collapsed]
    if not used:
        raise ValueError(f"all {len(levels)} levels are collapsed: a fit needs a level in which the pool answered what was offered")
    cpu, base = _cpu_per_request(used)
    template = _Template(workers, max(cores - base.mid, cores * 0.05), classes, database, _sql_share(used), _scv(used).mid)
    solution = _least_squares(used, template, cpu)
    unloaded, share = solution.intervals()
    pool = template.pool(unloaded.mid, share.mid)
    return PoolFit(
        pool=pool,
        unloaded_s=unloaded,
        cpu_s=Interval(share.low * unloaded.low, share.mid * unloaded.mid, share.high * unloaded.high),
        scv=Interval(pool.mixture.scv, pool.mixture.scv, pool.mixture.scv) if classes else _scv(used),
        base_cores=base,
        covariance=solution.covariance,
        predicted_service_s=tuple(_predicted(level, template, unloaded.mid, share.mid) for level in levels),
        collapsed=collapsed,
        highest_rate=max(level.arrival_rate for level in used),
        reasons=_reasons(used, levels, collapsed, share, base),
    )


def has_collapsed(level: LoadLevel, workers: int) -> bool:
    """Tell whether requests went unanswered while workers were idle: another regime than saturation (metastable)."""
    if level.throughput is None:
        return False
    busy = level.throughput * level.mean_service_s / (level.workers or workers)
    return level.throughput < (1 - COLLAPSED_SHORTFALL) * level.arrival_rate and busy < COLLAPSED_BUSY


@dataclass(frozen=True, slots=True)
class _Template:
    workers: int
    cores: float
    classes: tuple[RequestClass, ...]
    database: Database
    sql_share: float
    scv: float

    def pool(self, unloaded_s: float, cpu_share: float) -> WorkerPool:
        """Return the pool with this unloaded time, of which `cpu_share` needs the processors."""
        kinds = self.classes or (RequestClass("all", 1.0, 1.0, scv=self.scv),)
        mean = sum(kind.share * kind.unloaded_s(0.0) for kind in kinds)
        scaled = tuple(self._scale(kind, unloaded_s / mean, cpu_share) for kind in kinds)
        return WorkerPool(self.workers, self.cores, classes=scaled, database=self.database)

    def _scale(self, kind: RequestClass, factor: float, cpu_share: float) -> RequestClass:
        total = kind.unloaded_s(0.0) * factor
        busy = total * cpu_share
        if self.database != "same_host":
            database = min(total * self.sql_share, total - busy)
            return replace(kind, cpu_s=busy, database_s=database, delay_s=total - busy - database)
        return replace(kind, cpu_s=busy * (1 - self.sql_share), database_s=busy * self.sql_share, delay_s=total - busy)


def _check(levels: Sequence[LoadLevel]) -> None:
    if not levels:
        raise ValueError("levels is empty: a fit needs at least one measured load level")
    for place, level in enumerate(levels):
        for name in ("arrival_rate", "mean_service_s"):
            value = getattr(level, name)
            if not (math.isfinite(value) and value > 0):
                raise ValueError(f"{name} of level {place} is {value}: give a finite number above 0, or leave the level out")


def _sql_share(levels: Sequence[LoadLevel]) -> float:
    shares = [min(level.database_s / level.mean_service_s, 1.0) for level in levels if level.database_s is not None]
    return float(np.mean(shares)) if shares else 0.0


def _scv(levels: Sequence[LoadLevel]) -> Interval:
    known = [(level.scv, level.requests or 1.0) for level in levels if level.scv is not None]
    if not known:
        return Interval(0.0, 1.0, math.inf)
    values, weights = (np.array(column) for column in zip(*known, strict=True))
    mid = float(np.average(values, weights=weights))
    if len(known) == 1:
        return Interval(mid / 2, mid, mid * 2)
    variance = float(np.average((values - mid) ** 2, weights=weights)) * float((weights**2).sum() / weights.sum() ** 2)
    around = student_90(len(known) - 1) * math.sqrt(variance * len(known) / (len(known) - 1))
    return Interval(max(mid - around, 0.0), mid, mid + around)


def _cpu_per_request(levels: Sequence[LoadLevel]) -> tuple[Interval | None, Interval]:
    """Return CPU seconds of a request and the cores busy without any: a line through the levels, neither end negative."""
    known = [(level.throughput or level.arrival_rate, level.cpu_busy) for level in levels if level.cpu_busy is not None]
    nothing = Interval(0.0, 0.0, 0.0)
    if not known:
        return None, nothing
    rate, busy = (np.array(column, float) for column in zip(*known, strict=True))
    through_zero = float(rate @ busy / (rate @ rate))
    if len(known) < 3 or np.ptp(rate) < 0.2 * rate.max():
        return Interval(0.0, through_zero, through_zero), Interval(0.0, 0.0, float(busy.min()))
    design = np.column_stack((np.ones(rate.size), rate))
    (base, slope), *_ = np.linalg.lstsq(design, busy, rcond=None)
    if base < 0 or slope < 0:
        base, slope = 0.0, through_zero
    rest = busy - base - slope * rate
    covariance = float(rest @ rest) / (len(known) - 2) * np.linalg.inv(design.T @ design)
    width = student_90(len(known) - 2) * np.sqrt(np.diag(covariance))
    return _around(float(slope), float(width[1])), _around(float(base), float(width[0]))


def _around(mid: float, width: float) -> Interval:
    return Interval(max(mid - width, 0.0), mid, mid + width)


def _errors(levels: Sequence[LoadLevel]) -> NDArray[np.float64]:
    """Return the standard error of each mean service time, seconds."""
    relative = [_DEFAULT_ERROR if level.requests is None else math.sqrt((level.scv or 1.0) / level.requests) for level in levels]
    return np.asarray(np.array(relative) * np.array([level.mean_service_s for level in levels]))


def _predicted(level: LoadLevel, template: _Template, unloaded_s: float, cpu_share: float) -> float:
    pool = replace(template, workers=level.workers or template.workers).pool(unloaded_s, cpu_share)
    return pool.at(level.arrival_rate).mean_service_s


@dataclass(frozen=True, slots=True)
class _Solution:
    unloaded_s: float
    share: float
    covariance: tuple[tuple[float, float], tuple[float, float]]
    freedom: int

    def intervals(self) -> tuple[Interval, Interval]:
        """Return unloaded seconds and CPU share with their 90 % intervals, cut at what is possible."""
        wide, wide_share = (student_90(self.freedom) * math.sqrt(self.covariance[place][place]) for place in (0, 1))
        unloaded = Interval(max(self.unloaded_s - wide, 0.0), self.unloaded_s, self.unloaded_s + wide)
        return unloaded, Interval(max(self.share - wide_share, 0.0), self.share, min(self.share + wide_share, 1.0))


def _least_squares(levels: Sequence[LoadLevel], template: _Template, cpu: Interval | None) -> _Solution:
    """Return unloaded seconds and the share of them that needs processors: Gauss–Newton, CPU seconds as one more observation."""
    measured, errors = np.array([level.mean_service_s for level in levels]), _errors(levels)
    cpu_error = max((cpu.high - cpu.low) / 3.3, 0.02 * cpu.mid) if cpu else math.inf

    def misfit(point: NDArray[np.float64]) -> NDArray[np.float64]:
        given = np.array([_predicted(level, template, *point) for level in levels])
        extra = [(cpu.mid - point[0] * point[1]) / cpu_error] if cpu else []
        return np.concatenate(((measured - given) / errors, extra))

    lowest = float(measured.min())
    point = np.array([lowest, min(cpu.mid / lowest, 1.0) if cpu else 0.8])
    for _ in range(_ROUNDS):
        moved = _step(point, misfit(point), _slopes(misfit, point))
        done = np.abs(moved / point - 1).max() < 1e-5
        point = moved
        if done:
            break
    return _solution(point, misfit(point), _slopes(misfit, point))


def _step(point: NDArray[np.float64], here: NDArray[np.float64], slopes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the next point; a share that would leave its range is held at the end and the seconds follow alone."""
    step = np.linalg.lstsq(slopes, -here, rcond=None)[0]
    share = min(max(point[1] + step[1], LEAST_SHARE), 1.0)
    if share != point[1] + step[1]:
        rest = here + slopes[:, 1] * (share - point[1])
        step[0] = -(slopes[:, 0] @ rest) / (slopes[:, 0] @ slopes[:, 0])
    return np.array([max(point[0] + step[0], point[0] / 2), share])


def _slopes(misfit: Callable[[NDArray[np.float64]], NDArray[np.float64]], point: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the derivatives of the misfit, shape (observations, 2); towards smaller shares, which always exist."""
    steps = np.array([point[0] * 1e-4, -1e-4])
    here = misfit(point)
    moved = [misfit(point + step) for step in np.diag(steps)]
    return np.asarray((np.array(moved) - here).T / steps, float)


def _solution(point: NDArray[np.float64], here: NDArray[np.float64], slopes: NDArray[np.float64]) -> _Solution:
    freedom = here.size - 2
    scale = max(float(here @ here) / freedom, 1.0) if freedom > 0 else 1.0
    (a, b), (_, d) = (slopes.T @ slopes / scale + np.diag([0.0, KNOWING_NOTHING])).tolist()
    inverse = 1 / (a * d - b * b)
    return _Solution(float(point[0]), float(point[1]), ((d * inverse, -b * inverse), (-b * inverse, a * inverse)), max(freedom, 1))


def _reasons(
    used: Sequence[LoadLevel], levels: Sequence[LoadLevel], collapsed: tuple[int, ...], share: Interval, base: Interval
) -> tuple[Reason, ...]:
    reasons = []
    if collapsed:
        figures = {"collapsed_levels": float(len(collapsed)), "of_levels": float(len(levels))}
        figures["collapsed_at_per_s"] = min(levels[place].arrival_rate for place in collapsed)
        reasons.append(Reason(ReasonCode.UNSTABLE, Resource.WORKER_TIME, figures=figures))
    rates = [level.arrival_rate for level in used]
    if min(rates) > _ONE_LEVEL * max(rates):
        figures = {"levels": float(len(used)), "lowest_per_s": min(rates), "highest_per_s": max(rates)}
        reasons.append(Reason(ReasonCode.NO_DATA, Resource.WORKER_TIME, figures=figures))
    if share.high - share.low > _UNIDENTIFIED:
        reasons.append(Reason(ReasonCode.NO_DATA, Resource.CPU, figures={"cpu_share_low": share.low, "cpu_share_high": share.high}))
    if any(level.cpu_busy is None for level in used):
        reasons.append(Reason(ReasonCode.NOT_CHECKED, Resource.CPU, figures={"levels_without_cpu": 1.0, "base_cores": base.mid}))
    if all(level.scv is None for level in used):
        reasons.append(Reason(ReasonCode.ASSUMED, Resource.WORKER_TIME, figures={"scv": 1.0}))
    return tuple(reasons)
