"""Six screens with a real session: every panel is filled, at every size."""

import pytest

from workbench.tui.places import PLACES
from workbench.tui.widgets.chart_view import ChartView
from workbench.tui.widgets.table_view import TableView
from workbench.tui.work_screen import WorkScreen

SIZES = ((80, 24), (120, 40), (200, 50))


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
async def test_every_panel_of_every_screen_is_filled(opened, place):
    async with opened() as driver:
        await driver.press(str(place.number))
        screen = driver.app.work
        assert screen.place is place
        for leaf in place.leaves:
            panel = screen.query_one(f"#{leaf.key}")
            if isinstance(panel, ChartView):
                assert panel.picture is not None
            elif isinstance(panel, TableView):
                assert panel.count[1] or panel.table.notes
            else:
                assert panel.lines
            assert not panel.has_class("-stale")
            assert not panel.has_class("-failed")


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_screens_fit_their_terminal(opened, size):
    async with opened(size) as driver:
        for place in PLACES:
            await driver.press(str(place.number))
            lines = driver.text.splitlines()
            assert len(lines) == size[1]
            assert place.title in lines[1]
            assert "quit" in lines[-1]


async def test_a_small_terminal_shows_one_panel_and_names_the_hidden_ones(opened):
    async with opened((80, 24)) as driver:
        visible = [panel.id for panel in driver.app.work.query(".leaf") if panel.display]
        assert visible == ["tenants"]
        assert "panel 1 of 4" in driver.text
        assert "Sources" in driver.text
        await driver.press("tab")
        assert [panel.id for panel in driver.app.work.query(".leaf") if panel.display] == ["load"]
        await driver.press("shift+tab", "shift+tab")
        assert driver.app.work.leaf.key == "health"


async def test_a_tiny_terminal_still_answers(opened):
    async with opened((40, 10)) as driver:
        await driver.press("4", "j", "l", "tab")
        assert driver.app.work.place.name == "topologies"
        assert "panel 2 of 5" in driver.text


async def test_resizing_keeps_screen_cursor_and_choice(opened):
    async with opened() as driver:
        await driver.press("j", "j")
        chosen = driver.app.selection
        await driver.pilot.resize_terminal(80, 24)
        await driver.settle()
        await driver.pilot.resize_terminal(200, 50)
        await driver.settle()
        assert driver.app.selection == chosen
        assert driver.app.work.query_one("#tenants", TableView).current.key == chosen.tenant


async def test_the_same_digits_as_the_comparison(opened, small_session):
    from workbench.views.topologies import topologies_table

    async with opened((200, 50)) as driver:
        await driver.press("4")
        shown = driver.app.work.query_one("#figures", TableView).table
        wanted = topologies_table(small_session.compare())
        assert [[cell.text for cell in row.cells] for row in shown.rows] == [[cell.text for cell in row.cells] for row in wanted.rows]
        assert wanted.rows[0].cells[1].text in driver.text


async def test_bars_name_study_basis_and_data(opened, small_session):
    async with opened() as driver:
        first, second = driver.text.splitlines()[:2]
        assert "Meridian Manufacturing" in first
        assert small_session.basis().hash in first
        assert "plan at p95" in first
        assert "data to 2026-11-01" in second


async def test_a_screen_that_was_seen_is_not_computed_again(opened):
    async with opened() as driver:
        await driver.press("4")
        contents = driver.app.kept["topologies"]
        await driver.press("1", "4")
        assert driver.app.kept["topologies"] is contents
        assert isinstance(driver.app.work, WorkScreen)
