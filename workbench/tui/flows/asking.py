"""Short conversations: choose a scenario, a topology, a pool; write an edit; save; ask where a number comes from."""

from collections.abc import Coroutine, Sequence
from typing import TYPE_CHECKING

from workbench.tui.editing import opened
from workbench.tui.widgets.dialogs import AskScreen, PickScreen, TextScreen
from workbench.tui.widgets.table_view import TableView
from workbench.views.cell import Align, Cell, Column, Row, Table

if TYPE_CHECKING:
    from workbench.tui.application import WorkbenchApp

NO_SCENARIO = "(the study as it is written)"


def pick_scenario(app: "WorkbenchApp") -> None:
    """Choose a saved scenario, or none."""
    _talk(app, _scenario(app))


def pick_topology(app: "WorkbenchApp") -> None:
    """Choose the topology that the panels show."""
    _talk(app, _topology(app, "topology"))


def pick_other(app: "WorkbenchApp") -> None:
    """Choose the topology that the chosen one is compared with."""
    _talk(app, _topology(app, "other"))


def edit(app: "WorkbenchApp") -> None:
    """Write an edit as the shell takes it."""
    _talk(app, _edit(app))


def save(app: "WorkbenchApp") -> None:
    """Save the scenario under a name, after showing what changes."""
    _talk(app, _save(app))


def move(app: "WorkbenchApp") -> None:
    """Move the chosen tenant to another pool of a layer."""
    _talk(app, _move(app))


def lose(app: "WorkbenchApp") -> None:
    """Lose the chosen domain now."""
    _talk(app, _lose(app))


def origin(app: "WorkbenchApp") -> None:
    """Say where the number under the cursor comes from."""
    if app.work is None or not isinstance(app.work.panel, TableView):
        return
    from workbench.tui.origins import origin_lines

    panel = app.work.panel
    if panel.cell is None or panel.current is None:
        return
    title = " · ".join(text for text in (panel.current.cells[0].text.strip(), panel.column_title) if text)
    app.push_screen(TextScreen(title, origin_lines(panel.cell)))


def listed(heading: str, rows: Sequence[tuple[str, ...]]) -> Table:
    """Return a table to choose from; the first text of a row is its key."""
    size = max(len(row) for row in rows)
    columns = tuple(Column(str(i), heading if i == 0 else "", align=Align.LEFT) for i in range(size))
    padded = [(*row, *[""] * (size - len(row))) for row in rows]
    return Table("", columns, tuple(Row(row[0], tuple(Cell(text, text) for text in row)) for row in padded))


def _talk(app: "WorkbenchApp", conversation: Coroutine[None, None, None]) -> None:
    app.run_worker(conversation, name="talk", group="talk", exclusive=True, exit_on_error=False)


async def _scenario(app: "WorkbenchApp") -> None:
    rows = [(NO_SCENARIO,), *((name,) for name in app.facts.scenarios)]
    name = await app.push_screen_wait(PickScreen("Scenario", listed("scenario", rows), app.stack.scenario or NO_SCENARIO))
    if name is None or app.studio is None:
        return
    from workbench.study.edits import scenario_named

    saved = () if name == NO_SCENARIO else scenario_named(app.studio.session.original, name).edits
    app.recompute(opened(None if name == NO_SCENARIO else name, saved))


async def _topology(app: "WorkbenchApp", field: str) -> None:
    rows = [(name,) for name in app.facts.topologies]
    title = "Show the topology" if field == "topology" else "Compare with"
    name = await app.push_screen_wait(PickScreen(title, listed("topology", rows), getattr(app.selection, field)))
    if name is not None:
        app.choose(field, name)


async def _edit(app: "WorkbenchApp") -> None:
    tenant = app.selection.tenant or next(iter(app.facts.tenants), "leipzig")
    option = await app.push_screen_wait(AskScreen("Edit of the scenario", f"scale-driver requests 1.2 {tenant}"))
    if option is None:
        return
    from workbench.study.edits import from_option

    app.recompute(app.stack.pushed(from_option(option)))


async def _save(app: "WorkbenchApp") -> None:
    studio = app.studio
    if studio is None:
        return
    from workbench.study.edits import Scenario, scenario_diff, scenario_named, write_scenario

    study = studio.session.original
    if study.demo:
        text = "The bundled study is never written to. Make your own with `workbench init DIR`; it starts as a copy of your choices."
        await app.push_screen_wait(TextScreen("Not saved", (text,)))
        return
    name = await app.push_screen_wait(AskScreen("Save the scenario as", "new plant in Brno", app.stack.scenario or ""))
    if name is None:
        return
    new = Scenario(name, app.stack.done)
    old = scenario_named(study, name) if name in app.facts.scenarios else None
    diff = scenario_diff(old, new) or "nothing changes"
    if await app.push_screen_wait(TextScreen(f"Save {name}", tuple(diff.splitlines()), "enter writes the file · esc leaves it")):
        path = write_scenario(study.folder, new)
        app.stack = opened(name, app.stack.done)
        app.saved(name)
        app.notify(f"written: {path}")


async def _move(app: "WorkbenchApp") -> None:
    comparison = app.studio.comparison if app.studio is not None else None
    if comparison is None:
        return
    from workbench.study.edits import MoveTenant
    from workbench.views.pools import pools_tree

    tenant, topology = app.moving(), app.selection.topology or app.facts.topologies[-1]
    if tenant not in comparison.tenants:
        app.notify("move: choose a tenant first, in the list of tenants or in the tree of pools", severity="warning")
        return
    tree = pools_tree(comparison, topology)
    rows = [(f"{layer.key}/{pool.key}", *(cell.text for cell in pool.cells[1:])) for layer in tree.children for pool in layer.children]
    rows += [(f"{layer.key}/{tenant}-own", "a new pool") for layer in tree.children]
    key = await app.push_screen_wait(PickScreen(f"{topology}: move {tenant} to", listed("layer/pool", rows)))
    if key is not None:
        layer, _, pool = key.partition("/")
        kind = next(one.layer for one in comparison.result(topology).plan.pools if str(one.layer) == layer)
        app.recompute(app.stack.pushed(MoveTenant(topology, tenant, kind, pool)))


async def _lose(app: "WorkbenchApp") -> None:
    from functools import partial

    studio = app.studio
    if studio is None or studio.comparison is None:
        return
    from workbench.tui.losing import lost_now

    table = await app.bench.do(partial(lost_now, studio, app.selection))
    if table is None:
        app.notify("lose it now: no failure domain is known in this topology", severity="warning")
        return
    await app.push_screen_wait(PickScreen("Lost now", table))
