"""Laws that hold for every chart: its size, what is never hidden, what is never invented."""

from collections.abc import Callable, Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from workbench.charts.bars import BarPart, Bars, draw_bars
from workbench.charts.canvas import Canvas
from workbench.charts.columns import column_maxima, column_steps, trace
from workbench.charts.distribution import Distribution, draw_distribution
from workbench.charts.fan import Fan, draw_fan
from workbench.charts.heatmap import Heatmap, draw_heatmap
from workbench.charts.lines import Lines, draw_lines
from workbench.charts.output import ansi, plain, uncoloured, with_charset
from workbench.charts.palettes import ANSI
from workbench.charts.rows import HEAT, SERIES, Chart, Role, Span, Style
from workbench.charts.scales import COUNT, SHARE, Scale, money
from workbench.charts.series import Limit, Series
from workbench.charts.sparkline import draw_sparkline

Draw = Mapping[str, Callable[[int, int], Chart]]
LOOSE = settings(max_examples=40, derandomize=True, deadline=None)
NUMBERS = st.one_of(st.floats(-1e12, 1e12), st.sampled_from([np.nan, np.inf, -np.inf, 0.0]))


def size(chart: Chart) -> set[tuple[int, int]]:
    return {(cell_len("".join(span.text for span in row)), len(chart)) for row in chart}


def cells(chart: Chart) -> list[list[tuple[str, Role | None, Role | None]]]:
    return [[(glyph, span.style.foreground, span.style.background) for span in row for glyph in span.text] for row in chart]


@pytest.mark.parametrize(("width", "height"), [(1, 1), (5, 2), (10, 3), (16, 4), (23, 5), (40, 10), (79, 7), (80, 24), (400, 120)])
def test_size_is_exact(draw: Draw, kind: str, width: int, height: int) -> None:
    chart = draw[kind](width, height)
    for shown in (chart, uncoloured(chart), with_charset(chart, "ascii")):
        assert size(shown) == {(width, height)}


def test_size_below_one_is_refused(draw: Draw, kind: str) -> None:
    with pytest.raises(ValueError, match="must be at least 1"):
        draw[kind](10, 0)


def test_ascii_is_ascii_and_one_drawing_is_the_other(draw: Draw, kind: str) -> None:
    assert plain(draw[kind](97, 31), "ascii").isascii()
    assert draw[kind](97, 31) == draw[kind](97, 31)


@LOOSE
@given(values=st.lists(NUMBERS, max_size=40), limit=NUMBERS, width=st.integers(1, 90), height=st.integers(1, 30))
def test_no_values_break_a_chart(values: list[float], limit: float, width: int, height: int) -> None:
    x = np.arange(len(values), dtype=np.float64)
    series, limits = Series("a", x, values), (Limit.flat("limit", limit),)
    names = tuple(str(number) for number in range(len(values)))
    charts = [
        draw_fan(Fan(COUNT, series, None, limits), width, height),
        draw_lines(Lines(COUNT, (series,), COUNT, limits), width, height),
        draw_bars(Bars(COUNT, names, (BarPart("a", values),), limits), width, height),
        draw_heatmap(Heatmap(SHARE, ("row",), names, np.array([values])), width, height),
        draw_distribution(Distribution(COUNT, values), width, height),
        draw_sparkline(values, width, height, limit=limit),
    ]
    assert all(size(chart) == {(width, height)} for chart in charts)


@LOOSE
@given(limit=st.floats(100, 20_000), width=st.integers(24, 160), height=st.integers(5, 60))
def test_limit_is_visible_in_every_column(demand_fan: Callable[[float], Fan], limit: float, width: int, height: int) -> None:
    shown = cells(draw_fan(demand_fan(limit), width, height))
    # The scale of the plot starts where the axis line ends.
    start = next(column for column in range(width) if shown[height // 2][column][0] in "│┤") + 1
    for column in range(start, width):
        assert any(row[column][1] is Role.LIMIT for row in shown), column


@LOOSE
@given(seed=st.integers(0, 2**32), width=st.integers(1, 40), height=st.integers(1, 12))
def test_a_rule_deletes_no_dots_and_takes_every_cell(seed: int, width: int, height: int) -> None:
    random = np.random.default_rng(seed)
    canvas = Canvas(width, height)
    canvas.paint(random.integers(0, 4 * height, width), random.integers(4 * height, 8 * height, width), Role.BAND90)
    canvas.dot(random.random((4 * height, 2 * width)) < 0.2, Role.HISTORY)
    before = canvas.bits.copy()
    levels = random.integers(0, 4 * height, width)
    canvas.rule(levels, Role.LIMIT)
    assert np.array_equal(canvas.bits & before, before)
    dotted = canvas.bits > 0
    assert np.array_equal(canvas.glyphs[dotted], 0x2800 + canvas.bits[dotted].astype(np.uint32))
    shown = cells(canvas.chart())
    for column, level in enumerate(levels):
        glyph, role, _ = shown[level // 4][column]
        assert role is Role.LIMIT
        assert glyph in "▔─▁" or ord(glyph) > 0x2800


@LOOSE
@given(st.lists(st.integers(0, 64), min_size=1, max_size=6), st.integers(1, 9))
def test_stacked_fills_leave_no_gap(steps: list[int], height: int) -> None:
    canvas = Canvas(3, height)
    base = 0
    for step, role in zip(steps, SERIES, strict=False):
        canvas.paint(np.full(3, base), np.full(3, base + step), role)
        base += step
    rows = cells(canvas.chart())
    for row in rows[height - min(base // 8, height) :]:
        assert all(background is not None or glyph == "━" for glyph, _, background in row)


@LOOSE
@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=400), st.integers(1, 120))
def test_columns_show_the_maximum(values: list[float], columns: int) -> None:
    x = np.arange(len(values), dtype=np.float64)
    peaks = column_maxima(x, np.array(values), 0.0, float(len(values)), columns)
    assert np.nanmax(peaks) == max(values)
    rising = column_maxima(x, np.sort(values), 0.0, float(len(values)), columns)
    assert np.all(np.diff(rising[~np.isnan(rising)]) >= 0)


@LOOSE
@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=60), st.integers(2, 30))
def test_a_line_is_joined_and_higher_values_are_never_lower(values: list[float], height: int) -> None:
    scale = Scale(-1e6, 1e6, height)
    depths = scale.quarters(np.array(values))
    order = np.argsort(values)
    assert np.all(np.diff(depths[order]) <= 0)
    mask = trace(depths, height)
    assert mask.any(axis=0).all()
    for left, right in zip(mask.T[:-1], mask.T[1:], strict=True):
        rows = [np.flatnonzero(side) for side in (left, right)]
        assert rows[0].min() <= rows[1].max() + 1
        assert rows[1].min() <= rows[0].max() + 1


def test_missing_history_is_a_gap_not_a_zero() -> None:
    x = np.arange(100.0)
    values = np.where((x > 30) & (x < 60), np.nan, 5.0)
    peaks = column_maxima(x, values, 0.0, 99.0, 50)
    assert np.isnan(peaks[17:28]).all()
    absent = x[(x <= 30) | (x >= 60)]
    assert np.isnan(column_maxima(absent, np.full(len(absent), 5.0), 0.0, 99.0, 50)[17:28]).all()


def test_a_limit_that_steps_within_a_column_shows_the_tighter() -> None:
    steps = column_steps(np.array([0.0, 5.5]), np.array([100.0, 50.0]), 0.0, 10.0, 5)
    assert steps.tolist() == [100.0, 100.0, 50.0, 50.0, 50.0]
    assert np.isnan(column_steps(np.array([4.0]), np.array([7.0]), 0.0, 10.0, 5)[:2]).all()


def test_what_leaves_the_chart_is_an_arrow() -> None:
    series = Series("p95", np.arange(20.0), [np.inf] * 5 + [50.0] * 5 + [1.0] * 10)
    shown = cells(draw_lines(Lines(COUNT, (series,), COUNT, ceiling=2.0), 60, 12))
    assert sum(glyph == "↑" for row in shown for glyph, _, _ in row) >= 20


def test_a_ceiling_never_hides_a_limit() -> None:
    series = Series("p95", np.arange(20.0), np.arange(20.0))
    chart = draw_lines(Lines(COUNT, (series,), COUNT, (Limit.flat("objective", 15.0),), ceiling=3.0), 60, 12)
    assert any(role is Role.LIMIT and glyph != "─" for row in cells(chart) for glyph, role, _ in row)
    assert "objective 15" in plain(chart)


def test_unknown_limit_says_so() -> None:
    chart = draw_lines(Lines(COUNT, (Series("a", [0, 1], [1, 2]),), COUNT, (Limit.flat("limit", np.nan),)), 60, 12)
    assert "limit unknown" in plain(chart)


def test_empty_data_says_no_data() -> None:
    nothing = Series("a", [], [])
    for chart in (draw_fan(Fan(COUNT, nothing), 40, 9), draw_lines(Lines(COUNT, (nothing,)), 40, 9), draw_bars(Bars(COUNT, (), ()), 40, 9)):
        assert "no data" in plain(chart)
        assert size(chart) == {(40, 9)}


def test_unknown_heat_is_not_the_least_heat() -> None:
    shown = cells(draw_heatmap(Heatmap(SHARE, ("a",), ("x", "y"), np.array([[0.0, np.nan]])), 10, 3))
    backgrounds = [background for _, _, background in shown[1]]
    assert backgrounds == [HEAT[0]] * 5 + [None] * 5


def test_shared_heat_cells_show_the_maximum() -> None:
    values = np.zeros((1_000, 1))
    values[777] = 1.0
    chart = draw_heatmap(Heatmap(SHARE, tuple(f"tenant {n}" for n in range(1_000)), ("x",), values), 60, 20)
    assert any(background is HEAT[8] for row in cells(chart)[1:-1] for _, _, background in row)
    assert "maximum" in plain(chart)


def test_a_bar_with_an_unknown_part_is_marked() -> None:
    bars = Bars(money("EUR"), ("a", "b"), (BarPart("x", [1, 2]), BarPart("y", [1, np.nan])))
    assert plain(draw_bars(bars, 60, 12)).count("?") == 1


def test_parts_beyond_six_are_summed_not_dropped() -> None:
    parts = tuple(BarPart(f"part {n}", [10.0]) for n in range(9))
    text = plain(draw_bars(Bars(COUNT, ("a",), parts), 120, 24))
    assert "other (4)" in text
    assert "90" in plain(draw_bars(Bars(COUNT, ("a",), parts, (Limit.flat("sum", 90.0),)), 120, 24))


def test_foreign_names_do_not_shift_a_chart() -> None:
    names = ("工場 大阪", "مصنع القاهرة", "a\u202eb\tc", "long " * 30)
    chart = draw_heatmap(Heatmap(SHARE, names, ("x", "y"), np.ones((4, 2))), 50, 12)
    assert size(chart) == {(50, 12)}
    assert "\u202e" not in plain(chart)


def test_seven_lines_are_refused() -> None:
    with pytest.raises(ValueError, match="at most 6"):
        Lines(COUNT, tuple(Series(str(n), [0], [0]) for n in range(7)))


def test_unsorted_or_uneven_input_is_refused() -> None:
    with pytest.raises(ValueError, match="ascending"):
        Series("a", [1, 0], [1, 2])
    with pytest.raises(ValueError, match="must be equal"):
        Series("a", [0, 1], [1])
    with pytest.raises(ValueError, match="must be equal"):
        Heatmap(SHARE, ("a",), ("x",), np.ones((2, 2)))


def test_sixteen_colours_never_paint_the_ground_of_the_terminal(draw: Draw, kind: str) -> None:
    text = ansi(draw[kind](80, 24), ANSI)
    assert "48;5;0" not in text
    assert "38;5;0m▁" not in text
    assert not any(f"\x1b[38;5;0;48;5;{band}m" in text for band in ("4", "6") if kind == "fan")


def test_a_fill_that_ends_within_a_cell_is_turned_where_the_ground_has_no_colour() -> None:
    chart = ((Span("▃", Style(Role.SURFACE, Role.BAND90)),),)
    assert ansi(chart, ANSI) == f"\x1b[7;38;5;{ANSI[Role.BAND90]}m▃\x1b[0m\n"
