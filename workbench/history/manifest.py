"""What has been fetched: windows per source and series, partial answers, warnings, fetch times."""

import json
from dataclasses import dataclass, replace
from pathlib import Path

from workbench.history.layout import written_aside
from workbench.history.windows import Window, difference, union, widen

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Entry:
    """What one source gave of one series."""

    source: str
    series: str
    windows: tuple[Window, ...] = ()
    """Windows held, merged and sorted."""
    partial: tuple[Window, ...] = ()
    """Windows held of which the source said that rows may be missing."""
    measures: str | None = None
    """service or response, for request_seconds and its buckets."""
    warnings: tuple[str, ...] = ()
    """The source's own warnings, sorted, each once."""
    first_fetched_ms: int | None = None
    last_fetched_ms: int | None = None
    """When a window was added last, as the caller said."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """All entries, sorted by source and series."""

    entries: tuple[Entry, ...] = ()

    def entry(self, source: str, series: str) -> Entry:
        """Return the entry of a source and series, empty when nothing was fetched yet."""
        for entry in self.entries:
            if entry.source == source and entry.series == series:
                return entry
        return Entry(source, series)

    def measures(self, series: str) -> str | None:
        """Return what a series measures, or None when nobody said or the sources disagree."""
        said = {entry.measures for entry in self.entries if entry.series == series} - {None}
        return said.pop() if len(said) == 1 else None

    def missing(self, source: str, series: str, wanted: Window, step_ms: int) -> tuple[Window, ...]:
        """Return the windows still to be fetched, aligned to the step; partial ones count as missing."""
        entry = self.entry(source, series)
        held = difference(entry.windows, entry.partial)
        return widen(difference([wanted], held), step_ms)

    def with_entry(self, entry: Entry) -> "Manifest":
        """Return the manifest with one entry put in or replaced."""
        others = [old for old in self.entries if (old.source, old.series) != (entry.source, entry.series)]
        return Manifest(tuple(sorted([*others, entry], key=lambda item: (item.source, item.series))))


def noted(entry: Entry, window: Window, *, partial: bool, measures: str | None, warnings: tuple[str, ...], fetched_ms: int | None) -> Entry:
    """Return the entry after one more answer; an answer that adds nothing changes nothing."""
    windows = union([*entry.windows, window])
    doubtful = union([*entry.partial, window]) if partial else difference(entry.partial, [window])
    if partial:
        doubtful = difference(doubtful, difference(entry.windows, entry.partial))
    added = (windows, doubtful) != (entry.windows, entry.partial)
    first = entry.first_fetched_ms if entry.first_fetched_ms is not None else fetched_ms
    return replace(
        entry,
        windows=windows,
        partial=doubtful,
        measures=measures or entry.measures,
        warnings=tuple(sorted({*entry.warnings, *warnings})),
        first_fetched_ms=first,
        last_fetched_ms=fetched_ms if added and fetched_ms is not None else entry.last_fetched_ms,
    )


def read_manifest(path: Path) -> Manifest:
    """Return the manifest on disk, empty when there is none; ValueError for a format we do not know."""
    if not path.exists():
        return Manifest()
    document = json.loads(path.read_text(encoding="utf-8"))
    if document.get("format") != FORMAT:
        raise ValueError(f"{path}: format {document.get('format')!r} is not {FORMAT}: written by another version of the workbench")
    return Manifest(tuple(_entry(item) for item in document["entries"]))


def write_manifest(path: Path, manifest: Manifest) -> None:
    """Write the manifest aside and rename it; the same manifest gives the same bytes."""
    text = json.dumps({"format": FORMAT, "entries": [_record(entry) for entry in manifest.entries]}, indent=1, ensure_ascii=False)
    with written_aside(path) as aside:
        aside.write_text(text + "\n", encoding="utf-8")


def _record(entry: Entry) -> dict[str, object]:
    return {
        "source": entry.source,
        "series": entry.series,
        "windows": [list(window) for window in entry.windows],
        "partial": [list(window) for window in entry.partial],
        "measures": entry.measures,
        "warnings": list(entry.warnings),
        "first_fetched_ms": entry.first_fetched_ms,
        "last_fetched_ms": entry.last_fetched_ms,
    }


def _entry(item: dict[str, object]) -> Entry:
    def windows(key: str) -> tuple[Window, ...]:
        pairs = item[key]
        if not isinstance(pairs, list):
            raise TypeError(f"manifest.json: {key} = {pairs!r} must be a list of [start, end]: delete the file and collect again")
        return tuple((int(start), int(end)) for start, end in pairs)

    def moment(key: str) -> int | None:
        value = item.get(key)
        return value if isinstance(value, int) else None

    warnings = item["warnings"]
    measures = item["measures"]
    return Entry(
        source=str(item["source"]),
        series=str(item["series"]),
        windows=windows("windows"),
        partial=windows("partial"),
        measures=measures if isinstance(measures, str) else None,
        warnings=tuple(str(text) for text in warnings) if isinstance(warnings, list) else (),
        first_fetched_ms=moment("first_fetched_ms"),
        last_fetched_ms=moment("last_fetched_ms"),
    )
