"""Hourly truth → samples as sources say them: counters that add up and restart, levels, few digits, holes."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt

from data.generator.moments import FIRST, HOUR_MS, MINUTE_HOURS, hour_ends_ms
from data.generator.noise import Floats, jitter, stream

_LEVELS = 200.0
"""A busy hour's increase is at least this many steps of the counter: two to three digits."""
_MINUTE_LEVELS = 40.0
MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """Samples of one subject, arrays of shape (samples,)."""

    subject: str
    time_ms: npt.NDArray[np.int64]
    value: Floats
    epoch: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Epoch:
    """What a counter's epoch is called, and when it began anew."""

    first: str
    restart: datetime | None = None
    second: str = ""


def step_of(busy: float, levels: float = _LEVELS) -> float:
    """Return the power of two that a series with this busy value is rounded to; a power of two is what Parquet stores cheaply."""
    return 2.0 ** np.floor(np.log2(busy / levels)) if busy > 0 else 1.0


def gauge(subject: str, level: Floats) -> Track:
    """Return a level per hour with two to three digits; only changes of the last digits are lost."""
    step = step_of(float(np.quantile(level, 0.9)))
    return _track(subject, hour_ends_ms(), np.round(level / step) * step)


def counter(subject: str, increase: Floats, epoch: Epoch) -> Track:
    """Return a counter per hour; after a restart it begins at what was counted since."""
    step = step_of(float(np.quantile(increase, 0.99)))
    return _counted(subject, hour_ends_ms(), np.round(increase / step) * step, epoch)


def exact_counter(subject: str, increase: Floats, epoch: Epoch) -> Track:
    """Return a counter of the last hours, from 0 on, without rounding: few events in a tail must not be lost."""
    return _counted(subject, hour_ends_ms()[-increase.size - 1 :], np.concatenate([[0.0], increase]), epoch)


def gauge_with_minutes(subject: str, level: Floats, name: str) -> Track:
    """Return a level per hour and, for the last days, per minute."""
    busy = float(np.quantile(level, 0.99))
    step, fine = step_of(busy), step_of(busy, _MINUTE_LEVELS)
    minutes = _by_minute(subject, level[-MINUTE_HOURS:], name)
    values = np.concatenate([np.round(level[:-MINUTE_HOURS] / step) * step, np.round(minutes / fine) * fine])
    return _track(subject, _mixed_times(), values)


def counter_with_minutes(subject: str, increase: Floats, epoch: Epoch, name: str) -> Track:
    """Return a counter per hour and, for the last days, per minute."""
    step = step_of(float(np.quantile(increase, 0.99)))
    fine = step_of(float(np.quantile(increase, 0.99)) / 60, _MINUTE_LEVELS)
    minutes = _by_minute(subject, increase[-MINUTE_HOURS:] / 60, name)
    increases = np.concatenate([np.round(increase[:-MINUTE_HOURS] / step) * step, np.round(minutes / fine) * fine])
    return _counted(subject, _mixed_times(), increases, epoch)


def without(track: Track, start: datetime, end: datetime) -> Track:
    """Return the track without the samples of a stretch (start, end]."""
    keep = (track.time_ms <= start.timestamp() * 1000) | (track.time_ms > end.timestamp() * 1000)
    epoch = tuple(text for text, stays in zip(track.epoch, keep.tolist(), strict=True) if stays)
    return Track(track.subject, track.time_ms[keep], track.value[keep], epoch)


def setting(subject: str, value: float) -> Track:
    """Return a value that nobody changed, read once a day."""
    ends = hour_ends_ms()[23::24]
    return _track(subject, ends, np.full(ends.size, value))


def daily(subject: str, per_day: Floats) -> Track:
    """Return a count per day, stamped at the day's start."""
    start = int(FIRST.timestamp() * 1000)
    return _track(subject, start + 24 * HOUR_MS * np.arange(per_day.size, dtype=np.int64), per_day)


def _mixed_times() -> npt.NDArray[np.int64]:
    ends = hour_ends_ms()
    first = int(ends[-MINUTE_HOURS]) - HOUR_MS
    return np.concatenate([ends[:-MINUTE_HOURS], first + MINUTE_MS * np.arange(1, MINUTE_HOURS * 60 + 1, dtype=np.int64)])


def _by_minute(subject: str, hourly: Floats, name: str) -> Floats:
    """Return minutes whose means follow the hours smoothly, with the scatter of single minutes."""
    middle = np.arange(hourly.size) * 60 + 29.5
    smooth = np.interp(np.arange(hourly.size * 60), middle, hourly)
    smooth *= np.repeat(hourly / np.maximum(smooth.reshape(-1, 60).mean(axis=1), 1e-12), 60)
    return smooth * jitter(stream(subject, name, "minutes"), smooth.size, 0.09)


def _counted(subject: str, time_ms: npt.NDArray[np.int64], increase: Floats, epoch: Epoch) -> Track:
    total = np.cumsum(increase)
    if epoch.restart is None:
        return _track(subject, time_ms, total, epoch.first)
    at_ms = int(epoch.restart.timestamp() * 1000)
    after = int(np.searchsorted(time_ms, at_ms, side="right"))
    lost = (at_ms - (int(time_ms[after]) - HOUR_MS)) / HOUR_MS
    kept = total[after:] - total[after] + increase[after] * (1 - lost)
    epochs = (epoch.first,) * after + (epoch.second,) * (time_ms.size - after)
    return Track(subject, time_ms, np.concatenate([total[:after], kept]), epochs)


def _track(subject: str, time_ms: npt.NDArray[np.int64], value: Floats, epoch: str = "") -> Track:
    if value.size != time_ms.size:
        raise ValueError(f"{subject}: {value.size} values for {time_ms.size} times")
    return Track(subject, time_ms, value, (epoch,) * value.size)
