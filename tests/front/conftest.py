"""A small study as a user would write it, with what runs today, an invoice, budgets and a scenario; and what the front ends make of it."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from workbench.cli import main
from workbench.history import open_history
from workbench.pipeline.session import open_session
from workbench.sources.samples import Samples
from workbench.study.toml import read_study

HOUR_MS = 3_600_000
DAYS = 60
START_MS = 1_788_220_800_000  # 2026-09-01
PEAKS = {"alpha": 12.0, "beta": 7.0, "gamma": 4.0, "alpha-staging": 0.5}
STUDY = """\
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
fiscal_year_starts = "04-01"
budget = { FY2026 = 30000 }
[platform]
region = "azure/westeurope"
disaster_region = "azure/northeurope"
offers = ["azure/D[248]s_v5", "azure/D16s_v5", "azure/E[248]s_v5", "azure/premium-ssd-v2", "azure/blob-cool", "own/*"]
[purchase]
steps = "3 months"
lead_time = "4 weeks"
[policy.production]
response = { share = 0.95, within = "800 ms" }
survives = "node"
recovery = { rto = "4 h", rpo = "15 min" }
backup = { every = "1 day", keep = ["14 days"] }
[policy.staging]
survives = "none"
awake = "Mon-Fri 06:00-20:00"
[labour]
per_hour = 85
hours_per_month = { pool = 3, environment = 0.5 }
[failures]
node = { rate = 0.5, evidence = 2, outage = "20 min", source = "assumption" }
"database server" = { rate = 0.3, evidence = 2, outage = "1 h", source = "assumption" }
release = { rate = 2, evidence = 2, outage = "90 min", rings = [0.3, 0.7], source = "assumption" }
[[sources]]
name = "counts"
kind = "csv"
path = "counts.csv"
[[scenarios]]
name = "delta comes"
add = [{ tenant = "delta", like = "beta", scale = 0.5, from = 2027-01-01 }]
"""
TENANTS = """\
name,plants,environment,runs.image,calendar.zone,downtime.per_hour,cost_centre
alpha,"[{ name = ""Alpha"", users = 80 }, { name = ""=Annex"", users = 20 }]",production,std,Europe/Berlin,10000,4711
beta,"[{ name = ""Beta"", users = 60 }]",production,std,Europe/Berlin,6000,4712
gamma,"[{ name = ""Gamma"", users = 40 }]",production,metal,America/Chicago,4000,4713
alpha-staging,"[{ name = ""Alpha"", users = 5 }]",staging,std,Europe/Berlin,500,
"""
OFFERS = """\
offer,region,unit,price,currency,provider,kind,description,price_kind,as_of,source
own/load-balancer,*,hour,0.025,USD,azure,load_balancer,balancer,assumed,2026-10-01,test
own/egress,*,GB,0.08,USD,azure,egress,egress,assumed,2026-10-01,test
own/file-storage,*,GiB-month,0.16,USD,azure,file_storage,files,assumed,2026-10-01,test
"""
CURRENT = """\
[invoice]
month = 2026-10-01
amount = 1500
currency = "EUR"
source = "test"
[[pools]]
name = "workers"
layer = "workers"
tenants = ["alpha", "beta"]
owner = "platform team"
runbook = "https://wiki.example/workers"
parts = [{ offer = "azure/D4s_v5", count = 2 }]
settings = { workers = 8 }
[[pools]]
name = "workers-metal"
layer = "workers"
tenants = ["gamma"]
parts = [{ offer = "azure/D2s_v5", count = 1 }]
settings = { workers = 4 }
[[pools]]
name = "db"
layer = "database server"
tenants = ["alpha", "beta", "gamma"]
owner = "dba"
parts = [
  { offer = "azure/E4s_v5", count = 1 },
  { offer = "azure/premium-ssd-v2", count = 1, role = "volume", size = 200, iops = 3000, throughput_mbps = 125 },
]
"""
PER_REQUEST = {
    "requests": 1.0,
    "request_seconds": 0.08,
    "app_cpu_seconds": 0.05,
    "database_active_seconds": 0.02,
    "database_blocks_read": 20.0,
    "database_rows_written": 3.0,
}
LEVELS = {"database_bytes": 2e9, "filestore_bytes": 1e9, "session_keys": 50.0}


HOSTILE = {
    "Alpha": "=cmd|' /C calc'!A0",
    "=Annex": '+Line\\nTwo;=1+1,\\""=2',
    "Beta": "🏭 Werk\\r\\nSüd",
    "Gamma": '\\u202Eمصنع \\""x',
    "4711": "@SUM(A1)",
    "4712": "</script><b>x</b>",
}
"""What stands in tenants.csv to what a hostile hand would write there."""
HOSTILE_STUDY = '<script>alert(1)</script> & "Söhne"'


@dataclass(frozen=True, slots=True)
class Answer:
    """What one command line said."""

    code: int
    out: str
    err: str


def write_study(folder: Path) -> None:
    (folder / "topologies").mkdir(parents=True)
    for name, text in (("study.toml", STUDY), ("tenants.csv", TENANTS), ("offers.csv", OFFERS), ("topologies/current.toml", CURRENT)):
        (folder / name).write_text(text)
    (folder / "counts.csv").write_text(
        "series,tenant,time,value\n" + "".join(f"driver@orders,alpha,{START_MS + 24 * day * HOUR_MS},{100 + day}\n" for day in range(5))
    )
    write_history(folder / "history")


def write_history(folder: Path) -> None:
    history = open_history(folder)
    hours = np.arange(DAYS * 24 + 1)
    shape = np.clip(np.sin((hours % 24 - 5) / 14 * np.pi), 0.05, None) * np.where(hours // 24 % 7 < 5, 1.0, 0.3)
    for series, per_request in PER_REQUEST.items():
        append(history, series, {name: counter(shape, peak, per_request, name) for name, peak in PEAKS.items()}, hours)
    for series, level in LEVELS.items():
        append(history, series, {name: level * peak * (1 + hours / 20_000) for name, peak in PEAKS.items()}, hours)


def counter(shape, peak, per_request, name):
    rng = np.random.default_rng([ord(letter) for letter in name])
    rate = peak * shape * rng.lognormal(0, 0.1, shape.size) * per_request
    return np.concatenate([[0.0], np.cumsum(rate[1:] * 3600)])


def append(history, series, values, hours):
    columns = {"tenant": pl.Utf8, "time": pl.Int64, "value": pl.Float64, "epoch": pl.Utf8}
    frame = pl.concat(
        pl.DataFrame({"tenant": name, "time": START_MS + hours * HOUR_MS, "value": np.asarray(column, float), "epoch": ""}, schema=columns)
        for name, column in sorted(values.items())
    )
    end = START_MS + int(hours[-1]) * HOUR_MS
    history.append(Samples(series, frame, "test", START_MS - HOUR_MS, end), measures="service" if series == "request_seconds" else None)


@pytest.fixture
def new_study(tmp_path) -> Path:
    """A fresh folder that a test may change."""
    folder = tmp_path / "study"
    write_study(folder)
    return folder


@pytest.fixture(scope="session")
def small_folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("front") / "study"
    write_study(folder)
    return folder


@pytest.fixture(scope="session")
def small(small_folder):
    return open_session(read_study(small_folder))


@pytest.fixture(scope="session")
def comparison(small):
    return small.compare()


@pytest.fixture(scope="session")
def hostile(tmp_path_factory):
    """The comparison of a study whose texts try to be formulas, lines, markup and mirrored writing."""
    folder = tmp_path_factory.mktemp("hostile") / "study"
    write_study(folder)
    tenants = folder / "tenants.csv"
    text = tenants.read_text()
    for plain, written in HOSTILE.items():
        assert plain in text
        text = text.replace(f'""{plain}""', f'""{written}""').replace(f",{plain}\n", f",{written}\n")
    tenants.write_text(text)
    study = folder / "study.toml"
    study.write_text(study.read_text().replace('name = "Small"', f"name = '{HOSTILE_STUDY}'"))
    return open_session(read_study(folder)).compare(("current", "hybrid"))


@pytest.fixture
def ask(capsys):
    """Return a function that answers one command line in this process."""

    def asked(*arguments: str) -> Answer:
        code = main([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return Answer(code, said.out, said.err)

    return asked
