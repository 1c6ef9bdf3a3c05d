"""Run every benchmark as a process of its own and print one markdown document.

Usage: python tests/benchmarks/run.py [--datasets DIR] [NAME ...]
DIR is handed on as DATASETS; a benchmark that needs it and gets none is listed as absent.
"""

import argparse
import ast
import os
import platform
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
NEEDS_DATASETS = "run.py DATASETS"
"""What the usage line of a benchmark says that reads data sets."""
LIBRARIES = ("capacity-workbench", "numpy", "scipy", "polars", "textual", "numba")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one benchmark."""

    name: str
    status: str
    """ran, absent or failed."""
    seconds: float = 0.0
    note: str = ""


def main() -> int:
    """Print the document; return 1 when a benchmark failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--datasets", type=Path, default=None, metavar="DIR", help="folder with the public data sets")
    parser.add_argument("names", nargs="*", metavar="NAME", help="benchmarks to run; all when none is named")
    options = parser.parse_args()
    known = {script.parent.name: script for script in sorted(HERE.glob("*/run.py"))}
    unknown = [name for name in options.names if name not in known]
    if unknown:
        parser.error(f"no benchmark {unknown[0]!r}: choose from {', '.join(known)}")
    print_head()
    outcomes = [run(known[name], options.datasets) for name in options.names or known]
    print_outcomes(outcomes)
    return int(any(outcome.status == "failed" for outcome in outcomes))


def print_head() -> None:
    """Print when, where and with what the figures were made."""
    print("# Benchmarks\n")
    machine = f"{os.cpu_count()} cores ({processor()}), Python {platform.python_version()}"
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, commit {commit()}, {machine}")
    print(", ".join(f"{name} {version(name)}" for name in LIBRARIES) + "\n", flush=True)


def run(script: Path, datasets: Path | None) -> Outcome:
    """Run one benchmark under its own heading; what it says on stderr stays on stderr."""
    name = script.parent.name
    needs = NEEDS_DATASETS in (ast.get_docstring(ast.parse(script.read_text(encoding="utf-8"))) or "")
    print(f"## {name}\n", flush=True)
    if needs and (datasets is None or not datasets.is_dir()):
        return absent(name, "needs data sets: --datasets DIR" if datasets is None else f"{datasets} is no folder")
    begin = time.monotonic()
    done = subprocess.run(command(script, datasets if needs else None), cwd=ROOT, env=environment(datasets), check=False)
    seconds = time.monotonic() - begin
    print(flush=True)
    if done.returncode:
        return Outcome(name, "failed", seconds, f"exit code {done.returncode}")
    return Outcome(name, "ran", seconds)


def absent(name: str, why: str) -> Outcome:
    """Say that a benchmark was not run, and why."""
    print(f"absent: {why}\n", flush=True)
    return Outcome(name, "absent", note=why)


def command(script: Path, datasets: Path | None) -> Sequence[str | Path]:
    """Return the benchmark's command line."""
    return [sys.executable, script, *([datasets.resolve()] if datasets is not None else [])]


def environment(datasets: Path | None) -> dict[str, str]:
    """Return our environment with the checkout to import from and the data sets."""
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    return {**os.environ, "PYTHONPATH": path, **({"DATASETS": str(datasets.resolve())} if datasets is not None else {})}


def print_outcomes(outcomes: Sequence[Outcome]) -> None:
    """Print a line a benchmark."""
    print("## Summary\n\n| benchmark | status | seconds | note |\n|---|---|---:|---|")
    for outcome in outcomes:
        print(f"| {outcome.name} | {outcome.status} | {outcome.seconds:.0f} | {outcome.note} |")


def commit() -> str:
    """Return the short name of the commit measured; with a plus when files differ from it."""
    try:
        head = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
        changed = subprocess.run(["git", "status", "--porcelain", "-uno"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return head + ("+" if changed else "")


def processor() -> str:
    """Return the processor's name as the system gives it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def version(library: str) -> str:
    """Return a library's version, or that it is absent."""
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return "absent"


if __name__ == "__main__":
    sys.exit(main())
