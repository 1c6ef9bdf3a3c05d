"""Counters become rates by real elapsed time; what is not known stays missing or is marked."""

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.history.catalogue import COUNTERS, GAUGES, Kind, kind_of
from workbench.history.clean import HOUR_MS, MINUTE_MS, Grid, even_series
from workbench.sources.samples import Samples

START_MS = 1_767_225_600_000
SYSTEM = "7400000000000000001"


def hours(samples: Samples, step_ms: int = HOUR_MS):
    return even_series(samples.series, samples.frame, Grid(step_ms, START_MS))


def test_a_counter_becomes_a_rate_per_second(history, counted):
    history.append(counted("requests", [120.0 * minute for minute in range(181)]))
    hourly = history.hourly("requests")
    assert hourly.start_ms == START_MS
    np.testing.assert_allclose(hourly.of("leipzig"), [2.0, 2.0, 2.0])
    np.testing.assert_allclose(hourly.coverage, 1.0)
    assert not hourly.lower_bound.any()


def test_jitter_in_scrape_times_changes_no_rate(make):
    times = [0, 61_000, 119_500, 180_250, 240_000, 301_000, 359_999, 3_600_000 - 120_000]
    samples = make("requests", [("leipzig", at, at / 1000 * 3, "") for at in times])
    np.testing.assert_allclose(hours(samples, MINUTE_MS).values[0, :5], 3.0)


def test_a_drop_is_a_restart_and_the_new_value_a_flagged_lower_bound(counted):
    values = [1000.0 + 60 * minute for minute in range(90)] + [30.0 + 60 * minute for minute in range(91)]
    hourly = hours(counted("requests", values))
    assert hourly.lower_bound.tolist() == [[False, True, False]]
    assert hourly.values[0, 0] == pytest.approx(1.0)
    assert hourly.values[0, 1] == pytest.approx((60 * 59 + 30) / 3600)
    assert hourly.values[0, 2] == pytest.approx(1.0)


def test_a_new_process_is_a_restart_even_when_its_count_already_passed_the_old_one(make):
    rows = [("leipzig", 0, 10.0, "start 1"), ("leipzig", 60_000, 70.0, "start 1"), ("leipzig", 120_000, 90.0, "start 2")]
    minutes = hours(make("requests", rows), MINUTE_MS)
    np.testing.assert_allclose(minutes.values[0, :2], [1.0, 90 / 60])
    assert minutes.lower_bound[0, :2].tolist() == [False, True]


def test_statistics_reset_inside_the_interval_counts_since_the_reset(make):
    before, after = f"2025-12-01T00:00:00Z|{SYSTEM}", f"2026-01-01T00:20:00Z|{SYSTEM}"
    rows = [("leipzig", 0, 9e6, before), ("leipzig", 3_600_000, 2400.0, after), ("leipzig", 7_200_000, 6000.0, after)]
    hourly = hours(make("database_blocks_read", rows))
    np.testing.assert_allclose(hourly.values[0], [1.0, 1.0])
    np.testing.assert_allclose(hourly.coverage[0], [2 / 3, 1.0], atol=1e-6)
    assert not hourly.lower_bound.any()


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        (f"2025-12-01T00:00:00Z|{SYSTEM}", "2026-01-01T00:20:00Z|7999", "another server answered"),
        (f"2025-12-01T00:00:00Z|{SYSTEM}", f"2025-11-01T00:00:00Z|{SYSTEM}", "the reset lies outside the interval"),
        (f"2025-12-01T00:00:00Z|{SYSTEM}", f"|{SYSTEM}", "nobody says when it was reset"),
        (f"2025-12-01T00:00:00Z|{SYSTEM}", f"2025-12-01T00:00:00Z|{SYSTEM}", "it fell without a reset"),
        ("", f"2026-01-01T00:20:00Z|{SYSTEM}", "the epoch before is not known"),
    ],
)
def test_statistics_that_cannot_be_compared_are_a_gap_and_never_a_number(make, before, after, why):
    rows = [("leipzig", 0, 9e6, before), ("leipzig", 3_600_000, 2400.0, after), ("leipzig", 7_200_000, 6000.0, after)]
    hourly = hours(make("database_blocks_read", rows))
    assert math.isnan(hourly.values[0, 0]), why
    assert hourly.values[0, 1] == pytest.approx(1.0)


def test_a_gap_is_missing_and_never_zero(counted, make):
    rows = [("leipzig", 60_000 * minute, 60.0 * minute, "") for minute in range(361) if not 70 < minute < 190]
    hourly = hours(make("requests", rows))
    assert np.isnan(hourly.values[0]).tolist() == [False, True, True, False, False, False]
    np.testing.assert_allclose(hourly.values[0, [0, 3, 4, 5]], 1.0)
    assert hourly.coverage[0, 1] == pytest.approx(1 / 6, abs=1e-6)


def test_two_missed_scrapes_are_bridged(make):
    rows = [("leipzig", 60_000 * minute, 60.0 * minute, "") for minute in range(61) if minute != 30]
    assert hours(make("requests", rows)).coverage[0, 0] == 1.0


def test_the_scrape_interval_may_change_within_a_series(make):
    coarse = [("leipzig", HOUR_MS * hour, 3600.0 * hour, "") for hour in range(49)]
    fine = [("leipzig", 48 * HOUR_MS + 60_000 * minute, 3600.0 * 48 + 60 * minute, "") for minute in range(1, 24 * 60 + 1)]
    hourly = hours(make("requests", coarse + fine))
    np.testing.assert_allclose(hourly.values[0], np.ones(72))


def test_a_scrape_interval_that_grew_lately_is_no_gap(make):
    fine = [("leipzig", 60_000 * minute, 60.0 * minute, "") for minute in range(181)]
    coarse = [("leipzig", 180 * 60_000 + HOUR_MS * hour, 60.0 * 180 + 3600 * hour, "") for hour in range(1, 5)]
    np.testing.assert_allclose(hours(make("requests", fine + coarse)).values[0], np.ones(7))


def test_one_gap_does_not_make_the_next_one_usual(make):
    minutes = [*range(61), 240, 480]
    hourly = hours(make("requests", [("leipzig", 60_000 * minute, 60.0 * minute, "") for minute in minutes]))
    assert np.isnan(hourly.values[0]).tolist() == [False] + [True] * (hourly.values.shape[1] - 1)


def test_a_level_is_its_time_weighted_mean(make):
    rows = [("leipzig", 0, 9.0, ""), ("leipzig", 1_200_000, 1.0, ""), ("leipzig", 2_400_000, 4.0, ""), ("leipzig", 3_600_000, 4.0, "")]
    assert hours(make("busy_workers", rows)).values[0, 0] == pytest.approx(3.0)


def test_a_level_is_not_carried_across_a_gap(make):
    rows = [("leipzig", 60_000 * minute, 5.0, "") for minute in range(241) if not 60 < minute < 180]
    hourly = hours(make("busy_workers", rows))
    assert np.isnan(hourly.values[0]).tolist() == [False, True, True, False]


def test_a_daily_count_holds_for_the_day_it_is_stamped_with(make):
    rows = [("leipzig", 0, 24.0, ""), ("leipzig", 86_400_000, 48.0, "")]
    hourly = hours(make("driver@orders", rows))
    np.testing.assert_allclose(hourly.values[0], [24.0] * 24 + [48.0] * 24)


def test_values_that_are_no_numbers_are_left_out(make):
    rows = [("leipzig", 60_000 * minute, math.inf if minute == 7 else 60.0 * minute, "") for minute in range(61)]
    np.testing.assert_allclose(hours(make("requests", rows)).values[0], [1.0])


@pytest.mark.parametrize("count", [0, 1])
def test_too_few_samples_answer_with_missing(make, counted, count):
    frame = counted("requests", [5.0] * count if count else [5.0]).frame.head(count)
    hourly = even_series("requests", frame, Grid(HOUR_MS, START_MS, START_MS + 2 * HOUR_MS), ["leipzig"])
    assert hourly.values.shape == (1, 2)
    assert np.isnan(hourly.values).all()


def test_an_unknown_subject_is_missing_and_an_unknown_series_an_error(history, counted):
    history.append(counted("requests", [0.0, 60.0]))
    assert np.isnan(history.hourly("requests", ["zwickau"]).values).all()
    with pytest.raises(ValueError, match=r"no 'requests' of 'plauen' in history: known are leipzig"):
        history.hourly("requests").of("plauen")
    with pytest.raises(ValueError, match=r"'request' is not canonical.*did you mean 'requests'"):
        history.hourly("request")


def test_samples_that_all_lie_after_the_period_asked_for_are_no_hours(history, counted):
    history.append(counted("requests", [60.0 * minute for minute in range(30)]))
    assert history.hourly("requests", ["leipzig"], None, START_MS).values.shape == (1, 0)


def test_every_canonical_name_has_one_kind():
    assert not COUNTERS & GAUGES
    assert kind_of("request_seconds_bucket@+Inf") is Kind.COUNTER
    assert kind_of("driver@orders") is Kind.DAILY
    assert kind_of("redis_keys") is Kind.GAUGE


def test_clean_arrays_are_read_only(history, counted):
    history.append(counted("requests", [0.0, 60.0]))
    with pytest.raises(ValueError, match="read-only"):
        history.hourly("requests").values[0, 0] = 1.0


@given(
    steps=st.lists(st.integers(40, 90), min_size=30, max_size=80),
    increases=st.lists(st.integers(0, 1000), min_size=80, max_size=80),
)
@settings(max_examples=40, deadline=None, derandomize=True)
def test_what_was_counted_is_neither_lost_nor_invented(steps, increases):
    times = START_MS + 1000 * np.concatenate([[0], np.cumsum(steps)])
    values = np.concatenate([[0], np.cumsum(increases[: len(steps)])]).astype(float)
    frame = pl.DataFrame({"tenant": ["a"] * times.size, "time": times, "value": values, "epoch": [""] * times.size})
    minutes = even_series("requests", frame, Grid(MINUTE_MS, START_MS))
    covered_s = minutes.coverage[0].astype(float) * 60
    whole = ~np.isnan(minutes.values[0])
    assert np.sum(minutes.values[0, whole] * covered_s[whole]) == pytest.approx(values[-1], rel=1e-5, abs=1000)
    assert np.nanmin(minutes.values[0]) >= 0


def test_the_last_days_are_read_by_the_minute(history, counted):
    history.append(counted("requests", [90.0 * minute for minute in range(121)]))
    minutes = history.minutes("requests", ["leipzig"], START_MS + HOUR_MS, START_MS + HOUR_MS + 10 * MINUTE_MS)
    assert minutes.step_ms == MINUTE_MS
    assert (minutes.start_ms, minutes.end_ms) == (START_MS + HOUR_MS, START_MS + HOUR_MS + 10 * MINUTE_MS)
    np.testing.assert_allclose(minutes.values, np.full((1, 10), 1.5))
    assert history.subjects("requests") == ("leipzig",)
