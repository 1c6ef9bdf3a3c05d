"""Benchmark the queueing room: percentiles, the simulator against Ciw and SimPy, and the errors on the reference grid.

Each peer runs as a process in its own environment under .bench/, in turn with ours; a peer that cannot be installed is listed as absent.
"""

import statistics
import subprocess
import sys
import time
import venv
from collections.abc import Callable
from pathlib import Path

import numpy as np
from grid import error_rows
from percentiles import cpu_seconds

from models.queueing import MultiServerQueue, ServiceTime, simulate
from models.queueing.arrivals import batch_arrivals, poisson_arrivals, varying_arrivals
from models.queueing.laws import balanced_hyperexponential
from models.queueing.shared_pool import SharedPool, simulate_pool

HERE = Path(__file__).parent
ENVIRONMENTS = HERE.parents[2] / ".bench"
PEERS = {"ciw": "ciw==3.2.7", "simpy": "simpy==4.1.2"}
ROUNDS = 3
OURS = 1_000_000
THEIRS = 20_000


def main() -> None:
    print("| what | ours | peer | ratio |\n|---|---|---|---|")
    for arrivals in ("Poisson", "general"):
        for figure in ("wait_quantile", "response_quantile"):
            print(f"| 1,000 G/G/c p95, c <= 16, {arrivals} arrivals, {figure}: CPU s | {cpu_seconds(arrivals, figure):.2f} | — | — |")
    print(f"| compilation of the simulator, s | {compilation_s():.2f} | — | — |")
    for label, ours, peer, kind in COMPARISONS:
        print(compared(label, ours, peer, kind))
    print("\n| servers | service scv | mean wait off by (simulation ± 2 s.e.) | p95 | p99 |\n|---|---|---|---|---|")
    for row in error_rows():
        print(row)


def compared(label: str, ours: Callable[[], None], peer: str, kind: str) -> str:
    """Return a row with the medians of alternating runs, in customers a CPU second, as other work disturbs these less."""
    python = environment(peer)
    mine, theirs = [], []
    ours()
    for _ in range(ROUNDS):
        before = time.process_time()
        ours()
        mine.append(OURS / (time.process_time() - before))
        rate = peer_rate(python, peer, kind)
        if rate is not None:
            theirs.append(rate)
    if not theirs:
        return f"| simulate {label}, customers/CPU s | {statistics.median(mine):,.0f} | {peer} absent | — |"
    fast, slow = statistics.median(mine), statistics.median(theirs)
    return f"| simulate {label}, customers/CPU s | {fast:,.0f} | {peer} {slow:,.0f} | {fast / slow:,.0f} × |"


def environment(peer: str) -> Path | None:
    """Return the interpreter of the peer's environment, made on first use; None when it cannot be installed."""
    python = ENVIRONMENTS / peer / "bin" / "python"
    if not python.exists():
        venv.create(ENVIRONMENTS / peer, with_pip=True)
    installed = subprocess.run([python, "-c", f"import {peer}"], capture_output=True, check=False).returncode == 0
    if not installed:
        command = [python, "-m", "pip", "install", "--quiet", PEERS[peer]]
        installed = subprocess.run(command, capture_output=True, check=False).returncode == 0
    return python if installed else None


def peer_rate(python: Path | None, peer: str, kind: str) -> float | None:
    """Return the peer's customers a second, None when it is absent or does not know this kind of queue."""
    if python is None:
        return None
    script = HERE / "peers" / ("ciw_queues.py" if peer == "ciw" else "simpy_queue.py")
    run = subprocess.run([python, script, kind, str(THEIRS)], capture_output=True, text=True, check=False)
    if run.returncode:
        print(run.stderr.strip().splitlines()[-1], file=sys.stderr)
        return None
    return float(run.stdout)


def compilation_s() -> float:
    """Return the seconds of the first run in a new process less those of the second."""
    code = (
        "import time; from models.queueing import *; q = MultiServerQueue(1.0, ServiceTime(1.0, 1.0), 2); a = time.perf_counter();"
        "simulate(q, customers=1000); b = time.perf_counter(); simulate(q, customers=1000); print(2 * b - a - time.perf_counter())"
    )
    return float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=HERE.parents[2]).stdout)


def plain() -> None:
    simulate(MultiServerQueue(6.4, ServiceTime(1.0, 4.0), 8), customers=OURS)


def finite() -> None:
    simulate(MultiServerQueue(10.0, ServiceTime(1.0, 4.0), 8, room=20), customers=OURS)


def sharing() -> None:
    rng = np.random.default_rng(1)
    services = balanced_hyperexponential(1.0, 4.0).sample(rng, OURS)
    simulate_pool(SharedPool(tokens=8, cores=4.0), poisson_arrivals(2.8, OURS, rng), services)


def retrying() -> None:
    rng = np.random.default_rng(1)
    services = balanced_hyperexponential(1.0, 4.0).sample(rng, OURS)
    simulate_pool(SharedPool(8, 8.0, room=20, retry_after_s=(1.0, 3.0, 7.0)), poisson_arrivals(7.0, OURS, rng), services)


def varying() -> None:
    rng = np.random.default_rng(1)
    rates = np.tile(6.4 * (1 + 0.2 * np.sin(2 * np.pi * (np.arange(200) + 0.5) / 200)), OURS // 1280)
    arrivals = varying_arrivals(rates, 1.0, rng)
    simulate_pool(SharedPool(8, 8.0), arrivals, balanced_hyperexponential(1.0, 4.0).sample(rng, len(arrivals)))


def batches() -> None:
    rng = np.random.default_rng(1)
    arrivals = batch_arrivals(6.4, 3.0, OURS, rng)
    simulate_pool(SharedPool(8, 8.0), arrivals, balanced_hyperexponential(1.0, 4.0).sample(rng, len(arrivals)))


COMPARISONS = (
    ("M/H2/8, load 0.8", plain, "ciw", "plain"),
    ("M/H2/8, load 0.8", plain, "simpy", "plain"),
    ("M/H2/8 with room 20, load 1.25", finite, "ciw", "finite"),
    ("8 tokens on 4 shared cores", sharing, "ciw", "sharing"),
    ("time-varying M(t)/H2/8", varying, "ciw", "varying"),
    ("batches of 3, H2/8", batches, "ciw", "batches"),
    ("room 20 with retries, load 0.9 (Ciw: the same without retries)", retrying, "ciw", "finite"),
)


if __name__ == "__main__":
    main()
