"""What is kept when the program is left."""

from typing import TYPE_CHECKING

from workbench.tui.memory import Memory
from workbench.views.cell import Table

if TYPE_CHECKING:
    from workbench.tui.application import WorkbenchApp


def memory_of(app: "WorkbenchApp") -> Memory | None:
    """Return the session as it is to be found again; None while there are no figures."""
    if app.studio is None or app.work is None:
        return None
    from workbench.study.edits import to_option

    stack = app.stack
    kept = stack.done[: len(stack.base)] == stack.base
    edits = stack.done[len(stack.base) :] if kept else stack.done
    tables = {
        place: {key: content.body for key, content in contents.items() if isinstance(content.body, Table)}
        for place, contents in app.kept.items()
    }
    return Memory(
        facts=app.facts,
        place=app.work.place.name,
        theme=app.theme,
        selection=app.selection.texts(),
        scenario=stack.scenario if kept else None,
        edits=tuple(to_option(edit) for edit in edits),
        tables=tables,
    )
