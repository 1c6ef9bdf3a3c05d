"""The study a command line is about."""

from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.cli.narration import say
from workbench.commands.opening import Found, find_study, open_study_at

if TYPE_CHECKING:
    from workbench.study.estate import Study


def found_study(options: Namespace) -> Found:
    """Return where the study is; says so if it is the bundled one."""
    found = find_study(options.study, Path.cwd())
    if found.demo:
        say("no study here: this is the bundled demo (make your own with `workbench init DIR`)")
    return found


def opened_study(options: Namespace) -> "Study":
    """Return the study, read."""
    return open_study_at(found_study(options))
