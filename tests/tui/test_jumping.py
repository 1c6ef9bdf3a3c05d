"""Letters over panels, and what the pointer reads in a chart."""

import pytest

from workbench.tui.places import PLACES
from workbench.tui.widgets.chart_view import ChartView
from workbench.tui.widgets.jump import JumpScreen


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_a_letter_goes_to_its_panel(opened, size):
    async with opened(size=size) as driver:
        await driver.press("ctrl+o")
        assert isinstance(driver.app.screen, JumpScreen)
        assert "jena" in driver.text  # what lies below stays in sight
        await driver.press("d")
        assert driver.app.work.leaf.key == PLACES[0].leaves[2].key
        assert driver.app.work.panel.has_focus


async def test_a_number_goes_to_its_screen_and_any_other_key_leaves(opened):
    async with opened() as driver:
        await driver.press("ctrl+o", "4")
        assert driver.app.work.place.name == "topologies"
        await driver.press("ctrl+o", "z")
        assert not isinstance(driver.app.screen, JumpScreen)
        assert driver.app.work.place.name == "topologies"


async def test_hidden_panels_are_named_beside_their_letters(opened):
    async with opened(size=(80, 24)) as driver:
        await driver.press("ctrl+o")
        for letter, leaf in zip("asdf", PLACES[0].leaves, strict=False):
            assert f" {letter} {leaf.title}" in driver.text


async def test_the_pointer_reads_the_chart_and_leaves_no_trace(opened):
    async with opened() as driver:
        chart = driver.app.work.query(ChartView).first()
        seen = set()
        for column in range(2, chart.size.width, 3):
            await driver.pilot.hover(chart, offset=(column, 4))
            seen.add(str(chart.border_subtitle))
        assert any("requests/s" in reading for reading in seen)
        await driver.pilot.hover("#tabs")
        assert chart.border_subtitle == ""
