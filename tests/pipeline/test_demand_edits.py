"""Scenarios are factors on demand that was computed once: they stack, commute, undo, and leave every path where it is."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.topology.demand import DRIVERS, STATES
from models.topology.resources import Driver, Resource
from workbench.pipeline.drivers import BusinessDrivers
from workbench.pipeline.drivers_edits import DriverEdits
from workbench.study.edits import (
    AddTenant,
    ChangeGrowth,
    Jump,
    MigrateTenant,
    RemoveTenant,
    ScaleDriver,
    ScaleGrowth,
    Scenario,
    SetWorkingDays,
)
from workbench.study.source_specs import DriverSpec

FROM, UNTIL = date(2026, 12, 31), date(2027, 2, 28)
EDITS = (
    ScaleDriver("requests", 1.3, "alpha", FROM),
    Jump(1.4, None, FROM, UNTIL),
    ChangeGrowth(0.02, environment="production"),
    ScaleGrowth(0.5, "beta"),
    SetWorkingDays(4, "gamma", keeping="week"),
    ScaleDriver("users", 0.9),
)
NOTHING = (
    ScaleDriver("requests", 1.0, "alpha", FROM),
    ScaleDriver("users", 1.0),
    Jump(1.0),
    ChangeGrowth(0.0),
    ScaleGrowth(1.0, driver="batch"),
    SetWorkingDays(5),
    SetWorkingDays(5, keeping="week"),
)


@pytest.fixture(scope="module")
def factors_of(small):
    return lambda *edits: small.edited(edits).demand.factors


def test_no_edit_changes_no_digit_and_copies_no_path(small):
    base, edited = small.demand, small.edited(EDITS).demand
    assert np.array_equal(small.edited(()).demand.factors, base.factors)
    assert edited.flows is base.flows
    assert edited.states is base.states
    assert edited.links is base.links


@pytest.mark.parametrize("edit", NOTHING, ids=repr)
def test_an_edit_that_changes_nothing_changes_no_digit(small, factors_of, edit):
    assert np.array_equal(factors_of(edit), small.demand.factors)


def test_the_order_of_changes_to_demand_changes_no_digit(factors_of):
    first = factors_of(*EDITS[:4])
    assert all(np.array_equal(factors_of(*order), first) for order in permutations(EDITS[:4]))


@settings(max_examples=40, derandomize=True, deadline=None)
@given(st.lists(st.sampled_from(EDITS), max_size=5, unique=True), st.randoms(use_true_random=False))
def test_any_set_of_edits_commutes_and_stays_finite(small, edits, random):
    shuffled = list(edits)
    random.shuffle(shuffled)
    one, other = small.edited(edits).demand.factors, small.edited(shuffled).demand.factors
    assert np.array_equal(one, other)
    assert np.all(np.isfinite(one) & (one >= 0))


def test_undoing_the_last_edit_gives_the_digits_before_it(factors_of):
    scenario = Scenario("all", EDITS)
    assert np.array_equal(factors_of(*scenario.undone().edits), factors_of(*EDITS[:-1]))


def test_factors_stack(small, factors_of):
    twice = factors_of(ScaleDriver("requests", 1.2), ScaleDriver("requests", 1.5))
    assert twice == pytest.approx(factors_of(ScaleDriver("requests", 1.8)))


def test_a_class_is_all_of_its_tenants(small, factors_of):
    production = [name for name in small.tenants if small.study.tenant(name).production]
    each = factors_of(*(Jump(1.4, name) for name in production))
    assert np.array_equal(factors_of(Jump(1.4, environment="production")), each)


def test_a_jump_in_a_window_ends_with_it(small, factors_of):
    changed = factors_of(Jump(1.4, "alpha", FROM, UNTIL)) / small.demand.factors
    requests = changed[DRIVERS.index(Driver.REQUESTS)]
    first, last = small.window.month_index(FROM), small.window.month_index(UNTIL)
    row = small.tenants.index("alpha")
    assert np.allclose(requests[row, first : last + 1], 1.4)
    assert np.all(np.delete(requests[row], np.arange(first, last + 1)) == 1)
    assert np.all(np.delete(requests, row, axis=0) == 1)


def test_what_is_stored_grows_faster_and_never_jumps(small, factors_of):
    stored = factors_of(Jump(2.0))[DRIVERS.index(Driver.STORED_BYTES)]
    size = small.demand.states[STATES.index(Driver.STORED_BYTES)].mean(axis=1)
    grown = stored * size[small.demand.source]
    assert stored[:, 0] == pytest.approx(1.0)
    assert grown[:, -1] - grown[:, 0] == pytest.approx(2 * (size[:, -1] - size[:, 0])[small.demand.source], rel=1e-3)


def test_growth_is_added_month_by_month(factors_of):
    requests = factors_of(ChangeGrowth(0.02, "alpha"))[DRIVERS.index(Driver.REQUESTS), 0]
    assert requests == pytest.approx(1.02 ** np.arange(requests.size))


def test_halved_growth_leaves_half_of_the_slope(small):
    def slope(session) -> float:
        peaks = np.median(session.demand.of_tenants(Resource.INGRESS, np.array([0]))[0], axis=0)
        demand = session.demand
        monthly = np.maximum.reduceat(peaks, np.searchsorted(demand.month_of, np.arange(demand.months)))
        months = np.arange(monthly.size) - (monthly.size - 1) / 2
        return float(np.log(monthly) @ months / (months @ months))

    assert slope(small.edited([ScaleGrowth(0.5)])) == pytest.approx(slope(small) / 2, abs=0.003)
    assert slope(small.edited([ScaleGrowth(0.0)])) == pytest.approx(0.0, abs=0.003)


def test_a_tenant_that_hands_over_to_one_like_it_changes_no_sum(small):
    start = small.window.month_start(3)
    edits = [RemoveTenant("alpha", start - timedelta(days=1)), AddTenant("omega", "alpha", 1.0, start)]
    handed = small.edited(edits).demand.of_tenants(Resource.CPU).sum(axis=0)
    assert handed == pytest.approx(small.demand.of_tenants(Resource.CPU).sum(axis=0), rel=1e-5)


def test_a_migrated_tenant_needs_nothing_before_its_day(small):
    demand = small.edited([MigrateTenant("beta", small.window.month_start(2))]).demand
    factors = demand.factors[:, small.tenants.index("beta")]
    assert np.all(factors[:, :2] == 0)
    assert np.array_equal(factors[:, 2:], small.demand.factors[:, 0, 2:])


def test_the_same_work_in_fewer_days_makes_each_busier(factors_of):
    same_week = factors_of(SetWorkingDays(4, keeping="week"))
    same_day = factors_of(SetWorkingDays(6))
    assert same_week[DRIVERS.index(Driver.REQUESTS)] == pytest.approx(5 / 4)
    assert np.all(same_day[DRIVERS.index(Driver.REQUESTS)] == 1)
    assert np.all(same_day[DRIVERS.index(Driver.STORED_BYTES)][:, 1:] > 1)


@pytest.fixture(scope="module")
def with_orders(small):
    """Return the applier of a study whose first tenant has two years of orders that its requests follow by half."""
    day = np.arange(728)
    orders = np.full((len(small.observed.tenants), day.size), np.nan)
    orders[0] = 100 * np.exp(0.5 * np.sin(2 * np.pi * day / 200))
    requests = np.full_like(orders, np.nan)
    requests[0] = np.sqrt(orders[0])
    business = BusinessDrivers({"orders": orders}, {Driver.REQUESTS: ("orders",)}, {Driver.REQUESTS: requests})
    study = replace(small.study, drivers=(DriverSpec("orders", sql="select 1", drives=(Driver.REQUESTS,)),))
    return DriverEdits(small.demand, study, small.tenants, small.demand.source, small.window, business)


def test_a_business_driver_reaches_requests_by_its_fitted_elasticity(with_orders):
    factors = with_orders.factors([ScaleDriver("orders", 1.2)])
    requests = factors[DRIVERS.index(Driver.REQUESTS)]
    assert requests[0] == pytest.approx(1.2**0.5, rel=0.01)
    assert requests[1] == pytest.approx(1.2), "nothing is known of the others: as much more work as business"
    assert np.all(np.delete(factors, DRIVERS.index(Driver.REQUESTS), axis=0) == 1)


def test_users_drive_requests_and_sessions_where_nobody_counts_them(with_orders):
    factors = with_orders.factors([ScaleDriver("users", 1.1, "beta")])
    changed = {driver for driver in Driver if np.any(factors[DRIVERS.index(driver)] != 1)}
    assert changed == {Driver.REQUESTS, Driver.SESSIONS}
