"""Cost that CP-SAT of OR-tools reaches with the assignment model, run as a process in its own environment: cp_sat.py FILE SECONDS.

FILE is an .npz with demand, capacity, cost and the number of pools to offer. Prints the cost, the bound and the seconds, or "none".
"""

import sys
import time
from itertools import pairwise

import numpy as np
from ortools.sat.python import cp_model

SCALE = 1_000_000
"""Amounts become whole numbers; needs are rounded down, to the peer's advantage, or perfect packings would not exist for it."""


def main(path: str, seconds: float) -> None:
    held = np.load(path)
    need = np.floor(held["demand"] * SCALE).astype(int)
    room = np.floor(held["capacity"] * SCALE).astype(int)
    price = np.rint(held["cost"] * SCALE).astype(int)
    tenants, offers, pools = range(len(need)), range(len(price)), range(int(held["pools"]))
    model = cp_model.CpModel()
    inside = [[model.new_bool_var("") for _ in pools] for _ in tenants]
    rented = [[model.new_bool_var("") for _ in offers] for _ in pools]
    for row in inside:
        model.add_exactly_one(row)
    for pool in pools:
        model.add_at_most_one(rented[pool])
        for r in range(need.shape[1]):
            load = sum(int(need[t, r]) * inside[t][pool] for t in tenants)
            model.add(load <= sum(int(room[k, r]) * rented[pool][k] for k in offers))
    money = [sum(int(price[k]) * rented[pool][k] for k in offers) for pool in pools]
    for one, two in pairwise(money):
        model.add(one >= two)
    model.minimize(sum(money))
    solver = cp_model.CpSolver()
    solver.parameters.max_deterministic_time = seconds  # its own unit of work, about a second
    solver.parameters.max_time_in_seconds = 8 * seconds
    solver.parameters.num_workers = 1
    begin = time.process_time()
    status = solver.solve(model)
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        print(solver.objective_value / SCALE, solver.best_objective_bound / SCALE, time.process_time() - begin)
    else:
        print("none")


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
