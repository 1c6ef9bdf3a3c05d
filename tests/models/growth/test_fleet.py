"""Laws of the joint paths."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import pytest

from models.growth import BusinessCalendar, forecast
from models.growth.diagnostics import GrowthReason


@pytest.fixture
def fleet(hours, end):
    history = [hours(1), hours(2)[-24 * 40 :], hours(3)]
    return forecast(history, horizon=24 * 30, paths=120, seed=7, end=end, zones=["Europe/Berlin", "America/New_York", "Asia/Shanghai"])


def test_crossing_probability_equals_that_of_the_maximum(fleet):
    for limit in (40.0, 110.0, 200.0):
        passage = fleet.first_passage(limit)
        for steps in (1, 25, 24 * 7, 24 * 30):
            over = np.array([(fleet.paths(row, 0, steps).max(axis=1) > limit).mean() for row in range(3)])
            np.testing.assert_array_equal(passage.probability_within(steps), over)
        np.testing.assert_allclose(passage.never, 1 - passage.probability_within(24 * 30))


def test_quantiles_are_monotone_in_p(fleet):
    steps = [fleet.quantile(p) for p in (0.05, 0.5, 0.95, 0.99)]
    peaks = [fleet.maximum_quantile(p) for p in (0.05, 0.5, 0.95, 0.99)]
    assert all((low <= high).all() for low, high in pairwise(steps))
    assert all((low <= high).all() for low, high in pairwise(peaks))


def test_total_is_the_sum_of_the_joint_paths(fleet):
    summed = sum(fleet.paths(row) for row in range(3))
    np.testing.assert_array_equal(fleet.total().paths(0), summed)
    np.testing.assert_array_equal(fleet.sums([[0, 2], [1]]).paths(0), fleet.paths(0) + fleet.paths(2))


def test_stream_yields_the_same_paths_whatever_the_chunk(fleet):
    whole = np.stack([fleet.paths(row) for row in range(3)])
    for chunk in (1000, 37):
        pieces = list(fleet.stream(chunk=chunk))
        assert [first for first, _ in pieces] == list(range(0, 24 * 30, chunk))
        np.testing.assert_array_equal(np.concatenate([piece for _, piece in pieces], axis=2), whole)
    first, piece = next(fleet.stream(start=100, stop=160))
    assert first == 100
    np.testing.assert_array_equal(piece, whole[:, :, 100:160])


def test_same_seed_same_digits_with_an_executor(hours, end):
    history = [hours(seed, days=60) for seed in range(4)]
    alone = forecast(history, horizon=240, paths=50, end=end)
    with ThreadPoolExecutor(2) as pool:
        seen: list[tuple[int, int]] = []
        shared = forecast(
            history, horizon=240, paths=50, end=end, executor=pool, on_progress=lambda done, whole: seen.append((done, whole))
        )
    np.testing.assert_array_equal(alone.total().paths(0), shared.total().paths(0))
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert not np.array_equal(alone.paths(0), forecast(history, horizon=240, paths=50, end=end, seed=2).paths(0))


def test_summary_says_what_the_accessors_say(fleet):
    summary = fleet.summary((0.5, 0.95), limits=[100.0, 60.0, 100.0])
    np.testing.assert_array_equal(summary.quantiles[1], fleet.quantile(0.95))
    np.testing.assert_array_equal(summary.maximum[0], fleet.maximum_quantile(0.5))
    np.testing.assert_array_equal(summary.passage.steps, fleet.first_passage([100.0, 60.0, 100.0]).steps)


def test_dated_series_repeat_the_same_days_together(hours, end):
    common = hours(5)
    together = forecast([common, common], horizon=168, paths=200, end=end).paths
    apart = forecast([common, common], horizon=168, paths=200).paths
    hour = 5 * 24 + 11 - 24 * 5
    assert np.corrcoef(together(0)[:, hour], together(1)[:, hour])[0, 1] > 0.5
    assert abs(np.corrcoef(apart(0)[:, hour], apart(1)[:, hour])[0, 1]) < 0.3


def test_local_peak_hour_moves_with_daylight_saving(hours, end):
    # Berlin leaves summer time on 2026-10-25: the same local hour is one UTC hour later afterwards.
    local = hours(9, days=120)
    shift = np.where(np.arange(local.size) < local.size - 24 * 7, 2, 1)
    utc = local[np.minimum(np.arange(local.size) + shift, local.size - 1)]
    plan = forecast([utc], horizon=24 * 3, paths=100, end=end, zones=["Europe/Berlin"]).quantile(0.5)[0]
    monday = plan[24:48]
    assert int(np.argmax(monday)) == 11 - 1


def test_holidays_are_quiet_days(days, end):
    today = end.astype("datetime64[D]")
    holidays = np.arange(today - 385, today + 60, 29)
    past = np.isin(np.arange(today - 395, today), holidays)
    calendar = BusinessCalendar(holidays=tuple(holidays.tolist()))
    plan = forecast([days(3) * np.where(past, 0.1, 1.0)], horizon=60, step="1d", paths=200, end=end, calendar=[calendar])
    demand = plan.quantile(0.5)[0]
    ahead = np.flatnonzero(np.isin(np.arange(today, today + 60), holidays))
    assert ahead.size == 2
    assert all(demand[day] < 0.4 * demand[day + 7] for day in ahead if day + 7 < 60)


@pytest.mark.parametrize("step", ["1h", "1d", "1w"])
@pytest.mark.parametrize("kind", ["flow", "state"])
@pytest.mark.parametrize(
    "history",
    [
        [5.0],
        [3.0] * 200,
        [0.0] * 200,
        [0.0, np.nan, 4.0],
        [1e12, 2e12] * 50,
        [1e-9] * 30 + [np.nan] * 40,
        ([np.nan] * 9 + [0.3, 0.9, np.nan, 0.0]) * 60,
    ],
    ids=["one", "constant", "zero", "three", "huge", "stale", "gappy"],
)
def test_poor_histories_answer(history, kind, step, end):
    plan = forecast([history], horizon=40, step=step, paths=40, end=end, kind=kind)
    demand = plan.paths(0)
    assert np.isfinite(demand).all()
    assert (demand >= 0).all()
    assert plan.diagnostics[0].reasons


def test_three_days_for_two_years_is_wide_and_says_so(hours, end):
    plan = forecast([hours(4, days=3)], horizon=24 * 730, paths=200, end=end)
    low, high = plan.quantile(0.05)[0, -1000:].max(), plan.quantile(0.95)[0, -1000:].max()
    assert high > 3 * low
    assert {GrowthReason.GROWTH_ASSUMED, GrowthReason.NOT_BACKTESTED, GrowthReason.WEEK_UNKNOWN} <= set(plan.diagnostics[0].reasons)
    assert plan.extrapolated


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"history": []}, "history is empty"),
        ({"history": [[np.nan, np.nan]]}, "no value"),
        ({"history": [[1.0, -2.0]]}, "never negative"),
        ({"history": [[1.0, np.inf]]}, "infinite"),
        ({"history": [[[1.0]]]}, "1-D"),
        ({"horizon": 0}, "horizon=0"),
        ({"paths": 0}, "paths=0"),
        ({"step": "1m"}, "step='1m'"),
        ({"kind": "stock"}, "kind='stock'"),
        ({"seed": -1}, "seed=-1"),
        ({"seasons": (12,)}, "seasons"),
        ({"zones": ["Mars/Olympus"]}, "Mars/Olympus"),
        ({"zones": ["UTC", "UTC"]}, "2 entries for 1"),
        ({"end": None, "zones": ["UTC"]}, "give end"),
        ({"end": np.datetime64("NaT")}, "NaT"),
        ({"end": np.datetime64("2026-11-01T00:30")}, "whole hour"),
        ({"calendar": ["XX-1"]}, "XX-1"),
    ],
)
def test_bad_arguments_are_named(change, message, end):
    arguments = {"history": [[1.0, 2.0, 3.0]], "end": end} | change
    with pytest.raises(ValueError, match=message):
        forecast(**arguments)


def test_bad_limits_and_spans_are_named(fleet):
    with pytest.raises(ValueError, match="NaN"):
        fleet.first_passage(np.nan)
    with pytest.raises(ValueError, match="shape"):
        fleet.first_passage([1.0, 2.0])
    with pytest.raises(ValueError, match="start=5"):
        fleet.paths(0, 5, 5)
    with pytest.raises(ValueError, match="at least one series"):
        fleet.sums([[]])


def test_import_loads_no_heavy_library():
    code = "import sys, models.growth; print([m for m in ('scipy', 'ruptures', 'holidays', 'polars', 'pandas') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
