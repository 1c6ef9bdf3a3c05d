"""Print the benchmarks of the pipeline as Markdown: `python tests/benchmarks/pipeline/run.py [TENANTS]` (1,000 unless given)."""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np

from models.topology.resources import Layer
from workbench.pipeline.session import Session
from workbench.study.edits import MoveTenant, ScaleDriver

sys.path.insert(0, str(Path(__file__).resolve().parent))
from estate import BY_HAND, generated_session

Answer = TypeVar("Answer")
MOVES = 40


def main() -> int:
    """Print every table."""
    tenants = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    print("| bundled study, `workbench compare --json` | CPU s | EUR a month |")
    print("|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for name in ("cold", "warm"):
            print(f"| {name} | {compared(folder)} |")
    print(f"\n| {tenants} generated tenants | CPU s | peak MB |")
    print("|---|---|---|")
    session = row("generate", lambda: generated_session(tenants))
    print(f"| demand kept | | {demand_bytes(session) / 1e6:.0f} |")
    row("first topology by hand, tables of usable capacity included", lambda: session.result(BY_HAND))
    row("dedicated, the same", lambda: session.result("dedicated"))
    row("multi-tenant, the same", lambda: session.result("multi-tenant"))
    sized_again(session)
    moves(session)
    knob(session)
    return 0


def row(name: str, work: Callable[[], Answer]) -> Answer:
    """Print what some work takes."""
    begin = time.process_time()
    answer = work()
    print(f"| {name} | {time.process_time() - begin:.2f} | {peak_mb(resource.RUSAGE_SELF):.0f} |", flush=True)
    return answer


def peak_mb(who: int) -> float:
    """Return the largest resident memory so far, MB."""
    return resource.getrusage(who).ru_maxrss / 1000


def demand_bytes(session: Session) -> int:
    """Return the bytes of the demand's arrays."""
    demand = session.demand
    own = demand.own.flows.nbytes + demand.own.day_of.nbytes
    return demand.flows.nbytes + demand.states.nbytes + own + sum(link.per_unit.nbytes for link in demand.links)


def compared(folder: str) -> str:
    """Return CPU seconds and answer of a process of its own."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = {**os.environ, "WORKBENCH_CACHE": folder, "OPENBLAS_NUM_THREADS": "1"}
    found = subprocess.run([sys.executable, "-m", "workbench", "compare", "--json"], capture_output=True, check=True, env=environment)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    costs = ", ".join(f"{one['name']} {one['monthly_cost']}" for one in json.loads(found.stdout)["topologies"])
    return f"{spent:.2f} | {costs}"


def sized_again(session: Session) -> None:
    """Size, price and stress three given partitions, with the tables of usable capacity there already."""
    session._kept.factories.clear()
    again = session.edited([])
    row(
        "three partitions: multi-tenant, dedicated, by hand",
        lambda: [again.result(name) for name in ("multi-tenant", "dedicated", BY_HAND)],
    )


def moves(session: Session) -> None:
    """Move one tenant after the other between two pools of workers."""
    pools = [pool for pool in session.result(BY_HAND).plan.of_layer(Layer.WORKERS) if pool.production]
    home = pools[0]
    image = session.study.tenant(session.tenants[home.tenants[0]]).runs.image
    other = next(p for p in pools[1:] if session.study.tenant(session.tenants[p.tenants[0]]).runs.image == image)
    spent = []
    for number in range(MOVES):
        tenant = session.tenants[(home, other)[number % 2].tenants[number // 2]]
        begin = time.process_time()
        result = session.edited([MoveTenant(BY_HAND, tenant, Layer.WORKERS, (other, home)[number % 2].name)]).result(BY_HAND)
        _ = (result.monthly_cost, result.total_cost, result.sum_monthly, result.tightest(), result.headroom())
        spent.append(time.process_time() - begin)
    median, worst = 1000 * np.median(spent), 1000 * np.quantile(spent, 0.99)
    print(f"| a tenant moved by hand: median {median:.0f} ms, p99 {worst:.0f} ms of {MOVES} | {np.median(spent):.3f} | |")


def knob(session: Session) -> None:
    """Scale the requests of one tenant, then of all."""
    one = [ScaleDriver("requests", 1.2, session.tenants[0])]
    row("one tenant's requests scaled, topology by hand", lambda: session.edited(one).result(BY_HAND))
    row("all requests scaled, topology by hand", lambda: session.edited([ScaleDriver("requests", 1.1)]).result(BY_HAND))


if __name__ == "__main__":
    sys.exit(main())
