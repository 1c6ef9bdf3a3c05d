from datetime import date
from itertools import pairwise

import numpy as np
import pytest

from models.topology.demand import FLOWS, STATES
from models.topology.pool_demand import Levels
from workbench.pipeline.calendar_months import Window, add_months, midnight_ms
from workbench.pipeline.demand import MOST_BYTES, room_for
from workbench.pipeline.exhaustion import exhaustion_of, first_days
from workbench.pipeline.growth import PATHS
from workbench.pipeline.moments import MOST, TOLERANCE, Wanted, choose_moments

WINDOW = Window(date(2026, 11, 1), 6)


@pytest.fixture
def flows():
    """Requests of six tenants in three zones over thirty days, shape (1, tenants, paths, hours)."""
    rng = np.random.default_rng(3)
    hours = np.arange(720)
    zones = np.array([0, 0, 6, 6, -7, -7])
    day = 1 + np.cos((hours[None, :] - 10 + zones[:, None]) / 24 * 2 * np.pi)
    noise = rng.lognormal(0, 0.2, (6, 50, 720))
    return (day[:, None, :] * noise)[None].astype(np.float32)


UNITS = np.ones((1, 1, 6, 50), np.float32)
ALL = np.ones((1, 6), bool)
NONE = np.zeros((0, 6), bool)


def _at(flows, hours):
    return np.take_along_axis(flows, np.broadcast_to(hours[None, None], (1, 6, *hours.shape)), axis=3)


def test_no_tenant_misses_its_peak_by_more_than_the_tolerance(flows):
    chosen = choose_moments(flows, UNITS, Wanted(ALL, NONE, 0.95))
    full, kept = (np.quantile(values.max(axis=3), 0.95, axis=2) for values in (flows, _at(flows, chosen.shared)))
    assert chosen.error <= TOLERANCE
    assert np.all(1 - kept / full <= TOLERANCE + 1e-6)


def test_the_peak_of_every_group_is_kept_exactly(flows):
    groups = np.array([[1] * 6, [1, 1, 0, 0, 0, 0]], bool)
    chosen = choose_moments(flows, UNITS, Wanted(groups, NONE, 0.95, most=2))
    for group in groups:
        total = flows[0][group].sum(axis=0)
        assert np.allclose(np.take_along_axis(total, chosen.shared, axis=1).max(axis=1), total.max(axis=1))


def test_a_pool_that_is_known_keeps_its_peak_to_the_tolerance_before_tenants_do(flows):
    pools = np.array([[0, 1, 0, 1, 0, 0], [1, 0, 0, 0, 0, 1]], bool)
    few = choose_moments(flows, UNITS, Wanted(ALL, NONE, 0.95, most=2))
    chosen = choose_moments(flows, UNITS, Wanted(ALL, pools, 0.95, most=12))
    assert chosen.shared.shape[1] > few.shared.shape[1]
    for pool in pools:
        total = flows[0][pool].sum(axis=0)
        full, kept = (np.quantile(v.max(axis=1), 0.95) for v in (total, np.take_along_axis(total, chosen.shared, axis=1)))
        assert 1 - kept / full <= TOLERANCE + 1e-6


def test_every_tenant_keeps_its_own_peak_and_its_third_highest_day_exactly(flows):
    chosen = choose_moments(flows, UNITS, Wanted(ALL, NONE, 0.95, most=1))
    for tenant in range(6):
        values = np.take_along_axis(flows[0, tenant], chosen.own[tenant], axis=1)
        days = np.sort(flows[0, tenant].reshape(50, 30, 24).max(axis=2), axis=1)
        assert np.array_equal(values[:, 0], days[:, -1])
        assert np.array_equal(values[:, 1], days[:, -3])


def test_pooled_peaks_are_below_the_sum_of_peaks(flows):
    at = _at(flows, choose_moments(flows, UNITS, Wanted(ALL, NONE, 0.95)).shared)[0]
    assert at.sum(axis=0).max(axis=1).mean() < 0.9 * at.max(axis=2).sum(axis=0).mean()


def test_a_thousand_tenants_stay_within_the_memory_of_demand():
    room = room_for(1000, Window(date(2026, 11, 1), 18))
    columns = 18 * room.within + 18 * room.beyond
    flows = len(FLOWS) * 1000 * PATHS * 4 * (columns + room.own_months * 4) + 1000 * PATHS * 2 * room.own_months * 4
    assert flows + len(STATES) * 1000 * PATHS * 36 * 4 <= MOST_BYTES
    assert room.within >= 6
    assert room_for(23, Window(date(2026, 11, 1), 18)).within == MOST


def _levels(values, days, reach=None):
    values = np.array(values, np.float32)
    return Levels(values, np.broadcast_to(np.array(days), values.shape), np.ones(values.shape[1], np.int64) if reach is None else reach)


def _exhausted(levels, limit, *, hard):
    return exhaustion_of(first_days(levels, limit, hard=hard, window=WINDOW, monthly=False), WINDOW, 42)


def test_a_hard_limit_is_reached_on_the_first_day_over_paths():
    found = _exhausted(_levels([[1, 3, 5], [1, 1, 5], [1, 1, 1]], [3, 40, 70]), 2.0, hard=True)
    assert found.p05 == WINDOW.day(40)
    assert found.p50 == WINDOW.day(70)
    assert found.p95 is None
    assert found.never == pytest.approx(1 / 3)
    assert found.before_lead_time == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("days", "expected"),
    [([3, 10, 20], 20), ([3, 10, 40], None), ([3, 20, 40, 45], 45), ([3, 3, 3], None), ([3, 12, 31], None), ([3, 12, 30], 30)],
)
def test_a_soft_limit_is_reached_on_the_third_day_of_28(days, expected):
    found = _exhausted(_levels([[3] * len(days)], days), 2.0, hard=False)
    assert found.p50 == (None if expected is None else WINDOW.day(expected))


def test_a_third_highest_day_stands_for_three():
    found = _exhausted(_levels([[3, 1, 3]], [3, 10, 50], np.array([1, 1, 3])), 2.0, hard=False)
    assert found.p50 == WINDOW.day(50)


def test_more_capacity_never_makes_it_full_sooner():
    rng = np.random.default_rng(1)
    levels = _levels(np.cumsum(rng.random((200, 30)), axis=1), np.arange(30) * 10)
    for hard in (True, False):
        medians = [str(_exhausted(levels, limit, hard=hard).p50 or "never") for limit in (4.0, 8.0, 12.0)]
        assert medians == sorted(medians)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 11, 1), 2, date(2027, 1, 1)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2027, 12, 31), 2, date(2028, 2, 29)),
        (date(2026, 10, 31), 1, date(2026, 11, 30)),
        (date(2026, 3, 15), -3, date(2025, 12, 15)),
    ],
)
def test_months_are_calendar_months(day, months, expected):
    assert add_months(day, months) == expected


def test_month_hours_adjoin_and_cover_the_window():
    bounds = [WINDOW.month_hours(month) for month in range(WINDOW.months)]
    assert bounds[0][0] == 0
    assert all(left[1] == right[0] for left, right in pairwise(bounds))
    assert bounds[-1][1] == 365 * 24
    assert WINDOW.start_ms == midnight_ms(date(2026, 11, 1)) == 1793491200000


def test_a_day_lies_in_its_month_of_the_window():
    assert [WINDOW.month_index(day) for day in (date(2026, 11, 1), date(2026, 11, 30), date(2026, 12, 1), date(2026, 10, 31))] == [
        0,
        0,
        1,
        -1,
    ]
