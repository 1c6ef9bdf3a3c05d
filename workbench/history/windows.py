"""Half-open time windows (start, end] in milliseconds: union, difference, alignment."""

from collections.abc import Iterable, Sequence
from typing import TypeAlias

Window: TypeAlias = tuple[int, int]
"""Exclusive start and inclusive end, milliseconds since 1970 UTC."""


def union(windows: Iterable[Window]) -> tuple[Window, ...]:
    """Return the windows merged and sorted; empty ones vanish."""
    merged: list[Window] = []
    for start, end in sorted(window for window in windows if window[0] < window[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def difference(windows: Sequence[Window], taken: Sequence[Window]) -> tuple[Window, ...]:
    """Return the parts of `windows` that no window of `taken` covers."""
    left = list(union(windows))
    for start, end in union(taken):
        cut: list[Window] = []
        for low, high in left:
            cut.append((low, min(high, start)))
            cut.append((max(low, end), high))
        left = list(union(cut))
    return tuple(left)


def widen(windows: Sequence[Window], step_ms: int) -> tuple[Window, ...]:
    """Return the windows with both ends moved outwards to multiples of `step_ms`."""
    return union((start // step_ms * step_ms, -(-end // step_ms) * step_ms) for start, end in windows)
