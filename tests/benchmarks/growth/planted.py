"""Planted truth: are slope, month end and step covered as often as said, at what width, and are outages and shifts found?

The generator shares no form with the fit: multiplicative weekdays and hours, AR(1) noise with t innovations, growth that bends slowly.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.growth import forecast
from models.growth.preparation import Exclusion

Array = NDArray[np.float64]

END = np.datetime64("2026-11-01")
DAYS = 395
DRAWS = 200
MONTH = 30.4375
GROWTH, BUMP = 0.015, 0.25
NOISE, CORRELATION = 0.06, 0.5
WEEKDAYS = np.array([1.1, 1.05, 1.0, 1.0, 0.95, 0.35, 0.2])
NORMAL_95 = 1.6448536
NEAR_DAYS = 7


@dataclass(frozen=True, slots=True, eq=False)
class Draw:
    """One planted history."""

    values: Array
    """(days,)"""
    step_day: int
    step: float


@dataclass(frozen=True, slots=True)
class Found:
    """Error and standard deviation of one estimate, and the oracle's standard deviation; NaN where nothing was found."""

    error: float
    spread: float
    oracle: float


def planted(seed: int) -> Draw:
    """Return 395 days: growth bends to 1.5 % a month, a step of ±14 to 49 %, month ends of +25 %."""
    random = np.random.default_rng(seed)
    step_day, step = int(random.integers(60, DAYS - 60)), float(random.choice([-1, 1]) * random.uniform(0.15, 0.4))
    shocks = NOISE * np.sqrt(1 - CORRELATION**2) * random.standard_t(5, DAYS) * np.sqrt(3 / 5)
    error = np.zeros(DAYS)
    for day in range(1, DAYS):
        error[day] = CORRELATION * error[day - 1] + shocks[day]
    level = 100 * np.exp(GROWTH * growing() + step * (np.arange(DAYS) >= step_day))
    return Draw(level * WEEKDAYS[weekday()] * (1 + BUMP * month_end()) * np.exp(error), step_day, step)


def growing() -> Array:
    """Return months of growth by day, the first half of the history growing slowly less."""
    pace = 0.4 + 0.6 / (1 + np.exp(-(np.arange(DAYS) - 120) / 25))
    return np.asarray((np.cumsum(pace) - pace.sum()) / MONTH)


def weekday() -> NDArray[np.int64]:
    return np.asarray(((END.astype("datetime64[D]") - DAYS + np.arange(DAYS)).astype("datetime64[D]").astype(np.int64) - 4) % 7)


def month_end() -> Array:
    date = END.astype("datetime64[D]") - DAYS + np.arange(DAYS)
    last = np.busday_offset(np.unique(date.astype("datetime64[M]")) + 1, -1, roll="forward")
    return np.isin(date, last).astype(np.float64)


def oracle(draw: Draw) -> Array:
    """Return standard deviations of slope, month end and step for one who knows every shape, the step's day and the noise's correlation."""
    columns = [growing(), month_end(), np.arange(DAYS) >= draw.step_day, *(weekday() == day for day in range(7))]
    design = np.column_stack(columns).astype(np.float64)
    white = (design[1:] - CORRELATION * design[:-1]) / (NOISE * np.sqrt(1 - CORRELATION**2))
    return np.asarray(np.sqrt(np.diag(np.linalg.inv(white.T @ white)))[:3])


def judge(draw: Draw) -> tuple[list[Found], list[int]]:
    """Return what was found of slope, month end and step, and the days between found shifts and the planted one."""
    report = forecast([draw.values], horizon=7, step="1d", paths=2, end=END, calendar=[None]).diagnostics[0]
    known = oracle(draw)
    low, high = np.log1p(report.growth_per_month_p05), np.log1p(report.growth_per_month_p95)
    found = [Found((low + high) / 2 - GROWTH, (high - low) / 2 / NORMAL_95, known[0])]
    mean, spread = next((effect[1:] for effect in report.effects if effect[0] == "month end +0"), (np.nan, np.nan))
    found.append(Found(mean - np.log1p(BUMP), spread, known[1]))
    apart = [shift.step - draw.step_day for shift in report.shifts]
    near = [shift for shift in report.shifts if abs(shift.step - draw.step_day) <= NEAR_DAYS]
    if near:
        spread = (near[0].log_size_p95 - near[0].log_size_p05) / 2 / NORMAL_95
        found.append(Found(near[0].log_size - draw.step, spread, known[2]))
    else:
        found.append(Found(np.nan, np.nan, known[2]))
    return found, apart


def planted_tables() -> str:
    """Return coverage, width and detection."""
    judged = [judge(planted(seed)) for seed in range(DRAWS)]
    lines = [f"### Planted truth, {DRAWS} draws of {DAYS} days", ""]
    lines += ["| what | 90 % interval covers | median width / oracle's |", "|---|---|---|"]
    for place, name in enumerate(("slope", "month end", "step")):
        error, spread, known = np.array([(one.error, one.spread, one.oracle) for one in (found[place] for found, _ in judged)]).T
        covered = np.abs(error) <= NORMAL_95 * spread
        lines.append(f"| {name} | {100 * covered.mean():.1f} % | {np.nanmedian(spread / known):.2f} |")
    shifts = [day for _, apart in judged for day in apart]
    right = [day for day in shifts if abs(day) <= NEAR_DAYS]
    hit = np.mean([any(abs(day) <= NEAR_DAYS for day in apart) for _, apart in judged])
    lines += ["", "| detection | precision | recall |", "|---|---|---|"]
    lines.append(f"| level shift of 14 to 49 %, date within {NEAR_DAYS} days | {len(right) / max(len(shifts), 1):.3f} | {hit:.3f} |")
    precision, recall = outages()
    lines.append(f"| outage of 4 to 60 hours, by hour | {precision:.3f} | {recall:.3f} |")
    return "\n".join([*lines, ""])


def outages() -> tuple[float, float]:
    """Return precision and recall, by hour, of outages of systems whose nights may be silent."""
    said = right = there = recalled = 0
    for seed in range(60):
        random = np.random.default_rng(seed)
        shape = np.exp(-(((np.arange(24) - 11) / random.uniform(2.5, 4.5)) ** 2)) + 0.02
        if seed % 3 == 0:
            shape[:5] = 0  # nights without any demand are demand of zero
        values = np.repeat(planted(seed).values[-90:], 24) * np.tile(shape, 90)
        values = random.poisson(values * 20) / 20
        first = int(random.integers(24 * 7, 24 * 80))
        out = np.zeros(values.size, dtype=np.bool_)
        out[first : first + int(random.integers(4, 60))] = True
        # What would have been zero anyway is no loss and cannot be told.
        out &= values > 0
        values[out] = 0
        report = forecast([values], horizon=24, paths=2, end=END).diagnostics[0]
        found = np.zeros(values.size, dtype=np.bool_)
        for stretch in report.excluded:
            found[stretch.start : stretch.stop] |= stretch.reason is Exclusion.OUTAGE
        span = np.zeros(values.size, dtype=np.bool_)
        span[np.flatnonzero(out)[0] : np.flatnonzero(out)[-1] + 1] = True
        said += int(found.sum())
        right += int((found & span).sum())
        there += int(out.sum())
        recalled += int((found & out).sum())
    return right / max(said, 1), recalled / max(there, 1)
