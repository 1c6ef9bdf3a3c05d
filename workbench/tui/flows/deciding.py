"""Search the frontier and vary growth, in the background; keep the pools of a topology as a file."""

from functools import partial
from typing import TYPE_CHECKING

from workbench.tui.widgets.dialogs import AskScreen, TextScreen

if TYPE_CHECKING:
    from workbench.tui.application import WorkbenchApp
    from workbench.tui.bench import Tell
    from workbench.tui.studio import Studio


def search_frontier(app: "WorkbenchApp") -> None:
    """Search what less blast radius costs, and what would change the choice; esc stops it, what is shown stays."""
    if app.studio is not None and app.studio.comparison is not None:
        app.run_worker(_search(app, app.studio), name="frontier", group="figures", exclusive=True, exit_on_error=False)


def keep(app: "WorkbenchApp") -> None:
    """Keep the pools of the chosen topology as a file of the study, after showing what changes."""
    app.run_worker(_keep(app), name="talk", group="talk", exclusive=True, exit_on_error=False)


async def _search(app: "WorkbenchApp", studio: "Studio") -> None:
    app.begin("frontier")
    try:
        await app.bench.do(partial(_searched, studio, app.bench.progress))
    finally:
        app.computing = ""
        app.write_bars()
    app.fill()


def _searched(studio: "Studio", progress: "Tell") -> None:
    from workbench.pipeline.deciding import full_decision

    if studio.comparison is not None:
        full_decision(studio.session, studio.comparison, progress)


async def _keep(app: "WorkbenchApp") -> None:
    studio = app.studio
    if studio is None or studio.comparison is None:
        return
    from workbench.pipeline.by_hand import as_topology
    from workbench.study.topology_files import topology_diff, write_topology
    from workbench.tui.subjects import topology_of

    study = studio.session.original
    if study.demo:
        text = "The bundled study is never written to. Make your own with `workbench init DIR`, then keep topologies there."
        await app.push_screen_wait(TextScreen("Not kept", (text,)))
        return
    topology = topology_of(studio.comparison, app.selection)
    name = await app.push_screen_wait(AskScreen(f"Keep the pools of {topology} as the topology", "my-split"))
    if name is None:
        return
    spec = as_topology(studio.session, studio.comparison.result(topology).plan, name)
    diff = topology_diff(study, spec) or "nothing changes"
    if await app.push_screen_wait(TextScreen(f"Keep {name}", tuple(diff.splitlines()), "enter writes the file · esc leaves it")):
        path = write_topology(study, spec)
        app.notify(f"written: {path}; r reads the study again")
