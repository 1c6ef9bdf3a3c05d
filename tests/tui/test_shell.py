"""The command a screen shows is one that the shell takes."""

import shlex
from pathlib import Path

import pytest

from workbench.cli.parser import make_parser
from workbench.study.edits import ScaleDriver, from_option
from workbench.tui.editing import EditStack, opened
from workbench.tui.places import PLACES
from workbench.tui.selection import Selection
from workbench.tui.shell import shell_line

CHOSEN = Selection("leipzig", "tenant/leipzig", "cpu", "workers-eu-std", "hybrid", "current", "release meridian-std, ring 1")
MORE = ScaleDriver("requests", 1.2, "leipzig")
EDITED = opened("new plant in Brno", (MORE,)).pushed(ScaleDriver("batch", 2.0))


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
@pytest.mark.parametrize("selection", [Selection(), CHOSEN], ids=["nothing", "everything"])
@pytest.mark.parametrize(
    "stack", [EditStack(), opened("new plant in Brno", (MORE,)).pushed(ScaleDriver("batch", 2.0))], ids=["base", "edited"]
)
def test_the_command_line_takes_what_is_shown(place, selection, stack):
    words = shlex.split(shell_line(place, Path("my study"), stack, selection))
    taken = make_parser().parse_args(words[1:])
    assert taken.verb == place.verb
    assert taken.study == "my study"
    if stack.done and place.verb != "check":
        assert taken.scenario == ["new plant in Brno"]
        assert [from_option(edit) for edit in taken.edit] == [ScaleDriver("batch", 2.0)]


def test_edits_without_their_scenario_are_all_spelled_out():
    stack = opened("busy", (MORE,)).undo().pushed(ScaleDriver("batch", 2.0))
    assert "--scenario" not in shell_line(PLACES[3], None, stack, Selection())
