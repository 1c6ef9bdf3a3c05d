"""Starting: what is imported, what is shown before the figures, what a broken study looks like, what the next start finds."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

from workbench.study.edits import ScaleDriver
from workbench.tui.application import WorkbenchApp
from workbench.tui.facts import Facts
from workbench.tui.memory import Memory, recall, remember
from workbench.tui.start import Start
from workbench.tui.widgets.table_view import TableView
from workbench.views.cell import Align, Cell, Column, Row, Table

FORBIDDEN = {"numpy", "scipy", "polars", "pandas", "plotly", "psycopg", "requests", "tomlkit", "workbench.study", "models", "pricing"}
FIRST_PAINT = """
import asyncio, json, sys
from pathlib import Path
from workbench.tui.application import WorkbenchApp
from workbench.tui.start import Start

class Probe(WorkbenchApp):
    def open_study(self):
        self.call_after_refresh(self.report)

    def report(self):
        self.exit(sorted(sys.modules))

async def main():
    app = Probe(Start(Path(sys.argv[1]), state=Path(sys.argv[2])))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
    print(json.dumps(app.return_value))

asyncio.run(main())
"""


def _memory() -> Memory:
    columns = (Column("tenant", "tenant", align=Align.LEFT), Column("users", "users"))
    table = Table("Tenants", columns, (Row("leipzig", (Cell("leipzig", "leipzig"), Cell(220, "220"))),), ("from before",))
    facts = Facts("Kept study", "horizon 18 months", "data to 2026-10-31", "base", ("busy",), ("leipzig",), ("current",))
    return Memory(facts, tables={"estate": {"tenants": table}})


def test_first_paint_imports_nothing_that_computes(tmp_path):
    remember(tmp_path / "state", tmp_path, _memory())
    command = [sys.executable, "-c", FIRST_PAINT, str(tmp_path), str(tmp_path / "state")]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert ran.returncode == 0, ran.stderr
    loaded = json.loads(ran.stdout.splitlines()[-1])
    assert not [name for name in loaded if any(name == one or name.startswith(one + ".") for one in FORBIDDEN)]


async def test_the_last_session_is_shown_at_once_and_marked(tmp_path, text_of):
    remember(tmp_path / "state", tmp_path, _memory())

    class Waiting(WorkbenchApp):
        def open_study(self) -> None:
            pass

    app = Waiting(Start(tmp_path, state=tmp_path / "state"))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        text = text_of(app)
        assert "Kept study" in text
        assert "220" in text
        assert app.work.query_one("#tenants", TableView).has_class("-stale")
        assert "(old)" in text


async def test_without_a_last_session_every_panel_says_what_it_waits_for(tmp_path, text_of):
    class Waiting(WorkbenchApp):
        def open_study(self) -> None:
            pass

    async with Waiting(Start(tmp_path, state=tmp_path / "state")).run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        assert text_of(pilot.app).count("opening the study …") == 4


def test_what_is_kept_is_found_again(tmp_path):
    remember(tmp_path, None, _memory())
    found = recall(tmp_path, None)
    assert found.facts == _memory().facts
    assert [cell.text for cell in found.tables["estate"]["tenants"].rows[0].cells] == ["leipzig", "220"]


def test_a_damaged_or_foreign_file_is_no_memory(tmp_path):
    remember(tmp_path, None, _memory())
    path = next(tmp_path.glob("*.json"))
    for text in ("", "{", "[]", '{"format": 99}', '{"format": 1, "facts": {"nonsense": "x"}}'):
        path.write_text(text, encoding="utf-8")
        assert recall(tmp_path, None) is None


async def test_leaving_keeps_place_choice_and_edits_for_the_next_start(opened, small_study, small_session, tmp_path):
    start = Start(small_study, state=tmp_path / "kept", session=small_session)
    async with opened(start=start) as driver:
        await driver.press("j", "4", "a")
        await driver.write("scale-driver requests 1.5")
        await driver.press("q")
    memory = recall(tmp_path / "kept", small_study)
    assert memory.place == "topologies"
    assert memory.selection["tenant"] == "zwickau"
    assert memory.edits == ("scale-driver requests 1.5",)
    async with opened(start=start) as driver:
        assert driver.app.work.place.name == "topologies"
        assert driver.app.stack.done == (ScaleDriver("requests", 1.5),)
        assert driver.app.selection.tenant == "zwickau"


async def test_a_broken_study_shows_all_errors_in_a_panel(opened, small_study, tmp_path):
    broken = tmp_path / "broken"
    shutil.copytree(small_study, broken, ignore=shutil.ignore_patterns("exports"))
    text = (broken / "study.toml").read_text(encoding="utf-8")
    (broken / "study.toml").write_text(text.replace('horizon = "12 months"', 'horizon = "a while"\ncolour = "red"'), encoding="utf-8")
    async with opened(start=Start(broken, state=tmp_path / "state")) as driver:
        assert "The study has 2 errors" in driver.text
        assert "colour" in driver.text
        assert "a while" in driver.text
        (broken / "study.toml").write_text(text.replace('horizon = "12 months"', 'horizon = "soon"'), encoding="utf-8")
        await driver.press("r")
        assert "The study has 1 error" in driver.text


async def test_a_folder_without_study_says_what_to_do(opened, tmp_path):
    async with opened(start=Start(tmp_path, state=tmp_path / "state")) as driver:
        assert "This cannot be answered" in driver.text
        assert "workbench init" in " ".join(driver.app.work.query_one("#tenants", TableView).table.notes)
        await driver.press("4", "question_mark")
        assert "the figures are not there yet" in driver.text


async def test_an_empty_history_says_what_is_missing(opened, small_study, tmp_path):
    empty = tmp_path / "empty"
    shutil.copytree(small_study, empty, ignore=shutil.ignore_patterns("exports", "history"))
    async with opened(start=Start(empty, state=tmp_path / "state")) as driver:
        assert driver.app.work.query(".-failed")
        assert "collect" in driver.text.lower()


def test_the_entry_takes_a_folder():
    from inspect import signature

    from workbench.tui.app import run

    assert next(iter(signature(run).parameters)) == "folder"
    assert signature(run).parameters["folder"].annotation in {Path | None, "Path | None"}
