from pathlib import Path

import pytest

STUDY = """\
format = 1
[study]
name = "Meridian Manufacturing"
as_of = 2026-11-01
horizon = "18 months"
seed = 1
tenants = "tenants.csv"
incidents = "incidents.csv"
[money]
currency = "EUR"
exchange = { USD = 0.90, date = 2026-10-30, source = "treasury plan rate" }
fiscal_year_starts = "04-01"
budget = { FY2026 = 210000, FY2027 = 455000 }
chargeback = "peak"
[platform]
region = "azure/westeurope"
disaster_region = "azure/northeurope"
runs_on = "machines"
database = "self-run"
cache = "self-run"
offers = ["azure/D*s_v5", "own/*"]
[purchase]
steps = "3 months"
lead_time = "6 weeks"
commit = { share = "stable", term = "1 year", payment = "monthly" }
[policy.production]
response = { share = 0.95, within = "800 ms" }
plan_at = 0.95
headroom = 0.10
survives = "zone"
recovery = { rto = "4 h", rpo = "15 min" }
backup = { every = "1 day", keep = ["14 days", "12 months"], restore_tests_per_year = 4 }
[policy.staging]
survives = "none"
awake = "Mon-Fri 06:00-20:00"
[limits]
users_share = 0.35
[labour]
per_hour = 85
hours_per_month = { pool = 3, environment = 0.5, regulated = 4 }
hours_per_release = { pool = 6, environment = 1 }
releases_per_year = 12
[failures]
"database server" = { rate = 0.3, evidence = 2, outage = "1 h", source = "assumption" }
release = { rate = 2, evidence = 2, outage = "90 min", rings = [0.1, 0.3, 0.6], source = "own incidents" }
[[sources]]
name = "prom-eu"
kind = "prometheus"
url = "https://prometheus.example.org"
bearer_file = "~/.config/workbench/prom-eu.token"
tenant = { label = "service", pattern = "(?P<tenant>[a-z]+)-odoo@.*" }
[[sources]]
name = "pg-eu-1"
kind = "postgres"
service = "erp-reporting"
server_of = "db-eu-1"
tenant = { label = "datname", pattern = "(?P<tenant>[a-z]+)_prod" }
[[drivers]]
name = "orders"
sql = "select date_trunc('day', create_date), count(*) from sale_order group by 1"
[[tenants]]
name = "leipzig"
plants = [{ name = "Leipzig", users = 220 }]
environment = "production"
runs = { image = "meridian-std", odoo = "18.0", postgres = "16" }
calendar = { zone = "Europe/Berlin", holidays = "DE-SN", window = "Sun 02:00-06:00" }
isolation = { "database server" = "own", because = "customer audit 2026" }
downtime = { per_hour = 18000, ramp = [["0 h", 0.05], ["1 h", 0.2], ["4 h", 0.5]] }
processes = [{ name = "shipping", rto = "1 h", rpo = "5 min" }, { name = "reporting", rto = "24 h", rpo = "24 h" }]
cost_centre = "4711"
"""

TENANTS = """\
name,environment,plants.name,plants.users,calendar.zone,runs.image,downtime.per_hour,cost_centre,isolation.cache
zwickau,production,Zwickau,180,Europe/Berlin,meridian-std,9000,4712,own
zwickau-staging,staging,,,Europe/Berlin,meridian-std,,4712,
"""

INCIDENTS = """\
start,end,cause,domain,tenants
2026-03-02T08:10:00Z,2026-03-02T09:00:00+00:00,bad update,release,leipzig|zwickau
"""

CURRENT = """\
[[pools]]
name = "db-eu-1"
layer = "database server"
tenants = ["leipzig", "zwickau"]
parts = [
  { offer = "azure/E8s_v5", count = 1 },
  { offer = "azure/premium-ssd-v2", count = 1, role = "volume", size = 512, iops = 5000, throughput_mbps = 200 },
]
settings = { max_connections = 400, shared_buffers_bytes = "16 GiB" }
owner = "dba"
[[pools]]
name = "web-eu-1"
layer = "workers"
tenants = ["leipzig", "zwickau", "zwickau-staging"]
parts = [{ offer = "azure/D8s_v5", count = 2 }]
settings = { workers = 12 }
[invoice]
month = 2026-10-01
amount = 14200.50
currency = "EUR"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "study.toml").write_text(STUDY, encoding="utf-8")
    (tmp_path / "tenants.csv").write_text(TENANTS, encoding="utf-8")
    (tmp_path / "incidents.csv").write_text(INCIDENTS, encoding="utf-8")
    (tmp_path / "topologies").mkdir()
    (tmp_path / "topologies" / "current.toml").write_text(CURRENT, encoding="utf-8")
    return tmp_path
