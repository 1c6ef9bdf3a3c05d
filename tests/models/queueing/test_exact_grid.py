"""The solvers against exact references of other means (tests/benchmarks/queueing/exact_grid.py wrote them), every cell of the grid."""

import csv
import itertools
import pathlib

import pytest

from models.queueing import MultiServerQueue, ServiceTime

ROWS = list(csv.DictReader((pathlib.Path(__file__).parent / "exact_grid.csv").read_text().splitlines()))
SERVERS = ("1", "2", "4", "8", "16", "32", "64")
LOADS = ("0.3", "0.5", "0.7", "0.8", "0.9", "0.97")
SERVICE_SCVS = ("0.0", "0.5", "1.0", "2.0", "4.0", "8.0")
ARRIVAL_SCVS = ("0.5", "1.0", "4.0")
TOLERANCES = {"mean_wait": 0.01, "wait_p95": 0.03, "wait_p99": 0.03, "response_p95": 0.03}
SMALLEST = 0.002  # mean services
PHASES = 1e-6  # both sides are exact but for rounding


def found(row):
    queue = MultiServerQueue(
        float(row["load"]) * int(row["servers"]),
        ServiceTime(1.0, float(row["service_scv"])),
        int(row["servers"]),
        float(row["arrival_scv"]),
    )
    return {
        "wait_probability": queue.wait_probability,
        "mean_wait": queue.mean_wait,
        "wait_p95": queue.wait_quantile(0.95),
        "wait_p99": queue.wait_quantile(0.99),
        "response_p95": queue.response_quantile(0.95),
    }


def test_the_table_holds_every_cell_of_the_grid_once():
    cells = [(row["servers"], row["load"], row["service_scv"], row["arrival_scv"]) for row in ROWS]
    assert cells == list(itertools.product(SERVERS, LOADS, SERVICE_SCVS, ARRIVAL_SCVS))


@pytest.mark.parametrize("load", LOADS)
@pytest.mark.parametrize("servers", SERVERS)
def test_every_cell_is_within_tolerance(servers, load):
    cells = [row for row in ROWS if (row["servers"], row["load"]) == (servers, load)]
    wrong = []
    for row in cells:
        for name, value in found(row).items():
            known, allowed = float(row[name]), TOLERANCES.get(name, 0.01)
            if row["service_scv"] != "0.0":
                allowed, smallest = PHASES, PHASES
            else:
                smallest = SMALLEST
            if abs(value - known) > max(allowed * known, smallest):
                wrong.append(f"{name}={value:.6g} instead of {known:.6g} at service {row['service_scv']}, arrivals {row['arrival_scv']}")
    assert not wrong
    assert len(cells) == len(SERVICE_SCVS) * len(ARRIVAL_SCVS)
