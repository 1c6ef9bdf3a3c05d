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
LONGEST_LINE = 2.5
"""Scrapes further apart than this many usual intervals have a gap between them."""

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
    """Return what the label sets counted together since the window began, or since the latest restart in it.

    Values are increases since `since_ms`, not the exporters' absolute values: a sum of those falls when one of several processes ends and
    jumps when one comes back. What was counted between the last scrape and a restart is unknown: the new count begins at 0 after it.
    """
    tracks = [track for track in tracks if track.time_ms.size]
    scrapes, times = _scrapes(tracks, end_ms), _instants(tracks, end_ms)
    born = _first_seen(tracks) if appears == "at zero" else {}
    total, at_scrapes = np.zeros(times.size), np.zeros(scrapes.size)
    restart = np.zeros(times.size, bool)
    for track in tracks:
        step = np.diff(track.value, prepend=track.value[:1])
        fell = step < 0
        step[fell] = track.value[fell]
        if _target(track) in born and _is_new(track, born[_target(track)]):
            step[0] = track.value[0]
        count = np.concatenate(([0.0], np.cumsum(step)))
        total += count[np.searchsorted(track.time_ms, times, side="right")]
        at_scrapes += count[np.searchsorted(track.time_ms, scrapes, side="right")]
        at = np.searchsorted(times, track.time_ms[fell])
        restart[at[at < times.size]] = True
    inside = times > start_ms
    return _counted(Combined(times[inside], total[inside], times[inside]), restart[inside], _begin(scrapes, at_scrapes, start_ms))


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
    scrapes = _scrapes(tracks, end_ms)
    if scrapes.size == 0:
        return scrapes
    longest = max(tracks, key=lambda track: track.time_ms.size)
    spacing = interval_ms(longest.time_ms)
    if spacing and scrapes.size > SPREAD * _ever_alive(tracks, longest):
        grid = np.unique(-(-scrapes // spacing) * spacing)
        return grid[grid <= end_ms]
    return scrapes


def _scrapes(tracks: Sequence[Track], end_ms: int) -> Times:
    """Return every instant at which one of the label sets was scraped."""
    union = _union([track.time_ms for track in tracks])
    return union[union <= end_ms]


def _union(times: Sequence[Times]) -> Times:
    """Return all instants once, ascending; each input is so already, and most often they are all the same."""
    longest = max(times, key=len, default=np.empty(0, np.int64))
    if all(one is longest or np.array_equal(one, longest) for one in times):
        return longest
    return np.unique(np.concatenate(times))


def _ever_alive(tracks: Sequence[Track], longest: Track) -> int:
    """Instants that label sets scraped together would have: successors do not overlap."""
    first = min(track.time_ms[0] for track in tracks)
    last = max(track.time_ms[-1] for track in tracks)
    spacing = interval_ms(longest.time_ms)
    return max(longest.time_ms.size, int((last - first) // spacing) + 1 if spacing else 1)


@dataclass(frozen=True, slots=True)
class Begin:
    """Where the count of a window begins."""

    since_ms: int
    total: float
    """What had been counted by then."""


def _begin(scrapes: Times, total: Values, start_ms: int) -> Begin | None:
    """Return the count at the start of the window, on the line between the scrapes around it; None when a gap or nothing lies there.

    It depends on these two scrapes only, so that a day that is pulled again later in the day continues the same count.
    """
    after = int(np.searchsorted(scrapes, start_ms, side="right"))
    if after in (0, scrapes.size):
        return None
    low, high = scrapes[after - 1], scrapes[after]
    if high - low > LONGEST_LINE * max(interval_ms(scrapes), 1):
        return None
    share = (start_ms - low) / (high - low)
    # One millisecond later than the window before may have its last sample.
    return Begin(start_ms + 1, float(total[after - 1] + share * (total[after] - total[after - 1])))


def _counted(found: Combined, restart: npt.NDArray[np.bool_], begin: Begin | None) -> Combined:
    """Turn totals into counts since the begin of the window, else since the first sample, and anew since each restart."""
    if found.time_ms.size == 0:
        return found
    place = np.arange(found.time_ms.size)
    origin = np.maximum.accumulate(np.where(restart, place, -1 if begin else 0))
    base = np.where(origin < 0, begin.total if begin else 0.0, found.value[origin])
    since = np.where(origin < 0, begin.since_ms if begin else 0, found.time_ms[origin])
    return Combined(found.time_ms, np.maximum(found.value - base, 0.0), since)


def _target(track: Track) -> tuple[str, str]:
    return track.labels.get("job", ""), track.labels.get("instance", "")


def _first_seen(tracks: Sequence[Track]) -> dict[tuple[str, str], Times]:
    """Return all instants at which each target was scraped."""
    seen: dict[tuple[str, str], list[Times]] = {}
    for track in tracks:
        seen.setdefault(_target(track), []).append(track.time_ms)
    return {target: _union(times) for target, times in seen.items()}


def _is_new(track: Track, scraped: Times) -> bool:
    """Whether the target was scraped just before without this label set."""
    before = scraped[scraped < track.time_ms[0]]
    return bool(before.size) and track.time_ms[0] - before[-1] <= LONGEST_LINE * max(interval_ms(scraped), 1)


def _hold_ms(times: Times) -> float:
    return min(STALE_MS, LONGEST_LINE * interval_ms(times)) if times.size > 1 else STALE_MS
