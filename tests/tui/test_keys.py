"""Every key does what the footer says, or says why not."""

import random
from dataclasses import replace

import pytest

from workbench.tui.actions import ACTIONS
from workbench.tui.app import Start
from workbench.tui.flows.dispatch import DOES
from workbench.tui.standing import resting_text
from workbench.tui.widgets.dialogs import PickScreen, TextScreen
from workbench.tui.widgets.table_view import TableView


def test_every_action_has_a_deed():
    assert set(DOES) == {action.name for action in ACTIONS}


def test_no_two_actions_share_a_key():
    keys = [*"123456hjklgGnNzZscvwyb(ä", "tab", "shift+tab", "plus", "slash", "escape", "enter", "question_mark", "colon", "space"]
    choose = random.Random(7)
    async with opened() as driver:
        for _ in range(50):
            await driver.pilot.press(choose.choice(keys))
        await driver.press("escape", "escape", "escape")
        assert driver.app.is_running
        assert driver.app.work.is_mounted
