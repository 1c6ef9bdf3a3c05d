"""Write the simulated table of laws that have no phases: python reference_laws.py > tests/models/queueing/reference_laws.csv."""

import csv
import itertools
import sys

import numpy as np

from models.queueing import MultiServerQueue, ServiceTime, simulate
from models.queueing.laws import Deterministic, Gamma, Law, Lognormal, Mixture

CUSTOMERS = 1_000_000
RUNS = {0.3: 10, 0.5: 10, 0.7: 16, 0.9: 40}
SERVERS = (2, 8, 32, 64)
COLUMNS = ("wait_probability", "mean_wait", "wait_p95", "wait_p99", "response_p95")
CASES = [
    *(
        (law, 1.0)
        for law in ("lognormal 0.3", "lognormal 0.7", "gamma 0.7", "lognormal 2", "lognormal 4", "lognormal 8", "gamma 2", "gamma 8")
    ),
    *((law, 1.0) for law in ("two lognormal classes 10", "two lognormal classes 40", "two constants 20")),
    *((law, scv) for law in ("lognormal 4", "two lognormal classes 10", "lognormal 0.7") for scv in (0.5, 4.0)),
]


def law_named(name: str) -> Law:
    """Return the law of mean 1 with this family and scv; of two classes a tenth is that many times as long."""
    family, number = name.rsplit(" ", 1)
    value = float(number)
    if family == "lognormal":
        return Lognormal(1.0, float(np.sqrt(np.log1p(value))))
    if family == "gamma":
        return Gamma(1.0, 1 / value)
    short = 1 / (0.9 + 0.1 * value)
    if family == "two constants":
        return Mixture((0.9, 0.1), (Deterministic(short), Deterministic(short * value)))
    return Mixture((0.9, 0.1), (Lognormal(short, 0.5), Lognormal(short * value, 0.5)))


def figures(queue: MultiServerQueue, seed: int) -> list[float]:
    run = simulate(queue, customers=CUSTOMERS, seed=seed)
    p95, p99 = run.wait_quantile(np.array([0.95, 0.99]))
    return [run.wait_probability, run.mean_wait, float(p95), float(p99), run.response_quantile(0.95)]


def main() -> None:
    table = csv.writer(sys.stdout, lineterminator="\n")
    table.writerow(["law", "servers", "load", "arrival_scv", *itertools.chain(*((name, f"{name}_error") for name in COLUMNS))])
    for (name, arrival_scv), servers, (load, runs) in itertools.product(CASES, SERVERS, RUNS.items()):
        queue = MultiServerQueue(load * servers, ServiceTime.of(law_named(name)), servers, arrival_scv)
        found = np.array([figures(queue, 5000 + seed) for seed in range(runs)])
        errors = found.std(axis=0, ddof=1) / np.sqrt(runs)
        cells = [f"{value:.6g}" for value in np.stack([found.mean(axis=0), errors], axis=1).ravel()]
        table.writerow([name, servers, load, arrival_scv, *cells])
        sys.stdout.flush()


if __name__ == "__main__":
    main()
