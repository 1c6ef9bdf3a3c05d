"""Every key does what the footer says, or says why not."""

import random
from dataclasses import replace

import pytest

from workbench.tui.actions import ACTIONS
from workbench.tui.flows.dispatch import DOES
from workbench.tui.standing import resting_text
from workbench.tui.start import Start
from workbench.tui.widgets.dialogs import PickScreen, TextScreen
from workbench.tui.widgets.table_view import TableView


def test_every_action_has_a_deed():
    assert set(DOES) == {action.name for action in ACTIONS}


def test_no_two_actions_share_a_key():
    keys = [key for action in ACTIONS for key in action.key.split(",")]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(("down", "up", "last", "first"), [("j", "k", "G", "g"), ("down", "up", "end", "home")])
async def test_arrows_and_letters_walk_alike(opened, down, up, last, first):
    async with opened() as driver:
        view = driver.app.work.query_one("#tenants", TableView)
        await driver.press(down)
        assert view.current.key == "zwickau"
        await driver.press(up)
        assert view.current.key == "leipzig"
        await driver.press(last)
        assert view.current.key == "jena"
        await driver.press(first)
        assert view.current.key == "leipzig"


async def test_the_chosen_tenant_reaches_the_other_panels_and_screens(opened):
    async with opened() as driver:
        await driver.press("j")
        assert "zwickau" in str(driver.app.work.query_one("#load").border_title)
        await driver.press("2")
        assert "zwickau" in str(driver.app.work.query_one("#fan").border_title)


async def test_next_walks_the_first_list_from_any_panel(opened):
    async with opened() as driver:
        await driver.press("tab", "n")
        assert driver.app.selection.tenant == "zwickau"
        await driver.press("N")
        assert driver.app.selection.tenant == "leipzig"
        assert driver.app.work.leaf.key == "load"


async def test_filter_narrows_while_it_is_written_and_escape_clears_it(opened):
    async with opened() as driver:
        view = driver.app.work.query_one("#tenants", TableView)
        await driver.press("slash", "j", "e", "n")
        assert view.count == (1, 3)
        await driver.press("enter")
        assert view.has_focus
        assert view.count == (1, 3)
        await driver.press("escape")
        assert view.count == (3, 3)


async def test_a_filter_without_hits_says_so(opened):
    async with opened() as driver:
        await driver.press("slash", "x", "x", "enter")
        assert "no row holds 'xx'" in driver.text


async def test_zoom_gives_the_panel_everything_and_back(opened):
    async with opened() as driver:
        await driver.press("tab", "plus")
        assert [panel.id for panel in driver.app.work.query(".leaf") if panel.display] == ["load"]
        await driver.press("plus")
        assert len([panel for panel in driver.app.work.query(".leaf") if panel.display]) == 4


async def test_help_explains_the_focused_panel_and_what_does_not_work_now(opened):
    async with opened() as driver:
        await driver.press("question_mark")
        window = driver.app.screen
        assert isinstance(window, TextScreen)
        assert "never low demand" in driver.text.replace("\n", " ")
        await driver.press("G")
        assert "undo: no edit was made" in driver.text
        await driver.press("escape")
        assert driver.app.screen is driver.app.work


async def test_keys_that_do_not_work_now_say_why(opened):
    async with opened() as driver:
        await driver.press("z", "x")
        said = [notice.message for notice in driver.app._notifications]
        assert said == ["undo: no edit was made", "lose it now: works on Risk"]


async def test_footer_names_only_what_works_now(opened):
    async with opened((200, 50)) as driver:
        assert "undo" not in driver.text.splitlines()[-1]
        await driver.press("6")
        assert "lose it now" in driver.text.splitlines()[-1]
        await driver.press("1")
        assert "lose it now" not in driver.text.splitlines()[-1]


async def test_copy_takes_the_number_under_the_cursor(opened):
    async with opened() as driver:
        await driver.press("4", "l", "y")
        assert driver.app.clipboard == driver.app.work.query_one("#figures", TableView).cell.text.strip()


async def test_copying_a_chart_gives_its_numbers(opened):
    async with opened() as driver:
        await driver.press("4", "tab", "y")
        assert driver.app.clipboard.splitlines()[0].startswith('"Meridian Manufacturing, EUR",current')


async def test_where_from_names_what_stands_behind_a_number(opened):
    async with opened() as driver:
        await driver.press("4", "l", "w")
        assert isinstance(driver.app.screen, TextScreen)
        assert "price book" in driver.text


async def test_export_writes_what_is_shown(opened, small_study):
    async with opened() as driver:
        await driver.press("4", "e")
        folder = small_study / "exports"
        assert (folder / "topologies-figures.svg").read_text(encoding="utf-8").startswith("<svg")
        lines = (folder / "topologies-figures.csv").read_text(encoding="utf-8").splitlines()
        cost = driver.app.studio.comparison.results[0].monthly_cost
        assert lines[1].split(",")[1] == f"{cost:f}"


async def test_the_palette_knows_every_action_and_tenant(opened):
    async with opened() as driver:
        names = [command.title for command in driver.app.get_system_commands(driver.app.screen)]
        assert "tenant: jena" in names
        assert "screen: Risk (6)" in names
        assert "export (e)" in names
        await driver.press("colon")
        assert driver.app.screen is not driver.app.work


async def test_a_column_chooses_the_topology(opened):
    async with opened() as driver:
        await driver.press("4", "l", "l", "5")
        assert driver.app.selection.topology == "multi-tenant"
        assert "multi-tenant" in str(driver.app.work.query_one("#lines").border_title)


async def test_choosing_a_topology_from_the_list(opened):
    async with opened() as driver:
        await driver.press("6", "v")
        assert isinstance(driver.app.screen, PickScreen)
        await driver.press("G", "enter")
        assert driver.app.selection.topology == "dedicated"
        assert "dedicated" in str(driver.app.work.query_one("#domains").border_title)


async def test_losing_a_domain_now(opened):
    async with opened() as driver:
        await driver.press("6", "j", "x")
        assert isinstance(driver.app.screen, PickScreen)
        assert driver.app.selection.domain in driver.app.screen.query_one(TableView).table.columns[0].title
        assert f"--lose {driver.app.selection.domain}" in resting_text(driver.app, driver.app.work).replace("'", "")


async def test_a_click_chooses_a_row_and_a_screen(opened):
    async with opened() as driver:
        await driver.pilot.click("#tenants", offset=(4, 3))
        await driver.settle()
        assert driver.app.selection.tenant == "zwickau"
        await driver.pilot.click("#tabs", offset=(14, 0))
        await driver.settle()
        assert driver.app.work.place.name == "demand"


async def test_nodes_of_the_tree_open_and_close(opened):
    async with opened() as driver:
        await driver.press("4", "tab", "tab", "j")
        tree = driver.app.work.query_one("#tree", TableView)
        shown = tree.count[0]
        await driver.press("enter")
        assert tree.count[0] > shown
        await driver.press("enter")
        assert tree.count[0] == shown


async def test_exporting_from_the_bundled_study_writes_where_one_stands(opened, small_session, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    demo = replace(small_session, original=replace(small_session.original, demo=True), study=replace(small_session.study, demo=True))
    async with opened(start=Start(demo.original.folder, state=tmp_path / "state", session=demo)) as driver:
        await driver.press("e")
        assert (tmp_path / "estate-tenants.csv").is_file()
        assert (tmp_path / "estate-tenants.json").is_file()


async def test_comparing_with_another_topology(opened):
    async with opened() as driver:
        await driver.press("5", "c", "j", "j", "enter")
        assert str(driver.app.work.query_one("#difference").border_title) == "current against hybrid"
        await driver.press("4")
        assert "current less hybrid" in " ".join(driver.app.work.query_one("#why").lines)


async def test_mashing_keys_breaks_nothing(opened):
    keys = [*"123456hjklgGnNzZscvwyb(ä", "tab", "shift+tab", "plus", "slash", "escape", "enter", "question_mark", "colon", "space"]
    choose = random.Random(7)
    async with opened() as driver:
        for _ in range(50):
            await driver.pilot.press(choose.choice(keys))
        await driver.press("escape", "escape", "escape")
        assert driver.app.is_running
        assert driver.app.work.is_mounted
