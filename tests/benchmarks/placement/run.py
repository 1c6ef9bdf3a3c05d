"""Gap and time of placement on packings with a planted solution, beside first-fit decreasing and CP-SAT where installed.

python tests/benchmarks/placement/run.py [tenants ...]
"""

import sys
from time import process_time

import numpy as np
from numpy.typing import NDArray

from models.topology.placement import place

SIZES = (12, 25, 40, 60, 200, 1000)
SLACK = 0.03
TIME_LIMIT_S = 120.0
WORK = {1000: 300_000}
MANY = 200
"""Tenants from which 4 resources and 20 offers are used instead of 3 and 4."""
CP_SAT_LIMIT_S = 10.0
CP_SAT_UP_TO = 60


def planted(
    tenants: int, offers: int, resources: int, seed: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], float]:
    """Return demand, capacity, cost and the cost of the full pools the demand was cut from."""
    rng = np.random.default_rng(seed)
    capacity = rng.uniform(0.7, 1.3, (offers, resources)) * np.linspace(1, 4, offers)[:, None]
    cost = capacity.mean(axis=1)
    parts, known, left = [], 0.0, tenants
    while left:
        offer, members = int(rng.integers(offers)), min(left, max(1, int(rng.poisson(5))))
        parts.append(rng.dirichlet(np.full(members, 2.0), size=resources).T * capacity[offer] * (1 - SLACK))
        known += float(cost[offer])
        left -= members
    return rng.permutation(np.vstack(parts)), capacity, cost, known


def first_fit_decreasing(demand: NDArray[np.float64], capacity: NDArray[np.float64], cost: NDArray[np.float64]) -> float:
    """Return the cost of first-fit decreasing that opens the offer with the least cost per mean capacity."""
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


def cp_sat(demand: NDArray[np.float64], capacity: NDArray[np.float64], cost: NDArray[np.float64], pools: int) -> float | None:
    """Return the cost CP-SAT of OR-tools reaches with the naive assignment model; None if it is not installed or finds nothing."""
    try:
        from ortools.sat.python import cp_model
    except ImportError:
        return None
    model, scale = cp_model.CpModel(), 100_000
    need, room, price = np.ceil(demand * scale).astype(int), np.floor(capacity * scale).astype(int), np.rint(cost * scale).astype(int)
    tenants, offers = range(len(demand)), range(len(cost))
    inside = [[model.new_bool_var("") for _ in range(pools)] for _ in tenants]
    rented = [[model.new_bool_var("") for _ in offers] for _ in range(pools)]
    for row in inside:
        model.add_exactly_one(row)
    for pool in range(pools):
        model.add_at_most_one(rented[pool])
        for r in range(demand.shape[1]):
            load = sum(int(need[t, r]) * inside[t][pool] for t in tenants)
            model.add(load <= sum(int(room[k, r]) * rented[pool][k] for k in offers))
    model.minimize(sum(int(price[k]) * rented[pool][k] for pool in range(pools) for k in offers))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = CP_SAT_LIMIT_S
    solver.parameters.num_workers = 1
    found = solver.solve(model) in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    return solver.objective_value / scale if found else None


def main(sizes: tuple[int, ...]) -> None:
    """Print one row a size."""
    print("tenants offers  gap %  to planted %  FFD to planted %  CP-SAT to planted %  CPU s  stopped by")
    for tenants in sizes:
        offers, resources = (20, 4) if tenants >= MANY else (4, 3)
        demand, capacity, cost, known = planted(tenants, offers, resources, seed=tenants)
        started = process_time()
        result = place(demand, capacity, cost, time_limit_s=TIME_LIMIT_S, work=WORK.get(tenants, 40_000))
        spent_s = process_time() - started
        greedy = first_fit_decreasing(demand, capacity, cost)
        peer = cp_sat(demand, capacity, cost, len(result.pools) + 2) if tenants <= CP_SAT_UP_TO else None
        beside = "absent" if peer is None else f"{100 * (peer / known - 1):.2f}"
        shares = (100 * result.gap, 100 * (result.cost / known - 1), 100 * (greedy / known - 1))
        row = f"{tenants:7d} {offers:6d} {shares[0]:6.2f} {shares[1]:13.2f} {shares[2]:17.2f} {beside:>20}"
        print(f"{row} {spent_s:6.1f}  {result.stopped_by}", flush=True)


if __name__ == "__main__":
    main(tuple(int(size) for size in sys.argv[1:]) or SIZES)
