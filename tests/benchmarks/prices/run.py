"""Import a generated AWS price list as CSV and as JSON: seconds of CPU, megabytes a second, peak memory. Prints a markdown table.

Each is read in a process of its own; memory is what the process had at most beyond what it had with everything loaded.
Usage: python tests/benchmarks/prices/run.py [--megabytes 300]
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from lists import write_csv, write_json

from pricing.book_csv import bundled_books
from workbench.prices.files import import_prices

RESET_PEAK = Path("/proc/self/clear_refs")
WRITERS = {"csv": write_csv, "json": write_json}


@dataclass(frozen=True, slots=True)
class Reading:
    """What one import took."""

    format: str
    prices: int
    rows: int
    cpu_s: float
    peak_mib: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=300)
    parser.add_argument("--read", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.read is not None:
        print(json.dumps(asdict(read(options.read))))
        return
    print("| file | MB | entries | prices kept | CPU s | MB/s | peak MiB above the program |\n|---|---:|---:|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as folder:
        for name, write in WRITERS.items():
            path = Path(folder) / f"list.{name}"
            write(path, options.megabytes * 10**6)
            megabytes = path.stat().st_size / 1e6
            done = subprocess.run([sys.executable, __file__, "--read", str(path)], capture_output=True, text=True, check=True)
            found = Reading(**json.loads(done.stdout))
            speed = megabytes / found.cpu_s
            size = f"{megabytes:.0f} | {found.rows:,d} | {found.prices:,d}"
            print(f"| {found.format} | {size} | {found.cpu_s:.1f} | {speed:.0f} | {found.peak_mib:.0f} |", flush=True)
            path.unlink()


def read(path: Path) -> Reading:
    """Import one file in this process."""
    known = bundled_books("aws")
    RESET_PEAK.write_text("5")
    before, start = memory_mib("VmRSS"), time.process_time()
    imported = import_prices(path, known)
    return Reading(imported.format, len(imported.book.prices), imported.rows, time.process_time() - start, memory_mib("VmHWM") - before)


def memory_mib(name: str) -> float:
    """Return what the kernel says of this process's memory: VmRSS now, VmHWM at most since the peak was reset."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:")) / 1024


if __name__ == "__main__":
    main()
