"""What was written stays: merging is idempotent, atomic, and ends in the same bytes whatever the order."""

import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from workbench.history import open_history
from workbench.sources.samples import Samples

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
START_MS = 1_767_225_600_000


def series_of(first_hour, last_hour, *, series="requests", source="prom", subjects=("leipzig", "zwickau")):
    """Hourly counters for (first_hour, last_hour]."""
    hours = np.arange(first_hour + 1, last_hour + 1)
    frames = [
        pl.DataFrame(
            {"tenant": [name] * hours.size, "time": START_MS + hours * HOUR_MS, "value": hours * 7200.0, "epoch": ["run 1"] * hours.size}
        )
        for name in subjects
    ]
    return Samples(series, pl.concat(frames), source, START_MS + first_hour * HOUR_MS, START_MS + last_hour * HOUR_MS)


def test_collecting_twice_changes_no_byte(history, content):
    samples = series_of(0, 24 * 40)
    assert history.append(samples, measures="service", fetched_ms=5) == 2 * 24 * 40
    before = content(history.folder)
    assert history.append(samples, measures="service", fetched_ms=9) == 0
    history.fold(START_MS + 40 * DAY_MS)
    assert content(history.folder) == before


def test_closed_months_are_one_file_and_the_running_month_one_a_day(history):
    history.append(series_of(0, 24 * 33))
    names = sorted(path.name for path in (history.folder / "requests").iterdir())
    assert names == ["2026-01.parquet", "2026-02-01.parquet", "2026-02-02.parquet"]


def test_order_and_cut_of_windows_do_not_show_in_the_files(tmp_path, content):
    whole, pieces = open_history(tmp_path / "whole"), open_history(tmp_path / "pieces")
    whole.append(series_of(0, 24 * 65), fetched_ms=1)
    for first, last in ((24 * 40, 24 * 65), (0, 17), (10, 24 * 31 + 5), (24 * 31, 24 * 41)):
        pieces.append(series_of(first, last), fetched_ms=1)
    for history in (whole, pieces):
        history.fold(START_MS + 65 * DAY_MS)
    assert content(whole.folder) == content(pieces.folder)


def test_a_sample_at_midnight_closes_the_day_before(history):
    history.append(series_of(0, 24 * 31))
    assert [path.name for path in (history.folder / "requests").iterdir()] == ["2026-01.parquet"]
    assert str(history.last_complete_day()) == "2026-01-31"
    assert history.first_last() == (START_MS + HOUR_MS, START_MS + 31 * DAY_MS)


def test_a_later_answer_wins(history):
    history.append(series_of(0, 5))
    changed = series_of(0, 5)
    better = Samples("requests", changed.frame.with_columns(pl.col("value") + 1), "prom", changed.start_ms, changed.end_ms)
    assert history.append(better) == 10
    assert history.rows("requests")["value"].to_list() == better.frame["value"].to_list()


def test_a_window_reads_only_its_rows_and_rates_reach_its_edge(history):
    history.append(series_of(0, 24 * 70))
    start, end = START_MS + 35 * DAY_MS, START_MS + 36 * DAY_MS
    rows = history.rows("requests", start, end)
    assert rows.height == 48
    assert (rows["time"].min(), rows["time"].max()) == (start + HOUR_MS, end)
    hourly = history.hourly("requests", ["zwickau"], start, end)
    assert hourly.values.shape == (1, 24)
    np.testing.assert_allclose(hourly.values, 2.0)


def test_missing_numbers_are_not_stored(history, make):
    history.append(make("busy_workers", [("leipzig", 0, 1.0, ""), ("leipzig", 60_000, float("nan"), "")]))
    assert history.rows("busy_workers").height == 1


def test_an_empty_history_answers(history):
    assert history.series() == ()
    assert history.first_last() is None
    assert history.last_complete_day() is None
    assert history.hourly("requests", ["leipzig"], START_MS, START_MS + 3 * HOUR_MS).values.shape == (1, 3)
    assert history.subjects("requests") == ()


def test_names_that_are_no_series_touch_nothing(history, make):
    for bad in ("../outside", "requests/x", "nonsense"):
        with pytest.raises(ValueError, match=r"is not canonical"):
            history.append(make(bad, [("leipzig", 0, 1.0, "")]))
    with pytest.raises(ValueError, match=r"cannot be stored"):
        history.append(make("driver@../x", [("leipzig", 0, 1.0, "")]))
    assert history.series() == ()


def test_a_file_is_no_history(tmp_path):
    (tmp_path / "history").write_text("x")
    with pytest.raises(ValueError, match="is a file"):
        open_history(tmp_path / "history")


def test_a_crash_between_month_and_its_days_loses_nothing(tmp_path, content):
    clean, crashed = open_history(tmp_path / "clean"), open_history(tmp_path / "crashed")
    for history in (clean, crashed):
        history.append(series_of(0, 24 * 20), fetched_ms=1)
    day = crashed.folder / "requests" / "2026-01-03.parquet"
    left_over = day.read_bytes()
    crashed.fold(START_MS + 40 * DAY_MS)
    day.write_bytes(left_over)
    (crashed.folder / "requests" / ".2026-01.parquet.1.aside").write_bytes(b"half")
    assert crashed.rows("requests").equals(clean.rows("requests"))
    for history in (clean, crashed):
        history.fold(START_MS + 40 * DAY_MS)
    assert content(crashed.folder) == content(clean.folder)


COLLECT = """
import sys
from pathlib import Path
import numpy as np
import polars as pl
from workbench.history import open_history
from workbench.sources.samples import Samples

HOUR_MS, START_MS = 3_600_000, 1_767_225_600_000
history = open_history(Path(sys.argv[1]))
print("started", flush=True)
for day in range(45):
    times = START_MS + HOUR_MS * np.arange(24 * day + 1, 24 * day + 25)
    frame = pl.DataFrame({"tenant": ["leipzig"] * 24, "time": times, "value": times * 1.0, "epoch": [""] * 24})
    for series in ("requests", "app_cpu_seconds"):
        history.append(Samples(series, frame, "prom", int(times[0]) - HOUR_MS, int(times[-1])), fetched_ms=1)
history.fold(START_MS + 45 * 24 * HOUR_MS)
"""


def _collecting(folder):
    process = subprocess.Popen([sys.executable, "-c", COLLECT, str(folder)], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2])
    assert process.stdout is not None
    assert process.stdout.readline() == b"started\n"
    return process


def _finish(process):
    with process:
        process.communicate(timeout=60)
    return process.returncode


def test_killing_a_collect_at_any_moment_loses_nothing_and_the_next_ends_in_the_same_bytes(tmp_path, content):
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    assert _finish(_collecting(whole)) == 0
    for delay in (0.03, 0.1, 0.3):
        process = _collecting(killed)
        time.sleep(delay)
        held = open_history(killed)
        before = {name: held.rows(name) for name in held.series()}
        process.kill()
        _finish(process)
        for name, rows in before.items():
            assert rows.join(held.rows(name), on=["tenant", "time", "value"], how="anti").is_empty()
    assert _finish(_collecting(killed)) == 0
    assert content(killed) == content(whole)


def test_two_writers_at_once_do_no_harm(tmp_path, content):
    alone, shared = tmp_path / "alone", tmp_path / "shared"
    assert _finish(_collecting(alone)) == 0
    writers = [_collecting(shared) for _ in range(2)]
    assert [_finish(writer) for writer in writers] == [0, 0]
    assert content(shared) == content(alone)
