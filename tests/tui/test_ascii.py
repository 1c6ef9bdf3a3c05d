"""Terminals without UTF-8."""

import json
import subprocess
import sys

import pytest

from workbench.charts.ascii import ascii_text
from workbench.charts.cells import cell_width
from workbench.tui.ascii_lines import draws_ascii_only
from workbench.tui.start import Start


async def test_every_screen_can_be_drawn_in_ascii(opened, small_study, small_session, tmp_path, text_of):
    marks = []
    for ascii_only in (False, True):
        start = Start(small_study, state=tmp_path / f"state-{ascii_only}", session=small_session, ascii_only=ascii_only)
        async with opened(start=start) as driver:
            shown = ""
            for key in "123456":
                await driver.press(key)
                shown += text_of(driver.app)
        assert shown.isascii() is ascii_only
        marks.append(shown.count("?"))
    assert marks[0] == marks[1]  # every glyph that we draw has one of its own


@pytest.mark.parametrize(
    ("environment", "ascii_only"),
    [
        ({}, False),
        ({"LANG": "de_DE.UTF-8"}, False),
        ({"LANG": "de_DE.ISO-8859-15"}, True),
        ({"LC_ALL": "C", "LANG": "de_DE.UTF-8"}, True),
        ({"LC_ALL": "C", "WORKBENCH_CHARSET": "unicode"}, False),
        ({"LANG": "de_DE.UTF-8", "WORKBENCH_CHARSET": "ascii"}, True),
    ],
)
def test_the_locale_says_what_the_terminal_can_draw(environment, ascii_only):
    assert draws_ascii_only(environment) is ascii_only


@pytest.mark.parametrize("text", ["Zürich", "Łódź", "東京", "▁▂▃ 12 µs ± 3", "a → b · c"])
def test_ascii_takes_the_same_cells(text):
    assert ascii_text(text).isascii()
    assert len(ascii_text(text)) == cell_width(text)


def test_accents_are_left_off_and_letters_stay():
    assert ascii_text("Zürich") == "Zurich"


def test_a_terminal_without_utf8_gets_tables_in_ascii_and_documents_whole(small_study):
    def printed(*more: str) -> bytes:
        command = [sys.executable, "-m", "workbench", "prices", "list", "--study", str(small_study), *more]
        return subprocess.run(command, env={"PYTHONIOENCODING": "ascii", "PATH": ""}, capture_output=True, check=True).stdout

    assert printed().isascii()
    assert json.loads(printed("--json"))
