"""Whatever processes, restarts and scrapes do, no increase is invented."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.sources.prometheus.answer import Track
from workbench.sources.prometheus.tracks import combine_counters, combine_gauges, epoch_text

MINUTE = 60_000


def track(value, start=0, step=MINUTE, instance="a:1") -> Track:
    return Track({"instance": instance, "job": "x"}, start + step * np.arange(len(value), dtype=np.int64), np.array(value, np.float64))


def counted(combined) -> float:
    """Return what can be read from the counts: from the begin of each to its last sample."""
    if combined.value.size == 0:
        return 0.0
    last = np.append(combined.since_ms[1:] != combined.since_ms[:-1], True)
    return float(combined.value[last].sum())


steps = st.lists(st.integers(0, 50), min_size=2, max_size=40)


@settings(derandomize=True, deadline=None, max_examples=100)
@given(st.lists(steps, min_size=1, max_size=4))
def test_processes_without_restart_count_exactly_together(groups) -> None:
    tracks = [track(1e6 + np.cumsum(group), instance=f"{place}:1") for place, group in enumerate(groups)]
    combined = combine_counters(tracks, -1, 10**9, "unknown")
    assert counted(combined) == sum(sum(group[1:]) for group in groups)
    assert (np.diff(combined.value) >= 0).all()


@settings(derandomize=True, deadline=None, max_examples=100)
@given(st.lists(st.tuples(st.integers(0, 50), st.booleans(), st.booleans()), min_size=2, max_size=60))
def test_no_more_is_counted_than_happened(events) -> None:
    """Each event: what is added, whether a restart comes first, whether the scrape succeeds."""
    value, happened, seen, times = 500.0, 0.0, [], []
    for place, (added, restart, scraped) in enumerate(events):
        value = (0.0 if restart else value) + added
        happened += added
        if scraped:
            seen.append(value)
            times.append(place * MINUTE)
    source = Track({"instance": "a:1"}, np.array(times, np.int64), np.array(seen))
    combined = combine_counters([source], -1, 10**9, "unknown")
    assert counted(combined) <= happened
    assert (combined.value >= 0).all()
    assert (combined.since_ms <= combined.time_ms).all()


def test_a_restart_begins_a_new_count_at_zero() -> None:
    combined = combine_counters([track([100, 110, 5, 9])], -1, 10**9, "unknown")
    assert combined.value.tolist() == [0, 10, 0, 4]
    assert combined.since_ms.tolist() == [0, 0, 2 * MINUTE, 2 * MINUTE]


def test_the_count_begins_at_the_window_between_two_scrapes() -> None:
    combined = combine_counters([track([100, 110, 130])], 30_000, 10**9, "unknown")
    assert combined.value.tolist() == [5, 25]
    assert combined.since_ms.tolist() == [30_001, 30_001]


def test_after_a_gap_at_the_border_the_count_begins_at_the_first_scrape() -> None:
    gap = Track({"instance": "a:1"}, np.array([0, 1, 2, 20, 21]) * MINUTE, np.array([1.0, 2, 3, 21, 22]))
    combined = combine_counters([gap], 10 * MINUTE, 10**9, "unknown")
    assert combined.value.tolist() == [0, 1]
    assert combined.since_ms.tolist() == [20 * MINUTE] * 2


@settings(derandomize=True, deadline=None, max_examples=60)
@given(steps, steps, st.integers(0, 50_000), st.integers(3, 38))
def test_a_day_pulled_again_later_continues_the_same_count(first, second, offset, cut) -> None:
    """Whether targets share a grid may change when another one appears; what was kept of the morning still fits."""
    both = [track(np.cumsum(first)), track(np.cumsum(second), start=20 * MINUTE + offset, instance="b:1")]
    whole = combine_counters(both, 90_000, 10**9, "unknown")
    early = combine_counters(
        [Track(one.labels, one.time_ms[one.time_ms <= cut * MINUTE], one.value[one.time_ms <= cut * MINUTE]) for one in both],
        90_000, cut * MINUTE, "unknown",
    )  # fmt: skip
    if early.value.size and len(first) > 2:
        assert set(early.since_ms) == set(whole.since_ms)
        times = np.concatenate([early.time_ms, whole.time_ms])
        order = np.argsort(times, kind="stable")
        assert (np.diff(np.concatenate([early.value, whole.value])[order]) >= -1e-9).all()


def test_what_appears_on_a_running_process_started_from_zero_only_where_that_is_known() -> None:
    first, second = track([7, 8, 9, 10]), track([4, 6], start=2 * MINUTE)
    assert counted(combine_counters([first, second], -1, 10**9, "at zero")) == 9
    assert counted(combine_counters([first, second], -1, 10**9, "unknown")) == 5
    other = track([5_000, 5_001], start=2 * MINUTE, instance="b:1")
    assert counted(combine_counters([first, other], -1, 10**9, "at zero")) == 4


def test_a_process_that_comes_back_continues_its_count() -> None:
    away = Track({"instance": "b:1"}, np.array([0, MINUTE, 5 * MINUTE], np.int64), np.array([100.0, 101.0, 109.0]))
    combined = combine_counters([track([1, 2, 3, 4, 5, 6]), away], -1, 10**9, "unknown")
    assert combined.value.tolist() == [0, 2, 3, 4, 5, 14]


def test_targets_scraped_apart_share_a_grid() -> None:
    tracks = [track(np.arange(60) * 6.0, start=offset, instance=f"{offset}:1") for offset in (1_000, 21_000, 41_000)]
    combined = combine_counters(tracks, 0, 60 * MINUTE, "unknown")
    assert set(combined.time_ms % MINUTE) == {0}
    assert combined.time_ms.size == 60
    np.testing.assert_allclose(np.diff(combined.value)[1:], 18)


def test_a_gauge_is_the_sum_of_what_is_alive() -> None:
    old, new = track([3, 3, 3]), track([5, 5, 5, 5, 5, 5], start=2 * MINUTE, instance="b:1")
    combined = combine_gauges([old, new], -1, 10**9, "sum")
    assert combined.value.tolist() == [3, 3, 8, 8, 8, 5, 5, 5]
    assert combine_gauges([old, new], -1, 10**9, "max").value.max() == 5


@pytest.mark.parametrize("combine", ["sum", "max"])
def test_nothing_gives_nothing(combine) -> None:
    assert combine_gauges([], 0, 10, combine).time_ms.size == 0
    assert combine_counters([], 0, 10, "unknown").time_ms.size == 0
    assert combine_counters([track([5])], 0, 10, "unknown").time_ms.size == 0


def test_an_epoch_names_the_begin_and_the_source() -> None:
    assert epoch_text(1_790_812_800_001, "prom-eu") == "2026-10-01T00:00:00.001Z|window:prom-eu"
