"""Load runs measured on an Odoo 18.0-derived build (data/measured)."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from models.odoo_workers import LoadLevel, service_demand
from models.odoo_workers.log import HELD_BEYOND_LOG_S

MEASURED = Path(__file__).parents[3] / "data" / "measured"
RUN_S = 60.0


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    level: LoadLevel
    kind: np.ndarray
    response_s: np.ndarray
    end_s: np.ndarray
    sql_s: np.ndarray
    python_s: np.ndarray
    overflows: int
    quality: str

    def error_of_mean(self):
        """Standard error by batch means: neighbouring requests wait in the same queue."""
        means = [batch.mean() for batch in np.array_split(self.response_s, 20)]
        return float(np.std(means, ddof=1) / np.sqrt(20))

    def error_of_p95(self):
        quantiles = [np.quantile(batch, 0.95) for batch in np.array_split(self.response_s, 10)]
        return float(np.std(quantiles, ddof=1) / np.sqrt(10))


@pytest.fixture(scope="session")
def measured():
    return MEASURED


@pytest.fixture(scope="session")
def runs():
    levels = pl.read_csv(MEASURED / "odoo_levels.csv")
    requests = pl.read_parquet(MEASURED / "odoo_requests.parquet")
    return {row["run"]: _run(row, requests.filter(pl.col("run") == row["run"])) for row in levels.iter_rows(named=True)}


def _run(row, requests):
    logged = requests.filter(pl.col("sql_ms").is_not_null())
    sql, python = logged["sql_ms"].to_numpy() / 1e3, logged["python_ms"].to_numpy() / 1e3
    service = sql + python + HELD_BEYOND_LOG_S
    level = LoadLevel(
        arrival_rate=row["requests"] / RUN_S,
        mean_service_s=float(service.mean()),
        requests=float(service.size),
        scv=float(service.var() / service.mean() ** 2),
        cpu_busy=row["server_cores"] + row["database_cores"],
        foreign_cores=row["host_cores"] - row["server_cores"] - row["database_cores"],
        accept_queue=row["mean_accept_queue"],
        database_s=float(sql.mean()),
        throughput=row["throughput_per_s"],
        workers=row["workers"],
    )
    kinds = logged["kind"].cast(pl.String).replace_strict({"heavy": 0, "light": 1, "list": 2, "write": 3}).to_numpy()
    answered = requests["response_100us"].to_numpy() / 1e4
    return Run(level, kinds, answered, logged["service_end_ms"].to_numpy() / 1e3, sql, python, row["listen_overflows"], row["quality"])


@pytest.fixture(scope="session")
def quiet_demand(runs):
    """Demand from the access log of the runs below 60 % of saturation."""
    quiet = [runs[f"A{step}_s1"] for step in (1, 2, 3, 4)]
    columns = [
        np.concatenate([run.end_s + place * 1e4 for place, run in enumerate(quiet)]),
        np.concatenate([run.sql_s for run in quiet]),
        np.concatenate([run.python_s for run in quiet]),
        np.concatenate([run.kind for run in quiet]),
    ]
    return service_demand(*columns, workers=2)
