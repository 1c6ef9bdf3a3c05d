"""Three plants on three continents: hours add in UTC path by path, so that a shared pool needs less than three of its own."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pytest

from models.topology.demand import Demand
from models.topology.resources import Resource
from workbench.history import open_history
from workbench.pipeline.calendar_months import MS_PER_DAY, MS_PER_HOUR, midnight_ms
from workbench.pipeline.session import open_session
from workbench.sources.samples import Samples
from workbench.study.toml import read_study

ZONES = {"rockford": "America/Chicago", "leipzig": "Europe/Berlin", "suzhou": "Asia/Shanghai"}
PEAK_PER_S = {"rockford": 9.0, "leipzig": 12.0, "suzhou": 10.0}
DAYS, PLAN_AT = 42, 0.95
STUDY = """
format = 1
[study]
name = "Three continents"
as_of = 2027-01-15
horizon = "4 months"
seed = 2
[money]
currency = "EUR"
[platform]
region = "azure/westeurope"
offers = ["azure/D4s_v5"]
[policy.production]
response = { share = 0.95, within = "800 ms" }
"""
SCHEMA = {"tenant": pl.Utf8, "time": pl.Int64, "value": pl.Float64, "epoch": pl.Utf8}


def _working_day(zone: str, end_ms: int) -> np.ndarray:
    """Return load by the clock of a zone: eight to six on weekdays, highest at ten."""
    hours = [
        datetime.fromtimestamp((end_ms - back * MS_PER_HOUR) / 1000, UTC).astimezone(ZoneInfo(zone)) for back in range(DAYS * 24, 0, -1)
    ]
    clock = np.array([moment.hour for moment in hours])
    working = np.array([moment.weekday() < 5 for moment in hours])
    return np.where(working & (clock >= 8) & (clock < 18), np.exp(-(((clock - 10) / 4.0) ** 2)), 0.03)


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    folder = tmp_path_factory.mktemp("zones")
    tenants = "".join(f'[[tenants]]\nname = "{name}"\ncalendar = {{ zone = "{zone}" }}\n' for name, zone in ZONES.items())
    (folder / "study.toml").write_text(STUDY + tenants)
    end = midnight_ms(read_study(folder).as_of)
    frames = []
    for number, (name, zone) in enumerate(ZONES.items()):
        random = np.random.default_rng(number)
        rate = PEAK_PER_S[name] * _working_day(zone, end) * random.lognormal(0, 0.15, DAYS * 24)
        total = np.concatenate([[0.0], np.cumsum(rate * 3600)])
        times = end - np.arange(DAYS * 24, -1, -1) * MS_PER_HOUR
        frames.append(pl.DataFrame({"tenant": name, "time": times, "value": total, "epoch": ""}, schema=SCHEMA))
    open_history(folder / "history").append(Samples("requests", pl.concat(frames), "prom", end - DAYS * MS_PER_DAY - 1, end))
    return open_session(read_study(folder))


@pytest.fixture(scope="module")
def streamed(session):
    """Return the load of every hour of the plan (tenants, paths, hours), and the hours of each month: nothing is left out."""
    (part,) = session.growth.of(flows=True)
    link = next(link for link in session.demand.links if link.resource == Resource.WORKER_TIME)
    months = [session.window.month_hours(month) for month in range(session.study.horizon_months)]
    flows = np.stack([part.forecast.paths(row, 0, months[-1][1]) for row in range(len(ZONES))])
    return flows * link.per_unit[:, :, None], months


def _peaks(total: np.ndarray, demand: Demand, months: int) -> np.ndarray:
    starts = np.searchsorted(demand.month_of, np.arange(demand.months))
    return np.quantile(np.maximum.reduceat(total, starts, axis=1)[:, :months], PLAN_AT, axis=0)


def _brute(load: np.ndarray, months: list[tuple[int, int]]) -> np.ndarray:
    return np.quantile(np.stack([load[:, first:last].max(axis=1) for first, last in months], axis=1), PLAN_AT, axis=0)


@pytest.mark.parametrize("members", [(0, 1, 2), (0, 1), (1, 2), (0, 2), (0,), (1,), (2,)])
def test_the_peak_of_any_pool_is_that_of_all_streamed_hours(session, streamed, members):
    load, months = streamed
    truth = _brute(load[list(members)].sum(axis=0), months)
    found = _peaks(session.demand.of_tenants(Resource.WORKER_TIME, np.array(members)).sum(axis=0), session.demand, len(months))
    assert np.all(found <= truth * (1 + 1e-5))
    assert np.all(found >= truth * 0.98)


def test_a_shared_pool_needs_less_than_the_sum_of_own_pools(session, streamed):
    load, months = streamed
    total = session.demand.of_tenants(Resource.WORKER_TIME)
    together = _peaks(total.sum(axis=0), session.demand, len(months))
    apart = sum(_peaks(one, session.demand, len(months)) for one in total)
    assert np.all(together < 0.75 * apart)
    assert together == pytest.approx(_brute(load.sum(axis=0), months), rel=0.02)


def test_a_plant_keeps_its_clock_when_summer_time_begins(session):
    (part,) = session.growth.of(flows=True)
    row = session.observed.tenants.index("rockford")
    mean = part.forecast.paths(row).mean(axis=0)
    start = session.window.as_of
    for local in (start + timedelta(days=20), start + timedelta(days=90)):  # before and after 14 March
        monday = local - timedelta(days=local.weekday())
        day = (monday - start).days
        busiest = datetime.fromtimestamp(midnight_ms(monday) / 1000, UTC) + timedelta(hours=int(np.argmax(mean[day * 24 : day * 24 + 24])))
        assert busiest.astimezone(ZoneInfo("America/Chicago")).hour == 10
