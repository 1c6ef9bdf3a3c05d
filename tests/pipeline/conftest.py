"""A small study with known rates, written as a user would write it, and its session."""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from workbench.history import open_history
from workbench.pipeline.session import open_session
from workbench.sources.samples import Samples
from workbench.study.toml import read_study

DATA = Path(__file__).parents[2] / "data"
HOUR_MS = 3_600_000
DAYS = 60
START_MS = 1_788_220_800_000  # 2026-09-01
TENANTS = {"alpha": (12.0, "std"), "beta": (7.0, "std"), "gamma": (4.0, "metal"), "delta": (2.0, "std"), "alpha-staging": (0.5, "std")}
STUDY = """
format = 1
[study]
name = "Small"
as_of = 2026-10-31
horizon = "6 months"
seed = 3
tenants = "tenants.csv"
[money]
currency = "EUR"
exchange = { USD = 0.90, date = 2026-10-30, source = "test" }
[platform]
region = "azure/westeurope"
disaster_region = "azure/northeurope"
offers = ["azure/D[248]s_v5", "azure/D16s_v5", "azure/E[248]s_v5", "azure/premium-ssd-v2", "azure/blob-cool", "own/*"]
[purchase]
steps = "3 months"
lead_time = "4 weeks"
[policy.production]
response = { share = 0.95, within = "800 ms" }
plan_at = 0.95
headroom = 0.10
survives = "node"
recovery = { rto = "4 h", rpo = "15 min" }
backup = { every = "1 day", keep = ["14 days"] }
[policy.staging]
survives = "none"
awake = "Mon-Fri 06:00-20:00"
[limits]
users_share = 0.6
[labour]
per_hour = 85
hours_per_month = { pool = 3, environment = 0.5 }
[failures]
node = { rate = 0.5, evidence = 2, outage = "20 min", source = "assumption" }
"database server" = { rate = 0.3, evidence = 2, outage = "1 h", source = "assumption" }
cache = { rate = 0.4, evidence = 2, outage = "15 min", source = "assumption" }
zone = { rate = 0.1, evidence = 3, outage = "3 h", source = "assumption" }
release = { rate = 2, evidence = 2, outage = "90 min", rings = [0.3, 0.7], source = "assumption" }
"""
OFFERS = """offer,region,unit,price,currency,provider,kind,description,price_kind,as_of,source
own/load-balancer,*,hour,0.025,USD,azure,load_balancer,balancer,assumed,2026-10-01,test
own/egress,*,GB,0.08,USD,azure,egress,egress,assumed,2026-10-01,test
own/file-storage,*,GiB-month,0.16,USD,azure,file_storage,files,assumed,2026-10-01,test
"""


@pytest.fixture(scope="session")
def bundled():
    return open_session(read_study(DATA / "meridian"))


@pytest.fixture(scope="session")
def truth():
    return json.loads((DATA / "meridian-truth.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def write_small(tmp_path_factory):
    """Return a function that writes the small study, tenants in any order, history included, and returns its folder."""

    def write(order: tuple[str, ...] = tuple(TENANTS), *, offers: str = OFFERS, text: str = STUDY) -> Path:
        folder = tmp_path_factory.mktemp("small") / "study"
        folder.mkdir()
        (folder / "study.toml").write_text(text)
        (folder / "offers.csv").write_text(offers)
        rows = ["name,plants,environment,runs.image,calendar.zone,downtime.per_hour"]
        for name in order:
            users = {"alpha": 100, "beta": 60, "gamma": 40, "delta": 20, "alpha-staging": 5}[name]
            environment = "staging" if name.endswith("staging") else "production"
            plant = (
                json.dumps([{"name": name, "users": users}]).replace('"name":', "name =").replace('"users":', "users =").replace('"', '""')
            )
            rows.append(f'{name},"{plant}",{environment},{TENANTS[name][1]},Europe/Berlin,{users * 100}')
        (folder / "tenants.csv").write_text("\n".join(rows) + "\n")
        _write_history(folder / "history")
        return folder

    return write


@pytest.fixture(scope="session")
def small_folder(write_small):
    return write_small()


@pytest.fixture(scope="session")
def small(small_folder):
    return open_session(read_study(small_folder))


def _write_history(folder: Path) -> None:
    history = open_history(folder)
    hours = np.arange(DAYS * 24 + 1)
    day = np.clip(np.sin((hours % 24 - 5) / 14 * np.pi), 0.05, None) * np.where(hours // 24 % 7 < 5, 1.0, 0.3)
    for series, per_request, base in (
        ("requests", 1.0, 0.0),
        ("request_seconds", 0.08, 0.0),
        ("app_cpu_seconds", 0.05, 0.0),
        ("database_active_seconds", 0.02, 0.0),
        ("database_blocks_read", 20.0, 0.0),
        ("database_rows_written", 3.0, 0.0),
    ):
        _append(history, series, {name: _counter(day, peak, per_request, base, name) for name, (peak, _) in TENANTS.items()}, hours)
    for series, level in (("database_bytes", 2e9), ("filestore_bytes", 1e9), ("session_keys", 50.0)):
        _append(history, series, {name: level * peak * (1 + hours / 20_000) for name, (peak, _) in TENANTS.items()}, hours)


def _counter(day, peak, per_request, base, name):
    rng = np.random.default_rng([ord(letter) for letter in name])
    rate = peak * day * rng.lognormal(0, 0.1, day.size) * per_request + base
    return np.concatenate([[0.0], np.cumsum(rate[1:] * 3600)])


def _append(history, series, values, hours):
    frame = pl.concat(
        pl.DataFrame(
            {"tenant": name, "time": START_MS + hours * HOUR_MS, "value": np.asarray(column, float), "epoch": ""},
            schema={"tenant": pl.Utf8, "time": pl.Int64, "value": pl.Float64, "epoch": pl.Utf8},
        )
        for name, column in sorted(values.items())
    )
    start, end = START_MS - HOUR_MS, START_MS + int(hours[-1]) * HOUR_MS
    history.append(Samples(series, frame, "test", start, end), measures="service" if series == "request_seconds" else None)
