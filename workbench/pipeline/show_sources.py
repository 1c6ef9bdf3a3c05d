"""Sources of a study and how much of each is in history."""

from dataclasses import dataclass
from datetime import UTC, datetime

from workbench.history import open_history
from workbench.pipeline.session import Session

MS_PER_SECOND = 1000


@dataclass(frozen=True, slots=True)
class SourceState:
    """One source."""

    source: str
    kind: str
    """Empty for a source that history knows and the study does not name."""
    address: str
    """URL, service or file; never a secret."""
    series: int
    """Series of it in history."""
    first: datetime | None
    last: datetime | None
    """End of the last window that was asked for."""
    partial: int
    """Windows of which the source said that its answer may be incomplete."""
    warnings: tuple[str, ...]


def source_states(session: Session) -> tuple[SourceState, ...]:
    """Return the sources of the study, then those that only history knows."""
    named = {source.name: source for source in session.original.sources}
    entries = open_history(session.original.folder / "history").manifest().entries
    names = dict.fromkeys([*named, *(entry.source for entry in entries)])
    found = []
    for name in names:
        own = [entry for entry in entries if entry.source == name]
        windows = [window for entry in own for window in entry.windows]
        source = named.get(name)
        found.append(
            SourceState(
                source=name,
                kind="" if source is None else source.kind,
                address="" if source is None else str(source.url or source.service or source.path or ""),
                series=len(own),
                first=_time(min((start for start, _ in windows), default=None)),
                last=_time(max((end for _, end in windows), default=None)),
                partial=sum(len(entry.partial) for entry in own),
                warnings=tuple(dict.fromkeys(warning for entry in own for warning in entry.warnings)),
            )
        )
    return tuple(found)


def _time(ms: int | None) -> datetime | None:
    return None if ms is None else datetime.fromtimestamp(ms / MS_PER_SECOND, UTC)
