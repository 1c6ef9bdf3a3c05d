"""Scenario edits: undo, redo, knobs, moving, saving."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from workbench.study.edits import MoveTenant, PinOffer, ScaleDriver, SetReplicas, SetTtl, SetWorkers
from workbench.tui.editing import EditStack
from workbench.tui.editing import opened as opened_stack
from workbench.tui.screens.sizing.content import preview, setting, sizing
from workbench.tui.screens.sizing.knobs import knobs_table, step_of
from workbench.tui.screens.sizing.steps import next_size, next_ttl_s
from workbench.tui.selection import Selection
from workbench.tui.start import Start
from workbench.tui.widgets.dialogs import PickScreen, TextScreen
from workbench.tui.widgets.table_view import TableView
from workbench.tui.widgets.text_view import TextView

MORE = ScaleDriver("requests", 1.2)
LESS = ScaleDriver("requests", 0.9)


def test_undo_and_redo_are_inverse():
    stack = EditStack().pushed(MORE).pushed(SetTtl("cache", 60))
    assert stack.undo().redo() == stack
    assert stack.undo().undo() == replace(EditStack(), undone=(MORE, SetTtl("cache", 60)))
    assert EditStack().undo() == EditStack()


def test_turning_the_same_knob_replaces_its_last_step():
    assert EditStack().pushed(MORE).pushed(LESS).done == (LESS,)
    assert EditStack().pushed(MORE).pushed(SetWorkers("a", 2)).pushed(LESS).done == (MORE, SetWorkers("a", 2), LESS)


def test_edits_of_a_saved_scenario_are_never_replaced():
    stack = opened_stack("busy", (MORE,))
    assert not stack.changed
    assert stack.pushed(LESS).done == (MORE, LESS)
    assert stack.pushed(LESS).label == "busy *"


def test_a_new_edit_forgets_what_was_undone():
    assert EditStack().pushed(MORE).undo().pushed(SetTtl("cache", 60)).undone == ()


async def test_an_edit_changes_the_figures_and_undo_brings_them_back(opened):
    async with opened() as driver:
        before = driver.app.studio.comparison.result("multi-tenant").monthly_cost
        await driver.press("4", "a")
        await driver.write("scale-driver requests 2")
        assert driver.app.studio.comparison.result("multi-tenant").monthly_cost != before
        assert "base *" in driver.text
        assert "--edit 'scale-driver requests 2.0'" in driver.text
        await driver.press("z")
        assert driver.app.studio.comparison.result("multi-tenant").monthly_cost == before
        await driver.press("Z")
        assert driver.app.stack.done == (ScaleDriver("requests", 2.0),)


async def test_a_wrong_edit_is_explained_and_leaves_the_figures(opened):
    async with opened() as driver:
        figures = driver.app.studio
        await driver.press("a")
        await driver.write("scale-driver bananas 2")
        assert isinstance(driver.app.screen, TextScreen)
        assert "bananas" in driver.text
        assert driver.app.studio is figures
        assert driver.app.stack.done == ()


async def test_knobs_turn_by_steps_and_show_what_they_are_set_to(opened):
    async with opened() as driver:
        await driver.press("3", "tab", "tab", "j", "j", "j", "l", "l")
        assert driver.app.stack.done == (ScaleDriver("requests", 1.1),)
        knobs = driver.app.work.query_one("#knobs", TableView)
        assert knobs.current.cells[1].text == "1.10"
        await driver.press("h")
        assert driver.app.stack.done == (ScaleDriver("requests", 1.05),)
        await driver.press("z")
        assert driver.app.stack.done == ()


async def test_workers_and_machines_of_what_runs_today_follow_their_knobs(opened):
    async with opened() as driver:
        await driver.press("3", "tab", "tab", "l", "j", "j", "l")
        workers, replicas = driver.app.stack.done
        assert isinstance(workers, SetWorkers)
        assert isinstance(replicas, SetReplicas)
        pool = driver.app.studio.comparison.result("current").plan.pool(workers.pool)
        assert (pool.workers, pool.replicas[0]) == (workers.workers, replicas.replicas)


async def test_the_knob_of_cores_takes_the_next_larger_machine(opened):
    async with opened() as driver:
        driver.app.choose("topology", "dedicated")
        await driver.settle()
        await driver.press("3", "tab", "tab", "j")
        before = driver.app.work.query_one("#knobs", TableView).current.cells[1].value
        await driver.press("l")
        (edit,) = driver.app.stack.done
        assert isinstance(edit, PinOffer)
        assert driver.app.work.query_one("#knobs", TableView).current.cells[1].value > before


def test_charts_answer_before_the_plan_with_its_digits(small_session):
    comparison, selection = small_session.compare(), Selection(topology="current")
    settled, early = sizing(small_session, comparison, selection), preview(small_session, comparison, selection, ())
    for panel in ("response", "knobs"):
        first, second = (one[panel].body if panel == "knobs" else one[panel].body.table for one in (early, settled))
        assert [[cell.text for cell in row.cells] for row in first.rows] == [[cell.text for cell in row.cells] for row in second.rows]
    pool = settled["pools"].cursor
    turned = preview(small_session, comparison, selection, (SetWorkers(pool, 11), SetReplicas(pool, 3)))
    assert "3 × 11 workers" in turned["response"].body.table.rows[0].cells[0].text
    assert {"pools", "ladder"}.isdisjoint(turned)


def test_every_knob_turns_both_ways_or_says_why(small_session):
    comparison, selection = small_session.compare(), Selection(topology="dedicated")
    found = setting(small_session, comparison, selection, ())
    keys = [row.key for row in knobs_table(found).rows]
    assert {"workers", "cores", "replicas", "requests", "objective", "buffers", "memory", "ttl"} <= set(keys)
    for key in keys:
        more, less = step_of(found, key, 1), step_of(found, key, -1)
        assert more != less or isinstance(more, str)
        for edit in (one for one in (more, less) if not isinstance(one, str)):
            assert setting(small_session, comparison, selection, (edit,)) is not None
    assert step_of(found, "no knob", 1) == "no such knob"


@given(size=st.floats(2**26, 2**40))
@hypothesis_settings(max_examples=60, derandomize=True)
def test_sizes_step_up_and_down_by_about_a_quarter(size):
    more, less = next_size(size, 1), next_size(size, -1)
    assert less < size < more
    assert more <= 1.5 * size
    assert next_ttl_s(next_ttl_s(7 * 86400.0, 1), -1) == 7 * 86400.0


async def test_why_speaks_of_the_focused_panel(opened):
    async with opened() as driver:
        await driver.press("3", "tab")
        assert "comes first" in " ".join(driver.app.work.query_one("#why", TextView).lines)
        await driver.press(*["tab"] * 5)
        assert driver.app.work.leaf.key == "database"
        assert "two laws of reading" in " ".join(driver.app.work.query_one("#why", TextView).lines)


async def test_workers_of_a_plan_follow_the_knob(opened):
    async with opened() as driver:
        driver.app.choose("topology", "dedicated")
        await driver.settle()
        await driver.press("3", "tab", "tab")
        before = driver.app.work.query_one("#knobs", TableView).current.cells[1].value
        await driver.press("l")
        edit = driver.app.stack.done[0]
        assert isinstance(edit, SetWorkers)
        assert edit.workers == before + 1
        assert driver.app.studio.comparison.result("dedicated").plan.pool(edit.pool).workers == before + 1


async def test_moving_a_tenant_by_hand(opened):
    async with opened() as driver:
        driver.app.choose("topology", "dedicated")
        await driver.press("j", "m")
        assert isinstance(driver.app.screen, PickScreen)
        keys = [row.key for row in driver.app.screen.query_one(TableView).table.rows]
        wanted = next(key for key in keys if key.startswith("workers/") and "leipzig" in key)
        await driver.press(*["j"] * keys.index(wanted), "enter")
        edit = driver.app.stack.done[0]
        assert isinstance(edit, MoveTenant)
        assert edit.tenant == "zwickau"
        plan = driver.app.studio.comparison.result("dedicated").plan
        assert len(plan.pool(wanted.partition("/")[2]).tenants) == 2


async def test_choosing_a_saved_scenario(opened):
    async with opened() as driver:
        await driver.press("4", "s", "j", "enter")
        assert driver.app.stack.scenario == "busy year"
        assert "busy year" in driver.text
        assert "--scenario 'busy year'" in driver.text
        await driver.press("5")
        assert "as it is written" in str(driver.app.work.query_one("#difference").border_title)


async def test_saving_shows_the_diff_first_and_writes_on_request_only(opened, small_study):
    path = small_study / "scenarios" / "twice.toml"
    async with opened() as driver:
        await driver.press("a")
        await driver.write("set-ttl cache-eu '2 days'")
        await driver.press("S")
        await driver.write("twice")
        assert isinstance(driver.app.screen, TextScreen)
        assert "+" in driver.text
        assert not path.exists()
        await driver.press("escape")
        assert not path.exists()
        await driver.press("S")
        await driver.write("twice")
        await driver.press("enter")
        assert "set-ttl" in path.read_text(encoding="utf-8")
        assert not driver.app.stack.changed
    path.unlink()


async def test_the_bundled_study_is_never_written_to(opened, small_session, tmp_path):
    demo = replace(small_session, original=replace(small_session.original, demo=True), study=replace(small_session.study, demo=True))
    async with opened(start=Start(None, state=tmp_path / "state", session=demo)) as driver:
        assert "(demo)" in driver.text.splitlines()[0]
        await driver.press("a")
        await driver.write("scale-driver requests 2")
        await driver.press("S")
        assert "never written to" in driver.text


@pytest.mark.parametrize("key", ["r"])
async def test_collecting_into_the_bundled_study_is_refused(opened, small_session, tmp_path, key):
    demo = replace(small_session, original=replace(small_session.original, demo=True), study=replace(small_session.study, demo=True))
    async with opened(start=Start(None, state=tmp_path / "state", session=demo)) as driver:
        await driver.press(key)
        assert "never written to" in driver.text
