"""Measured pgbench runs."""

import csv
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def pgbench_runs():
    path = Path(__file__).parents[3] / "data" / "measured" / "pgbench_runs.csv"
    with path.open(encoding="utf-8") as file:
        return {row["run"]: row for row in csv.DictReader(file)}
