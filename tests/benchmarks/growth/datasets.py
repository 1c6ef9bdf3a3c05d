"""Read the public series; they are never part of the repository."""

import csv
import gzip
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """Training series and what came after them."""

    past: list[Array]
    future: Array
    """(series, steps)"""


def long_series(path: Path) -> dict[str, Array]:
    """Return the series of a long CSV (unique_id, t, y)."""
    found: dict[str, list[float]] = defaultdict(list)
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = csv.reader(file)
        next(rows)
        for name, _, value in rows:
            found[name].append(float(value))
    return {name: np.array(values) for name, values in found.items()}


def wide_series(path: Path) -> Array:
    """Return a CSV with one column a series, (rows, series); NaN where empty."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = csv.reader(file)
        next(rows)
        return np.array([[float(value) if value else np.nan for value in row] for row in rows])
