"""Snapshots: one line of JSON each, appended by cron or a timer, folded into the series by the next collect."""

import json
import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from workbench.history import layout
from workbench.history.store import History
from workbench.sources.samples import Samples

FOLDER = "snapshots"
_FOLDING = ".folding"


@dataclass(frozen=True, slots=True)
class Folded:
    """What folding found."""

    snapshots: int
    """Snapshots read."""
    rows: int
    """Rows that were new to the series."""
    damaged: tuple[str, ...]
    """Lines that could not be read, as file:line; a writer was killed in the middle of one."""


@dataclass(frozen=True, slots=True)
class _Value:
    source: str
    series: str
    subject: str
    time_ms: int
    value: float
    epoch: str


def append_snapshot(history: History, samples: Sequence[Samples]) -> Path | None:
    """Append one snapshot as a line and force it to disk; return its file, None when the snapshot is empty."""
    times = [sample.end_ms for sample in samples]
    if not times:
        return None
    line = json.dumps(
        {"taken_ms": max(times), "series": [_written(sample) for sample in samples]}, separators=(",", ":"), ensure_ascii=False
    )
    folder = history.folder / FOLDER
    path = folder / f"{layout.day_name(max(times))}.jsonl"
    with layout.only_writer(history.folder):
        folder.mkdir(parents=True, exist_ok=True)
        torn = path.exists() and not path.read_bytes().endswith(b"\n")
        with path.open("a", encoding="utf-8") as file:
            file.write(("\n" if torn else "") + line + "\n")
            file.flush()
            os.fsync(file.fileno())
        layout.force_folder(folder)
    return path


def fold_snapshots(history: History) -> Folded:
    """Merge all waiting snapshots into the series and remove their files; killed in between, the next run completes it."""
    paths = _set_aside(history)
    values: defaultdict[tuple[str, str], list[_Value]] = defaultdict(list)
    damaged: list[str] = []
    count = 0
    for path in paths:
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            try:
                read = list(_values(json.loads(line)))
            except (ValueError, KeyError, TypeError):
                damaged.append(f"{path.name}:{number}")
                continue
            count += 1
            for value in read:
                values[value.source, value.series].append(value)
    rows = sum(history.append(_samples(group)) for _, group in sorted(values.items(), key=lambda item: item[0]))
    for path in paths:
        path.unlink(missing_ok=True)
    return Folded(count, rows, tuple(damaged))


def _set_aside(history: History) -> list[Path]:
    """Rename waiting files, so that snapshots taken meanwhile begin new ones."""
    folder = history.folder / FOLDER
    if not folder.is_dir():
        return []
    with layout.only_writer(history.folder):
        for path in sorted(folder.glob("*.jsonl")):
            free = next(number for number in range(len(list(folder.iterdir())) + 1) if not _aside(path, number).exists())
            path.rename(_aside(path, free))
    return sorted(folder.glob(f"*{_FOLDING}"))


def _aside(path: Path, number: int) -> Path:
    return path.with_name(f"{path.stem}.{number}{_FOLDING}")


def _written(sample: Samples) -> dict[str, object]:
    rows = sample.frame.select("tenant", "time", "value", "epoch").rows()
    return {"source": sample.source, "series": sample.series, "rows": [list(row) for row in rows]}


def _values(document: dict[str, list[dict[str, object]]]) -> Iterator[_Value]:
    for item in document["series"]:
        rows = item["rows"]
        if not isinstance(rows, list):
            raise TypeError("rows must be a list")
        for subject, time_ms, value, epoch in rows:
            if value is not None:
                yield _Value(str(item["source"]), str(item["series"]), str(subject), int(time_ms), float(value), str(epoch))


def _samples(group: Sequence[_Value]) -> Samples:
    import polars as pl

    frame = pl.DataFrame(
        {
            "tenant": [value.subject for value in group],
            "time": [value.time_ms for value in group],
            "value": [value.value for value in group],
            "epoch": [value.epoch for value in group],
        },
        schema={"tenant": pl.Utf8, "time": pl.Int64, "value": pl.Float64, "epoch": pl.Utf8},
    )
    times = frame["time"].to_list()
    return Samples(group[0].series, frame.sort(["tenant", "time"]), group[0].source, min(times) - 1, max(times))
