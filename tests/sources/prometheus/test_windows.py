"""Windows cover what is missing once, aligned, and within the server's limits."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.sources.prometheus import plan_windows, raw_from
from workbench.sources.prometheus.windows import DAY_MS, MOST_POINTS, merged

HOUR = 3_600_000
days = st.integers(20_000, 20_060)


@settings(derandomize=True, deadline=None, max_examples=100)
@given(days, st.integers(1, 40 * 24), st.sampled_from([60_000, 300_000, HOUR]), st.lists(st.tuples(days, st.integers(1, 10)), max_size=3))
def test_windows_and_what_is_held_cover_the_period(first, hours, step, held_days) -> None:
    start, end = first * DAY_MS, first * DAY_MS + hours * HOUR
    held = [(day * DAY_MS, (day + length) * DAY_MS) for day, length in held_days]
    windows = plan_windows(start, end, step, held)
    covered = merged([*((window.start_ms, window.end_ms) for window in windows), *held])
    assert any(low <= start and end <= high for low, high in covered)
    assert all(window.points <= MOST_POINTS for window in windows)
    assert all(window.start_ms % window.step_ms == window.end_ms % window.step_ms == 0 for window in windows if window.step_ms)
    assert all(early.end_ms <= late.start_ms for late, early in pairwise(windows))


def test_the_last_fortnight_and_what_is_new_come_raw() -> None:
    end = 20_100 * DAY_MS + 5 * HOUR
    assert raw_from(end) == (20_100 - 14) * DAY_MS
    assert raw_from(end, [(20_000 * DAY_MS, 20_050 * DAY_MS)]) == 20_050 * DAY_MS
    windows = plan_windows(20_050 * DAY_MS, end)
    assert {window.step_ms for window in windows if window.start_ms >= raw_from(end)} == {0}
    assert {window.step_ms for window in windows if window.start_ms < raw_from(end)} == {HOUR}


def test_the_running_day_is_one_window_from_its_start() -> None:
    end = 20_100 * DAY_MS + 5 * HOUR
    (window,) = plan_windows(20_100 * DAY_MS, end, held=[(20_090 * DAY_MS, 20_100 * DAY_MS + HOUR)])
    assert (window.start_ms, window.end_ms) == (20_100 * DAY_MS, end)


def test_nothing_is_asked_twice() -> None:
    start, end = 20_000 * DAY_MS, 20_060 * DAY_MS
    assert plan_windows(start, end, held=[(window.start_ms, window.end_ms) for window in plan_windows(start, end)]) == ()


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.integers(15, 120), st.integers(0, 40), st.integers(1, 60))
def test_a_pull_that_was_stopped_goes_on_with_the_same_windows(length, done, later) -> None:
    """Neither a first pull nor one that adds to what is held asks other windows after a stop."""
    start, end = 20_000 * DAY_MS, (20_000 + length) * DAY_MS + HOUR
    for old, period in (((), (start, end)), (((start, end),), (start, end + later * DAY_MS))):
        whole = plan_windows(*period, held=old)
        stopped = [*old, *((window.start_ms, window.end_ms) for window in whole[:done])]
        assert plan_windows(*period, held=stopped) == whole[done:]


@pytest.mark.parametrize(("start", "end", "step"), [(10, 10, HOUR), (10, 5, HOUR), (0, DAY_MS, 7 * HOUR), (0, DAY_MS, 0)])
def test_an_impossible_period_is_refused(start, end, step) -> None:
    with pytest.raises(ValueError, match="must"):
        plan_windows(start, end, step)
