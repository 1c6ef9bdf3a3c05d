"""Backtests see only the past, judge all methods on the same cases and say what their figures rest on."""

import numpy as np
import pytest

from models.growth import backtest, forecast
from models.growth.judging import judged
from models.growth.reliability import reliability
from models.growth.scores import LEVELS


def test_an_origin_says_what_a_forecast_made_then_would_have_said(days, end):
    history = [days(1), days(2)[-200:]]
    found = backtest(history, 30, "1d", origins=2, paths=50, end=end)
    assert found.steps_back == (60, 30)
    assert list(found.dates) == [end - np.timedelta64(60, "D"), end - np.timedelta64(30, "D")]
    then = forecast([values[:-30] for values in history], horizon=30, step="1d", paths=50, end=end - np.timedelta64(30, "D"))
    np.testing.assert_array_equal(found.past_peaks.stated[0, 3, 1], then.maximum_quantile(0.95))
    np.testing.assert_array_equal(found.past_peaks.actual[1], [values[-30:].max() for values in history])
    assert found.independent_origins == 2
    assert found.peaks.cases == 4


def test_the_future_changes_nothing_that_was_said(days, end):
    calm, wild = days(3), days(3)
    wild[-30:] *= 5
    said = [backtest([values], 30, "1d", origins=1, paths=40, end=end).past_peaks.stated for values in (calm, wild)]
    np.testing.assert_array_equal(*said)


def test_a_young_series_is_left_out_where_it_did_not_exist(days, end):
    found = backtest([days(1), days(2)[-70:]], 30, "1d", origins=3, paths=30, end=end)
    np.testing.assert_array_equal(np.isnan(found.past_peaks.actual), [[False, True], [False, True], [False, False]])


def test_growth_beats_both_baselines_on_growing_series(days, end):
    found = backtest([days(seed, growth=0.05) for seed in range(8)], 60, "1d", origins=4, paths=100, end=end)
    assert [gap.baseline for gap in found.values.gaps] == ["seasonal naive with drift", "path bootstrap"]
    assert all(gap.mean < 0 for gap in found.values.gaps)
    assert found.values.gaps[0].clear
    assert found.values.blocks == "series"
    assert {name for name, _ in found.crossings} == set(found.methods)


def test_missing_days_are_no_truth(days, end):
    history = days(4)
    history[-20:] = np.nan
    with pytest.raises(ValueError, match="four fifths"):
        backtest([history], 30, "1d", origins=1, paths=20, end=end)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"horizon": 380}, "at most 374 steps ahead"),
        ({"origins": 0}, "origins=0"),
        ({"step": "1m"}, "step='1m'"),
        ({"apart": 0}, "apart=0"),
    ],
)
def test_bad_arguments_are_named(days, change, message):
    with pytest.raises(ValueError, match=message):
        backtest([days(1)], **({"horizon": 10, "step": "1d"} | change))


def test_what_progress_raises_ends_the_backtest(days, end):
    class StoppedError(Exception):
        pass

    def stop(done, whole):
        raise StoppedError(f"{done} of {whole}")

    with pytest.raises(StoppedError, match="1 of 6"):
        backtest([days(1)], 10, "1d", paths=10, end=end, on_progress=stop)


def test_honest_probabilities_lie_in_their_bands_and_loud_ones_do_not():
    inside = []
    for seed in range(20):
        random = np.random.default_rng(seed)
        chance = random.random(1000)
        happened = (random.random(1000) < chance).astype(float)
        honest = reliability(chance, happened)
        loud = reliability(np.clip(0.5 + 2 * (chance - 0.5), 0, 1), happened)
        inside.append((honest.inside.mean(), loud.inside.mean()))
    assert 0.82 <= np.mean(inside, axis=0)[0] <= 0.97
    assert np.mean(inside, axis=0)[1] <= 0.5  # the middle of an exaggerated forecast is right
    assert honest.mean_calibration_error < 0.06 < loud.mean_calibration_error
    # Murphy's parts add up, but for what ten bins hide.
    assert honest.brier == pytest.approx(honest.uncertainty - honest.resolution + honest.miscalibration, abs=0.004)
    with pytest.raises(ValueError, match="at least one"):
        reliability(np.zeros(0), np.zeros(0))


def test_a_perfect_forecast_loses_nothing_and_a_difference_to_itself_is_not_clear():
    random = np.random.default_rng(2)
    actual = random.random((3, 10, 4))
    perfect = np.repeat(actual[..., None], LEVELS.size, axis=3)
    found = judged({"perfect": perfect, "again": perfect, "worse": perfect + 1}, actual, np.ones((3, 10)))
    assert found.scores[0].summed_pinball == 0
    assert not found.gaps[0].clear
    assert found.gaps[1].clear
    assert found.gaps[1].relative == pytest.approx(-1)
