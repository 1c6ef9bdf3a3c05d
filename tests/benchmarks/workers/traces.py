"""Recorded load runs as levels, responses and days, from runs.csv, requests.parquet, odoo_log.parquet and summary_steps.csv."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.odoo_workers import LoadLevel
from models.odoo_workers.log import HELD_BEYOND_LOG_S

KINDS = ("heavy", "light", "list", "write")
RUN_S, HOUR_S = 60.0, 15.0
CORES = 2.0


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """One run of constant rate."""

    name: str
    level: LoadLevel
    nominal_rate: float
    quality: str
    overflows: int
    response_s: NDArray[np.float64]
    end_s: NDArray[np.float64]
    sql_s: NDArray[np.float64]
    python_s: NDArray[np.float64]
    kind: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Day:
    """One day of 24 short hours."""

    name: str
    quality: str
    offered: NDArray[np.float64]
    """Shape (24, kinds)."""
    scheduled_s: NDArray[np.float64]
    response_s: NDArray[np.float64]
    """Infinite where no answer came."""


def load(folder: Path) -> tuple[list[Run], list[Day]]:
    """Return all step runs and days of a folder, in order of their names."""
    runs = pl.read_csv(folder / "runs.csv")
    steps = {row["run"]: row for row in pl.read_csv(folder / "summary_steps.csv").iter_rows(named=True)}
    requests = pl.read_parquet(folder / "requests.parquet").with_columns(pl.col("class").cast(pl.String))
    log = pl.read_parquet(folder / "odoo_log.parquet").filter(pl.col("rid") >= 0).select("rid", "t", "sql_s", "python_s")
    joined = requests.join(log, on="rid", how="left", maintain_order="left")
    found, days = [], []
    for row in runs.sort("run").iter_rows(named=True):
        mine = joined.filter(pl.col("run") == row["run"])
        if row["kind"] == "step":
            found.append(_run(row, steps[row["run"]], mine))
        elif row["kind"] == "day":
            days.append(_day(row, mine))
    return found, days


def _run(row: dict, step: dict, requests: pl.DataFrame) -> Run:
    logged = requests.drop_nulls("sql_s")
    sql, python = logged["sql_s"].to_numpy(), logged["python_s"].to_numpy()
    service = sql + python + HELD_BEYOND_LOG_S
    own = step["odoo"] + step["pg"]
    level = LoadLevel(
        arrival_rate=requests.height / RUN_S,
        mean_service_s=float(service.mean()),
        requests=float(service.size),
        scv=float(service.var() / service.mean() ** 2),
        cpu_busy=own,
        database_s=float(sql.mean()),
        throughput=row["thr"],
        workers=row["workers"],
        foreign_cores=max(row["cpu_busy"] * CORES - own, 0.0),
        accept_queue=step["aq"],
    )
    kind = logged["class"].replace_strict({name: place for place, name in enumerate(KINDS)}).to_numpy()
    response = (requests["t_done"] - requests["t_sched"]).to_numpy()
    end = logged["t"].to_numpy()
    return Run(row["run"], level, float(row["rate"]), row["quality"], int(step["ovf"]), response, end, sql, python, kind)


def _day(row: dict, requests: pl.DataFrame) -> Day:
    at = requests["t_sched"].to_numpy() - row["start"]
    hour = np.clip((at // HOUR_S).astype(int), 0, 23)
    kinds = requests["class"].to_numpy()
    offered = np.array([[((hour == h) & (kinds == kind)).sum() for kind in KINDS] for h in range(24)], float)
    response = np.where(requests["status"].to_numpy() == 200, (requests["t_done"] - requests["t_sched"]).to_numpy(), np.inf)
    return Day(row["run"], row["quality"], offered, at, response)
