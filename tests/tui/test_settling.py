"""A partition held while knobs turn: marked, searched anew on a key or after a rest, stopped by escape."""

import asyncio
import threading

import pytest

from workbench.study.edits import MoveTenant, ScaleDriver
from workbench.tui.application import WorkbenchApp
from workbench.tui.bench import Bench, Stopped
from workbench.views.cell import BEST
from workbench.views.topologies import topologies_table

TWICE = "scale-driver requests 2"


def marks(driver) -> list[str]:
    table = topologies_table(driver.app.studio.comparison)
    return [cell.mark for row in table.rows for cell in row.cells if BEST in cell.mark]


async def settled(driver) -> None:
    """Wait for the search behind what is shown."""
    while running := [worker for worker in driver.app.workers if worker.name == "settle" and not worker.is_finished]:
        await driver.app.workers.wait_for_complete(running)
    await driver.settle()


async def test_an_edit_holds_the_partition_and_says_so_until_it_is_searched(opened):
    async with opened() as driver:
        basis = driver.app.studio.comparison.basis.hash
        assert marks(driver)
        await driver.press("4", "a")
        await driver.write(TWICE)
        search = driver.app.studio.comparison.result("hybrid").plan.search
        assert search.held_from == basis
        assert f"partition of basis {basis} held, gap not checked" in driver.text.splitlines()[0]
        assert not marks(driver)
        await driver.press("o")
        await settled(driver)
        assert driver.app.studio.comparison.result("hybrid").plan.search.held_from is None
        assert "gap not checked" not in driver.text
        assert driver.app.stack.done == (ScaleDriver("requests", 2.0),)


async def test_settled_figures_are_those_of_a_study_opened_with_the_edit(opened, small_session):
    async with opened() as driver:
        await driver.press("a")
        await driver.write(TWICE)
        await driver.press("o")
        await settled(driver)
        here = driver.app.studio.comparison
    fresh = small_session.edited([ScaleDriver("requests", 2.0)]).compare()
    assert [one.monthly_cost for one in here.results] == [one.monthly_cost for one in fresh.results]
    assert [one.sum_monthly for one in here.results] == [one.sum_monthly for one in fresh.results]


async def test_keys_put_off_the_search_and_a_rest_begins_it(opened, monkeypatch):
    put_off = []
    async with opened() as driver:
        await driver.press("a")
        await driver.write(TWICE)
        monkeypatch.setattr(driver.app.idle, "reset", lambda: put_off.append("j"))
        await driver.press("j")
        assert put_off
        monkeypatch.setattr(WorkbenchApp, "SETTLE_AFTER_S", 0.05)
        await driver.press("a")
        await driver.write("scale-driver requests 3")
        await driver.pilot.pause(0.2)
        await settled(driver)
        held = driver.app.studio.held
        assert not held


async def test_undo_and_redo_find_what_was_settled_and_hold_what_was_not(opened):
    async with opened() as driver:
        first = driver.app.studio.comparison
        await driver.press("a")
        await driver.write(TWICE)
        await driver.press("z")
        same = driver.app.studio.comparison.results is first.results
        assert same
        held = driver.app.studio.held
        assert not held
        await driver.press("Z")
        held = driver.app.studio.held
        assert held
        await driver.press("o")
        await settled(driver)
        found = driver.app.studio.comparison
        await driver.press("z", "Z")
        same = driver.app.studio.comparison.results is found.results
        assert same


async def test_optimise_says_why_when_nothing_is_held(opened):
    async with opened() as driver:
        await driver.press("4", "o")
        assert [notice.message for notice in driver.app._notifications][-1].startswith("optimise: the hybrid's partition was searched")


async def test_a_hybrid_changed_by_hand_waits_for_the_key(opened, monkeypatch):
    async with opened() as driver:
        monkeypatch.setattr(WorkbenchApp, "SETTLE_AFTER_S", 0.05)
        pool = next(one for one in driver.app.studio.comparison.result("hybrid").plan.pools if one.layer == "workers")
        tenant = driver.app.studio.comparison.tenants[pool.tenants[0]]
        await driver.press("a")
        await driver.write(f"move-tenant hybrid {tenant} workers {tenant}-own")
        assert driver.app.stack.done == (MoveTenant("hybrid", tenant, pool.layer, f"{tenant}-own"),)
        await asyncio.sleep(0.3)
        held = driver.app.studio.held
        assert held
        waits = driver.app.idle is not None
        assert not waits


async def test_escape_ends_the_search_and_keeps_the_held_figures(opened, monkeypatch):
    async with opened() as driver:
        await driver.press("4", "a")
        await driver.write(TWICE)
        held, stopped = driver.app.studio, threading.Event()

        def endless(studio):
            try:
                while True:
                    studio.session.progress("searching", 0.5)
            except Stopped:
                stopped.set()
                raise

        monkeypatch.setattr("workbench.tui.studio.settled", endless)
        await driver.pilot.press("o")
        await driver.pilot.pause()
        settling = driver.app.settling
        assert settling
        assert "esc stops it" in driver.text
        await driver.press("j", "1", "4")
        settling = driver.app.settling
        assert settling, "other keys are answered meanwhile"
        await driver.press("escape")
        assert await asyncio.to_thread(stopped.wait, 10)
        settling = driver.app.settling
        assert not settling
        same = driver.app.studio is held
        assert same


async def test_a_knob_turned_during_the_search_ends_it(opened):
    async with opened() as driver:
        await driver.press("a")
        await driver.write(TWICE)
        await driver.pilot.press("o")
        await driver.press("a")
        await driver.write("scale-driver requests 3")
        await driver.settle()
        settling = driver.app.settling
        assert not settling
        assert driver.app.studio.session.edits[-1] == ScaleDriver("requests", 3.0)
        held = driver.app.studio.held
        assert held


async def test_jobs_that_come_meanwhile_pass_a_job_behind():
    bench = Bench(lambda _what, _share: None)
    order: list[str] = []
    begun, queued = threading.Event(), threading.Event()

    def long() -> str:
        begun.set()
        queued.wait(5)
        bench.progress("step", 0.5)
        order.append("long")
        return "long"

    behind = asyncio.create_task(bench.do(long, behind=True))
    await asyncio.to_thread(begun.wait, 5)
    quick = asyncio.create_task(bench.do(lambda: order.append("quick")))
    await asyncio.sleep(0)
    queued.set()
    await quick
    assert await behind == "long"
    assert order == ["quick", "long"]
    bench.close()


async def test_what_a_passing_job_raises_is_its_own():
    bench = Bench(lambda _what, _share: None)
    begun, queued = threading.Event(), threading.Event()

    def long() -> str:
        begun.set()
        queued.wait(5)
        bench.progress("step", 0.5)
        return "long"

    def wrong() -> None:
        raise ValueError("no such pool")

    behind = asyncio.create_task(bench.do(long, behind=True))
    await asyncio.to_thread(begun.wait, 5)
    quick = asyncio.create_task(bench.do(wrong))
    await asyncio.sleep(0)
    queued.set()
    with pytest.raises(ValueError, match="no such pool"):
        await quick
    assert await behind == "long"
    bench.close()
