"""The history of a study on disk: append, fold, and read as even series."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.history import layout
from workbench.history.catalogue import kind_of
from workbench.history.clean import HOUR_MS, MINUTE_MS, Grid, HourlySeries, even_series
from workbench.history.manifest import Manifest, noted, read_manifest, write_manifest
from workbench.history.windows import Window
from workbench.sources.samples import Samples

if TYPE_CHECKING:
    import polars as pl

_MARGIN_MS = 3 * layout.DAY_MS
"""Rows read before a window, so that its first cell has a sample to count from."""
_LISTINGS = 10
"""How often a reader lists the files anew when a writer replaces them meanwhile."""


@dataclass(frozen=True, slots=True)
class History:
    """A history folder; reading takes no lock, writing does."""

    folder: Path

    def append(self, samples: Samples, measures: str | None = None, fetched_ms: int | None = None) -> int:
        """Merge samples into the files and note their window; return the number of rows that were new or different.

        Appending the same samples again changes no byte. A later answer wins over an earlier one for the same subject and time.
        """
        kind_of(samples.series)
        with layout.only_writer(self.folder):
            layout.sweep(self.folder)
            changed = self._merge(samples)
            self._note(samples, measures, fetched_ms)
        return changed

    def fold(self, as_of_ms: int) -> tuple[Path, ...]:
        """Turn the days of every month that ended by `as_of_ms` into one file a month; return the files written."""
        running = layout.day_name(as_of_ms + 1)[:7]
        written: list[Path] = []
        with layout.only_writer(self.folder):
            layout.sweep(self.folder)
            for series in layout.stored_series(self.folder):
                months = {layout.month_of(path) for path in layout.data_files(self.folder, series) if layout.is_day(path)}
                written.extend(self._fold_month(series, month) for month in sorted(months) if month < running)
        return tuple(written)

    def manifest(self) -> Manifest:
        """Return what has been fetched so far."""
        return read_manifest(self.folder / "manifest.json")

    def missing_windows(self, source: str, series: str, start_ms: int, end_ms: int, step_ms: int) -> tuple[Window, ...]:
        """Return the windows (start, end] still to be fetched, aligned to the step; partial ones count as missing."""
        return self.manifest().missing(source, series, (start_ms, end_ms), step_ms)

    def measures(self, series: str) -> str | None:
        """Return what a series measures (service, response), or None when nobody said or the sources disagree."""
        return self.manifest().measures(series)

    def series(self) -> tuple[str, ...]:
        """Return the names of all stored series, sorted."""
        return layout.stored_series(self.folder)

    def subjects(self, series: str) -> tuple[str, ...]:
        """Return the tenants, and "@pool" servers, that have samples of a series, sorted."""
        return tuple(layout.read_frame(list(layout.data_files(self.folder, series)), ("tenant",))["tenant"].unique().sort().to_list())

    def rows(self, series: str, start_ms: int | None = None, end_ms: int | None = None) -> "pl.DataFrame":
        """Return the stored rows (tenant, time, value, epoch) of the window (start, end], as said, sorted."""
        import polars as pl

        rows = self._read(series, start_ms, end_ms).unique(subset=["tenant", "time"], keep="last", maintain_order=True)
        if start_ms is not None:
            rows = rows.filter(pl.col("time") > start_ms)
        if end_ms is not None:
            rows = rows.filter(pl.col("time") <= end_ms)
        return rows.sort(["tenant", "time"])

    def hourly(
        self, series: str, subjects: Sequence[str] | None = None, start_ms: int | None = None, end_ms: int | None = None
    ) -> HourlySeries:
        """Return a series per UTC hour: counters as mean rate per second, levels as time-weighted mean; NaN = missing."""
        return self._even(series, subjects, Grid(HOUR_MS, start_ms, end_ms))

    def minutes(
        self, series: str, subjects: Sequence[str] | None = None, start_ms: int | None = None, end_ms: int | None = None
    ) -> HourlySeries:
        """Return a series per minute; give a window of days, for what is older is sampled more coarsely."""
        return self._even(series, subjects, Grid(MINUTE_MS, start_ms, end_ms))

    def first_last(self) -> tuple[int, int] | None:
        """Return the times of the first and the last stored sample, milliseconds since 1970 UTC; None when empty."""
        spans = [span for span in (self._span(series) for series in self.series()) if span is not None]
        if not spans:
            return None
        return min(span[0] for span in spans), max(span[1] for span in spans)

    def last_complete_day(self) -> date | None:
        """Return the last UTC day that requests (else any series) reach the end of; None when there is none."""
        names = [name for name in self.series() if name == "requests"] or list(self.series())
        ends = [span[1] for span in (self._span(name) for name in names) if span is not None]
        if not ends:
            return None
        return datetime.fromtimestamp(max(ends) / 1000, UTC).date() - timedelta(days=1)

    def _even(self, series: str, subjects: Sequence[str] | None, grid: Grid) -> HourlySeries:
        kind_of(series)
        before = None if grid.start_ms is None else grid.start_ms - _MARGIN_MS
        after = None if grid.end_ms is None else grid.end_ms + grid.step_ms
        return even_series(series, self._read(series, before, after), grid, subjects)

    def _read(self, series: str, start_ms: int | None, end_ms: int | None) -> "pl.DataFrame":
        """Return all rows of the files of a window; where a row is there twice, the one that counts comes last."""
        for _ in range(_LISTINGS):
            try:
                return layout.read_frame(sorted(self._files(series, start_ms, end_ms), key=layout.is_day, reverse=True))
            except FileNotFoundError:
                # A writer has just folded days into their month: list again.
                continue
        raise TimeoutError(f"history {self.folder}: the files of {series} kept changing while they were read: try again")

    def _files(self, series: str, start_ms: int | None, end_ms: int | None) -> list[Path]:
        first = "" if start_ms is None else layout.day_name(start_ms + 1)
        last = "9999" if end_ms is None else layout.day_name(end_ms)
        found = layout.data_files(self.folder, series)
        return [path for path in found if path.stem[:10] >= first[: len(path.stem)] and path.stem <= last]

    def _span(self, series: str) -> tuple[int, int] | None:
        found = layout.data_files(self.folder, series)
        if not found:
            return None
        times = layout.read_frame([found[0], found[-1]])["time"]
        low, high = times.min(), times.max()
        return (low, high) if isinstance(low, int) and isinstance(high, int) else None

    def _merge(self, samples: Samples) -> int:
        import polars as pl

        rows = samples.frame.filter(pl.col("value").is_not_nan() & pl.col("value").is_not_null())
        if rows.is_empty():
            return 0
        days = layout.with_day(rows)
        running = layout.day_name(samples.end_ms + 1)[:7]
        folder = layout.series_folder(self.folder, samples.series)
        month = pl.col("day").str.slice(0, 7)
        closed = (month < running) | month.is_in([path.stem for path in folder.glob("????-??.parquet")])
        files = days.with_columns(pl.when(closed).then(month).otherwise(pl.col("day")).alias("file"))
        changed = 0
        for (name,), part in files.partition_by("file", as_dict=True, include_key=False).items():
            changed += self._merge_file(folder / f"{name}.parquet", part)
        return changed

    def _merge_file(self, path: Path, rows: "pl.DataFrame") -> int:
        days = [day for day in path.parent.glob(f"{path.stem}-??.parquet") if not layout.is_day(path)]
        older = layout.merged(layout.read_frame(sorted(days)), layout.read_frame([path] if path.exists() else []))
        newer = layout.merged(older, rows)
        if newer.equals(older) and path.exists() and not days:
            return 0
        layout.write_frame(path, newer)
        for day in days:
            day.unlink()
        return newer.height - newer.join(older, on=["tenant", "time", "value", "epoch"], how="semi").height

    def _fold_month(self, series: str, month: str) -> Path:
        folder = layout.series_folder(self.folder, series)
        path = folder / f"{month}.parquet"
        days = sorted(folder.glob(f"{month}-??.parquet"))
        layout.write_frame(path, layout.merged(layout.read_frame(days), layout.read_frame([path] if path.exists() else [])))
        for day in days:
            day.unlink()
        return path

    def _note(self, samples: Samples, measures: str | None, fetched_ms: int | None) -> None:
        before = self.manifest()
        entry = before.entry(samples.source, samples.series)
        window = (samples.start_ms, samples.end_ms)
        after = noted(entry, window, partial=samples.partial, measures=measures, warnings=samples.warnings, fetched_ms=fetched_ms)
        path = self.folder / "manifest.json"
        if after != entry or not path.exists():
            write_manifest(path, before.with_entry(after))


def open_history(folder: Path) -> History:
    """Return the history kept in a folder, which may not exist yet; ValueError when it is a file."""
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"{folder} is a file: a history is a folder, give the study's history/")
    return History(folder)
