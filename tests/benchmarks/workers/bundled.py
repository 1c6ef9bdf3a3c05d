"""The load runs under data/measured."""

from pathlib import Path

import numpy as np
import polars as pl
from traces import RUN_S, Run

from models.odoo_workers import LoadLevel
from models.odoo_workers.log import HELD_BEYOND_LOG_S

MEASURED = Path(__file__).resolve().parents[3] / "data" / "measured"


def load_bundled() -> list[Run]:
    """Return the step runs, in order of their names."""
    requests = pl.read_parquet(MEASURED / "odoo_requests.parquet").with_columns(pl.col("kind").cast(pl.String))
    levels = pl.read_csv(MEASURED / "odoo_levels.csv").sort("run")
    return [_run(row, requests.filter(pl.col("run") == row["run"])) for row in levels.iter_rows(named=True)]


def _run(row: dict, requests: pl.DataFrame) -> Run:
    logged = requests.drop_nulls("sql_ms")
    sql, python = logged["sql_ms"].to_numpy() / 1e3, logged["python_ms"].to_numpy() / 1e3
    service = sql + python + HELD_BEYOND_LOG_S
    own = row["server_cores"] + row["database_cores"]
    level = LoadLevel(
        arrival_rate=row["requests"] / RUN_S,
        mean_service_s=float(service.mean()),
        requests=float(service.size),
        scv=float(service.var() / service.mean() ** 2),
        cpu_busy=own,
        database_s=float(sql.mean()),
        throughput=row["throughput_per_s"],
        workers=row["workers"],
        foreign_cores=row["host_cores"] - own,
        accept_queue=row["mean_accept_queue"],
    )
    kind = logged["kind"].replace_strict({"heavy": 0, "light": 1, "list": 2, "write": 3}).to_numpy()
    end, response = logged["service_end_ms"].to_numpy() / 1e3, requests["response_100us"].to_numpy() / 1e4
    name, overflows = row["run"], row["listen_overflows"]
    return Run(name, level, row["nominal_rate_per_s"], row["quality"], overflows, response, end, sql, python, np.asarray(kind))
