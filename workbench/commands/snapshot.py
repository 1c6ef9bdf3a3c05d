"""`snapshot`: one look at every PostgreSQL server, appended to history/snapshots; for cron or a timer."""

from dataclasses import dataclass

from workbench.commands.connections import postgres_of
from workbench.history import open_history
from workbench.history.snapshots import append_snapshot
from workbench.pipeline.session import Progress
from workbench.sources.errors import SourceError
from workbench.sources.postgres import snapshot
from workbench.study.estate import Study
from workbench.study.source_specs import SourceSpec


@dataclass(frozen=True, slots=True)
class SnapshotOptions:
    """Which servers."""

    sources: tuple[str, ...] = ()
    """Empty: every source of kind postgres."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What one server said."""

    source: str
    series: int
    missing: tuple[str, ...]
    """What could not be read, why, and the fix."""
    unclaimed: tuple[str, ...]
    """Databases of no tenant."""
    twice: tuple[str, ...]
    """Databases that two tenants claim."""
    error: str | None
    """Why nothing was read."""


@dataclass(frozen=True, slots=True)
class Snapshots:
    """All servers."""

    taken: tuple[Taken, ...]

    @property
    def reached(self) -> bool:
        """Whether every server answered."""
        return all(one.error is None for one in self.taken)


def take_snapshots(study: Study, options: SnapshotOptions, progress: Progress) -> Snapshots:
    """Append one snapshot of each server; a server that does not answer leaves the others alone."""
    if study.demo:
        raise ValueError("the bundled study is never written to: make your own with `workbench init DIR`")
    chosen = [source for source in study.sources if source.kind == "postgres" and (not options.sources or source.name in options.sources)]
    if not chosen:
        raise ValueError('no source of kind "postgres" to take a snapshot of: add one to [[sources]] of study.toml')
    taken = []
    for index, source in enumerate(chosen):
        progress(f"snapshot of {source.name}", index / len(chosen))
        taken.append(_tried(study, source))
    progress("snapshots", 1.0)
    return Snapshots(tuple(taken))


def take_one(study: Study, source: SourceSpec) -> Taken:
    """Append a snapshot of one server; raises SourceError when it does not answer."""
    found = snapshot(postgres_of(study, source), _sizes_read_ms(study, source.name))
    append_snapshot(open_history(study.folder / "history"), found.samples)
    return Taken(source.name, len(found.samples), found.missing, found.unclaimed, found.twice, None)


def _tried(study: Study, source: SourceSpec) -> Taken:
    try:
        return take_one(study, source)
    except SourceError as error:
        return Taken(source.name, 0, (), (), (), str(error))


def _sizes_read_ms(study: Study, name: str) -> int | None:
    """Return when sizes were read last by this source, as far as history knows."""
    windows = open_history(study.folder / "history").manifest().entry(name, "database_bytes").windows
    return windows[-1][1] if windows else None
