"""Pull one Prometheus into history, window by window, so that a stopped pull goes on where it was."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from workbench.history.catalogue import base_name
from workbench.history.store import History
from workbench.history.windows import difference
from workbench.pipeline.calendar_months import MS_PER_DAY
from workbench.sources.catalogue import Catalogue
from workbench.sources.prometheus import Discovery, PrometheusConnection, discover, open_server, plan_pull, pull
from workbench.sources.samples import Samples

HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class Period:
    """What to pull, milliseconds since 1970 UTC."""

    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Pulled:
    """What one source gave."""

    source: str
    series: int
    """Series with at least one new row."""
    rows: int
    """Rows that were new or different."""
    windows: int
    """Windows asked for; 0 when all was there."""
    partial: int
    """Windows whose answer may be incomplete; they are asked for again next time."""
    warnings: tuple[str, ...]


def period_of(end_ms: int, days: float) -> Period:
    """Return the last days before an instant, in whole hours."""
    end = end_ms // HOUR_MS * HOUR_MS
    return Period(end - round(days * MS_PER_DAY) // HOUR_MS * HOUR_MS, end)


def pull_prometheus(
    history: History,
    connection: PrometheusConnection,
    catalogue: Catalogue,
    period: Period,
    progress: Callable[[str, float], None],
    cancel: threading.Event,
) -> Pulled:
    """Pull what history does not hold yet; raises SourceError when the server cannot be used."""
    with open_server(connection) as server:
        progress(f"{connection.name}: looking what is there", 0.0)
        found = discover(server, catalogue, period.start_ms, period.end_ms)
        tasks = plan_pull(found.rules, period.start_ms, period.end_ms, held_windows(history, connection.name), by_steps=found.by_steps)
        keeper = Keeper(history, _measures(found), period.end_ms)
        for samples in pull(server, tasks, cancel, lambda done, of: progress(f"{connection.name}: window {done} of {of}", done / of)):
            keeper.keep(samples)
        keeper.close()
    warnings = tuple(dict.fromkeys([*found.warnings, *keeper.warnings]))
    return Pulled(connection.name, len(keeper.series), keeper.rows, len(tasks), keeper.partial, warnings)


def held_windows(history: History, source: str) -> dict[str, tuple[tuple[int, int], ...]]:
    """Return the windows that are whole, by series without part: the entry without a part is written when all its parts are."""
    entries = history.manifest().entries
    return {
        entry.series: difference(entry.windows, entry.partial)
        for entry in entries
        if entry.source == source and entry.series == base_name(entry.series)
    }


def _measures(found: Discovery) -> dict[str, str]:
    return {rule.series: rule.measures for rule in found.rules if rule.measures is not None}


class Keeper:
    """Writes samples and, after the last part of a window, notes the window as whole."""

    def __init__(self, history: History, measures: dict[str, str], fetched_ms: int) -> None:
        self.history = history
        self.measures = measures
        self.fetched_ms = fetched_ms
        self.rows = 0
        self.partial = 0
        self.series: set[str] = set()
        self.warnings: dict[str, None] = {}
        self._last: Samples | None = None

    def keep(self, samples: Samples) -> None:
        """Append the samples of one part of a window."""
        if self._last is not None and _window(self._last) != _window(samples):
            self._note_whole(self._last)
        base = base_name(samples.series)
        new = self.history.append(samples, self.measures.get(base), self.fetched_ms)
        self.rows += new
        self.partial += samples.partial
        if new:
            self.series.add(base)
        self.warnings.update(dict.fromkeys(samples.warnings))
        self._last = samples

    def close(self) -> None:
        """Note the last window."""
        if self._last is not None:
            self._note_whole(self._last)

    def _note_whole(self, last: Samples) -> None:
        base = base_name(last.series)
        if base != last.series:
            whole = Samples(base, last.frame.clear(), last.source, last.start_ms, last.end_ms, last.partial, last.warnings)
            self.history.append(whole, self.measures.get(base), self.fetched_ms)


def _window(samples: Samples) -> tuple[str, int, int]:
    return base_name(samples.series), samples.start_ms, samples.end_ms
