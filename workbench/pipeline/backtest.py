"""How the plan's own forecasts would have done on the study's history: each driver and class of tenants, at rolling origins."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.growth import Backtest, backtest
from models.topology.resources import Driver
from workbench.pipeline.growth import PATHS, GrowthInput
from workbench.pipeline.observed import Observed
from workbench.study.estate import Study

ORIGINS = 6
"""Origins looked back to, unless asked otherwise."""
LONGEST_DAYS = 91
"""Horizons beyond a quarter leave too few origins in the histories that people have."""
LEAST_DAYS = 7
"""A shorter horizon says nothing about a plan."""
FIRST_DAYS = 21
"""History that must lie before the first origin: three weeks."""
MOST_TENANTS = 40
"""Tenants of a class that are judged; of more, every n-th by size."""
Step = Callable[[str, float], None]


@dataclass(frozen=True, slots=True, eq=False)
class DriverBacktest:
    """One driver of one class of tenants."""

    driver: Driver
    tenant_class: str
    """production or other."""
    tenants: tuple[str, ...]
    """Those judged, in the order of the result's series."""
    all_tenants: int
    """How many the class has."""
    days: int
    """Days of the longest history."""
    horizon_days: int
    """Days ahead that were judged; 0 if the history is too short."""
    result: Backtest | None
    """None: not judged, `too_short` says why."""
    too_short: str

    @property
    def name(self) -> str:
        """Driver and class, as one key."""
        return f"{self.driver.value}/{self.tenant_class}"


@dataclass(frozen=True, slots=True, eq=False)
class StudyBacktest:
    """All drivers of a study."""

    parts: tuple[DriverBacktest, ...]
    asked_days: int
    """Days ahead that the plan has to know: until what is ordered now is there, at most a quarter."""
    asked_origins: int

    def part(self, name: str) -> DriverBacktest:
        """Return the part of that name, or raise ValueError naming the known ones."""
        for one in self.parts:
            if one.name == name:
                return one
        raise ValueError(f"no backtest of {name!r}: choose one of {', '.join(one.name for one in self.parts)}")


def backtest_study(
    study: Study, observed: Observed, inputs: tuple[GrowthInput, ...], origins: int = ORIGINS, progress: Step = lambda _what, _share: None
) -> StudyBacktest:
    """Return how forecasts from past origins did, on what the plan is made from, labels included.

    `progress(what, share)` after every origin; what it raises ends the backtest. A ValueError names fewer than 1 origin.
    """
    if origins < 1:
        raise ValueError(f"origins={origins}: at least 1 is needed")
    asked = int(min(max(np.ceil(study.purchase.lead_time_days), LEAST_DAYS), LONGEST_DAYS))
    parts = []
    for number, one in enumerate(inputs):

        def tell(done: int, every: int, number: int = number, one: GrowthInput = one) -> None:
            progress(f"backtest of {one.driver.value}, {one.tenant_class}", (number + done / every) / len(inputs))

        tell(0, 1)
        parts.append(_judged(study, observed, _sampled(one), asked, origins, tell))
    return StudyBacktest(tuple(parts), asked, origins)


def horizon_of(days: int, asked: int) -> int:
    """Return how many days ahead a history of so many days can be judged: less than asked if that leaves two origins; 0: too short."""
    room = days - FIRST_DAYS
    if room < LEAST_DAYS:
        return 0
    return max(min(asked, room // 2), LEAST_DAYS)


def _judged(
    study: Study, observed: Observed, sampled: tuple[GrowthInput, int], asked: int, origins: int, tell: Callable[[int, int], None]
) -> DriverBacktest:
    one, every = sampled
    per_day = 24 if one.step == "1h" else 1
    days = max(_length(values) for values in one.history) // per_day
    horizon = horizon_of(days, asked)
    found = DriverBacktest(one.driver, one.tenant_class, tuple(observed.tenants[row] for row in one.rows), every, days, horizon, None, "")
    if horizon == 0:
        needed = FIRST_DAYS + LEAST_DAYS
        return replace(
            found, too_short=f"{days} days of history: {needed} are needed, three weeks before the first origin and one after it"
        )
    try:
        result = backtest(
            [values[-_length(values) :] for values in one.history],
            horizon * per_day,
            one.step,
            origins=origins,
            paths=PATHS,
            seed=study.seed,
            end=one.end,
            zones=one.zones,
            calendar=one.calendar,
            kind=one.kind,
            one_off=[None if mark is None else mark[-_length(values) :] for mark, values in zip(one.one_off, one.history, strict=True)],
            ordinary=[None if mark is None else mark[-_length(values) :] for mark, values in zip(one.ordinary, one.history, strict=True)],
            on_progress=tell,
        )
    except ValueError as error:
        # A history full of gaps can be long and still have no origin that can be judged.
        return replace(found, horizon_days=0, too_short=str(error))
    return replace(found, result=result)


def _length(values: NDArray[np.float64]) -> int:
    """Return the samples from the first known one on."""
    known = np.flatnonzero(np.isfinite(values))
    return int(values.size - known[0]) if known.size else 0


def _sampled(one: GrowthInput) -> tuple[GrowthInput, int]:
    """Return at most MOST_TENANTS of an input, spread evenly over the sizes, and how many there were."""
    count = len(one.rows)
    if count <= MOST_TENANTS:
        return one, count
    order = np.argsort([-float(np.nanmean(values)) for values in one.history], kind="stable")
    kept = sorted(int(order[place]) for place in np.linspace(0, count - 1, MOST_TENANTS).astype(int))
    chosen = replace(
        one,
        rows=tuple(one.rows[place] for place in kept),
        history=tuple(one.history[place] for place in kept),
        zones=None if one.zones is None else tuple(one.zones[place] for place in kept),
        calendar=None if one.calendar is None else tuple(one.calendar[place] for place in kept),
        one_off=tuple(one.one_off[place] for place in kept),
        ordinary=tuple(one.ordinary[place] for place in kept),
    )
    return chosen, count
