"""Check what the caller of `forecast` gave; every error names the argument, the value and what is allowed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from models.growth.calendar import BusinessCalendar, holiday_calendar
from models.growth.grid import Grid, Step, check_zone, dated, undated
from models.growth.preparation import Kind

OneOffs = Sequence[NDArray[np.bool_] | Sequence[bool] | None]
Limits = float | Sequence[float | None]
MOST_SEED = 2**64 - 1
_DEFAULT_SEASONS = (24, 168)
_SEASONS: dict[Step, frozenset[int]] = {"1h": frozenset({24, 168}), "1d": frozenset({7}), "1w": frozenset()}


@dataclass(frozen=True, slots=True, eq=False)
class Request:
    """Checked arguments."""

    history: tuple[NDArray[np.float64], ...]
    grid: Grid
    horizon: int
    paths: int
    seed: int
    zones: tuple[str, ...]
    calendars: tuple[BusinessCalendar | None, ...]
    kind: Kind
    groups: tuple[str, ...]
    one_offs: tuple[NDArray[np.bool_] | None, ...]
    """(steps,) each: samples that the user labelled as one-off events."""
    ordinary: tuple[NDArray[np.bool_] | None, ...]
    """(steps,) each: samples that the user says are demand."""
    ceilings: tuple[float, ...]
    """Largest value that could be measured; inf: no bound known."""


def request(
    history: Sequence[NDArray[np.floating] | Sequence[float]],
    horizon: int,
    step: str,
    seasons: Sequence[int],
    paths: int,
    seed: int,
    end: np.datetime64 | None,
    zones: Sequence[str] | None,
    calendar: Sequence[BusinessCalendar | str | None] | None,
    kind: str,
    group: Sequence[str] | None,
    one_off: OneOffs | None,
    ceiling: Limits | None,
    ordinary: OneOffs | None,
) -> Request:
    """Return the checked arguments of `forecast`."""
    if step not in get_args(Step):
        raise ValueError(f"step={step!r}: use one of {', '.join(get_args(Step))}")
    known: Step = step  # type: ignore[assignment]  # membership was just checked against the literal
    if kind not in get_args(Kind):
        raise ValueError(f"kind={kind!r}: use 'flow' for rates or 'state' for disk and memory")
    chosen: Kind = kind  # type: ignore[assignment]  # membership was just checked against the literal
    for name, value in (("horizon", horizon), ("paths", paths)):
        if value < 1:
            raise ValueError(f"{name}={value}: at least 1 is needed")
    if not 0 <= seed <= MOST_SEED:
        raise ValueError(f"seed={seed}: use 0 … 2^64 - 1")
    _check_seasons(known, tuple(seasons))
    series = tuple(_checked(values, number, chosen) for number, values in enumerate(history))
    if not series:
        raise ValueError("history is empty: give at least one series")
    if end is None and (zones is not None or calendar is not None):
        raise ValueError("zones and calendar need dates: give end, the UTC moment at which the last sample ends")
    grid = undated(known) if end is None else dated(known, end)
    names = _per_series("zones", zones, len(series)) or ("UTC",) * len(series)
    groups = _per_series("group", group, len(series)) or ("",) * len(series)
    calendars = _calendars(calendar, series, grid, horizon)
    zoned = tuple(check_zone(zone) for zone in names)
    marked, kept = _one_offs(one_off, history, series), _labels("ordinary", ordinary, history, series)
    bounds = _ceilings(ceiling, series)
    return Request(series, grid, horizon, paths, seed, zoned, calendars, chosen, groups, marked, kept, bounds)


def _check_seasons(step: Step, seasons: tuple[int, ...]) -> None:
    # The default of the signature means "day and week" at every step.
    allowed = _SEASONS[step]
    if seasons != _DEFAULT_SEASONS and not set(seasons) <= allowed:
        raise ValueError(f"seasons={seasons}: at step {step} the seasons {sorted(allowed)} steps are modelled")


def _checked(values: NDArray[np.floating] | Sequence[float], number: int, kind: Kind) -> NDArray[np.float64]:
    series = np.asarray(values, dtype=np.float64)
    if series.ndim != 1:
        raise ValueError(f"history[{number}] has shape {series.shape}: give a 1-D array")
    known = series[~np.isnan(series)]
    if known.size == 0:
        raise ValueError(f"history[{number}] has no value ({series.size} samples, all missing): leave it out, missing is not zero")
    if np.isinf(known).any():
        raise ValueError(f"history[{number}] holds an infinite value: give NaN where unknown")
    if known.min() < 0:
        raise ValueError(f"history[{number}] holds {known.min():g}: a {kind} is never negative; give NaN where unknown")
    first = int(np.argmax(~np.isnan(series)))
    return series[first:]


def _one_offs(
    given: OneOffs | None, history: Sequence[NDArray[np.floating] | Sequence[float]], series: tuple[NDArray[np.float64], ...]
) -> tuple[NDArray[np.bool_] | None, ...]:
    found = _labels("one_off", given, history, series)
    for number, (marked, kept) in enumerate(zip(found, series, strict=True)):
        if marked is not None and not np.isfinite(kept[~marked]).any():
            raise ValueError(f"one_off[{number}] labels every known sample: at least one must be ordinary demand")
    return found


def _labels(
    name: str,
    given: OneOffs | None,
    history: Sequence[NDArray[np.floating] | Sequence[float]],
    series: tuple[NDArray[np.float64], ...],
) -> tuple[NDArray[np.bool_] | None, ...]:
    """Return the labels cut like the series, whose leading gaps are gone."""
    if given is None:
        return (None,) * len(series)
    if len(given) != len(series):
        raise ValueError(f"{name} has {len(given)} entries for {len(series)} series: give one a series, None where nothing is labelled")
    found: list[NDArray[np.bool_] | None] = []
    for number, (labels, values, kept) in enumerate(zip(given, history, series, strict=True)):
        marked = None if labels is None else np.asarray(labels, dtype=np.bool_)
        if marked is not None and marked.shape != (len(values),):
            raise ValueError(f"{name}[{number}] has shape {marked.shape} for {len(values)} samples: give one label a sample")
        found.append(None if marked is None else marked[marked.size - kept.size :])
    return tuple(found)


def _ceilings(given: Limits | None, series: tuple[NDArray[np.float64], ...]) -> tuple[float, ...]:
    if given is None:
        return (np.inf,) * len(series)
    listed = [given] * len(series) if isinstance(given, int | float) else list(given)
    if len(listed) != len(series):
        raise ValueError(f"ceiling has {len(listed)} entries for {len(series)} series: give one number for all or one a series")
    bounds = tuple(np.inf if bound is None else float(bound) for bound in listed)
    for number, (bound, values) in enumerate(zip(bounds, series, strict=True)):
        largest = float(np.nanmax(values))
        if not bound > 0 or largest > bound:
            raise ValueError(f"ceiling={bound:g} for history[{number}], which holds {largest:g}: give the most that could be measured")
    return bounds


def _per_series(name: str, given: Sequence[str] | None, count: int) -> tuple[str, ...] | None:
    if given is None:
        return None
    if isinstance(given, str) or len(given) != count:
        raise ValueError(f"{name} has {len(given)} entries for {count} series: give one a series")
    return tuple(given)


def _calendars(
    given: Sequence[BusinessCalendar | str | None] | None, series: tuple[NDArray[np.float64], ...], grid: Grid, horizon: int
) -> tuple[BusinessCalendar | None, ...]:
    if given is None:
        return (None,) * len(series)
    if isinstance(given, str) or len(given) != len(series):
        raise ValueError(f"calendar has {len(given)} entries for {len(series)} series: give one a series, None where there is none")
    first = grid.moment(-max(values.size for values in series)).astype("datetime64[Y]").astype(int) + 1970
    last = grid.moment(horizon).astype("datetime64[Y]").astype(int) + 1970
    known = {code: holiday_calendar(code, int(first), int(last)) for code in {entry for entry in given if isinstance(entry, str)}}
    return tuple(known[entry] if isinstance(entry, str) else entry for entry in given)
