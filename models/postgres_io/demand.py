"""Who uses what of a shared server: a server's series explained by its tenants' drivers.

Where the source counts per tenant, a single tenant is passed and the same regression gives its demand per unit.
"""

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.intervals import Interval
from models.topology.resources import Resource
from models.topology.verdict import Reason, ReasonCode

TOGETHER = 0.97
"""Correlation of two drivers from which on their tenants count as moving together."""
_RESAMPLES = 200
_BLOCKS = 40
_FEWEST = 24


@dataclass(frozen=True, slots=True, eq=False)
class Attribution:
    """A server's mean use divided among its tenants and a shared base; attributed + base = measured."""

    per_unit: tuple[Interval, ...]
    """Use per unit of each tenant's driver, 90 %."""
    attributed: NDArray[np.float64]
    """Shape (tenants,): mean use of each."""
    base: Interval
    """Mean use no driver explains: every new server pays it again."""
    measured: float
    """Mean use of the moments used."""
    explained: float
    """Share of the variance the tenants explain."""
    together: tuple[tuple[int, ...], ...]
    """Groups of tenants that always move together: only the sum of a group is measured, its split follows the drivers."""
    reasons: tuple[Reason, ...]
    """What the series does not tell."""
    resampled: NDArray[np.float64]
    """Shape (resamples, tenants + 1): use per unit of each tenant and the base, refitted on blocks drawn with replacement."""

    def draws(self, paths: int, seed: int) -> NDArray[np.float64]:
        """Return use per unit of each tenant and the base drawn jointly, shape (paths, tenants + 1).

        Row k depends on the seed and on k alone. Tenants that move together have the use per unit of their group.
        """
        places = np.random.Generator(np.random.Philox(key=seed)).random(paths) * self.resampled.shape[0]
        return np.asarray(self.resampled[places.astype(int)])


def attribute(
    use: NDArray[np.float64], drivers: NDArray[np.float64], *, resource: Resource = Resource.POSTGRES_IOPS, seed: int = 1
) -> Attribution:
    """Divide a server's use among tenants by non-negative least squares with a non-negative base.

    A driver that never moves cannot be told from the base: its tenant is given nothing, and a reason names it.

    Parameters
    ----------
    use
        Shape (moments,): rate of what is used, NaN = missing.
    drivers
        Shape (tenants, moments): rate of each tenant's driver; a moment with a missing driver is left out.
    resource
        What is used, for the reasons.
    seed
        Of the block bootstrap behind the intervals (Künsch 1989): neighbouring hours are alike, so blocks are drawn.

    Raises
    ------
    ValueError
        If the shapes do not fit, a driver is negative, or fewer than 24 moments hold everything.

    """
    use, drivers = np.asarray(use, float), np.asarray(drivers, float)
    if use.ndim != 1 or drivers.ndim != 2 or drivers.shape[1] != use.size:
        raise ValueError(f"use has shape {use.shape}, drivers {drivers.shape}: give (moments,) and (tenants, moments)")
    whole = np.isfinite(use) & np.isfinite(drivers).all(axis=0)
    if int(whole.sum()) < _FEWEST:
        raise ValueError(f"{int(whole.sum())} moments hold use and all drivers: at least {_FEWEST} are needed")
    use, drivers = use[whole], drivers[:, whole]
    if (drivers < 0).any():
        raise ValueError("a driver is negative: drivers are rates of at least 0")
    groups = _moving_together(drivers)
    return _divide(use, drivers, groups, resource, seed)


def _divide(use: NDArray[np.float64], drivers: NDArray[np.float64], groups: list[list[int]], resource: Resource, seed: int) -> Attribution:
    sums = np.array([drivers[group].sum(axis=0) for group in groups])
    sums[np.ptp(sums, axis=1) == 0] = 0.0
    weights, base = _balanced(_solve(_gram(sums, use)), sums.mean(axis=1), float(use.mean()))
    draws, bases = _bootstrap(use, sums, seed)
    resampled = np.empty((draws.shape[0], drivers.shape[0] + 1))
    resampled[:, -1] = bases
    unit = np.zeros(drivers.shape[0])
    intervals: list[Interval] = [Interval(0.0, 0.0, 0.0)] * drivers.shape[0]
    for place, group in enumerate(groups):
        low, high = np.quantile(draws[:, place], (0.05, 0.95))
        resampled[:, group] = draws[:, [place]]
        for tenant in group:
            unit[tenant] = weights[place]
            intervals[tenant] = _interval(
                float(weights[place]), float(low), float(high), sums[place], drivers[tenant], alone=len(group) == 1
            )
    attributed = unit * drivers.mean(axis=1)
    attributed.flags.writeable = resampled.flags.writeable = False
    rest = use - unit @ drivers
    variance = float(use.var())
    low, high = np.quantile(bases, (0.05, 0.95))
    return Attribution(
        per_unit=tuple(intervals),
        attributed=attributed,
        base=Interval(min(float(low), base), base, max(float(high), base)),
        measured=float(use.mean()),
        explained=1 - float(rest.var()) / variance if variance > 0 else 0.0,
        together=tuple(tuple(group) for group in groups if len(group) > 1),
        reasons=_reasons(groups, drivers, resource),
        resampled=resampled,
    )


def _interval(mid: float, low: float, high: float, total: NDArray[np.float64], own: NDArray[np.float64], *, alone: bool) -> Interval:
    """Widen the interval of one among tenants that move together: it may cause nothing, or all of the group's use."""
    if alone or own.mean() <= 0:
        return Interval(min(low, mid), mid, max(high, mid))
    return Interval(0.0, mid, max(high, mid) * float(total.mean() / own.mean()))


def _moving_together(drivers: NDArray[np.float64]) -> list[list[int]]:
    """Join tenants whose drivers are correlated above the limit, directly or through others."""
    moving = drivers * (np.ptp(drivers, axis=1, keepdims=True) > 0)
    centred = moving - moving.mean(axis=1, keepdims=True)
    size = np.sqrt((centred**2).sum(axis=1))
    size[size == 0] = np.inf
    alike = (centred / size[:, None]) @ (centred / size[:, None]).T > TOGETHER
    groups: list[list[int]] = []
    seen: set[int] = set()
    for tenant in range(drivers.shape[0]):
        if tenant in seen:
            continue
        group, rim = {tenant}, {tenant}
        while rim:
            rim = {int(other) for one in rim for other in np.flatnonzero(alike[one])} - group
            group |= rim
        seen |= group
        groups.append(sorted(group))
    return groups


@dataclass(frozen=True, slots=True, eq=False)
class _Gram:
    """Sums of products that least squares needs; the last row and column are the base."""

    products: NDArray[np.float64]
    target: NDArray[np.float64]


def _gram(drivers: NDArray[np.float64], use: NDArray[np.float64]) -> _Gram:
    design = np.vstack((drivers, np.ones(use.size)))
    return _Gram(design @ design.T, design @ use)


def _solve(gram: _Gram) -> NDArray[np.float64]:
    """Solve for coefficients of at least zero through the Cholesky factor, scaled so that units do not matter."""
    from scipy.optimize import nnls

    scale = np.sqrt(np.maximum(np.diag(gram.products), 1e-300))
    scaled = gram.products / np.outer(scale, scale) + 1e-10 * np.eye(scale.size)
    factor = np.linalg.cholesky(scaled)
    solution, _ = nnls(factor.T, np.linalg.solve(factor, gram.target / scale))
    return np.asarray(solution / scale)


def _balanced(solution: NDArray[np.float64], means: NDArray[np.float64], measured: float) -> tuple[NDArray[np.float64], float]:
    """Make attributed + base equal the measured mean: the base takes the rest, or the tenants shrink to leave none below zero."""
    weights = solution[:-1]
    explained = float(weights @ means)
    if explained <= measured:
        return weights, measured - explained
    return np.asarray(weights * (measured / explained)), 0.0


def _bootstrap(use: NDArray[np.float64], drivers: NDArray[np.float64], seed: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Refit on blocks drawn with replacement; returns coefficients (resamples, groups) and bases (resamples,)."""
    edges = np.linspace(0, use.size, min(_BLOCKS, use.size // 4) + 1).astype(int)
    blocks = [_gram(drivers[:, a:b], use[a:b]) for a, b in itertools.pairwise(edges)]
    products, targets = np.array([block.products for block in blocks]), np.array([block.target for block in blocks])
    random = np.random.Generator(np.random.Philox(seed))
    draws = np.empty((_RESAMPLES, drivers.shape[0] + 1))
    for draw in range(_RESAMPLES):
        count = np.bincount(random.integers(len(blocks), size=len(blocks)), minlength=len(blocks))
        draws[draw] = _solve(_Gram(np.tensordot(count, products, 1), count @ targets))
    return draws[:, :-1], draws[:, -1]


def _reasons(groups: list[list[int]], drivers: NDArray[np.float64], resource: Resource) -> tuple[Reason, ...]:
    reasons = [
        Reason(ReasonCode.NOT_SEPARABLE, resource, tenants=tuple(group), figures={"tenants": float(len(group))})
        for group in groups
        if len(group) > 1
    ]
    still = tuple(int(tenant) for tenant in np.flatnonzero(np.ptp(drivers, axis=1) == 0))
    if still:
        reasons.append(Reason(ReasonCode.NOT_IDENTIFIED, resource, tenants=still, figures={"driver_never_moves": float(len(still))}))
    return tuple(reasons)
