"""The parameters of a pool that explain its levels best, with their joint error."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.odoo_workers.classes import RequestClass
from models.odoo_workers.equilibrium import lowest
from models.odoo_workers.levels import LoadLevel
from models.odoo_workers.pool import Database, WorkerPool

RUN_ERROR = 0.03
"""Relative spread between runs of one load beyond sampling (caches, table growth, neighbours; repeated runs of 2026-11)."""
UNKNOWN_ERROR = 0.05
"""Relative error of a mean whose number of requests nobody gave."""
SHARE_SPREAD = 0.05
"""Belief about time in service that is not computing: with the database on the same host and its pages in memory there is little."""
ACCOUNTING_SPREAD = 0.1
"""Systematic error of CPU seconds accounted to processes, a belief: interrupts and what a switch costs the next one are left out."""
KNOWING_NOTHING = 1.0
"""Standard deviation of a share that may be anything between 0 and 1."""
UNEVEN_SPREAD = 0.1
"""Belief about blind placement on processors: schedulers balance most of it away."""
LEAST_SHARE = 0.02
"""Smallest share of the service time that is looked for on the processors."""
_MOST_UNEVEN = 0.6
_FREE_CORES = 0.05


class Parameters(NamedTuple):
    """What is fitted."""

    unloaded_s: float
    """Seconds a worker is held by a request alone."""
    cpu_share: float
    """Share of them spent on the processors of the application's host."""
    uneven: float
    """Share of the time in which requests lie on processors blindly."""
    base_cores: float
    """Cores busy without any request."""


_FITTED = len(Parameters._fields)


@dataclass(frozen=True, slots=True)
class Template:
    """What of the pool is known beforehand."""

    workers: int
    cores: float
    classes: tuple[RequestClass, ...]
    database: Database
    sql_share: float
    scv: float
    foreign_cores: float = 0.0
    """Cores other programs take."""

    @property
    def share_belief(self) -> tuple[float, float]:
        """Expected CPU share before any level is seen, and its standard deviation."""
        return (1.0, SHARE_SPREAD) if self.database == "same_host" else (max(1 - self.sql_share, 0.1), KNOWING_NOTHING)

    def pool(self, point: Parameters) -> WorkerPool:
        """Return the pool with these parameters."""
        kinds = self.classes or (RequestClass("all", 1.0, 1.0, scv=self.scv),)
        mean = sum(kind.share * kind.unloaded_s(0.0) for kind in kinds)
        scaled = tuple(self._scale(kind, point.unloaded_s / mean, point.cpu_share) for kind in kinds)
        cores = max(self.cores - point.base_cores - self.foreign_cores, _FREE_CORES * self.cores)
        return WorkerPool(self.workers, cores, classes=scaled, database=self.database, uneven=point.uneven, core_speed=1.0)

    def at(self, level: LoadLevel) -> "Template":
        """Return the template of one level, whose workers and neighbours may differ."""
        return replace(self, workers=level.workers or self.workers, foreign_cores=level.foreign_cores)

    def _scale(self, kind: RequestClass, factor: float, cpu_share: float) -> RequestClass:
        total = kind.unloaded_s(0.0) * factor
        busy = min(total * cpu_share, total)
        if self.database != "same_host":
            database = min(total * self.sql_share, total - busy)
            return replace(kind, cpu_s=busy, database_s=database, io_reads=0.0, delay_s=max(total - busy - database, 0.0))
        database = busy * self.sql_share
        return replace(kind, cpu_s=busy - database, database_s=database, io_reads=0.0, delay_s=total - busy)


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """The best parameters with their joint error."""

    point: Parameters
    covariance: NDArray[np.float64]
    """Shape (4, 4)."""
    freedom: int


def service_s(template: Template, point: Parameters, level: LoadLevel) -> float:
    """Return the mean seconds a worker is held at a level."""
    pool = template.at(level).pool(point)
    state = lowest(pool, level.arrival_rate).state
    return state.busy(pool.workers) / (state.attempt_rate * (1 - float(state.seen[-1])))


def solve(levels: Sequence[LoadLevel], template: Template) -> Solution:
    """Fit by non-linear least squares: service times, processor seconds, and what is believed of shares beforehand.

    A run with more heavy requests than others has longer services and more CPU by one factor, so CPU is compared at the
    measured service time: its ratio to the service time tells how much of the growth is waiting for a processor.
    """
    from scipy.optimize import least_squares

    times = np.array([level.mean_service_s for level in levels])
    errors = _service_errors(levels)
    seen = [place for place, level in enumerate(levels) if level.cpu_busy is not None]
    belief, spread = template.share_belief

    def misfit(vector: NDArray[np.float64]) -> NDArray[np.float64]:
        point = Parameters(*vector[:_FITTED].tolist())
        accounted = float(vector[-1])
        given = np.array([service_s(template, point, level) for level in levels])
        cpu = [_cpu_misfit(levels[place], point, accounted * times[place] / given[place]) for place in seen]
        beliefs = [_yielding((point.cpu_share - belief) / spread), point.uneven / UNEVEN_SPREAD, point.base_cores / template.cores]
        beliefs.append((accounted - 1) / ACCOUNTING_SPREAD)
        return np.concatenate(((times - given) / errors, cpu, beliefs))

    most_base = min((0.9 * (levels[place].cpu_busy or 0.0) for place in seen), default=0.0)
    low = np.array([times.min() / 20, LEAST_SHARE, 0.0, 0.0, 0.5])
    high = np.array([times.max() * 2, 1.0, _MOST_UNEVEN, min(max(most_base, 1e-6), 0.9 * template.cores), 1.5])
    start = np.array([times.min(), min(belief, 0.9), 0.05, high[3] / 10, 1.0])
    found = least_squares(misfit, start, bounds=(low, high), x_scale=np.array([start[0], 0.3, 0.1, 0.1, 0.1]), xtol=1e-7, ftol=1e-10)
    freedom = times.size + len(seen) - (4 if seen else 3)
    measured = np.asarray(found.fun, dtype=float)[: times.size + len(seen)]
    scale = max(float(measured @ measured) / freedom, 1.0) if freedom > 0 else 1.0
    slopes = np.array(found.jac, dtype=float)
    slopes[: measured.size] /= math.sqrt(scale)
    covariance = np.linalg.pinv(slopes.T @ slopes)[:_FITTED, :_FITTED]
    return Solution(Parameters(*found.x[:_FITTED].tolist()), np.asarray((covariance + covariance.T) / 2), max(freedom, 1))


def _service_errors(levels: Sequence[LoadLevel]) -> NDArray[np.float64]:
    """Return the standard error of each mean service time, seconds."""
    sampling = [UNKNOWN_ERROR if level.requests is None else math.sqrt((level.scv or 1.0) / level.requests) for level in levels]
    return np.asarray(np.hypot(sampling, RUN_ERROR) * np.array([level.mean_service_s for level in levels]))


def _cpu_misfit(level: LoadLevel, point: Parameters, accounted: float) -> float:
    """Return the deviation in errors; `accounted` is what this run needed and the kernel counted of it, as a share."""
    rate = level.arrival_rate if level.throughput is None else level.throughput
    given = point.base_cores + rate * point.unloaded_s * point.cpu_share * accounted
    busy = level.cpu_busy or 0.0
    return (busy - given) / (RUN_ERROR * max(busy, 1e-3))


def _yielding(deviation: float) -> float:
    """Return the misfit of a belief that gives way to clear data: that of a Cauchy law, linear near 0 and all but flat far off."""
    return math.copysign(math.sqrt(math.log1p(deviation**2)), deviation)
