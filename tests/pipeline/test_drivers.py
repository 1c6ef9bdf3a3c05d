"""Fifteen days of requests beside three years of orders: growth comes from the orders, and the interval holds what was planted."""

import numpy as np
import polars as pl
import pytest

from models.topology.resources import Driver, Resource
from workbench.history import open_history
from workbench.pipeline.calendar_months import MS_PER_DAY, MS_PER_HOUR, midnight_ms
from workbench.pipeline.drivers_basis import GrowthFrom, growth_said
from workbench.pipeline.session import open_session
from workbench.sources.samples import Samples
from workbench.study.edits import ScaleDriver
from workbench.study.toml import read_study

STUDY = """
format = 1
[study]
name = "Short"
as_of = 2026-11-01
horizon = "12 months"
seed = 5
[money]
currency = "EUR"
[platform]
region = "azure/westeurope"
offers = ["azure/D4s_v5"]
[policy.production]
response = { share = 0.95, within = "800 ms" }
[[drivers]]
name = "orders"
path = "orders.csv"
"""
WITH, WITHOUT = 20, 4
ORDER_DAYS, REQUEST_DAYS, AHEAD_DAYS = 1131, 15, 366
REQUESTS_PER_ORDER = 400.0
BYTES_PER_ORDER, BYTES_TODAY = 1e6, 2e10
WEEK = np.array([1.1, 1.05, 1.0, 1.0, 0.95, 0.2, 0.1])
SCHEMA = {"tenant": pl.Utf8, "time": pl.Int64, "value": pl.Float64, "epoch": pl.Utf8}


class Planted:
    """What one tenant really does: growth, a year, a week, a day; days run from ORDER_DAYS before today to AHEAD_DAYS after."""

    def __init__(self, number: int) -> None:
        self.name = f"t{number:02d}"
        self.counted = number < WITH
        self.random = np.random.default_rng(number)
        day = np.arange(-ORDER_DAYS, AHEAD_DAYS)
        growth = self.random.normal(0.015, 0.01)
        year = self.random.uniform(0, 0.12) * np.sin(2 * np.pi * (day / 365.25 + self.random.uniform()))
        date = np.datetime64("2026-11-01") + day
        self.orders = 40 * np.exp(growth * day / 30.4375 + year) * WEEK[(date.astype(np.int64) - 4) % 7]

    def requests_per_s(self, first: int, last: int) -> np.ndarray:
        """Return true hourly means of days first … last, counted from today."""
        daily = self.orders[ORDER_DAYS + first : ORDER_DAYS + last] * REQUESTS_PER_ORDER / 86_400
        hour = np.clip(np.sin((np.arange(24) - 5) / 14 * np.pi), 0.05, None)
        return np.repeat(daily, 24) * np.tile(hour / hour.mean(), last - first)

    def stored_bytes(self, day: int) -> float:
        """Return the true size of the database at the end of a day ahead: every order leaves its rows."""
        return BYTES_TODAY + BYTES_PER_ORDER * float(np.sum(self.orders[ORDER_DAYS : ORDER_DAYS + day]))

    def sizes(self, request_days: int) -> np.ndarray:
        """Return measured sizes at every hour up to today."""
        daily = self.orders[ORDER_DAYS - request_days : ORDER_DAYS] * BYTES_PER_ORDER
        left = np.cumsum(np.repeat(daily / 24, 24)[::-1])[::-1]
        return np.append(BYTES_TODAY - left, BYTES_TODAY)


@pytest.fixture(scope="module")
def planted():
    return [Planted(number) for number in range(WITH + WITHOUT)]


def _write(folder, planted, request_days: int, order_days: int = ORDER_DAYS):
    folder.mkdir()
    (folder / "study.toml").write_text(STUDY + "".join(f'[[tenants]]\nname = "{one.name}"\n' for one in planted))
    history, end = open_history(folder / "history"), midnight_ms(read_study(folder).as_of)
    counters, counts, sizes = [], [], []
    for one in planted:
        rate = one.requests_per_s(-request_days, 0)
        rate = rate * one.random.lognormal(0, 0.15, rate.size)
        times = end - np.arange(rate.size, -1, -1) * MS_PER_HOUR
        total = np.concatenate([[0.0], np.cumsum(rate * 3600)])
        counters.append(pl.DataFrame({"tenant": one.name, "time": times, "value": total, "epoch": ""}, schema=SCHEMA))
        sizes.append(pl.DataFrame({"tenant": one.name, "time": times, "value": one.sizes(request_days), "epoch": ""}, schema=SCHEMA))
        if one.counted:
            days = end - np.arange(order_days, 0, -1) * MS_PER_DAY
            seen = one.random.poisson(one.orders[ORDER_DAYS - order_days : ORDER_DAYS]).astype(float)
            counts.append(pl.DataFrame({"tenant": one.name, "time": days, "value": seen, "epoch": ""}, schema=SCHEMA))
    history.append(Samples("requests", pl.concat(counters), "prom", end - request_days * MS_PER_DAY - 1, end))
    history.append(Samples("database_bytes", pl.concat(sizes), "prom", end - request_days * MS_PER_DAY - 1, end))
    history.append(Samples("driver@orders", pl.concat(counts), "erp", end - ORDER_DAYS * MS_PER_DAY - 1, end))
    return open_session(read_study(folder))


@pytest.fixture(scope="module")
def session(tmp_path_factory, planted):
    return _write(tmp_path_factory.mktemp("short") / "study", planted, REQUEST_DAYS)


@pytest.fixture(scope="module")
def twelfth_month(session, planted):
    """Return the mean rate of the twelfth month on every path (tenants, paths), and the true one (tenants,)."""
    (part,) = session.growth.of(flows=True)
    first, last = 335, 363
    paths = np.stack([part.forecast.paths(row, first * 24, last * 24).mean(axis=1) for row in range(len(planted))])
    return paths, np.array([one.requests_per_s(first, last).mean() for one in planted])


def test_the_interval_of_demand_in_twelve_months_holds_what_was_planted(twelfth_month):
    paths, truth = twelfth_month
    low, high = np.quantile(paths[:WITH], (0.05, 0.95), axis=1)
    assert np.sum((low <= truth[:WITH]) & (truth[:WITH] <= high)) >= 16


def test_without_drivers_the_interval_is_much_wider(twelfth_month):
    paths, _ = twelfth_month
    low, high = np.quantile(paths, (0.05, 0.95), axis=1)
    width = high / low
    assert np.median(width[WITH:]) > 2 * np.median(width[:WITH])


def test_what_is_stored_follows_the_orders_that_leave_rows(session, planted):
    (part,) = session.growth.of(flows=False)
    found = np.stack([part.forecast.paths(row, 363, 364)[:, 0] for row in range(len(planted))])
    truth = np.array([one.stored_bytes(364) for one in planted])
    low, high = np.quantile(found, (0.05, 0.95), axis=1)
    assert part.driver == Driver.STORED_BYTES
    assert np.sum((low[:WITH] <= truth[:WITH]) & (truth[:WITH] <= high[:WITH])) >= 16


def test_the_result_says_on_what_growth_rests(session):
    with_drivers, without = growth_said(session.growth.bases)
    assert with_drivers.startswith(
        "growth of requests, stored bytes from orders, 3.1 years; season from 15 days (t00, t01, t02, t03, t04 and 15 more)"
    )
    assert without.startswith("requests, stored bytes of 15 days of history: season unknown, growth assumed -")
    assert without.endswith("%/month (t20, t21, t22, t23): name [[drivers]] with years of counts to narrow it")


def test_requests_per_order_are_found_on_the_common_days(session):
    for basis in session.growth.bases[:WITH]:
        (order,) = basis.follows
        assert order.per_unit == pytest.approx(REQUESTS_PER_ORDER, rel=4 * order.per_unit_error + 0.02)
        assert order.elasticity_low < 1 < order.elasticity_high


def test_more_history_is_pooled_with_the_drivers(tmp_path, planted):
    requests, stored = _write(tmp_path / "study", planted[:1], 200).growth.bases
    assert (requests.comes_from, stored.comes_from) == (GrowthFrom.POOLED, GrowthFrom.DRIVERS)
    assert 0.3 < requests.weight < 1
    assert not requests.elasticity_assumed


@pytest.mark.parametrize(("days", "order_days"), [(420, ORDER_DAYS), (380, 500)])
def test_a_year_of_history_and_counts_that_are_hardly_longer_change_nothing(tmp_path, planted, days, order_days):
    found = _write(tmp_path / "study", planted[:1], days, order_days).growth.bases
    assert {basis.comes_from for basis in found} == {GrowthFrom.OWN}


def test_a_session_without_drivers_grows_as_before(session):
    plain = session.growth.parts[0].forecast
    assert [type(model).__name__ for model in plain.models[WITH:]] == ["FlowModel"] * WITHOUT
    assert session.growth.parts[0].driver == Driver.REQUESTS


@pytest.fixture(scope="module")
def one(tmp_path_factory, planted):
    return _write(tmp_path_factory.mktemp("one") / "study", planted[:1], REQUEST_DAYS)


def test_a_change_of_orders_reaches_demand_and_says_how_far(one):
    edited = one.edited([ScaleDriver("orders", 1.2)])
    assert edited.demand.of_tenants(Resource.INGRESS) == pytest.approx(1.2 * one.demand.of_tenants(Resource.INGRESS), rel=1e-5)
    assert edited.growth_said()[-1] == (
        "orders × 1.2 moves requests, stored bytes by its power 1.00 "
        "(assumed: as much more work as there is more business, less than three months are known of both)"
    )
