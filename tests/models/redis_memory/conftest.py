"""A measured trace of sessions, and synthetic stores."""

import csv
from pathlib import Path

import numpy as np
import pytest


@pytest.fixture(scope="session")
def trace():
    path = Path(__file__).parents[3] / "data" / "measured" / "redis_trace.csv"
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}
