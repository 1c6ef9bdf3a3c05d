"""The solvers against stored simulations (tests/benchmarks/queueing/reference_grid.py wrote them)."""

import csv
import pathlib

import pytest

from models.queueing import MultiServerQueue, ServiceTime

ROWS = list(csv.DictReader((pathlib.Path(__file__).parent / "reference_grid.csv").read_text().splitlines()))
FIGURES = {"mean_wait": 0.01, "wait_p95": 0.03, "wait_p99": 0.03, "response_p95": 0.03}
SMALLEST_S = 0.002


def test_most_of_the_grid_is_known_well_enough_to_judge():
    usable = sum(3 * float(row[f"{name}_error"]) <= _tolerance(row, name) for row in ROWS for name in FIGURES)
    assert usable >= 0.6 * len(ROWS) * len(FIGURES)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"c{row['servers']}-load{row['load']}-cs{row['service_scv']}-ca{row['arrival_scv']}")
def test_solution_is_within_tolerance_of_the_simulation(row):
    queue = MultiServerQueue(
        float(row["load"]) * int(row["servers"]),
        ServiceTime(1.0, float(row["service_scv"])),
        int(row["servers"]),
        float(row["arrival_scv"]),
    )
    found = {
        "mean_wait": queue.mean_wait,
        "wait_p95": queue.wait_quantile(0.95),
        "wait_p99": queue.wait_quantile(0.99),
        "response_p95": queue.response_quantile(0.95),
    }
    for name in FIGURES:
        error = float(row[f"{name}_error"])
        allowed = max(_tolerance(row, name), 4 * error)
        assert found[name] == pytest.approx(float(row[name]), abs=allowed), name


def _tolerance(row, name):
    return max(FIGURES[name] * float(row[name]), SMALLEST_S)
