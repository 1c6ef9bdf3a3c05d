"""Which stretches of time to ask for, and how: raw samples for what is recent, aligned steps for what is older."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

DAY_MS = 86_400_000
RAW_DAYS = 14
"""Recent days whose samples are pulled as they were scraped; the queueing models need minutes, growth only hours."""
MOST_POINTS = 11_000
"""Points per series a query_range may return (Prometheus, web/api/v1: "exceeded maximum resolution")."""
ALIGNED_DAYS = 30
"""Longest aligned window; bounds what is lost when a pull is killed."""


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """A stretch (start, end] of one series that is pulled, kept and repeated as a whole."""

    start_ms: int
    """Exclusive."""
    end_ms: int
    """Inclusive."""
    step_ms: int = 0
    """Spacing of aligned steps; 0: raw samples."""

    @property
    def points(self) -> int:
        """Points an aligned query returns per series."""
        return (self.end_ms - self.start_ms) // self.step_ms if self.step_ms else 0


def raw_from(end_ms: int, held: Sequence[tuple[int, int]] = ()) -> int:
    """Return since when raw samples are pulled: the last 14 days, and everything newer than the oldest stretch that is held.

    Windows are pulled newest first, so a pull that was stopped leaves its gap before what is held, and going on asks the same windows.
    """
    recent = _day_floor(end_ms) - RAW_DAYS * DAY_MS
    kept = merged(held)
    return min(recent, _day_floor(kept[0][1])) if kept else recent


def plan_windows(
    start_ms: int, end_ms: int, step_ms: int = 3_600_000, held: Sequence[tuple[int, int]] = (), raw_since_ms: int | None = None
) -> tuple[Window, ...]:
    """Return what is still to be pulled of (start, end], newest first; `held` are stretches (start, end] already kept.

    The start is rounded down to a UTC day. A day of raw samples is one window; the running day is pulled again from its start, so that
    pulling in pieces and pulling at once keep the same samples. Raw samples begin at `raw_since_ms`, a UTC midnight (None: `raw_from`).
    Raises ValueError for an empty period or a step that does not divide a day.
    """
    if end_ms <= start_ms:
        raise ValueError(f"period ({start_ms}, {end_ms}]: must end after it starts")
    if step_ms <= 0 or DAY_MS % step_ms:
        raise ValueError(f"step_ms = {step_ms}: must divide a day, so that windows stay aligned")
    first, border = _day_floor(start_ms), raw_from(end_ms, held) if raw_since_ms is None else raw_since_ms
    kept = merged(held)
    days = min(ALIGNED_DAYS, max(1, MOST_POINTS * step_ms // DAY_MS))
    aligned = [piece for gap in _gaps(first, min(border, end_ms), kept) for piece in _aligned(*gap, step_ms, days)]
    raw = [Window(day, min(day + DAY_MS, end_ms)) for day in range(max(border, first), end_ms, DAY_MS)]
    missing = [window for window in raw if not _is_held(window, kept)]
    return tuple(sorted((*aligned, *missing), reverse=True))


def merged(stretches: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Return stretches (start, end] sorted and joined where they touch."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(stretches):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        elif end > start:
            joined.append((start, end))
    return tuple(joined)


def _day_floor(time_ms: int) -> int:
    return time_ms - time_ms % DAY_MS


def _gaps(start: int, end: int, kept: Sequence[tuple[int, int]]) -> Iterable[tuple[int, int]]:
    for low, high in kept:
        if low > start:
            yield start, min(low, end)
        start = max(start, high)
        if start >= end:
            return
    if start < end:
        yield start, end


def _aligned(start: int, end: int, step_ms: int, days: int) -> Iterable[Window]:
    """Cut on multiples of `days` since 1970, so that the same stretch is cut the same way whatever was asked around it."""
    length = days * DAY_MS
    start -= start % step_ms
    while start + step_ms <= end:
        stop = min(end - end % step_ms, (start // length + 1) * length)
        if step_ms * MOST_POINTS < stop - start:
            stop = start + step_ms * MOST_POINTS
        yield Window(start, stop, step_ms)
        start = stop


def _is_held(window: Window, kept: Sequence[tuple[int, int]]) -> bool:
    return any(low <= window.start_ms and window.end_ms <= high for low, high in kept)
