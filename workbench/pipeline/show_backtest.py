"""A backtest as flat rows: the same digits on the screen, on the command line, in files and in notebooks."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from workbench.pipeline.backtest import DriverBacktest, StudyBacktest

LEAST_CHANCE = 0.025
"""Chance of all cases on one side below which the stated probability is not believed: one tail of a 95 % interval."""


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """One method at one quantile of one driver and class: the largest demand within the horizon."""

    driver: str
    tenant_class: str
    method: str
    """The forecast, or a baseline."""
    horizon_days: int
    origins: int
    independent_origins: int
    """Origins whose horizons do not overlap."""
    cases: int
    """Tenants times origins that could be judged."""
    level: float
    """Probability of the quantile."""
    coverage: float
    """Share of cases at or below it."""
    coverage_low: float
    """Lower end of the 95 % interval of the coverage."""
    coverage_high: float
    pinball: float
    """Mean pinball loss over the tenants' usual change."""

    @property
    def holds(self) -> bool:
        """Whether the stated probability is believable; where every case fell on one side, resampling says nothing, and chance is asked."""
        if self.coverage in {0.0, 1.0}:
            return float((self.level if self.coverage else 1 - self.level) ** self.cases) >= LEAST_CHANCE
        return self.coverage_low <= self.level <= self.coverage_high


@dataclass(frozen=True, slots=True)
class ReliabilityRow:
    """Stated probabilities of one bin against what happened."""

    driver: str
    tenant_class: str
    method: str
    stated: float
    observed: float
    low: float
    """Lower end of the 90 % consistency band."""
    high: float
    cases: int

    @property
    def inside(self) -> bool:
        """Whether what happened lies in the band."""
        return self.low <= self.observed <= self.high


@dataclass(frozen=True, slots=True)
class BaselineRow:
    """The forecast against one baseline on the same cases."""

    driver: str
    tenant_class: str
    baseline: str
    relative: float
    """Difference of the summed pinball loss over the baseline's; negative: the forecast is better."""
    low: float
    """Lower end of the 95 % interval of the difference, in the same measure."""
    high: float
    clear: bool
    """Whether the interval leaves out no difference."""


@dataclass(frozen=True, slots=True)
class PastPeakRow:
    """What the forecast of one origin said of one tenant, and what came."""

    driver: str
    tenant: str
    origin: date
    p50: float
    p80: float
    p95: float
    p99: float
    actual: float
    """NaN where too little was measured."""


def score_rows(found: StudyBacktest) -> tuple[ScoreRow, ...]:
    """Return every driver, class, method and quantile that was judged."""
    rows = []
    for part in found.parts:
        result = part.result
        if result is None:
            continue
        for score in result.peaks.scores:
            columns = zip(result.levels, score.coverage, score.coverage_low, score.coverage_high, score.pinball, strict=True)
            head = (part.driver.value, part.tenant_class, score.method, part.horizon_days, len(result.steps_back))
            cases = (result.independent_origins, result.peaks.cases)
            rows += [ScoreRow(*head, *cases, *(float(value) for value in column)) for column in columns]
    return tuple(rows)


def reliability_rows(found: StudyBacktest) -> tuple[ReliabilityRow, ...]:
    """Return the reliability of P(a limit is reached within the horizon), a row a bin that holds cases."""
    rows = []
    for part in found.parts:
        for method, one in () if part.result is None else part.result.crossings:
            bins = zip(one.stated, one.observed, one.low, one.high, one.count, strict=True)
            rows += [
                ReliabilityRow(
                    part.driver.value, part.tenant_class, method, float(stated), float(seen), float(low), float(high), int(cases)
                )
                for stated, seen, low, high, cases in bins
            ]
    return tuple(rows)


def baseline_rows(found: StudyBacktest) -> tuple[BaselineRow, ...]:
    """Return how the forecast does against each baseline."""
    rows = []
    for part in found.parts:
        for gap in () if part.result is None else part.result.peaks.gaps:
            loss = gap.mean / gap.relative if gap.relative else 1.0
            rows.append(
                BaselineRow(part.driver.value, part.tenant_class, gap.baseline, gap.relative, gap.low / loss, gap.high / loss, gap.clear)
            )
    return tuple(rows)


def past_peak_rows(part: DriverBacktest, tenant: str) -> tuple[PastPeakRow, ...]:
    """Return what was said of one tenant's largest demand at each origin, and what came; ValueError names the tenants judged."""
    if tenant not in part.tenants:
        raise ValueError(f"no backtest of {part.driver.value} for {tenant!r}: judged are {', '.join(part.tenants)}")
    result = part.result
    if result is None:
        return ()
    place = part.tenants.index(tenant)
    at = [int(np.argmin(np.abs(result.levels - level))) for level in (0.5, 0.8, 0.95, 0.99)]
    rows = []
    for index, moment in enumerate(result.dates):
        p50, p80, p95, p99 = (float(result.past_peaks.stated[0, level, index, place]) for level in at)
        day, actual = moment.astype("datetime64[D]").item(), float(result.past_peaks.actual[index, place])
        rows.append(PastPeakRow(part.driver.value, tenant, day, p50, p80, p95, p99, actual))
    return tuple(rows)
