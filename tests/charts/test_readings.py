"""What the pointer reads is what was drawn."""

import numpy as np

from workbench.charts.bars import BarPart, Bars, read_bars
from workbench.charts.fan import Fan, Forecast, draw_fan, read_fan
from workbench.charts.heatmap import Heatmap, read_heatmap
from workbench.charts.lines import Lines, read_lines
from workbench.charts.output import plain
from workbench.charts.scales import SHARE, Unit, money
from workbench.charts.series import Limit, Series

DAY_MS = 86_400_000.0
WIDTH, HEIGHT = 60, 15


def days(values: list[float], label: str = "use", first: int = 0) -> Series:
    return Series(label, (first + np.arange(len(values))) * DAY_MS, np.array(values, float))


def test_a_column_reads_the_largest_value_in_it() -> None:
    lines = Lines(Unit("count", "IOPS"), (days([10.0] * 400 + [70.0] + [10.0] * 399),), limits=(Limit.flat("limit", 90.0),))
    readings = [read_lines(lines, WIDTH, HEIGHT, column) for column in range(WIDTH)]
    assert sum("use 70 IOPS" in reading for reading in readings) == 1
    assert all("limit 90 IOPS" in reading for reading in readings if reading)
    assert next(reading for reading in readings if reading).startswith("1970-01")


def test_beside_the_plot_there_is_nothing_to_read() -> None:
    lines = Lines(Unit("count"), (days([1.0, 2.0]),))
    assert read_lines(lines, WIDTH, HEIGHT, 0) == ""
    assert read_lines(lines, WIDTH, HEIGHT, WIDTH) == ""


def test_a_gap_is_read_as_nothing_not_as_zero() -> None:
    lines = Lines(Unit("count"), (days([5.0] * 30 + [np.nan] * 60 + [5.0] * 30),))
    middle = [read_lines(lines, WIDTH, HEIGHT, column) for column in range(WIDTH // 2, WIDTH // 2 + 5)]
    assert all("use" not in reading for reading in middle)


def test_a_fan_reads_history_before_today_and_bands_after() -> None:
    ahead = (100 + np.arange(100)) * DAY_MS
    at = np.full(100, 50.0)
    fan = Fan(Unit("count"), days([20.0] * 100, "past"), Forecast(ahead, at - 20, at - 10, at, at + 10, at + 20))
    assert "past 20" in read_fan(fan, WIDTH, HEIGHT, 12)
    last = read_fan(fan, WIDTH, HEIGHT, WIDTH - 2)
    assert "median 50" in last
    assert "90 % 30 … 70" in last
    assert "past" not in last
    assert read_fan(Fan(Unit("count")), WIDTH, HEIGHT, 10) == ""


def test_a_heat_map_reads_names_and_value_under_the_pointer() -> None:
    values = np.arange(12.0).reshape(3, 4) / 12
    heatmap = Heatmap(SHARE, ("a", "b", "c"), ("w", "x", "y", "z"), values)
    read = {read_heatmap(heatmap, WIDTH, HEIGHT, column, row) for column in range(WIDTH) for row in range(HEIGHT)} - {""}
    assert len(read) == values.size
    assert "b · y · 50 %" in read


def test_bars_read_every_part() -> None:
    bars = Bars(money("EUR"), ("Nov", "Dec"), (BarPart("workers", np.array([10.0, 20.0])), BarPart("cache", np.array([1.0, 2.0]))))
    read = {read_bars(bars, WIDTH, HEIGHT, column) for column in range(WIDTH)} - {""}
    assert read == {"Nov · workers EUR 10 · cache EUR 1", "Dec · workers EUR 20 · cache EUR 2"}


def test_reading_and_drawing_agree_on_where_the_plot_begins() -> None:
    fan = Fan(Unit("count"), days([3.0] * 50))
    begins = min(line.index("│") for line in plain(draw_fan(fan, WIDTH, HEIGHT)).splitlines() if "│" in line) + 1
    assert read_fan(fan, WIDTH, HEIGHT, begins) != ""
    assert read_fan(fan, WIDTH, HEIGHT, begins - 1) == ""
