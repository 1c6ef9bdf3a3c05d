"""What was unusual in the history, why, and what became of it: one value for screens, files and notebooks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from models.growth import Diagnostics, Exclusion, LevelShift, holiday_calendar
from models.topology.resources import Layer
from workbench.pipeline.calendar_months import MS_PER_DAY, MS_PER_HOUR, midnight_ms
from workbench.pipeline.growth import HOURLY_SERIES, STATE_SERIES, Grown, Growth
from workbench.pipeline.observed import Observed
from workbench.study.estate import LabelledEvent, PoolSpec, Study
from workbench.study.sections.events import span_of

SATURATED = 0.85
"""Share of busy workers above which an hour shows less than was wanted: waiting grows faster than use (judgement, 2026-11)."""
LEAST_SATURATED_HOURS = 2
"""Hours of a day so busy that the day is named."""
LONGEST_DIP_DAYS = 35
"""A step of the level that is taken back within so many days is told as one thing."""
LEAST_GAP_HOURS = 3
"""Shorter gaps are counted in the coverage and named nowhere."""
BESIDE = timedelta(days=1)
"""How far from an incident an outage may begin and still be explained by it."""


class AnomalyKind(StrEnum):
    """What a stretch of history was."""

    MISSING = "missing"
    OUTAGE = "outage"
    RESTART = "restart"
    SATURATED = "saturated"
    SHIFT = "level shift"
    DIP = "away and back"
    EPISODE = "episode"
    ONE_OFF = "one-off"
    SHUTDOWN = "shutdown"
    NORMAL = "normal"


TREATMENT = {
    AnomalyKind.MISSING: "unknown, not zero: enters no fit",
    AnomalyKind.OUTAGE: "left out: absence is not low demand",
    AnomalyKind.RESTART: "left out: the count began anew, only a lower bound is known",
    AnomalyKind.SATURATED: "kept, as a lower bound of what was wanted",
    AnomalyKind.SHIFT: "kept: the forecast starts from the new level",
    AnomalyKind.DIP: "kept, as two steps of the level",
    AnomalyKind.EPISODE: "left out of level and growth; paths may repeat it",
    AnomalyKind.ONE_OFF: "left out: will not be repeated",
    AnomalyKind.SHUTDOWN: "a calendar effect, also in the years to come",
    AnomalyKind.NORMAL: "kept as ordinary demand",
}
_LABELLED = {"outage": AnomalyKind.OUTAGE, "one-off": AnomalyKind.ONE_OFF, "shutdown": AnomalyKind.SHUTDOWN, "normal": AnomalyKind.NORMAL}
_INTERRUPTIONS = frozenset({AnomalyKind.OUTAGE, AnomalyKind.MISSING, AnomalyKind.RESTART, AnomalyKind.EPISODE})
_HOLIDAYS_EXPLAIN = frozenset({AnomalyKind.OUTAGE, AnomalyKind.SHIFT, AnomalyKind.EPISODE})
_EXCLUDED = {Exclusion.MISSING: AnomalyKind.MISSING, Exclusion.OUTAGE: AnomalyKind.OUTAGE}


@dataclass(frozen=True, slots=True)
class Anomaly:
    """A stretch of one series of one tenant."""

    tenant: str
    series: str
    start: datetime
    """UTC."""
    end: datetime
    """UTC; of a level shift the end of the history."""
    kind: AnomalyKind
    explained: str
    """Incident or note that explains it; empty: nothing does."""
    size: float | None
    """Level over the usual one; None where there is none to compare."""
    treatment: str
    """What became of it in the fit."""
    labelled: bool
    """Whether the user said so; else it was found."""

    @property
    def ended(self) -> bool:
        """Whether it is over; a level shift is not."""
        return self.kind is not AnomalyKind.SHIFT

    @property
    def hours(self) -> float:
        """Length."""
        return (self.end - self.start).total_seconds() / 3600


def anomalies(study: Study, observed: Observed, growth: Growth) -> tuple[Anomaly, ...]:
    """Return all that was found or labelled, by tenant and begin; a label stands in the place of what it covers."""
    found: list[Anomaly] = []
    for part in growth.parts:
        for row, diagnostics in zip(part.rows, part.forecast.diagnostics, strict=True):
            found += _of_series(observed, part, row, diagnostics)
    found += _restarts(observed)
    found += _saturated(study, observed)
    labels = [_labelled(study, event) for event in study.events if event.tenant in observed.tenants]
    holidays = _holidays(study, observed)
    kept = [_explained(study, one, holidays) for one in found if not _covered(one, labels)]
    return tuple(sorted({*kept, *labels}, key=lambda one: (one.tenant, one.start, one.series, one.kind)))


def _of_series(observed: Observed, part: Grown, row: int, said: Diagnostics) -> Iterator[Anomaly]:
    hourly = part.driver.flow
    series = HOURLY_SERIES[part.driver] if hourly else STATE_SERIES[part.driver]
    tenant, step = observed.tenants[row], timedelta(hours=1 if hourly else 24)
    begin = _moment(midnight_ms(observed.as_of)) - said.steps * step

    def made(start: int, stop: int, kind: AnomalyKind, size: float | None = None) -> Anomaly:
        return Anomaly(tenant, series, begin + start * step, begin + stop * step, kind, "", size, TREATMENT[kind], labelled=False)

    for episode in said.episodes:
        yield made(episode.start, episode.stop, AnomalyKind.EPISODE, float(np.exp(episode.log_size)))
    for kind, first, stop in _stretches(said, 24 if hourly else 1):
        inside = any(one.start <= first and stop <= one.stop for one in said.episodes)
        if not inside and (kind is AnomalyKind.OUTAGE or (stop - first) * step >= timedelta(hours=LEAST_GAP_HOURS)):
            yield made(first, stop, kind)
    day = 24 if hourly else 1
    for one, back in _paired(said.shifts, LONGEST_DIP_DAYS * day):
        size = float(np.exp(one.log_size))
        if back is None:
            yield made(one.step, said.steps, AnomalyKind.SHIFT, size)
        else:
            yield replace(made(one.step, back.step, AnomalyKind.DIP, size), explained="went and came back: if it was a closure, label it")


def _stretches(said: Diagnostics, day: int) -> Iterator[tuple[AnomalyKind, int, int]]:
    """Yield what was excluded, neighbours of one kind less than a day apart as one: nights inside an outage say nothing."""
    last: tuple[AnomalyKind, int, int] | None = None
    for stretch in said.excluded:
        kind = _EXCLUDED.get(stretch.reason)
        if kind is None:
            continue
        if last is not None and last[0] is kind and stretch.start - last[2] <= day:
            last = (kind, last[1], stretch.stop)
            continue
        if last is not None:
            yield last
        last = (kind, stretch.start, stretch.stop)
    if last is not None:
        yield last


def _paired(shifts: Sequence[LevelShift], longest: int) -> Iterator[tuple[LevelShift, LevelShift | None]]:
    """Yield level shifts, those that are taken back soon by one of about the same size together with it."""
    left = list(shifts)
    while left:
        one = left.pop(0)
        back = left[0] if left and left[0].step - one.step <= longest and _takes_back(one.log_size, left[0].log_size) else None
        if back is not None:
            left.pop(0)
        yield one, back


def _takes_back(one: float, other: float) -> bool:
    return one * other < 0 and abs(one + other) < max(abs(one), abs(other)) / 2


def _restarts(observed: Observed) -> Iterator[Anomaly]:
    """Yield the hours in which a count of requests began anew, so that only a lower bound of them is known."""
    for tenant, hours in zip(observed.tenants, observed.restarted, strict=True):
        for hour in hours:
            start = _moment(observed.start_ms + hour * MS_PER_HOUR)
            kind = AnomalyKind.RESTART
            yield Anomaly(tenant, "requests", start, start + timedelta(hours=1), kind, "", None, TREATMENT[kind], labelled=False)


def _saturated(study: Study, observed: Observed) -> Iterator[Anomaly]:
    """Yield the days on which a worker pool was so busy that its tenants' requests show less than was wanted."""
    for pool in _worker_pools(study):
        rows = [observed.tenants.index(name) for name in pool.tenants if name in observed.tenants]
        busy = np.array([observed.of("busy_workers", row) for row in rows])
        use = busy.sum(axis=0) / _capacity(pool, observed, rows) if rows else np.empty(0)
        for day, hours in _days(use >= SATURATED):
            if hours >= LEAST_SATURATED_HOURS:
                start = _moment(observed.start_ms + day * MS_PER_DAY)
                kind, size = AnomalyKind.SATURATED, float(np.nanmax(use[day * 24 : day * 24 + 24]))
                for row in rows:
                    name = observed.tenants[row]
                    why = f"{pool.name}: {hours} h above {SATURATED:.0%} of its workers"
                    yield Anomaly(name, "requests", start, start + timedelta(days=1), kind, why, size, TREATMENT[kind], labelled=False)


def _worker_pools(study: Study) -> tuple[PoolSpec, ...]:
    return tuple(pool for one in study.topologies if one.name == "current" for pool in one.pools if pool.layer == Layer.WORKERS)


def _capacity(pool: PoolSpec, observed: Observed, rows: Sequence[int]) -> NDArray[np.float64]:
    """Return the workers of a pool hour by hour: as measured, else as the study says; NaN if neither knows."""
    measured = np.array([observed.of("workers", row) for row in rows])
    each, machines = pool.settings.get("workers"), sum(part.count for part in pool.parts if part.size is None)
    said = float(each) * machines if each is not None and machines else np.nan
    known = np.isfinite(measured).all(axis=0)
    return np.where(known, measured.sum(axis=0), said)


def _days(hours: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """Yield each whole day, counted from the start, in which hours are marked, and how many."""
    count = hours[: len(hours) // 24 * 24].reshape(-1, 24).sum(axis=1)
    yield from ((int(day), int(count[day])) for day in np.flatnonzero(count))


def _labelled(study: Study, event: LabelledEvent) -> Anomaly:
    start, end = span_of(event, study.tenant(event.tenant).calendar.zone)
    kind = _LABELLED[event.kind]
    return Anomaly(event.tenant, event.series or "all", start, end, kind, event.note, None, TREATMENT[kind], labelled=True)


def _covered(one: Anomaly, labels: Sequence[Anomaly]) -> bool:
    """Return whether a label covers most of a stretch, or the begin of a level shift, so that the label is what is shown."""
    for label in labels:
        if label.tenant == one.tenant and label.series in {"all", one.series}:
            shared = min(one.end, label.end) - max(one.start, label.start)
            if 2 * shared >= one.end - one.start or (one.kind is AnomalyKind.SHIFT and label.start <= one.start < label.end):
                return True
    return False


def _explained(study: Study, one: Anomaly, holidays: Mapping[str, frozenset[date]]) -> Anomaly:
    """Return the anomaly with what lies on it: an incident of the user's log, else a holiday of the tenant's calendar."""
    if one.kind in _INTERRUPTIONS:
        for incident in study.incidents:
            beside = incident.start <= one.end + BESIDE and one.start - BESIDE <= incident.end
            if one.tenant in incident.tenants and beside:
                return replace(one, explained=f"incident of {incident.start:%Y-%m-%d}: {incident.cause}")
    if one.explained or one.kind not in _HOLIDAYS_EXPLAIN:
        return one
    days = [(one.start + timedelta(days=shift)).date() for shift in (0, 1, -1)]
    met = next((day for day in days if day in holidays[one.tenant]), None)
    return one if met is None else replace(one, explained=f"begins at the holiday of {met}")


def _holidays(study: Study, observed: Observed) -> dict[str, frozenset[date]]:
    """Return each tenant's holidays in the years of the history."""
    codes = {name: study.tenant(name).calendar.holidays for name in observed.tenants}
    first = _moment(observed.start_ms).year
    named = sorted({code for code in codes.values() if code is not None})
    known = {code: frozenset(holiday_calendar(code, first, observed.as_of.year).holidays) for code in named}
    return {name: known[code] if code is not None else frozenset() for name, code in codes.items()}


def _moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)
