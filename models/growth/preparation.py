"""Tell absence from low demand: missing, outage and incomplete days are excluded, high values never are."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from models.growth.grid import frozen

Kind = Literal["flow", "state"]

OUTAGE_MEDIAN_SHARE = 0.05
"""A zero is an outage only where the slot's usual value exceeds this share of the overall mean (judgement, 2026-10)."""
OUTAGE_USUAL_ZERO_SHARE = 0.10
"""… and where fewer than this share of the slot's other values are zero (judgement, 2026-10)."""
MINIMUM_SLOT_VALUES = 3
"""Values a slot must have before its median says what is usual."""
CENSORED_COVERAGE = 0.80
"""A day with less of its usual demand observed counts as "at least what was seen" (judgement, 2026-10)."""


SATURATED_SHARE = 0.98
"""Measured this close to its ceiling, demand was at least that (judgement, 2026-11)."""
MOST_SATURATED = 0.5
"""With more of the history at the ceiling, the rest cannot say what demand would have been."""
SATURATED_ROUNDS = 5
"""Fits from which saturated samples are expected anew: growth of planted demand cut at its upper tenth is then told to within 0.5 points a
month; the highest hours stay too low, as nothing was seen of them."""
BUSY_SHARE = 0.5
"""Samples above this share of the largest say how demand near the ceiling spreads."""
LEAST_FLAT = 5
"""Samples at exactly the ceiling from which a scale that nobody named is taken for a utilisation."""


class Exclusion(StrEnum):
    """Why a sample does not enter the fit."""

    MISSING = "missing"
    OUTAGE = "outage"
    ONE_OFF = "one-off"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Consecutive excluded samples."""

    start: int
    """First sample, counted from the start of the history."""
    stop: int
    """One past the last sample."""
    reason: Exclusion


@dataclass(frozen=True, slots=True, eq=False)
class Cleaned:
    """A series with absence told apart from low demand."""

    values: NDArray[np.float64]
    """(steps,) NaN where excluded."""
    missing: NDArray[np.bool_]
    """(steps,) never measured."""
    outage: NDArray[np.bool_]
    """(steps,) zeros where demand is usually far above zero."""
    one_off: NDArray[np.bool_]
    """(steps,) labelled by the user."""
    saturated: NDArray[np.bool_]
    """(steps,) measured at the ceiling, kept as a lower bound of demand."""
    stretches: tuple[Stretch, ...]
    """All exclusions in time order, with reasons."""


def clean(
    values: NDArray[np.float64],
    slots: NDArray[np.int16],
    *,
    kind: Kind = "flow",
    one_off: NDArray[np.bool_] | None = None,
    ordinary: NDArray[np.bool_] | None = None,
    ceiling: float = np.inf,
) -> Cleaned:
    """Return the series with missing samples, outages and user-labelled one-off events masked.

    `values` (steps,), NaN = missing; `slots` (steps,) hour of the week or weekday. A state (disk, memory) has no outages: its zeros are
    values. High values are never removed. `ordinary` (steps,): samples that the user says are demand, so zeros there are no outage.
    `ceiling`: the most that could be measured; inf: 100 or 1 where the series lies flat at it, as utilisation does, else none.
    A ValueError names infinite values.
    """
    series = np.asarray(values, dtype=np.float64)
    if np.isinf(series).any():
        raise ValueError(f"history holds an infinite value at sample {int(np.flatnonzero(np.isinf(series))[0])}: give NaN where unknown")
    missing = np.isnan(series)
    outage = _outages(series, slots) if kind == "flow" else np.zeros(series.size, dtype=np.bool_)
    if ordinary is not None:
        outage &= ~ordinary
    labelled = np.zeros(series.size, dtype=np.bool_) if one_off is None else np.asarray(one_off, dtype=np.bool_) & ~missing
    kept = np.where(outage | labelled, np.nan, series)
    found = [
        *_stretches(missing, Exclusion.MISSING),
        *_stretches(outage, Exclusion.OUTAGE),
        *_stretches(labelled & ~outage, Exclusion.ONE_OFF),
    ]
    ordered = tuple(sorted(found, key=lambda stretch: stretch.start))
    bound = _flat_top(series) if kind == "flow" and np.isinf(ceiling) else ceiling
    saturated = np.isfinite(kept) & (kept >= SATURATED_SHARE * bound)
    return Cleaned(frozen(kept), frozen(missing), frozen(outage), frozen(labelled), frozen(saturated), ordered)


def at_least(cleaned: Cleaned, usual: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the values (steps,) with saturated samples replaced by what is expected there, given that it was at least that.

    `usual` (steps,) what a fit expects; log demand spreads around it normally, so the expectation above the ceiling c is
    μ + σ φ(z)/(1 - Φ(z)), z = (c - μ)/σ (the EM step of the censored regression of Tobin 1958).
    """
    from scipy.special import log_ndtr

    with np.errstate(divide="ignore", invalid="ignore"):
        logs, middle = np.log(cleaned.values), np.log(usual)
    free = np.isfinite(logs) & np.isfinite(middle) & ~cleaned.saturated & (cleaned.values > BUSY_SHARE * float(np.nanmax(cleaned.values)))
    bound = cleaned.saturated & np.isfinite(middle)
    if np.count_nonzero(free) < LEAST_FLAT or not bound.any():
        return cleaned.values
    spread = max(float(np.sqrt(np.mean((logs[free] - middle[free]) ** 2))), 1e-3)
    apart = (logs[bound] - middle[bound]) / spread
    hazard = np.exp(-0.5 * apart**2 - 0.5 * np.log(2 * np.pi) - log_ndtr(-apart))
    raised = cleaned.values.copy()
    raised[bound] = np.maximum(np.exp(middle[bound] + spread * hazard), cleaned.values[bound])
    return raised


def censored_days(observed: NDArray[np.bool_], usual: NDArray[np.float64], day: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which days (0 … max(day)) were seen for less than 80 % of their usual demand.

    `observed` (steps,), `usual` (steps,) the profile's value at each step, `day` (steps,) day numbers from 0.
    """
    expected = np.bincount(day, weights=usual)
    seen = np.bincount(day, weights=usual * observed)
    return np.asarray(seen < CENSORED_COVERAGE * expected)


def _flat_top(series: NDArray[np.float64]) -> float:
    """Return 1 or 100 when the series lies flat at that and varies below, else inf."""
    top = float(np.nanmax(series)) if np.isfinite(series).any() else 0.0
    flat = np.count_nonzero(series == top)
    below = np.count_nonzero(series < top)
    return (
        top
        if top in (1.0, 100.0) and flat >= LEAST_FLAT and np.unique(series[np.isfinite(series)]).size > 2 * LEAST_FLAT < below
        else np.inf
    )


def _outages(series: NDArray[np.float64], slots: NDArray[np.int16]) -> NDArray[np.bool_]:
    zero = series == 0
    if not zero.any() or zero.all():
        return np.zeros(series.size, dtype=np.bool_)
    known = ~np.isnan(series)
    floor = OUTAGE_MEDIAN_SHARE * float(np.mean(series[known]))
    suspicious = np.zeros(series.size, dtype=np.bool_)
    for slot in np.unique(slots[zero]):
        here = (slots == slot) & known
        zeros = np.count_nonzero(here & zero)
        count = np.count_nonzero(here)
        # The longest outage may hit a slot several times; usual zeros (nights, Sundays) hit it most weeks.
        rare = zeros <= max(1.0, OUTAGE_USUAL_ZERO_SHARE * count)
        if count >= MINIMUM_SLOT_VALUES and rare and np.median(series[here]) > floor:
            suspicious |= here & zero
    return _grown(suspicious, zero)


def _grown(seed: NDArray[np.bool_], zero: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return whole runs of zeros that are mostly suspicious: a night inside an outage belongs to it."""
    grown = seed.copy()
    for start, stop in _runs(zero):
        if seed[start:stop].mean() >= 0.5:
            grown[start:stop] = True
    return grown


def _stretches(mask: NDArray[np.bool_], reason: Exclusion) -> list[Stretch]:
    return [Stretch(start, stop, reason) for start, stop in _runs(mask)]


def _runs(mask: NDArray[np.bool_]) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate(([False], mask, [False])).astype(np.int8)))
    return [(int(start), int(stop)) for start, stop in zip(edges[::2], edges[1::2], strict=True)]
