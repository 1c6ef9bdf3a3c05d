"""Write the simulated reference table of the queueing tests: python reference_grid.py > tests/models/queueing/reference_grid.csv."""

import itertools
import sys

import numpy as np

from models.queueing import MultiServerQueue, ServiceTime, simulate

RUNS = 16
CUSTOMERS = 1_000_000
SERVERS = (4, 16, 64)
LOADS = (0.3, 0.7, 0.9)
SERVICE_SCVS = (0.0, 0.5, 2.0, 8.0)
ARRIVAL_SCVS = (0.5, 1.0, 4.0)
COLUMNS = ("mean_wait", "wait_p95", "wait_p99", "response_p95")


def figures(queue: MultiServerQueue, seed: int) -> list[float]:
    run = simulate(queue, customers=CUSTOMERS, seed=seed)
    p95, p99 = run.wait_quantile(np.array([0.95, 0.99]))
    return [run.mean_wait, float(p95), float(p99), run.response_quantile(0.95)]


def main() -> None:
    header = ["servers", "load", "service_scv", "arrival_scv", *itertools.chain(*((name, f"{name}_error") for name in COLUMNS))]
    print(",".join(header))
    for servers, load, service_scv, arrival_scv in itertools.product(SERVERS, LOADS, SERVICE_SCVS, ARRIVAL_SCVS):
        queue = MultiServerQueue(load * servers, ServiceTime(1.0, service_scv), servers, arrival_scv)
        runs = np.array([figures(queue, 1000 + seed) for seed in range(RUNS)])
        errors = runs.std(axis=0, ddof=1) / np.sqrt(RUNS)
        cells = [f"{value:.6g}" for value in np.stack([runs.mean(axis=0), errors], axis=1).ravel()]
        print(",".join([str(servers), str(load), str(service_scv), str(arrival_scv), *cells]))
        sys.stdout.flush()


if __name__ == "__main__":
    main()
