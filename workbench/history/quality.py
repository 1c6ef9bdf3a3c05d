"""How good the stored samples of each series and subject are."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from workbench.history import layout
from workbench.history.catalogue import kind_of
from workbench.history.clean import HOUR_MS, Grid, HourlySeries, on_grid
from workbench.history.intervals import Intervals, Subject, intervals_of, subjects_of
from workbench.history.store import History
from workbench.history.windows import Window, union

if TYPE_CHECKING:
    import polars as pl

WEEK_HOURS = 168
USUAL_SHARE = 0.25
"""An hour of the week is usually at work when its median, and that of the hours beside it, is above this share of the subject's mean."""
OUTAGE_SERIES = frozenset({"requests", "database_transactions"})
"""Series that people's work drives all day: only there zero is a sign of an outage."""
LEAST_WEEKS = 3
"""Weeks of history from which an hour of the week has a usual value."""

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class SeriesQuality:
    """What is known of one series of one subject; times in milliseconds since 1970 UTC."""

    series: str
    subject: str
    samples: int
    """Finite values; 0: rows were stored, but none of them holds a number."""
    first_ms: int
    last_ms: int
    """Time of the last sample."""
    coverage: float
    """Share of the hours between the first and the last sample that have a value."""
    known_hours: int
    """Number of those hours."""
    resets_ms: tuple[int, ...]
    """Samples at which a counter was found to have begun anew."""
    lower_bound_hours: int
    """Hours of which only a lower bound is known."""
    missing: tuple[Window, ...]
    """Stretches of whole hours without a value."""
    outages: tuple[Window, ...]
    """Stretches of whole hours at zero in hours of the week that usually are not."""
    partial: tuple[Window, ...]
    """Windows of which a source said that its answer may be incomplete."""


def quality(history: History, series: Iterable[str] | None = None) -> tuple[SeriesQuality, ...]:
    """Return the quality of the named series, else of all, a row for each subject that has samples."""
    names = history.series() if series is None else tuple(series)
    manifest = history.manifest()
    rows: list[SeriesQuality] = []
    for name in names:
        partial = union(window for entry in manifest.entries if entry.series == name for window in entry.partial)
        frame = layout.read_frame(list(layout.data_files(history.folder, name)))
        subjects = subjects_of(frame)
        covered = {subject.name: intervals_of(subject, kind_of(name)) for subject in subjects}
        hourly = on_grid(name, covered, Grid(HOUR_MS), tuple(covered))
        rows.extend(_row(hourly, subject, covered[subject.name], partial) for subject in subjects)
        rows.extend(_valueless(name, frame, set(covered), partial))
    return tuple(rows)


def usual_levels(values: Floats) -> Floats:
    """Return for each hour (hours,) the median of its hour of the week; NaN with fewer than three weeks of values."""
    weeks = -(-values.size // WEEK_HOURS)
    table = np.full(weeks * WEEK_HOURS, np.nan)
    table[: values.size] = values
    ordered = np.sort(table.reshape(weeks, WEEK_HOURS), axis=0)
    known = np.isfinite(ordered).sum(axis=0)
    middle = ordered[np.maximum(known - 1, 0) // 2, np.arange(WEEK_HOURS)]
    usual: Floats = np.tile(np.where(known >= LEAST_WEEKS, middle, np.nan), weeks)[: values.size]
    return usual


def _row(hourly: HourlySeries, subject: Subject, covered: Intervals, partial: tuple[Window, ...]) -> SeriesQuality:
    row = hourly.subjects.index(subject.name)
    first_ms, last_ms = int(subject.time_ms[0]), int(subject.time_ms[-1])
    low = (first_ms - hourly.start_ms) // HOUR_MS
    high = -(-(last_ms - hourly.start_ms) // HOUR_MS)
    values = hourly.values[row, max(low, 0) : max(high, 0)]
    start_ms = hourly.start_ms + max(low, 0) * HOUR_MS
    return SeriesQuality(
        series=hourly.series,
        subject=subject.name,
        samples=int(subject.time_ms.size),
        first_ms=first_ms,
        last_ms=last_ms,
        coverage=float(np.isfinite(values).mean()) if values.size else 0.0,
        known_hours=int(np.isfinite(values).sum()),
        resets_ms=tuple(covered.resets_ms.tolist()),
        lower_bound_hours=int(hourly.lower_bound[row].sum()),
        missing=_stretches(np.isnan(values), start_ms),
        outages=_stretches(_outage(values), start_ms) if hourly.series in OUTAGE_SERIES else (),
        partial=partial,
    )


def _valueless(series: str, frame: "pl.DataFrame", known: set[str], partial: tuple[Window, ...]) -> Iterator[SeriesQuality]:
    """Yield a row for each subject that has rows of which none holds a number."""
    for (name,), rows in sorted(frame.partition_by("tenant", as_dict=True).items(), key=str):
        if name not in known and (times := rows["time"].drop_nulls().to_list()):
            first, last = min(times), max(times)
            yield SeriesQuality(series, str(name), 0, first, last, 0.0, 0, (), 0, ((first, last),), (), partial)


def _outage(values: Floats) -> Flags:
    known = np.isfinite(values)
    if not known.any():
        return np.zeros(values.size, dtype=np.bool_)
    usual = usual_levels(values)
    # Hours beside it too: when the clocks change, or a shift starts a little later, the edge of a working day moves.
    beside = np.minimum(usual, np.minimum(np.roll(usual, 1), np.roll(usual, -1)))
    busy = beside > USUAL_SHARE * values[known].mean()
    dead: Flags = busy & (values == 0)
    return dead


def _stretches(flags: Flags, start_ms: int) -> tuple[Window, ...]:
    edges = np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8))
    starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    return tuple((start_ms + low * HOUR_MS, start_ms + high * HOUR_MS) for low, high in zip(starts.tolist(), ends.tolist(), strict=True))
