"""Gap and time of placement on packings with a planted solution, beside first-fit decreasing, best-fit decreasing and CP-SAT.

python tests/benchmarks/placement/run.py [tenants ...]
CP-SAT runs as a process in its own environment, .bench/ortools; it is listed as absent where that cannot be installed.
"""

import subprocess
import sys
import tempfile
import venv
from dataclasses import dataclass
from pathlib import Path
from time import process_time

import numpy as np
from numpy.typing import NDArray

from models.topology.placement import place
from models.topology.placement.best_fit import best_fit_decreasing
from models.topology.placement.packing import Packing

HERE = Path(__file__).resolve().parent
ENVIRONMENT = HERE.parents[2] / ".bench" / "ortools"
PEER = "ortools==9.15.6755"
SIZES = (12, 25, 40, 60, 200, 1000)
SLACKS = (0.03, 0.0)
"""Room left in the pools that the tenants are cut from; 0: perfect packings."""
MANY = 200
"""Tenants from which 4 resources and 20 offers are used instead of 3 and 4."""
CP_SAT_LIMIT_S = 10.0
CP_SAT_LIMIT_MANY_S = 60.0


@dataclass(frozen=True, slots=True)
class Planted:
    """A packing cut out of pools."""

    demand: NDArray[np.float64]
    capacity: NDArray[np.float64]
    cost: NDArray[np.float64]
    known: float
    """Cost of the pools it was cut from."""


def planted(tenants: int, slack: float, seed: int) -> Planted:
    """Return tenants cut from pools that are full up to `slack` in every resource."""
    offers, resources = (20, 4) if tenants >= MANY else (4, 3)
    rng = np.random.default_rng(seed)
    capacity = rng.uniform(0.7, 1.3, (offers, resources)) * np.linspace(1, 4, offers)[:, None]
    cost = capacity.mean(axis=1)
    parts, known, left = [], 0.0, tenants
    while left:
        offer, members = int(rng.integers(offers)), min(left, max(1, int(rng.poisson(5))))
        parts.append(rng.dirichlet(np.full(members, 2.0), size=resources).T * capacity[offer] * (1 - slack))
        known += float(cost[offer])
        left -= members
    return Planted(rng.permutation(np.vstack(parts)), capacity, cost, known)


def first_fit_decreasing(problem: Planted) -> float:
    """Return the cost of first-fit decreasing that opens the offer with the least cost per mean capacity."""
    demand, capacity, cost = problem.demand, problem.capacity, problem.cost
    usual = int((cost / capacity.mean(axis=1)).argmin())
    pools: list[list[NDArray[np.float64]]] = []
    for need in demand[np.argsort(-(demand / capacity.mean(axis=0)).max(axis=1))]:
        for pool in pools:
            if (pool[0] + need <= pool[1]).all():
                pool[0] = pool[0] + need
                break
        else:
            fits = (need <= capacity).all(axis=1)
            offer = usual if fits[usual] else int(np.where(fits, cost, np.inf).argmin())
            pools.append([need, capacity[offer]])
    return float(sum(np.where((load <= capacity).all(axis=1), cost, np.inf).min() for load, _ in pools))


def best_fit(problem: Planted) -> float:
    """Return the cost of the cheapest best-fit decreasing packing."""
    nobody = np.zeros((len(problem.demand), len(problem.demand)), dtype=np.bool_)
    return best_fit_decreasing(Packing(problem.demand, problem.capacity, problem.cost, nobody)).cost


def peer_python() -> Path | None:
    """Return the interpreter of the peer's environment, made where it is missing; None where it cannot be installed."""
    python = ENVIRONMENT / "bin" / "python"
    if not python.exists():
        venv.create(ENVIRONMENT, with_pip=True)
    there = subprocess.run([python, "-c", "import ortools"], capture_output=True, check=False).returncode == 0
    if not there:
        there = subprocess.run([python, "-m", "pip", "install", "-q", PEER], capture_output=True, check=False).returncode == 0
    return python if there else None


def cp_sat(problem: Planted, pools: int, python: Path | None) -> str:
    """Return by how many per cent CP-SAT's solution is above the planted one, its own gap and its CPU seconds."""
    if python is None:
        return "absent"
    limit_s = CP_SAT_LIMIT_MANY_S if len(problem.demand) >= MANY else CP_SAT_LIMIT_S
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "packing.npz"
        np.savez(path, demand=problem.demand, capacity=problem.capacity, cost=problem.cost, pools=pools)
        run = subprocess.run([python, HERE / "peers" / "cp_sat.py", path, str(limit_s)], capture_output=True, text=True, check=False)
    if run.returncode or not run.stdout.strip():
        return f"failed ({run.returncode})"
    if run.stdout.startswith("none"):
        return f"no solution in {limit_s:.0f} s"
    cost, bound, spent_s = (float(word) for word in run.stdout.split())
    return f"{100 * (cost / problem.known - 1):+.2f} (gap {100 * (1 - bound / cost):.1f}) {spent_s:.1f} s"


def main(sizes: tuple[int, ...]) -> None:
    """Print one row a size and slack; all differences are to the planted solution."""
    python = peer_python()
    print("| tenants | offers | slack % | gap % | bound from | to planted % | CPU s | stopped by | FFD % | BFD % | CP-SAT % |")
    print("|---:|---:|---:|---:|---|---:|---:|---|---:|---:|---|")
    for tenants in sizes:
        for slack in SLACKS:
            problem = planted(tenants, slack, seed=tenants)
            started = process_time()
            result = place(problem.demand, problem.capacity, problem.cost, time_limit_s=600.0)
            spent_s = process_time() - started
            peer = cp_sat(problem, len(result.pools) + 2, python)
            above = [100 * (cost / problem.known - 1) for cost in (result.cost, first_fit_decreasing(problem), best_fit(problem))]
            row = f"| {tenants} | {len(problem.cost)} | {100 * slack:.0f} | {100 * result.gap:.2f} | {result.bound_from} | {above[0]:+.2f} "
            print(f"{row}| {spent_s:.1f} | {result.stopped_by} | {above[1]:+.2f} | {above[2]:+.2f} | {peer} |", flush=True)


if __name__ == "__main__":
    main(tuple(int(size) for size in sys.argv[1:]) or SIZES)
