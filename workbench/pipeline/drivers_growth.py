"""Growth from business drivers: years of orders say more than fifteen days of requests."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.growth import Forecast, GrowthReason, forecast
from models.growth.driven import DAYS_PER_POINT, GivenGrowth, driven, log_growth_paths, own_growth_spread
from models.topology.resources import Driver
from models.workload.elasticity import DRIFT_PER_ROOT_YEAR
from workbench.pipeline.calendar_months import Window, midnight_ms
from workbench.pipeline.drivers import STORED, BusinessDrivers, Tie, span_of, weekly_level
from workbench.pipeline.drivers_basis import Follows, GrowthBasis, GrowthFrom
from workbench.pipeline.growth import PATHS, Grown, Growth
from workbench.pipeline.observed import Observed
from workbench.pipeline.parameters import NORMAL_95, standard_normals
from workbench.study.estate import Study

SHORT_DAYS = 90
"""With less history of its own a series takes its growth from its drivers alone."""
LONG_DAYS = 400
"""With more it has seen a year and needs no driver; between, both are pooled."""
LONGER = 1.5
"""Drivers are followed when their history is at least so many times as long: what is as long as the series itself tells nothing new."""
COMPARED_DAY = 365
"""Day ahead at which the two growths are compared to weigh them."""
SHARED_DRIFT = 0.5
"""Share of the variance of drift that tenants have in common: a release reaches them all (judgement, 2026-11)."""
MONTHS_PER_YEAR = 12.0


@dataclass(frozen=True, slots=True, eq=False)
class _Wanted:
    """A series that may follow drivers."""

    part: int
    index: int
    """Its row in the part's forecast."""
    tenant: int
    days: float
    tie: Tie
    stored: bool
    """Whether it piles up."""


def with_drivers(growth: Growth, study: Study, observed: Observed, business: BusinessDrivers, window: Window) -> Growth:
    """Return the growth with short histories following their business drivers, and on what each series' growth rests."""
    wanted = [one for number, part in enumerate(growth.parts) for one in _wanted(number, part, business)]
    ahead = _driver_growth(study, observed, business, wanted, window)
    given: dict[int, dict[int, GivenGrowth]] = {}
    bases: dict[tuple[int, int], GrowthBasis] = {}
    for one in wanted:
        part = growth.parts[one.part]
        paths = _followed(study, observed.tenants[one.tenant], part.driver, one.tie, [ahead[name, one.tenant] for name in one.tie.drivers])
        weight = _weight(part.forecast, one, paths)
        given.setdefault(one.part, {})[one.index] = GivenGrowth(paths, weight)
        bases[one.part, one.index] = _basis(observed.tenants[one.tenant], part.driver, one, paths, weight, business)
    parts = tuple(replace(part, forecast=driven(part.forecast, given.get(number, {}))) for number, part in enumerate(growth.parts))
    said = [
        bases.get((number, index)) or _own_basis(observed, part, index, business)
        for number, part in enumerate(growth.parts)
        for index in range(len(part.rows))
    ]
    return Growth(parts, tuple(said))


def _wanted(number: int, part: Grown, business: BusinessDrivers) -> list[_Wanted]:
    found = []
    for index, tenant in enumerate(part.rows):
        days = _own_days(part.driver, tenant, business)
        if days >= LONG_DAYS or not business.known(part.driver, tenant):
            continue
        tie = business.tie(part.driver, tenant)
        if tie is not None and tie.span_days >= LONGER * days:
            found.append(_Wanted(number, index, tenant, days, tie, part.driver in STORED))
    return found


def _own_days(driver: Driver, tenant: int, business: BusinessDrivers) -> float:
    """Return the days a series is known for; work by the clock for as long as requests are."""
    values = business.technical[Driver.REQUESTS if driver == Driver.BATCH else driver]
    return float(span_of(values[tenant]))


def _driver_growth(
    study: Study, observed: Observed, business: BusinessDrivers, wanted: Sequence[_Wanted], window: Window
) -> dict[tuple[str, int], NDArray[np.float32]]:
    """Return the log growth (paths, weeks + 1) of every business driver of every tenant that needs it."""
    found: dict[tuple[str, int], NDArray[np.float32]] = {}
    weeks = -(-window.month_hours(window.months - 1)[1] // (24 * DAYS_PER_POINT))
    for name in sorted({name for one in wanted for name in one.tie.drivers}):
        rows = sorted({one.tenant for one in wanted if name in one.tie.drivers})
        ahead = forecast(
            [weekly_level(business.daily[name][row]) for row in rows],
            horizon=weeks,
            step="1w",
            paths=PATHS,
            seed=_seed(study.seed, name),
            end=np.datetime64(midnight_ms(observed.as_of), "ms"),
            group=["production" if study.tenant(observed.tenants[row]).production else "other" for row in rows],
        )
        found |= {(name, row): log_growth_paths(ahead, index) for index, row in enumerate(rows)}
    return found


def _seed(seed: int, name: str) -> int:
    """Return a seed of its own for each driver, so that its draws are not those of the series that follow it."""
    return int.from_bytes(hashlib.sha256(f"{seed}/{name}".encode()).digest()[:8], "little")


def _followed(study: Study, tenant: str, driver: Driver, tie: Tie, ahead: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    """Return the log growth of a series: path k of its drivers times draw k of the elasticities, plus the drift of demand per unit."""
    key = f"{tenant}/{driver}"
    normals = standard_normals(f"{key}/elasticity", PATHS * len(ahead), study.seed).reshape(len(ahead), PATHS)
    elasticity = tie.elasticity.draws(normals).astype(np.float32)
    weeks = ahead[0].shape[1] - 1
    steps = np.sqrt(1 - SHARED_DRIFT) * standard_normals(f"{key}/drift", PATHS * weeks, study.seed)
    steps += np.sqrt(SHARED_DRIFT) * standard_normals(f"{driver}/drift", PATHS * weeks, study.seed)
    drift = np.zeros((PATHS, weeks + 1))
    size = DRIFT_PER_ROOT_YEAR * np.sqrt(DAYS_PER_POINT / 365.25)
    np.cumsum(size * steps.reshape(PATHS, weeks), axis=1, out=drift[:, 1:])
    followed = sum((share[:, None] * growth for share, growth in zip(elasticity, ahead, strict=True)), start=drift)
    return np.asarray(followed, np.float32)


def _weight(own: Forecast, one: _Wanted, paths: NDArray[np.float32]) -> float:
    """Return the share of paths that follow the drivers: all with a short history, else by inverse variance of the growth of a year.

    What piles up always follows them: its own history says how much is added a day, not how that will change.
    """
    if one.days < SHORT_DAYS or one.stored:
        return 1.0
    day = min(COMPARED_DAY, (paths.shape[1] - 1) * DAYS_PER_POINT)
    theirs = float(np.std(paths[:, day // DAYS_PER_POINT])) ** 2
    ours = own_growth_spread(own, one.index, day) ** 2
    return ours / (ours + theirs) if ours + theirs > 0 else 0.5


def _basis(tenant: str, driver: Driver, one: _Wanted, paths: NDArray[np.float32], weight: float, business: BusinessDrivers) -> GrowthBasis:
    point = min(round(365.25 / DAYS_PER_POINT), paths.shape[1] - 1)
    low, high = np.expm1(np.quantile(paths[:, point], (0.05, 0.95)) / (point * DAYS_PER_POINT / 365.25 * MONTHS_PER_YEAR))
    fit = one.tie.elasticity
    follows = tuple(
        Follows(
            driver=name,
            years=business.span(name, one.tenant) / 365.25,
            elasticity=float(mean),
            elasticity_low=max(float(mean - NORMAL_95 * sd), 0.0),
            elasticity_high=float(mean + NORMAL_95 * sd),
            per_unit=per_unit,
            per_unit_error=error,
        )
        for name, mean, sd, (per_unit, error) in zip(one.tie.drivers, fit.mean, fit.sd, one.tie.per_unit, strict=True)
    )
    source = GrowthFrom.DRIVERS if weight == 1 else GrowthFrom.POOLED
    return GrowthBasis(tenant, driver, source, one.days, follows, fit.assumed, weight, float(low), float(high))


def _own_basis(observed: Observed, part: Grown, index: int, business: BusinessDrivers) -> GrowthBasis:
    tenant, report = part.rows[index], part.forecast.diagnostics[index]
    days = _own_days(part.driver, tenant, business)
    source = GrowthFrom.ASSUMED if GrowthReason.GROWTH_ASSUMED in report.reasons else GrowthFrom.OWN
    low, high = report.growth_per_month_p05, report.growth_per_month_p95
    return GrowthBasis(observed.tenants[tenant], part.driver, source, days, (), elasticity_assumed=False, weight=0.0, low=low, high=high)
