"""What a notebook says of growth has the digits of the command line."""

import json

import pytest

from workbench import open_study
from workbench.pipeline.looking_back import anomalies_of


@pytest.fixture(scope="module")
def notebook(small_folder):
    return open_study(small_folder)


def test_backtest_frames_hold_the_digits_of_the_verb(notebook, ask, small_folder):
    found = json.loads(ask("forecast", small_folder, "--backtest", "--origins", "2", "--json").out)
    looked_back = notebook.backtest(origins=2)
    for name, frame in (("scores", looked_back.scores), ("baselines", looked_back.baselines), ("reliability", looked_back.reliability)):
        assert frame.shape == (len(found[name]), len(found[name][0]))
    assert looked_back.scores["coverage"].tolist() == [row["coverage"] for row in found["scores"]]
    assert looked_back.scores["pinball"].tolist() == [row["pinball"] for row in found["scores"]]
    assert looked_back.reliability["observed"].tolist() == [row["observed"] for row in found["reliability"]]
    assert looked_back.past_peaks("requests/production", "alpha")["p95"].tolist() == [
        row["p95"] for row in found["past_peaks"] if (row["driver"], row["tenant"]) == ("requests", "alpha")
    ]


def test_the_reliability_figure_draws_every_method_and_the_band(notebook):
    figure = notebook.backtest(origins=2).figure("requests/production")
    names = {trace.name for trace in figure.data if trace.name}
    assert names == {"90 % if stated right", "as stated", "forecast", "seasonal naive with drift", "path bootstrap"}


def test_anomalies_and_exhaustion_are_frames(notebook):
    assert len(notebook.anomalies()) == len(anomalies_of(notebook.session))
    full = notebook.exhaustion("current")
    assert {"tenant", "pool", "resource", "full_p50", "never", "before_lead_time"} <= set(full.columns)
    assert notebook.figure("worker_time", tenant="alpha").data


def test_a_driver_that_was_not_judged_is_named(notebook):
    with pytest.raises(ValueError, match="choose one of requests/production"):
        notebook.backtest(origins=2).figure("orders/production")
