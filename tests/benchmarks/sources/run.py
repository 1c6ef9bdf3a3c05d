"""Pull the same samples from one Prometheus with our bulk reader and with the client library's data frames.

Each reader is a process of its own; the two alternate. Peak memory is that of the whole process. Prints a markdown table.
Usage: python tests/benchmarks/sources/run.py [--series 200] [--days 9] [--rounds 3]
"""

import argparse
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PEER = "prometheus-api-client"
PEER_PINS = ("prometheus-api-client[dataframe]==0.7.2", "pandas==3.1.1", "numpy==2.4.6")
START_S = 1_790_812_800
SCRAPE_S = 60
BAR_SPEED, BAR_MEMORY = 3.0, 0.25

OURS = """
import resource, sys, time
url, days, start = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
begin = time.perf_counter()
from workbench.sources.catalogue import load_catalogue
from workbench.sources.prometheus import PrometheusConnection, Task, Window, open_server, pull
rule = load_catalogue().of("requests")[0]
tasks = [Task(rule, Window((start + 86400 * day) * 1000, (start + 86400 * (day + 1)) * 1000)) for day in range(days)]
with open_server(PrometheusConnection("bench", url)) as server:
    kept = [samples.frame for samples in pull(server, tasks)]
seconds = time.perf_counter() - begin
print(sum(frame.height for frame in kept), seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""

THEIRS = """
import resource, sys, time
from datetime import datetime, timedelta, timezone
url, days, start = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
begin = time.perf_counter()
from prometheus_api_client import MetricRangeDataFrame, PrometheusConnect
client = PrometheusConnect(url)
first = datetime.fromtimestamp(start, timezone.utc)
data = client.get_metric_range_data(
    "traefik_service_requests_total", start_time=first, end_time=first + timedelta(days=days), chunk_size=timedelta(days=1)
)
frame = MetricRangeDataFrame(data)
seconds = time.perf_counter() - begin
print(len(frame), seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


@dataclass(frozen=True, slots=True)
class Run:
    """One process."""

    samples: int
    seconds: float
    peak_mib: float


def main() -> int:
    """Run all rounds and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in (("--series", 200), ("--days", 9), ("--rounds", 3)):
        parser.add_argument(name, type=int, default=default)
    options = parser.parse_args()
    if shutil.which("prometheus") is None or shutil.which("promtool") is None:
        print("| reader | |\n|---|---|\n| all | absent: apt-get install prometheus |")
        return 0
    peer = peer_python()
    with tempfile.TemporaryDirectory(prefix="bench-sources-") as folder:
        server, url = start_prometheus(Path(folder), options.series, options.days)
        try:
            ours, theirs = [], []
            for _ in range(options.rounds):
                ours.append(measured(sys.executable, OURS, url, options.days))
                theirs += [measured(str(peer), THEIRS, url, options.days)] if peer else []
        finally:
            server.terminate()
            server.wait()
    print_table(ours, theirs, options)
    return 0


def peer_python() -> Path | None:
    """Return the interpreter of the peer's own environment, made on first use; None when it cannot be had."""
    folder = ROOT / ".bench" / PEER
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        done = subprocess.run([python, "-m", "pip", "install", "-q", *PEER_PINS], check=False)
        if done.returncode:
            shutil.rmtree(folder)
            return None
    return python


def start_prometheus(folder: Path, series: int, days: int) -> tuple[subprocess.Popen[bytes], str]:
    """Start a server on loopback that holds the planted counters."""
    with (folder / "input").open("w") as file:
        file.write("# TYPE traefik_service_requests counter\n")
        for number in range(series):
            rate, value = 0.5 + number / 37, 1_000.0 * number
            for moment in range(START_S, START_S + days * 86_400 + 1, SCRAPE_S):
                value += rate * (SCRAPE_S + (moment // SCRAPE_S * 7919 + number) % 31)
                file.write(
                    f'traefik_service_requests_total{{service="plant{number:03d}",protocol="http",code="200"}} {value:.3f} {moment}\n'
                )
        file.write("# EOF\n")
    make = ["promtool", "tsdb", "create-blocks-from", "--max-block-duration=744h", "openmetrics", "input", "data"]
    subprocess.run(make, cwd=folder, check=True, capture_output=True)
    (folder / "input").unlink()
    (folder / "prometheus.yml").write_text("scrape_configs: []\n")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    arguments = [
        "--config.file=prometheus.yml",
        "--storage.tsdb.path=data",
        f"--web.listen-address=127.0.0.1:{port}",
        "--storage.tsdb.retention.time=100y",
    ]
    server = subprocess.Popen(["prometheus", *arguments], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{url}/-/ready", timeout=1).close()  # noqa: S310 - our own server on loopback
        except OSError:
            time.sleep(0.1)
        else:
            return server, url
    server.kill()
    raise TimeoutError("prometheus did not get ready within 30 s: look at its log")


def measured(python: str, program: str, url: str, days: int) -> Run:
    """Run one reader and return what it printed."""
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([python, "-c", program, url, str(days), str(START_S)], env=env, check=True, stdout=subprocess.PIPE, text=True)
    samples, seconds, peak = done.stdout.split()
    return Run(int(samples), float(seconds), float(peak))


def print_table(ours: list[Run], theirs: list[Run], options: argparse.Namespace) -> None:
    """Print medians over the rounds and the ratios against the bars."""
    size = f"{options.series} series x {options.days} days x {SCRAPE_S} s"
    print(f"Ingestion: {size}, {options.rounds} alternating rounds, medians; imports included\n")
    print("| reader | samples | seconds | samples/s | peak MiB |\n|---|---|---|---|---|")
    for name, runs in (("capacity-workbench", ours), (f"{PEER} data frame", theirs)):
        if not runs:
            print(f"| {name} | absent | | | |")
            continue
        seconds, peak = statistics.median(run.seconds for run in runs), statistics.median(run.peak_mib for run in runs)
        print(f"| {name} | {runs[0].samples:,} | {seconds:.2f} | {runs[0].samples / seconds:,.0f} | {peak:.0f} |")
    if theirs:
        speed = statistics.median(run.samples / run.seconds for run in ours) / statistics.median(
            run.samples / run.seconds for run in theirs
        )
        memory = statistics.median(run.peak_mib for run in ours) / statistics.median(run.peak_mib for run in theirs)
        print(f"\nSpeed {speed:.2f} x (bar {BAR_SPEED:g} x), memory {memory:.2f} x (bar {BAR_MEMORY:g} x)")


if __name__ == "__main__":
    sys.exit(main())
