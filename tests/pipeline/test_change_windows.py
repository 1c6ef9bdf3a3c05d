"""When something may be changed: every tenant quiet and inside its window, no frozen day, ring after ring."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.topology.resources import Layer
from workbench.pipeline.change_windows import change_windows
from workbench.pipeline.freezes import Freeze, freezes
from workbench.pipeline.quiet_hours import SLOTS, quiet_week, spans, spans_text
from workbench.pipeline.release_schedule import next_start, schedule

QUICK = settings(max_examples=100, derandomize=True, deadline=None)


@pytest.fixture(scope="module")
def windows(bundled):
    return {one.pool: one for one in change_windows(bundled, bundled.result("current").plan)}


@QUICK
@given(st.lists(st.booleans(), min_size=SLOTS, max_size=SLOTS))
def test_runs_of_half_hours_hold_each_of_them_once(values):
    slots = np.array(values)
    covered = [(first + step) % SLOTS for first, length in spans(slots) for step in range(length)]
    assert sorted(covered) == np.flatnonzero(slots).tolist()


def test_hours_are_said_in_the_clock_of_a_zone():
    slots = np.zeros(SLOTS, bool)
    slots[6 * 48 + 41 : 6 * 48 + 48] = True
    slots[:1] = True
    assert spans_text(slots, "UTC", date(2026, 11, 1)) == "Sun 20:30-00:30"
    assert spans_text(slots, "Asia/Kolkata", date(2026, 11, 1)) == "Mon 02:00-06:00"
    assert spans_text(np.ones(SLOTS, bool), "UTC", date(2026, 11, 1)) == "always"


def test_a_window_is_common_to_all_of_a_pool(bundled, windows):
    plan = bundled.result("current").plan
    for name, found in windows.items():
        each = [quiet_week(bundled, i, bundled.observed.as_of).may_change for i in plan.pool(name).tenants if _production(bundled, i)]
        assert np.array_equal(found.slots, np.all(each, axis=0))
    assert windows["workers-eu-std"].text.startswith("Sun 02:00")
    assert windows["workers-eu-std"].zone == "Europe/Berlin"


def _production(session, tenant):
    return bool(session.factory.sizer.rows.production[tenant])


def test_a_pool_of_two_continents_has_no_common_window_and_says_why(bundled, windows):
    found = windows["ingress-prod"]
    assert not found.common
    assert len(found.between) == 2
    zones = {bundled.study.tenant(bundled.tenants[i]).calendar.zone for i in found.between}
    assert len(zones) == 2
    assert next(iter(windows.values())).common is False  # findings come first


def test_a_pool_of_one_is_as_free_as_its_tenant(bundled, windows):
    plan = bundled.result("current").plan
    alone = next(one for one in plan.of_layer(Layer.DATABASE) if one.production and len(one.tenants) == 1)
    assert windows[alone.name].common
    assert windows[alone.name].between == ()


def test_peaks_of_the_forecast_and_turns_of_the_month_are_frozen(bundled):
    found = freezes(bundled)
    turns = [date(2026, 11, 30), date(2026, 12, 1), date(2027, 1, 1)]
    assert all(any(one.holds(day) for one in found) for day in turns)
    assert any(one.share > 0.5 and "forecast peak" in one.why for one in found)
    assert all(earlier.last < later.first for earlier, later in pairwise(found))
    assert not any(one.holds(date(2026, 11, 11)) for one in found)


def test_a_release_keeps_windows_rings_and_freezes(bundled, windows):
    plan = bundled.result("current").plan
    frozen = freezes(bundled)
    found = schedule(bundled, plan, tuple(windows.values()), frozen)
    assert {one.pool for one in found} == {one.name for one in plan.of_layer(Layer.WORKERS) if one.production}
    bake = timedelta(hours=bundled.study.recovery.ring_bake_h.value)
    for one in found:
        slot = one.begins.weekday() * 48 + one.begins.hour * 2 + one.begins.minute // 30
        assert windows[one.pool].slots[slot]
        assert not any(freeze.holds(one.begins.date()) for freeze in frozen)
        before = [other.begins for other in found if other.image == one.image and other.ring < one.ring]
        assert all(one.begins >= earlier + bake for earlier in before)
    assert {one.users_share for one in found if one.ring == one.rings} == {1.0}


def test_no_window_is_no_date():
    start = datetime(2026, 11, 2, tzinfo=UTC)
    nothing, sunday = np.zeros(SLOTS, bool), np.zeros(SLOTS, bool)
    sunday[6 * 48 + 4 : 6 * 48 + 6] = True
    assert next_start(nothing, start, ()) is None
    assert next_start(sunday, start, ()) == datetime(2026, 11, 8, 2, tzinfo=UTC)
    frozen = (Freeze(date(2026, 11, 7), date(2026, 11, 9), "audit", 0.0),)
    assert next_start(sunday, start, frozen) == datetime(2026, 11, 15, 2, tzinfo=UTC)
    sunday[6 * 48 + 5] = False
    assert next_start(sunday, start, ()) is None
