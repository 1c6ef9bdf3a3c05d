"""When a pool is full if nothing more is bought: on every path, from the pool's own demand."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from models.topology.pool_demand import Levels
from models.topology.resources import Resource
from workbench.pipeline.calendar_months import Window

BEYOND = 10**9
"""Day of a path that is never full within the window."""
THIRD = 3
WITHIN_DAYS = 28
"""A soft resource is full on the third day within so many on which demand exceeds what is usable."""


@dataclass(frozen=True, slots=True)
class Exhaustion:
    """When something is full if nothing more is bought."""

    p05: date | None
    """Early; None: beyond the window."""
    p50: date | None
    p95: date | None
    never: float
    """Probability that it is not full within the window."""
    extrapolated: bool = True
    """Whether dates beyond the horizon are among them."""
    before_lead_time: float = 0.0
    """Probability that it is full before something ordered today would be there."""


def first_days(levels: Levels, usable: float, *, hard: bool, window: Window, monthly: bool) -> NDArray[np.int64]:
    """Return the day on which a pool is full, shape (paths,), BEYOND where it is not within the window.

    Hard resources: the first day on which demand exceeds what is usable. Soft ones: the third such day within 28; a column that
    stands for three days of its month counts as three. `monthly`: columns are months, dated by their first day.
    """
    crossed = levels.values > np.float32(usable)
    if not crossed.any():
        return np.full(len(crossed), BEYOND)
    if monthly:
        starts = np.array([(window.month_start(month) - window.as_of).days for month in range(crossed.shape[1])])
        return _earliest(crossed, np.broadcast_to(starts, crossed.shape))
    days = levels.day_of
    if hard:
        return _earliest(crossed, days)
    several = levels.days >= THIRD
    whole = _earliest(crossed[:, several], days[:, several])
    single = ~several
    if not single.any():
        return whole
    return np.asarray(np.minimum(whole, _third_within(crossed[:, single], days[:, single])), np.int64)


def _earliest(crossed: NDArray[np.bool_], days: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.asarray(np.where(crossed, days, BEYOND).min(axis=1, initial=BEYOND), np.int64)


def _third_within(crossed: NDArray[np.bool_], days: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the first day that is the third of 28 on which demand exceeds, shape (paths,)."""
    paths, last = len(crossed), int(days.max()) + 1
    breach = np.zeros((paths, last), bool)
    rows = np.broadcast_to(np.arange(paths)[:, None], crossed.shape)
    breach[rows[crossed], days[crossed]] = True
    count = np.cumsum(breach, axis=1, dtype=np.int16)
    recent = count.copy()
    recent[:, WITHIN_DAYS:] -= count[:, :-WITHIN_DAYS]
    third = breach & (recent >= THIRD)
    return np.where(third.any(axis=1), third.argmax(axis=1), BEYOND)


def exhaustion_of(days: NDArray[np.int64], window: Window, lead_time_days: float) -> Exhaustion:
    """Return dates and probabilities from the day on each path."""
    ranked = np.sort(days)
    horizon = (window.month_start(window.horizon_months) - window.as_of).days

    def at(share: float) -> date | None:
        day = int(ranked[min(int(np.ceil(share * len(ranked))) - 1, len(ranked) - 1)])
        return None if day == BEYOND else window.day(day)

    return Exhaustion(
        p05=at(0.05),
        p50=at(0.50),
        p95=at(0.95),
        never=float(np.mean(days == BEYOND)),
        extrapolated=bool(((days > horizon) & (days < BEYOND)).any()),
        before_lead_time=float(np.mean(days < lead_time_days)),
    )


@dataclass(frozen=True, slots=True, eq=False)
class LazyExhaustion(Mapping[Resource, Exhaustion]):
    """The exhaustion of a pool's resources, each computed when it is asked for."""

    limits: Mapping[Resource, float]
    """What is usable with what is bought at the start."""
    compute: Callable[[Resource, float], Exhaustion]

    def __getitem__(self, resource: Resource) -> Exhaustion:
        """Return when a resource is full."""
        return self.compute(resource, self.limits[resource])

    def __iter__(self) -> Iterator[Resource]:
        """Iterate over the resources with a known limit."""
        return iter(self.limits)

    def __len__(self) -> int:
        """Return the number of resources with a known limit."""
        return len(self.limits)

    def __reduce__(self) -> tuple[type[dict[Resource, Exhaustion]], tuple[dict[Resource, Exhaustion]]]:
        """Store the dates themselves, not what computes them."""
        return dict, (dict(self),)
