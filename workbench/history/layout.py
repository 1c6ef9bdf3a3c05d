"""How history lies on disk: names of files, Parquet settings, writing aside and renaming."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

DAY_MS = 86_400_000
LOCK_TIMEOUT_S = 120.0
"""How long a writer waits for another one before it says so."""
_ZSTD_LEVEL = 9
"""Higher levels measured: up to eight times slower, no smaller."""
_ROWS = 1 << 20
_PAGE_BYTES = 1 << 22
"""Large pages, so that equal times of many subjects compress together: 10 % smaller by the minute."""

_SERIES = re.compile(r"[a-z][a-z0-9_]*(@[A-Za-z0-9+._-]+)?")
_MONTH = re.compile(r"\d{4}-\d{2}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
COLUMNS = ("tenant", "time", "value", "epoch")


def series_folder(folder: Path, series: str) -> Path:
    """Return the folder of a series; ValueError when its name cannot be a folder."""
    if not _SERIES.fullmatch(series):
        raise ValueError(f"series {series!r} cannot be stored: use lower case letters, digits, '_' and one '@part'")
    return folder / series


def stored_series(folder: Path) -> tuple[str, ...]:
    """Return the names of all series that have at least one file, sorted."""
    if not folder.is_dir():
        return ()
    return tuple(sorted(path.name for path in folder.iterdir() if _SERIES.fullmatch(path.name) and any(path.glob("*.parquet"))))


def data_files(folder: Path, series: str) -> tuple[Path, ...]:
    """Return the files of a series in time order, a month before its left-over days."""
    found = series_folder(folder, series).glob("*.parquet")
    return tuple(sorted(path for path in found if _MONTH.fullmatch(path.stem) or _DAY.fullmatch(path.stem)))


def is_day(path: Path) -> bool:
    """Return whether the file holds one UTC day of the running month."""
    return _DAY.fullmatch(path.stem) is not None


def month_of(path: Path) -> str:
    """Return the month (YYYY-MM) that a file belongs to."""
    return path.stem[:7]


def day_name(time_ms: int) -> str:
    """Return the UTC day (YYYY-MM-DD) whose file holds a sample; midnight closes the day before."""
    from datetime import UTC, datetime

    return datetime.fromtimestamp((time_ms - 1) / 1000, UTC).strftime("%Y-%m-%d")


def with_day(frame: "pl.DataFrame") -> "pl.DataFrame":
    """Return the frame with a column `day` naming the UTC day file of each row."""
    import polars as pl

    return frame.with_columns(pl.from_epoch(pl.col("time") - 1, time_unit="ms").dt.strftime("%Y-%m-%d").alias("day"))


def read_frame(paths: list[Path], columns: tuple[str, ...] = COLUMNS) -> "pl.DataFrame":
    """Return the rows of several files one after the other; empty without files."""
    import polars as pl

    if not paths:
        return pl.DataFrame(schema={"tenant": pl.Utf8, "time": pl.Int64, "value": pl.Float64, "epoch": pl.Utf8}).select(columns)
    return pl.concat([pl.read_parquet(path, columns=list(columns), memory_map=False) for path in paths])


def merged(older: "pl.DataFrame", newer: "pl.DataFrame") -> "pl.DataFrame":
    """Return the rows of both, one per tenant and time, sorted; on a clash the newer one stays."""
    import polars as pl

    rows = pl.concat([older.select(COLUMNS), newer.select(COLUMNS)])
    return rows.unique(subset=["tenant", "time"], keep="last", maintain_order=True).sort(["tenant", "time"])


def write_frame(path: Path, frame: "pl.DataFrame") -> None:
    """Write a Parquet file aside, force it to disk and rename it: a reader sees the old file or the new one."""
    with written_aside(path) as aside:
        frame.select(COLUMNS).write_parquet(
            aside, compression="zstd", compression_level=_ZSTD_LEVEL, statistics=False, row_group_size=_ROWS, data_page_size=_PAGE_BYTES
        )


@contextmanager
def written_aside(path: Path) -> Iterator[Path]:
    """Give a path beside `path` to write to; then force it to disk and rename it onto `path`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}.aside")
    try:
        yield aside
        with aside.open("rb") as written:
            os.fsync(written.fileno())
        aside.replace(path)
        force_folder(path.parent)
    finally:
        aside.unlink(missing_ok=True)


def force_folder(folder: Path) -> None:
    """Force a folder's entries to disk, so that a rename survives a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def only_writer(folder: Path) -> Iterator[None]:
    """Hold the history's lock; TimeoutError naming the lock when another writer keeps it too long."""
    from filelock import FileLock, Timeout

    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / ".lock", timeout=LOCK_TIMEOUT_S)
    try:
        lock.acquire()
    except Timeout as late:
        raise TimeoutError(
            f"history {folder} is held by another writer for {LOCK_TIMEOUT_S:.0f} s: let it finish, then try again"
        ) from late
    try:
        yield
    finally:
        lock.release()


def sweep(folder: Path) -> None:
    """Remove what a killed writer left aside; only under the lock."""
    for path in folder.glob("**/.*.aside"):
        path.unlink(missing_ok=True)
