"""Real windows from a real server: what was planted comes back, whatever restarts, gaps and pods did."""

import threading

import polars as pl
import pytest

from workbench.sources.catalogue import load_catalogue
from workbench.sources.errors import SourceCancelled
from workbench.sources.prometheus import Window, plan_pull, pull
from workbench.sources.prometheus.bulk import Task

pytestmark = pytest.mark.servers
DAY_MS = 86_400_000


def rule(series: str):
    return load_catalogue().of(series)[0]


def pulled(server, series: str, start_ms: int, end_ms: int) -> pl.DataFrame:
    tasks = plan_pull([rule(series)], start_ms, end_ms, {})
    frames = [samples.frame.with_columns(series=pl.lit(samples.series)) for samples in pull(server, tasks)]
    return pl.concat(frames).sort("series", "tenant", "time")


def increase(frame: pl.DataFrame, tenant: str) -> tuple[float, float]:
    """Return what was counted and in how many seconds, over neighbours of one epoch and from each known begin."""
    rows = frame.filter(pl.col("tenant") == tenant).with_columns(
        since=pl.col("epoch").str.split("|").list.first().str.to_datetime(time_zone="UTC", time_unit="ms").dt.epoch("ms"),
        last=pl.col("time").shift(1),
        before=pl.col("value").shift(1),
        other=pl.col("epoch").ne_missing(pl.col("epoch").shift(1)),
    )
    known = rows.filter(~pl.col("other") | ((pl.col("since") > pl.col("last")) & (pl.col("since") < pl.col("time"))))
    counted = known.select(
        amount=pl.when("other").then(pl.col("value")).otherwise(pl.col("value") - pl.col("before")),
        seconds=(pl.col("time") - pl.when("other").then(pl.col("since")).otherwise(pl.col("last"))) / 1000,
    )
    assert counted["amount"].min() >= 0
    return counted["amount"].sum(), counted["seconds"].sum()


def test_raw_and_aligned_windows_give_the_planted_rate(planted_server, period_ms) -> None:
    start, end = period_ms
    frame = pulled(planted_server, "requests", start, end)
    assert set(frame["tenant"]) == {"leipzig", "zwickau"}
    amount, seconds = increase(frame.filter(pl.col("time") <= start + 19 * DAY_MS), "leipzig")
    assert seconds == pytest.approx(19 * 86_400, rel=0.01)
    assert amount / seconds == pytest.approx(2.5, rel=1e-4)


def test_a_pod_that_ends_is_no_drop(planted_server, period_ms) -> None:
    frame = pulled(planted_server, "requests", period_ms[0] + 19 * DAY_MS, period_ms[1])
    amount, seconds = increase(frame, "leipzig")
    assert amount / seconds == pytest.approx(2.5 * 0.6, rel=1e-3)


def test_restarts_and_gaps_are_no_increase(planted_server, period_ms) -> None:
    amount, seconds = increase(pulled(planted_server, "requests", *period_ms), "zwickau")
    assert amount / seconds == pytest.approx(1.0, rel=1e-3)
    assert seconds <= 20 * 86_400 - 10_000


def test_old_gap_and_restart_are_missing_not_zero(planted_server, period_ms) -> None:
    frame = pulled(planted_server, "requests", period_ms[0], period_ms[1]).filter(pl.col("tenant") == "zwickau")
    minutes = (frame["time"] - period_ms[0]) // 60_000
    in_gap = frame.filter((minutes > (4 * 24 + 10) * 60) & (minutes < (4 * 24 + 13) * 60))
    assert in_gap.is_empty(), in_gap.rows()


def test_windows_do_not_repeat_their_borders(planted_server, period_ms) -> None:
    frame = pulled(planted_server, "requests", *period_ms)
    assert frame.select("tenant", "time").is_duplicated().sum() == 0
    assert frame["time"].min() > period_ms[0]
    assert frame["time"].max() == period_ms[1]


def test_buckets_come_as_parts_in_one_spelling(planted_server, period_ms) -> None:
    tasks = plan_pull([rule("request_seconds_bucket")], period_ms[1] - DAY_MS, period_ms[1], {})
    names = [samples.series for samples in pull(planted_server, tasks)]
    parts = [f"request_seconds_bucket@{le}" for le in ("0.1", "0.3", "1.2", "+Inf")]
    assert names == [*parts, "request_seconds_bucket"]


def test_nan_and_infinity_are_missing(planted_server, period_ms) -> None:
    frame = pulled(planted_server, "database_connections", period_ms[1] - DAY_MS, period_ms[1])
    assert frame["value"].to_list() == [7.0] * 1_438
    assert set(frame["tenant"]) == {"leipzig"}


def test_server_series_carry_the_host(planted_server, period_ms) -> None:
    frame = pulled(planted_server, "connections_max", period_ms[0], period_ms[1])
    assert set(frame["tenant"]) == {"@db1"}
    assert set(frame["value"]) == {100.0}


def test_pulling_in_pieces_or_at_once_gives_the_same_samples(planted_server, period_ms) -> None:
    window = Window(period_ms[1] - DAY_MS, period_ms[1])
    half = Window(window.start_ms, window.start_ms + DAY_MS // 2)
    whole, part = (next(iter(pull(planted_server, [Task(rule("requests"), piece)]))).frame for piece in (window, half))
    assert whole.filter(pl.col("time") <= half.end_ms).equals(part)


def test_held_windows_are_not_asked_again(period_ms) -> None:
    start, end = period_ms
    tasks = plan_pull([rule("requests")], start, end, {"requests": [(start, end - DAY_MS)]})
    assert [task.window for task in tasks] == [Window(end - DAY_MS, end)]


def test_what_is_many_comes_by_steps_only(period_ms) -> None:
    tasks = plan_pull([rule("server_cpu_seconds")], *period_ms, {}, by_steps={"server_cpu_seconds"})
    assert {task.window.step_ms for task in tasks} == {3_600_000}


def test_a_cancelled_pull_stops_between_windows(planted_server, period_ms) -> None:
    cancel = threading.Event()
    answers = pull(planted_server, plan_pull([rule("requests")], *period_ms, {}), cancel)
    next(answers)
    cancel.set()
    with pytest.raises(SourceCancelled, match="prom-eu"):
        list(answers)
