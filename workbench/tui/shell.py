"""The command of the shell that gives what a screen shows."""

import shlex
from pathlib import Path

from workbench.tui.editing import EditStack
from workbench.tui.places import Place
from workbench.tui.selection import Selection


def shell_line(place: Place, folder: Path | None, stack: EditStack, selection: Selection) -> str:
    """Return the command; edits on top of a saved scenario follow it. A screen that shows the first topology names none."""
    words = ["workbench", place.verb]
    if folder is not None:
        words.append(str(folder))
    if place.verb != "check":
        words += _scenario(stack)
    if place.name in {"demand", "sizing", "cost", "risk"}:
        words += ["--topology", selection.topology or "current"]
    match place.name:
        case "demand" if selection.subject.startswith("tenant/"):
            words += ["--tenant", selection.subject.removeprefix("tenant/")]
        case "sizing" if selection.pool:
            words += ["--pool", selection.pool]
        case "risk" if selection.domain:
            words += ["--lose", selection.domain]
    return shlex.join(words)


def _scenario(stack: EditStack) -> list[str]:
    if not stack.done:
        return []
    from workbench.study.edits import to_option

    kept = stack.scenario is not None and stack.done[: len(stack.base)] == stack.base
    named = ["--scenario", stack.scenario or ""] if kept else []
    edits = stack.done[len(stack.base) :] if kept else stack.done
    return [*named, *(word for edit in edits for word in ("--edit", to_option(edit)))]
