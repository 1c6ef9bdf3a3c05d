"""Fit a worker pool to measured load levels, and say what they cannot tell.

Demand is the service time at no load; how it grows with load is the model's, not a curve's: the share of it that needs the
processors decides, and how evenly requests lie on them.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.intervals import Interval, student_90
from models.odoo_workers.classes import RequestClass
from models.odoo_workers.draws import drawn_pools
from models.odoo_workers.least_squares import UNEVEN_SPREAD, Parameters, Solution, Template, service_s, solve
from models.odoo_workers.levels import LoadLevel, check_levels, has_collapsed
from models.odoo_workers.pool import Database, WorkerPool
from models.topology.resources import Resource
from models.topology.verdict import Reason, ReasonCode

_ONE_LEVEL = 0.8
"""Levels whose lowest rate is above this share of the highest say nothing about growth with load."""
_UNIDENTIFIED = 0.5
"""Width of a share's interval, or part of the belief's width, from which the levels are said not to determine it."""


@dataclass(frozen=True, slots=True)
class PoolFit:
    """A pool fitted to levels; intervals are 90 %."""

    pool: WorkerPool
    """The fitted pool, one replica, on the processors that base load and other programs leave."""
    unloaded_s: Interval
    """Seconds a worker is held by a request alone."""
    cpu_s: Interval
    """CPU seconds of a request, the database's included when it is on the same host."""
    uneven: Interval
    """Share of the time in which requests lie on processors blindly."""
    scv: Interval
    """Squared coefficient of variation of the service time."""
    base_cores: Interval
    """Cores busy without requests."""
    covariance: tuple[tuple[float, ...], ...]
    """Joint error of unloaded seconds, CPU share, uneven share and base cores."""
    template: Template
    """What was taken as known."""
    predicted_service_s: tuple[float, ...]
    """What the pool gives at each level, collapsed ones included."""
    collapsed: tuple[int, ...]
    """Levels left out because the pool had collapsed."""
    highest_rate: float
    """Largest arrival rate used; beyond it the pool extrapolates."""
    most_workers: int
    """Largest number of workers at the levels used; more of them extrapolate."""
    reasons: tuple[Reason, ...]
    """What the levels do not identify."""

    def extrapolation(self, arrival_rate: float) -> float:
        """Return how far a rate lies beyond the largest one seen, as a share of that; 0 within."""
        return max(arrival_rate / self.highest_rate - 1, 0.0)

    def beyond(self, arrival_rate: float, workers: int) -> tuple[Reason, ...]:
        """Return why a prediction for this rate and number of workers rests on the model and not on what was seen."""
        figures: dict[str, float] = {}
        if arrival_rate > self.highest_rate:
            figures |= {"arrival_rate_per_s": arrival_rate, "highest_seen_per_s": self.highest_rate}
        if workers > self.most_workers:
            figures |= {"workers": float(workers), "most_workers_seen": float(self.most_workers)}
        return (Reason(ReasonCode.EXTRAPOLATED, Resource.WORKER_TIME, figures=figures),) if figures else ()

    def draws(self, paths: int, seed: int) -> tuple[WorkerPool, ...]:
        """Return one pool a path from the joint error of all parameters; see `draws.drawn_pools`."""
        point = Parameters(self.unloaded_s.mid, self.cpu_s.mid / self.unloaded_s.mid, self.uneven.mid, self.base_cores.mid)
        return drawn_pools(self.template, point, np.array(self.covariance), self.scv, paths, seed)


def fit_pool(
    levels: Sequence[LoadLevel],
    *,
    workers: int,
    cores: float,
    classes: tuple[RequestClass, ...] = (),
    database: Database = "same_host",
) -> PoolFit:
    """Fit unloaded service time, CPU share, evenness and base load to levels of one replica.

    Parameters
    ----------
    levels
        Levels of constant load, any order; collapsed ones are found and left out.
    workers, cores
        Workers and processors of the replica; this machine becomes the reference of processor speed.
    classes
        Kinds of requests whose proportions are kept and whose demands are scaled to the levels; none: one kind.
    database
        Where the database runs; only on the same host do its CPU seconds count in `cpu_busy`.

    Raises
    ------
    ValueError
        If no level is left to fit, or a level holds a rate or time that is not above 0.

    """
    check_levels(levels)
    collapsed = tuple(i for i, level in enumerate(levels) if has_collapsed(level, workers))
    used = [level for i, level in enumerate(levels) if i not in collapsed]
    if not used:
        raise ValueError(f"all {len(levels)} levels are collapsed: a fit needs a level in which the pool answered what was offered")
    foreign = float(np.mean([level.foreign_cores for level in used]))
    template = Template(workers, cores, classes, database, _sql_share(used), _scv(used).mid, foreign)
    solution = solve(used, template)
    pool = template.pool(solution.point)
    unloaded, share, uneven, base = _intervals(solution)
    return PoolFit(
        pool=pool,
        unloaded_s=unloaded,
        cpu_s=_product(solution, unloaded),
        uneven=uneven,
        scv=Interval(pool.mixture.scv, pool.mixture.scv, pool.mixture.scv) if classes else _scv(used),
        base_cores=base,
        covariance=tuple(tuple(row) for row in solution.covariance.tolist()),
        template=template,
        predicted_service_s=tuple(service_s(template, solution.point, level) for level in levels),
        collapsed=collapsed,
        highest_rate=max(level.arrival_rate for level in used),
        most_workers=max(level.workers or workers for level in used),
        reasons=(*_of_collapse(levels, collapsed), *_of_levels(used), *_of_parameters(used, share, uneven)),
    )


def _intervals(solution: Solution) -> tuple[Interval, Interval, Interval, Interval]:
    """Return the parameters with their 90 % intervals, cut at what is possible."""
    width = student_90(solution.freedom) * np.sqrt(np.diag(solution.covariance))
    most = (math.inf, 1.0, 1.0, math.inf)
    unloaded, share, uneven, base = (
        Interval(max(mid - wide, 0.0), mid, min(mid + wide, top))
        for mid, wide, top in zip(solution.point, width.tolist(), most, strict=True)
    )
    return unloaded, share, uneven, base


def _product(solution: Solution, unloaded: Interval) -> Interval:
    """Return CPU seconds: unloaded seconds times CPU share, with the joint error of both."""
    seconds, share = solution.point.unloaded_s, solution.point.cpu_share
    slopes = np.array([share, seconds, 0.0, 0.0])
    wide = student_90(solution.freedom) * math.sqrt(max(float(slopes @ solution.covariance @ slopes), 0.0))
    mid = seconds * share
    return Interval(max(mid - wide, 0.0), mid, max(min(mid + wide, unloaded.high), mid))


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


def _of_collapse(levels: Sequence[LoadLevel], collapsed: tuple[int, ...]) -> tuple[Reason, ...]:
    if not collapsed:
        return ()
    figures = {"collapsed_levels": float(len(collapsed)), "of_levels": float(len(levels))}
    figures["collapsed_at_per_s"] = min(levels[place].arrival_rate for place in collapsed)
    return (Reason(ReasonCode.COLLAPSED, Resource.WORKER_TIME, figures=figures),)


def _of_levels(used: Sequence[LoadLevel]) -> tuple[Reason, ...]:
    reasons = []
    rates = [level.arrival_rate for level in used]
    if min(rates) > _ONE_LEVEL * max(rates):
        figures = {"levels": float(len(used)), "lowest_per_s": min(rates), "highest_per_s": max(rates)}
        reasons.append(Reason(ReasonCode.NOT_IDENTIFIED, Resource.WORKER_TIME, figures={"growth_with_load": 0.0, **figures}))
        if any(level.cpu_busy is not None for level in used):
            reasons.append(Reason(ReasonCode.NOT_SEPARABLE, Resource.CPU, figures={"base_cores_from_cpu_s": 0.0, **figures}))
    unseen = sum(level.cpu_busy is None for level in used)
    if unseen:
        reasons.append(Reason(ReasonCode.NOT_CHECKED, Resource.CPU, figures={"levels_without_cpu": float(unseen)}))
    if all(level.scv is None for level in used):
        reasons.append(Reason(ReasonCode.ASSUMED, Resource.WORKER_TIME, figures={"scv": 1.0}))
    return tuple(reasons)


def _of_parameters(used: Sequence[LoadLevel], share: Interval, uneven: Interval) -> tuple[Reason, ...]:
    reasons = []
    if share.high - share.low > _UNIDENTIFIED or (len(used) == 1 and used[0].cpu_busy is None):
        reasons.append(Reason(ReasonCode.NOT_IDENTIFIED, Resource.CPU, figures={"cpu_share_low": share.low, "cpu_share_high": share.high}))
    if uneven.high - uneven.mid > _UNIDENTIFIED * 2 * UNEVEN_SPREAD:
        reasons.append(Reason(ReasonCode.NOT_IDENTIFIED, Resource.CPU, figures={"uneven_low": uneven.low, "uneven_high": uneven.high}))
    return tuple(reasons)
