"""Ticks, texts and colours."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.charts.calendar import calendar_ticks
from workbench.charts.cells import cell_width, fit
from workbench.charts.output import ansi, plain
from workbench.charts.palettes import ANSI, DARK, LIGHT
from workbench.charts.rows import HEAT, Role, Span, Style
from workbench.charts.scales import BYTES, COUNT, RATE, SECONDS, SHARE, TIME, Unit, money, ticks, value_text

UNITS = (COUNT, RATE, SHARE, BYTES, SECONDS, money("EUR"))


def ms(*parts: int) -> float:
    return datetime(*parts, tzinfo=UTC).timestamp() * 1000


@pytest.mark.parametrize(
    ("high", "unit", "texts"),
    [
        (10.0, COUNT, ["0", "2", "4", "6", "8", "10"]),
        (42_000.0, COUNT, ["0", "10k", "20k", "30k", "40k"]),
        (5e9, BYTES, ["0 GiB", "1 GiB", "2 GiB", "3 GiB", "4 GiB"]),
        (0.5, SHARE, ["0 %", "10 %", "20 %", "30 %", "40 %", "50 %"]),
        (0.9, SECONDS, ["0 ms", "200 ms", "400 ms", "600 ms", "800 ms"]),
        (4_500.0, money("EUR"), ["EUR 0", "EUR 1,000", "EUR 2,000", "EUR 3,000", "EUR 4,000"]),
        (900.0, RATE, ["0/s", "200/s", "400/s", "600/s", "800/s"]),
    ],
)
def test_ticks_are_round_and_carry_their_unit(high: float, unit: Unit, texts: list[str]) -> None:
    assert [tick.text for tick in ticks(0.0, high, 5, unit)] == texts


@settings(max_examples=150, derandomize=True, deadline=None)
@given(low=st.floats(-1e9, 1e9), spread=st.floats(1e-3, 1e15), count=st.integers(1, 20), unit=st.sampled_from(UNITS))
def test_ticks_lie_on_the_axis_with_distinct_texts(low: float, spread: float, count: int, unit: Unit) -> None:
    high = low + spread
    found = ticks(low, high, count, unit)
    slack = 1e-6 * spread
    assert all(low - slack <= tick.at <= high + slack for tick in found)
    assert len(found) <= count + 1
    if spread > 1e-6 * abs(low):
        assert len({tick.text for tick in found}) == len(found)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (6_400.0, Unit("count", "IOPS"), "6,400 IOPS"),
        (0.8, SECONDS, "800 ms"),
        (0.0667, SHARE, "6.67 %"),
        (12_345.4, money("USD"), "USD 12,345"),
        (3.0 * 2**30, BYTES, "3 GiB"),
        (float("nan"), COUNT, "unknown"),
        (float("inf"), COUNT, "∞"),
        (float("inf"), TIME, "beyond"),
        (ms(2027, 4, 22), TIME, "2027-04-22"),
        (1_234.0, RATE, "1,234/s"),
    ],
)
def test_values_carry_their_unit(value: float, unit: Unit, text: str) -> None:
    assert value_text(value, unit) == text


def test_calendar_names_months_and_the_year_once() -> None:
    texts = [tick.text for tick in calendar_ticks(ms(2026, 1, 1), ms(2027, 3, 1), 60)]
    assert texts == [
        "2026",
        "Mar",
        "May",
        "Jul",
        "Sep",
        "Nov",
        "2027",
        "Mar",
    ]
    assert [tick.text for tick in calendar_ticks(ms(2026, 2, 3), ms(2026, 5, 20), 40)] == ["Mar 2026", "Apr", "May"]
    assert [tick.text for tick in calendar_ticks(ms(2026, 2, 3), ms(2026, 2, 4), 40)] == ["Feb 3", "06:00", "12:00", "18:00", "Feb 4"]
    weeks = calendar_ticks(ms(2026, 2, 1), ms(2026, 3, 1), 40)
    assert [datetime.fromtimestamp(tick.at / 1000, UTC).weekday() for tick in weeks] == [0] * len(weeks)


@settings(max_examples=150, derandomize=True, deadline=None)
@given(start=st.floats(0, 4e12), spread=st.floats(1, 4e12), cells=st.integers(1, 400))
def test_calendar_labels_never_collide(start: float, spread: float, cells: int) -> None:
    found = calendar_ticks(start, start + spread, cells)
    assert all(start <= tick.at <= start + spread for tick in found)
    places = [(tick.at - start) / spread * cells for tick in found[1:]]
    for (left, tick), right in zip(zip(places, found[1:], strict=True), places[1:], strict=False):
        assert right - left >= cell_width(tick.text) - 1


def test_fit_cuts_to_cells_and_drops_what_has_no_width() -> None:
    assert fit("leipzig", 4) == "lei…"
    assert fit("工場工場", 5) == "工場…"
    assert cell_width(fit("工場工場", 5)) == 5
    assert fit("a\x1b[31mb", 20) == "a[31mb"
    assert fit("abc", 0) == ""


def test_every_palette_names_every_role() -> None:
    for palette in (DARK, LIGHT):
        assert set(palette) == set(Role)
    assert set(ANSI) == set(Role) - {Role.SURFACE, HEAT[0]}  # the ground is the terminal's own


def test_ansi_writes_colours_and_refuses_others() -> None:
    chart = ((Span("ab", Style(Role.LIMIT, Role.BAND90, bold=True)), Span("c", Style())),)
    assert ansi(chart, {Role.LIMIT: "#ff0010", Role.BAND90: "4"}) == "\x1b[1;38;2;255;0;16;48;5;4mab\x1b[0mc\n"
    assert plain(chart) == "abc\n"
    with pytest.raises(ValueError, match="correct the palette"):
        ansi(chart, {Role.LIMIT: "red"})


def test_limit_survives_without_colours() -> None:
    chart = ((Span("▁▔─", Style(Role.LIMIT, Role.BAND50)),),)
    assert plain(chart) == "───\n"
