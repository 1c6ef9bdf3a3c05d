"""Business counts by day from a CSV: one row a day and tenant, columns day, tenant, count."""

import csv
import math
from datetime import UTC, date, datetime
from pathlib import Path

from workbench.sources.files.bad_file import BadFile, read_text
from workbench.sources.samples import Samples

COLUMNS = ("day", "tenant", "count")
DAY_MS = 86_400_000


def read_daily_counts(path: Path, driver: str) -> Samples:
    """Return the counts of one driver, stamped at the start of their UTC days; an empty count is a day that nobody counted.

    Raises BadFile with every error.
    """
    import polars as pl

    rows, complaints = _rows(path)
    if not rows and not complaints:
        complaints = [" holds no count: give one row a day and tenant"]
    if complaints:
        raise BadFile(path, complaints)
    schema = {"tenant": pl.String, "time": pl.Int64, "value": pl.Float64, "epoch": pl.String}
    named = [(tenant, time, value, "") for (tenant, time), value in sorted(rows.items())]
    times = [time for _, time in rows]
    return Samples(f"driver@{driver}", pl.DataFrame(named, schema=schema, orient="row"), path.name, min(times) - 1, max(times) + DAY_MS - 1)


def _rows(path: Path) -> tuple[dict[tuple[str, int], float], list[str]]:
    """Return counts by tenant and day, and what is wrong with each line."""
    reader = csv.reader(read_text(path).splitlines())
    heading = tuple(name.strip() for name in next(reader, ()))
    if heading != COLUMNS:
        return {}, [f"1: the columns are {', '.join(heading) or 'missing'}: name them {', '.join(COLUMNS)}"]
    rows: dict[tuple[str, int], float] = {}
    complaints: list[str] = []
    for cells in reader:
        read = _row(cells)
        if isinstance(read, str):
            complaints.append(f"{reader.line_num}: {read}")
        elif read is not None and read[0] in rows:
            complaints.append(f"{reader.line_num}: {cells[1].strip()} on {cells[0].strip()} appears more than once: keep one row")
        elif read is not None:
            rows[read[0]] = read[1]
    return rows, complaints


def _row(cells: list[str]) -> tuple[tuple[str, int], float] | str | None:
    """Return one count, what is wrong with it, or None for an empty line or an unknown count."""
    if not any(cell.strip() for cell in cells):
        return None
    if len(cells) != len(COLUMNS):
        return f"has {len(cells)} cells: give {', '.join(COLUMNS)}"
    day, tenant, count = (cell.strip() for cell in cells)
    if not tenant:
        return "tenant is empty: name one"
    try:
        time = int(datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC).timestamp() * 1000)
    except ValueError:
        return f"day = {day}: is no date, write year-month-day, e.g. 2026-11-01"
    if not count:
        return None
    try:
        value = float(count)
    except ValueError:
        return f"count = {count}: is no number, with a dot for decimals"
    return ((tenant, time), value) if math.isfinite(value) and value >= 0 else f"count = {count}: must be finite and not negative"
