"""Samples → intervals between neighbours, with what each adds: the reset and gap rules.

Prometheus: after a restart (the value drops, or the epoch changes) the new value is a lower bound of the increase. PostgreSQL statistics:
when only stats_reset changed and lies inside the interval, the new value was counted since the reset; anything else is a gap.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from workbench.history.catalogue import Kind
from workbench.history.epochs import database_epoch
from workbench.history.layout import DAY_MS

if TYPE_CHECKING:
    import polars as pl

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

GAP_FACTOR = 2.5
"""Neighbours further apart than this many usual intervals have a gap between them."""
LONGEST_MS = int(GAP_FACTOR * DAY_MS)
"""No interval is ever longer: what is sampled less than daily is not a series of hours."""
_NEIGHBOURS = 15
"""Intervals on either side that say what is usual; the scrape interval may change within a series."""
_FEWEST = 3
"""With fewer than these on a side, that side says nothing: one gap must not make the next one look usual."""


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """The samples of one subject in time order, times strictly ascending."""

    name: str
    time_ms: Integers
    value: Floats
    epoch: "pl.Series"


@dataclass(frozen=True, slots=True, eq=False)
class Intervals:
    """Stretches (start, end] of one subject that are covered by samples, in order, not overlapping."""

    start_ms: Integers
    end_ms: Integers
    amount: Floats
    """Counters: the increase. Levels: value × seconds."""
    lower: Flags
    """Whether the amount is only a lower bound."""
    resets_ms: Integers
    """Ends of the intervals in which a reset was seen, gaps included; the begin of another window that was read is none."""


def subjects_of(frame: "pl.DataFrame") -> tuple[Subject, ...]:
    """Split rows (any order; a later row wins over an earlier one of the same time) by subject; drop values that are not finite."""
    import polars as pl

    usable = frame.filter(pl.col("value").is_finite() & pl.col("time").is_not_null())
    if usable.is_empty():
        return ()
    rows = usable.sort(["tenant", "time"], maintain_order=True)
    lengths = rows["tenant"].rle().struct.unnest()
    found = []
    first = 0
    for name, length in zip(lengths["value"].to_list(), lengths["len"].to_list(), strict=True):
        found.append(_subject(name, rows.slice(first, length)))
        first += length
    return tuple(found)


def intervals_of(subject: Subject, kind: Kind) -> Intervals:
    """Return what the samples of a subject cover and add."""
    if kind is Kind.COUNTER:
        return _counted(subject)
    if kind is Kind.DAILY:
        return _daily(subject)
    return _levels(subject)


def usual_gap_ms(time_ms: Integers) -> Floats:
    """Return for each interval between neighbours the usual one there: the larger median of those before and after it, milliseconds."""
    spacing = np.diff(time_ms).astype(np.float64)
    if spacing.size == 0 or np.all(spacing == spacing[0]):
        return spacing
    before, after = _median_before(spacing), _median_before(spacing[::-1])[::-1]
    usual: Floats = np.fmax(before, after)
    usual[np.isnan(usual)] = np.median(spacing)
    return np.where(_kept_up(spacing), np.maximum(usual, spacing), usual)


def _kept_up(spacing: Floats) -> Flags:
    """Return where an interval is like most of the two before and the two after it: sampling changed there, nothing was missed."""
    beside = np.pad(spacing, 2)
    alike = [GAP_FACTOR * beside[shift : shift + spacing.size] >= spacing for shift in range(5)]
    kept_up: Flags = np.sum(alike, axis=0) >= _FEWEST
    return kept_up


def _median_before(spacing: Floats) -> Floats:
    """Return the median of the intervals just before each one; NaN when there are too few."""
    import polars as pl

    rolled = pl.Series(spacing).rolling_median(_NEIGHBOURS, min_samples=_FEWEST).cast(pl.Float64).fill_null(np.nan).to_numpy()
    return np.concatenate([[np.nan], rolled[:-1]])


def _subject(name: str, rows: "pl.DataFrame") -> Subject:
    time_ms = rows["time"].to_numpy()
    keep = np.append(np.diff(time_ms) > 0, True)
    if keep.all():
        return Subject(name, time_ms, rows["value"].to_numpy(), rows["epoch"])
    kept = rows.filter(keep)
    return Subject(name, kept["time"].to_numpy(), kept["value"].to_numpy(), kept["epoch"])


def _counted(subject: Subject) -> Intervals:
    start, end = subject.time_ms[:-1].copy(), subject.time_ms[1:]
    amount = np.diff(subject.value)
    covered = (end - start) <= np.minimum(GAP_FACTOR * usual_gap_ms(subject.time_ms), LONGEST_MS)
    lower = np.zeros(amount.size, dtype=np.bool_)
    changed = subject.epoch.ne_missing(subject.epoch.shift(1)).to_numpy()[1:]
    suspects = np.flatnonzero(changed | (amount < 0))
    resets = [index for index in suspects.tolist() if not changed[index] or _restarted(subject, index, gap=not covered[index])]
    for index in suspects:
        since = _after_reset(subject, int(index))
        amount[index] = subject.value[index + 1]
        if since is None:
            covered[index] = False
        else:
            start[index] = since.start_ms
            lower[index] = since.lower
    return Intervals(start[covered], end[covered], amount[covered], lower[covered], end[np.array(resets, dtype=np.int64)])


def _restarted(subject: Subject, index: int, *, gap: bool) -> bool:
    """Return whether a new epoch says that something was restarted, and not only that another window was read.

    A count of ours that begins at the very sample, beside a neighbour that is not missing, began because what it counts fell.
    """
    new = database_epoch(subject.epoch[index + 1] or "")
    if new is None or not new.counted_by_us:
        return True
    return new.reset_ms == int(subject.time_ms[index + 1]) and not gap


@dataclass(frozen=True, slots=True)
class _Since:
    start_ms: int
    lower: bool


def _after_reset(subject: Subject, index: int) -> _Since | None:
    before_ms, after_ms = int(subject.time_ms[index]), int(subject.time_ms[index + 1])
    old, new = database_epoch(subject.epoch[index] or ""), database_epoch(subject.epoch[index + 1] or "")
    if old is None and new is None:
        return _Since(before_ms, lower=True)
    if old is None or new is None or old.system != new.system:
        return None
    if new.reset_ms is None or new.reset_ms == old.reset_ms or not before_ms < new.reset_ms < after_ms:
        return None
    return _Since(new.reset_ms, lower=False)


def _levels(subject: Subject) -> Intervals:
    if subject.time_ms.size < 2:
        return _nothing()
    usual = usual_gap_ms(subject.time_ms)
    end = subject.time_ms
    spacing = np.diff(end)
    reach = np.where(spacing <= np.minimum(GAP_FACTOR * usual, LONGEST_MS), spacing, np.minimum(np.minimum(usual, spacing), LONGEST_MS))
    start = end - np.concatenate([[min(int(usual[0]), LONGEST_MS)], reach.astype(np.int64)])
    amount = subject.value * (end - start) / 1000
    return Intervals(start, end, amount, np.zeros(end.size, dtype=np.bool_), np.empty(0, dtype=np.int64))


def _daily(subject: Subject) -> Intervals:
    start = subject.time_ms
    end = np.minimum(start + DAY_MS, np.append(start[1:], start[-1] + DAY_MS))
    amount = subject.value * (end - start) / 1000
    return Intervals(start, end, amount, np.zeros(end.size, dtype=np.bool_), np.empty(0, dtype=np.int64))


def _nothing() -> Intervals:
    none = np.empty(0, dtype=np.int64)
    return Intervals(none, none, np.empty(0), np.empty(0, dtype=np.bool_), none)
