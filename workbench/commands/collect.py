"""`collect`: every source of the study into history; resumable, cancelled without loss."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

from workbench.commands.connections import label_rule, postgres_of, prometheus_of
from workbench.commands.pulling import Pulled, period_of, pull_prometheus
from workbench.commands.snapshot import take_one
from workbench.history import open_history
from workbench.history.snapshots import fold_snapshots
from workbench.history.store import History
from workbench.pipeline.session import Progress
from workbench.sources.catalogue import load_catalogue
from workbench.sources.errors import SourceCancelled, SourceError
from workbench.sources.files import BadFile, odoo_log_samples, read_daily_counts, read_lines, read_odoo_log, read_table
from workbench.sources.postgres import read_driver, read_profile
from workbench.sources.samples import Samples
from workbench.study.estate import Study
from workbench.study.source_specs import SourceSpec

DEFAULT_DAYS = 400.0
"""Days asked for unless said otherwise: a year and what a yearly season needs beside it; a server keeps what it keeps."""


@dataclass(frozen=True, slots=True, eq=False)
class CollectOptions:
    """What to collect."""

    now_ms: int
    """The instant up to which is asked, milliseconds since 1970 UTC."""
    days: float = DEFAULT_DAYS
    sources: tuple[str, ...] = ()
    """Empty: all."""
    cancel: threading.Event = field(default_factory=threading.Event)
    """Set it to stop; what was written stays, the next run goes on."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A source that could not be read."""

    source: str
    error: str


@dataclass(frozen=True, slots=True)
class Collected:
    """What came in."""

    pulled: tuple[Pulled, ...]
    failed: tuple[Failed, ...]
    notes: tuple[str, ...]
    """What a source could not say, and snapshots found damaged."""
    stopped: bool

    @property
    def reached(self) -> bool:
        """Whether every source answered."""
        return not self.failed


def collect(study: Study, options: CollectOptions, progress: Progress) -> Collected:
    """Collect every source; one that fails leaves the others and the history alone."""
    if study.demo:
        raise ValueError("the bundled study is never written to: make your own with `workbench init DIR`")
    unknown = set(options.sources) - {source.name for source in study.sources}
    if unknown:
        known = ", ".join(source.name for source in study.sources) or "none yet"
        raise ValueError(f"no source {min(unknown)!r} in study.toml: known are {known}")
    history = open_history(study.folder / "history")
    chosen = [source for source in study.sources if not options.sources or source.name in options.sources]
    pulled: list[Pulled] = []
    failed: list[Failed] = []
    notes: list[str] = []
    stopped = False
    for source in chosen:
        try:
            found, said = _collect_source(study, history, source, options, progress)
        except SourceCancelled:
            stopped = True
            break
        except (SourceError, BadFile) as error:
            failed.append(Failed(source.name, str(error)))
            continue
        pulled.append(found)
        notes += said
    if not options.sources and not stopped:
        _collect_counts(study, history, options.now_ms, pulled, failed)
    notes += _finish(history, options.now_ms)
    progress("collected", 1.0)
    return Collected(tuple(pulled), tuple(failed), tuple(notes), stopped)


def _collect_source(
    study: Study, history: History, source: SourceSpec, options: CollectOptions, progress: Progress
) -> tuple[Pulled, list[str]]:
    progress(f"{source.name}: {source.kind}", 0.0)
    if source.kind == "prometheus":
        period = period_of(options.now_ms, options.days)
        catalogue = load_catalogue(source.catalogue)
        return pull_prometheus(history, prometheus_of(study, source), catalogue, period, progress, options.cancel), []
    if source.kind == "postgres":
        return _postgres(study, history, source, options.now_ms)
    if source.kind == "pg_profile":
        return _kept(history, source.name, read_profile(postgres_of(study, source)), options.now_ms), []
    return _kept(history, source.name, file_samples(study, source), options.now_ms), []


def file_samples(study: Study, source: SourceSpec) -> tuple[Samples, ...]:
    """Return what a source of kind csv or odoo-log holds."""
    if source.path is None:
        raise ValueError(f'source {source.name!r} of kind {source.kind} has no path: add path = "…" to its table')
    if source.kind == "odoo-log":
        return odoo_log_samples(read_odoo_log(read_lines(source.path)), source.name, label_rule(study, source))
    return read_table(source.path, source.name)


def _postgres(study: Study, history: History, source: SourceSpec, now_ms: int) -> tuple[Pulled, list[str]]:
    """Take a snapshot and count the study's drivers in each tenant's database."""
    taken = take_one(study, source)
    samples, notes = [], [f"{source.name}: {one}" for one in taken.missing]
    for driver in study.drivers:
        if driver.sql is not None:
            counts = read_driver(postgres_of(study, source), driver.name, driver.sql)
            samples.append(counts.samples)
            notes += [f"{source.name}: {one}" for one in counts.missing]
    found = _kept(history, source.name, samples, now_ms)
    return Pulled(source.name, found.series + taken.series, found.rows, found.windows + 1, found.partial, found.warnings), notes


def _collect_counts(study: Study, history: History, now_ms: int, pulled: list[Pulled], failed: list[Failed]) -> None:
    """Keep the counts of drivers that stand in a file."""
    for driver in study.drivers:
        if driver.path is None:
            continue
        try:
            pulled.append(_kept(history, driver.name, (read_daily_counts(driver.path, driver.name),), now_ms))
        except BadFile as error:
            failed.append(Failed(driver.name, str(error)))


def _kept(history: History, source: str, samples: Sequence[Samples], now_ms: int) -> Pulled:
    rows = [history.append(one, measures_of(one), now_ms) for one in samples]
    warnings = tuple(dict.fromkeys(warning for one in samples for warning in one.warnings))
    return Pulled(source, sum(1 for row in rows if row), sum(rows), len(samples), sum(one.partial for one in samples), warnings)


def measures_of(samples: Samples) -> str | None:
    """Return what durations of a file measure: a log says how long a worker was held."""
    return "service" if samples.series.startswith("request_seconds") else None


def _finish(history: History, now_ms: int) -> list[str]:
    """Fold waiting snapshots and closed months."""
    folded = fold_snapshots(history)
    history.fold(now_ms)
    return [f"snapshot not readable, left out: {line}" for line in folded.damaged]
