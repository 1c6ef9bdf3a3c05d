"""Print the growth benchmarks as Markdown: `python tests/benchmarks/growth/run.py DATASETS [TABLE …]` (folder with m4/ and cloud/).

Tables: planted, fleet, hourly, weekly, azure; all when none is named. AutoETS runs in an environment of its own under .bench/, made on
first use; where it cannot be installed it is listed as absent.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path

# Threads of the linear algebra fight for the cores that the processes of the fleet share.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

from azure import azure_tables
from fleet_size import fleet_table
from m4_hourly import hourly_table
from m4_weekly import weekly_tables
from planted import planted_tables


def main() -> int:
    """Print every table whose data are there; name what is absent."""
    if len(sys.argv) < 2:
        print("usage: run.py DATASETS [TABLE …]", file=sys.stderr)
        return 2
    folder, names = Path(sys.argv[1]), sys.argv[2:] or list(TABLES)
    unknown = [name for name in names if name not in TABLES]
    if unknown:
        print(f"no table {unknown[0]!r}: choose from {', '.join(TABLES)}", file=sys.stderr)
        return 2
    for name in names:
        needed, table = TABLES[name]
        print(table(folder) if needed is None or (folder / needed).exists() else f"absent: {needed}\n", flush=True)
    return 0


TABLES: dict[str, tuple[str | None, Callable[[Path], str]]] = {
    "planted": (None, lambda _: planted_tables()),
    "fleet": (None, lambda _: fleet_table()),
    "hourly": ("m4/hourly_train.csv.gz", lambda folder: hourly_table(folder / "m4")),
    "weekly": ("m4/weekly_train.csv.gz", lambda folder: weekly_tables(folder / "m4")),
    "azure": ("cloud/azure_v1_vm_avg_100.csv.gz", lambda folder: azure_tables(folder / "cloud")),
}


if __name__ == "__main__":
    raise SystemExit(main())
