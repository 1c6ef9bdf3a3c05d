"""Twenty seeded runs of two classes of sessions on real Redis servers: fit on the first 40 %, foresee the end.

Each run has a server of its own on loopback; all run at once and are ended by their process ids. Prints a markdown table.
Usage: python tests/benchmarks/redis/run.py [--runs 20] [--seconds 240] [--first-seed 101] [--save runs.csv]
"""

import argparse
import csv
import dataclasses
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))
from recorder import Plan, Sample, record

from models.redis_memory import fit_redis

PER_S, TTL_S = (50.0, 12.0), (12.0, 100.0)
"""Anonymous and logged-in sessions, their 3 hours and 7 days scaled down."""
SAMPLE_S = 2.0
FITTED = 0.4


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=240.0)
    parser.add_argument("--first-seed", type=int, default=101)
    parser.add_argument("--save", type=Path)
    options = parser.parse_args()
    plans = [Plan(options.first_seed + run, options.seconds, SAMPLE_S, PER_S, TTL_S) for run in range(options.runs)]
    samples = _on_servers(plans)
    if options.save:
        with options.save.open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file, lineterminator="\n")
            rows.writerow([field.name for field in dataclasses.fields(Sample)])
            rows.writerows(dataclasses.astuple(sample) for sample in sorted(samples, key=lambda sample: (sample.seed, sample.time_s)))
    print("| seed | share of the first class | final keys | 90 % | final memory | 90 % | half-width | inside |")
    print("|---|---|---|---|---|---|---|---|")
    inside = sum(_line([sample for sample in samples if sample.seed == plan.seed]) for plan in plans)
    print(f"\nfinal memory inside: {inside} of {len(plans)}")


def _line(samples: list[Sample]) -> bool:
    seen = samples[: round(len(samples) * FITTED)]
    columns = [np.array([getattr(sample, name) for sample in seen], float) for name in ("time_s", "keys", "used_bytes", "expired_keys")]
    fit = fit_redis(*columns, lives_s=TTL_S)
    end = samples[-1]
    keys, used = (foresee(end.time_s - seen[-1].time_s) for foresee in (fit.keys_after, fit.used_bytes_after))
    inside = used.holds(end.used_bytes)
    shown = f"{end.seed} | {fit.shares[0].low:.3f} … {fit.shares[0].high:.3f} | {end.keys} | {keys.low:.0f} … {keys.high:.0f}"
    print(
        f"| {shown} | {end.used_bytes} | {used.low:.0f} … {used.high:.0f} | {100 * used.half_width:.1f} % | {'yes' if inside else 'no'} |"
    )
    return inside


def _on_servers(plans: list[Plan]) -> list[Sample]:
    binary = shutil.which("redis-server")
    if binary is None:
        sys.exit("redis-server is missing: apt-get install redis-server")
    ports = [_free_port() for _ in plans]
    with tempfile.TemporaryDirectory() as folder:
        settings = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        servers = [subprocess.Popen([binary, "--port", str(port), *settings], cwd=folder, stdout=subprocess.DEVNULL) for port in ports]
        try:
            time.sleep(2.0)
            return record(ports, plans)
        finally:
            for server in servers:
                server.kill()
                server.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
