"""The backtest judges what the plan is made from, says when it cannot, and gives the same digits everywhere."""

from dataclasses import replace

import numpy as np
import pytest

from models.growth import backtest
from workbench.pipeline.backtest import FIRST_DAYS, LEAST_DAYS, backtest_study, horizon_of
from workbench.pipeline.growth import PATHS, growth_inputs
from workbench.pipeline.show_backtest import baseline_rows, past_peak_rows, reliability_rows, score_rows
from workbench.views.backtest import backtest_sentences, backtest_table, past_peaks_table, reliability_table


@pytest.fixture(scope="module")
def inputs(small):
    return growth_inputs(small.study, small.observed, small.workloads, small.window)


@pytest.fixture(scope="module")
def found(small, inputs):
    return backtest_study(small.study, small.observed, inputs, 2)


def test_every_driver_and_class_of_the_plan_is_judged(found, inputs):
    assert [part.name for part in found.parts] == [f"{one.driver.value}/{one.tenant_class}" for one in inputs]
    assert found.asked_days == 28
    assert all(part.result is not None for part in found.parts)
    assert {part.horizon_days for part in found.parts} == {19}


def test_it_is_the_backtest_of_the_model_on_the_same_series(small, found, inputs):
    one = inputs[0]
    own = backtest(
        one.history,
        19 * 24,
        "1h",
        origins=2,
        paths=PATHS,
        seed=small.study.seed,
        end=one.end,
        zones=one.zones,
        calendar=one.calendar,
    )
    np.testing.assert_array_equal(found.parts[0].result.peaks.scores[0].pinball, own.peaks.scores[0].pinball)


def test_rows_hold_the_digits_of_the_result(found):
    result = found.parts[0].result
    rows = [one for one in score_rows(found) if (one.driver, one.tenant_class, one.method) == ("requests", "production", "forecast")]
    assert [one.coverage for one in rows] == result.peaks.scores[0].coverage.tolist()
    assert [one.relative for one in baseline_rows(found)[:2]] == [gap.relative for gap in result.peaks.gaps]
    assert sum(one.cases for one in reliability_rows(found) if one.method == "forecast" and one.driver == "requests") > 0
    (first, last) = past_peak_rows(found.parts[0], "alpha")
    assert first.origin < last.origin
    assert first.p50 <= first.p80 <= first.p95 <= first.p99


def test_tables_show_every_part_and_the_same_coverage(found):
    table = backtest_table(found)
    assert [row.key for row in table.rows] == [part.name for part in found.parts]
    assert table.cell("requests/production", "p95").value == found.parts[0].result.peaks.scores[0].coverage[3]
    assert len(reliability_table(found, "requests/production").rows) == len(found.parts[0].result.crossings[0][1].count)
    assert len(past_peaks_table(found, "requests/production", "alpha").rows) == 2
    assert "independent origins" in backtest_sentences(found, "requests/production")[0]


def test_a_history_too_short_says_how_much_is_needed(small, inputs):
    short = tuple(replace(one, history=tuple(values[-20 * (24 if one.step == "1h" else 1) :] for values in one.history)) for one in inputs)
    cut = tuple(replace(one, one_off=(None,) * len(one.rows), ordinary=(None,) * len(one.rows)) for one in short)
    found = backtest_study(small.study, small.observed, cut, 2)
    assert all(part.result is None for part in found.parts)
    assert "20 days of history: 28 are needed" in found.parts[0].too_short
    assert "not judged" in backtest_sentences(found, "requests/production")[0]
    assert any("28 are needed" in note for note in backtest_table(found).notes)


def test_a_horizon_leaves_two_origins_where_it_can():
    assert horizon_of(FIRST_DAYS + LEAST_DAYS - 1, 42) == 0
    assert horizon_of(FIRST_DAYS + LEAST_DAYS, 42) == LEAST_DAYS
    assert horizon_of(60, 42) == 19
    assert horizon_of(400, 42) == 42


def test_what_progress_raises_ends_it(small, inputs):
    class StopError(Exception):
        pass

    def stop(_what, share):
        if share > 0:
            raise StopError

    with pytest.raises(StopError):
        backtest_study(small.study, small.observed, inputs, 2, stop)
    with pytest.raises(ValueError, match="origins=0"):
        backtest_study(small.study, small.observed, inputs, 0)
