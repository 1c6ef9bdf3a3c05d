from datetime import date
from itertools import pairwise

import numpy as np
import pytest

from workbench.pipeline.calendar_months import Window, add_months, midnight_ms
from workbench.pipeline.moments import TOLERANCE, choose_moments
from workbench.pipeline.pools import exhaust

WINDOW = Window(date(2026, 11, 1), 6)


@pytest.fixture
def signals():
    rng = np.random.default_rng(3)
    hours = np.arange(720)
    zones = np.array([0, 0, 6, 6, -7, -7])
    day = 1 + np.cos((hours[None, :] - 10 + zones[:, None]) / 24 * 2 * np.pi)
    noise = rng.lognormal(0, 0.2, (6, 50, 720))
    return (day[:, None, :] * noise)[None].astype(np.float32)


def test_no_tenant_misses_its_peak_by_more_than_the_tolerance(signals):
    chosen = choose_moments(signals, np.ones((1, 6), bool), 0.95)
    at = np.take_along_axis(signals, np.broadcast_to(chosen.hour[None, None], (1, 6, *chosen.hour.shape)), axis=3)
    full, kept = (np.quantile(values.max(axis=3), 0.95, axis=2) for values in (signals, at))
    assert chosen.error <= TOLERANCE
    assert np.all(1 - kept / full <= TOLERANCE + 1e-6)


def test_the_peak_of_every_group_is_kept_exactly(signals):
    groups = np.array([[1] * 6, [1, 1, 0, 0, 0, 0]], bool)
    chosen = choose_moments(signals, groups, 0.95)
    for group in groups:
        total = signals[0][group].sum(axis=0)
        assert np.allclose(np.take_along_axis(total, chosen.hour, axis=1).max(axis=1), total.max(axis=1))


def test_pooled_peaks_are_below_the_sum_of_peaks(signals):
    chosen = choose_moments(signals, np.ones((1, 6), bool), 0.95)
    at = np.take_along_axis(signals, np.broadcast_to(chosen.hour[None, None], (1, 6, *chosen.hour.shape)), axis=3)[0]
    assert at.sum(axis=0).max(axis=1).mean() < 0.9 * at.max(axis=2).sum(axis=0).mean()


def test_exhaustion_is_the_first_day_over_paths():
    total = np.array([[1, 3, 5], [1, 1, 5], [1, 1, 1]], np.float32)
    day = np.array([[3, 40, 70]] * 3, np.int16)
    found = exhaust(total, 2.0, soften=None, day_of=day, window=WINDOW, month_of=np.array([0, 1, 2]))
    assert found.p05 == WINDOW.day(40)
    assert found.p50 == WINDOW.day(70)
    assert found.p95 is None
    assert found.never == pytest.approx(1 / 3)


def test_soft_resources_look_at_the_third_day_of_a_month():
    total = np.array([[3, 3]], np.float32)
    third = np.array([[0.5, 0.9]], np.float32)
    found = exhaust(total, 2.0, soften=third, day_of=np.array([[3, 40]], np.int16), window=WINDOW, month_of=np.array([0, 1]))
    assert found.p50 == WINDOW.day(40)


def test_more_capacity_never_makes_it_full_sooner():
    rng = np.random.default_rng(1)
    total = np.cumsum(rng.random((200, 30)), axis=1).astype(np.float32)
    day = np.tile(np.arange(30, dtype=np.int16) * 10, (200, 1))
    medians = [exhaust(total, limit, soften=None, day_of=day, window=WINDOW, month_of=np.arange(30) % 12).p50 for limit in (4.0, 8.0, 12.0)]
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
