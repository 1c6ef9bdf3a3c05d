"""Several label sets of one subject become one series, restart by restart, without inventing an increase."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt

from workbench.sources.prometheus.answer import Track

STALE_MS = 300_000
"""How long a gauge stands without a new sample: the lookback of Prometheus itself."""
SPREAD = 1.5
"""More distinct instants than this per label set: targets are scraped apart, so an aligned grid is used."""

Times = npt.NDArray[np.int64]
Values = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Combined:
    """One subject's samples in a window."""

    time_ms: Times
    value: Values
    since_ms: Times
    """(samples,): instant at which a counter's value was 0; -1 for a gauge."""


def finite(track: Track) -> Track:
    """Return the track without NaN and infinities: they are no measurement."""
    good = np.isfinite(track.value)
    return track if good.all() else Track(track.labels, track.time_ms[good], track.value[good])


def combine_counters(tracks: Sequence[Track], start_ms: int, end_ms: int, appears: str) -> Combined:
    """Return what the label sets counted together since the last sample before the window, or since the latest restart.

    Values are increases since `since_ms`, not the exporters' absolute values: a sum of those falls when one of several processes ends and
    jumps when one comes back. What was counted between the last scrape and a restart is unknown: the new count begins at 0 after it.
    """
    tracks = [track for track in tracks if track.time_ms.size]
    times = _instants(tracks, end_ms)
    total = np.zeros(times.size)
    restart = np.zeros(times.size, bool)
    born = _first_seen(tracks) if appears == "at zero" else {}
    for track in tracks:
        step = np.diff(track.value, prepend=track.value[:1])
        fell = step < 0
        step[fell] = track.value[fell]
        if _target(track) in born and _is_new(track, born[_target(track)]):
            step[0] = track.value[0]
        place = np.searchsorted(track.time_ms, times, side="right")
        total += np.concatenate(([0.0], np.cumsum(step)))[place]
        at = np.searchsorted(times, track.time_ms[fell])
        restart[at[at < times.size]] = True
    return _counted(times, total, restart, start_ms, end_ms)


def combine_gauges(tracks: Sequence[Track], start_ms: int, end_ms: int, combine: str) -> Combined:
    """Return the sum or the maximum over the label sets alive at each instant."""
    tracks = [track for track in tracks if track.time_ms.size]
    times = _instants(tracks, end_ms)
    times = times[times > start_ms]
    values = np.full((len(tracks), times.size), np.nan)
    for row, track in zip(values, tracks, strict=True):
        place = np.searchsorted(track.time_ms, times, side="right") - 1
        alive = (place >= 0) & (times - track.time_ms[place] <= _hold_ms(track.time_ms))
        row[alive] = track.value[place[alive]]
    seen = ~np.isnan(values).all(axis=0)
    values = values[:, seen]
    merged = np.nansum(values, axis=0) if combine == "sum" else np.nanmax(values, axis=0, initial=-np.inf)
    times = times[seen]
    return Combined(times, merged, np.full(times.size, -1))


def epoch_text(since_ms: int, source: str) -> str:
    """Return the epoch of a count that began at an instant: "2026-10-31T23:59:45.001Z|window:prom-eu"."""
    instant = datetime.fromtimestamp(since_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return f"{instant}|window:{source}"


def interval_ms(times: Times) -> int:
    """Return the usual spacing of samples, 0 when there are fewer than two."""
    return int(np.median(np.diff(times))) if times.size > 1 else 0


def _instants(tracks: Sequence[Track], end_ms: int) -> Times:
    """Return the instants of the combined series: those of the samples, or a grid when targets are scraped apart."""
    if not tracks:
        return np.empty(0, np.int64)
    union = np.unique(np.concatenate([track.time_ms for track in tracks]))
    longest = max(tracks, key=lambda track: track.time_ms.size)
    spacing = interval_ms(longest.time_ms)
    if spacing and union.size > SPREAD * _ever_alive(tracks, longest):
        grid = np.unique(-(-union // spacing) * spacing)
        union = grid[grid <= end_ms]
    return union[union <= end_ms]


def _ever_alive(tracks: Sequence[Track], longest: Track) -> int:
    """Instants that label sets scraped together would have: successors do not overlap."""
    first = min(track.time_ms[0] for track in tracks)
    last = max(track.time_ms[-1] for track in tracks)
    spacing = interval_ms(longest.time_ms)
    return max(longest.time_ms.size, int((last - first) // spacing) + 1 if spacing else 1)


def _counted(times: Times, total: Values, restart: npt.NDArray[np.bool_], start_ms: int, end_ms: int) -> Combined:
    """Cut to the window; the last instant before it, else the first in it, is where the count begins."""
    inside = (times > start_ms) & (times <= end_ms)
    if not inside.any():
        return Combined(times[:0], total[:0], times[:0])
    first = int(np.argmax(inside))
    base = max(first - 1, 0)
    origin = np.where(restart & inside, np.arange(times.size), base)
    origin = np.maximum.accumulate(origin)
    # One millisecond later than a sample of the window before, so that the begin lies between its last sample and our first.
    since = np.where((origin == base) & (base < first), times[base] + 1, times[origin])
    return Combined(times[first:], (total - total[origin])[first:], since[first:])


def _target(track: Track) -> tuple[str, str]:
    return track.labels.get("job", ""), track.labels.get("instance", "")


def _first_seen(tracks: Sequence[Track]) -> dict[tuple[str, str], Times]:
    """Return all instants at which each target was scraped."""
    seen: dict[tuple[str, str], list[Times]] = {}
    for track in tracks:
        seen.setdefault(_target(track), []).append(track.time_ms)
    return {target: np.unique(np.concatenate(times)) for target, times in seen.items()}


def _is_new(track: Track, scraped: Times) -> bool:
    """Whether the target was scraped just before without this label set."""
    before = scraped[scraped < track.time_ms[0]]
    return bool(before.size) and track.time_ms[0] - before[-1] <= 2.5 * max(interval_ms(scraped), 1)


def _hold_ms(times: Times) -> float:
    return min(STALE_MS, 2.5 * interval_ms(times)) if times.size > 1 else STALE_MS
