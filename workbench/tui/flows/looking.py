"""Look closer: help, filter, zoom, stop, walk, copy, export."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from textual.widgets import Input

from workbench.tui.actions import refusal
from workbench.tui.flows.settling import let_be, wait_idle
from workbench.tui.widgets.bars import working
from workbench.tui.widgets.table_view import TableView

if TYPE_CHECKING:
    from workbench.tui.application import WorkbenchApp


def show_help(app: "WorkbenchApp") -> None:
    """Explain the focused panel and list what works now, then what does not and why."""
    from workbench.tui.actions import ACTIONS
    from workbench.tui.widgets.dialogs import TextScreen

    if app.work is None:
        return
    now, leaf = app.situation(), app.work.leaf
    lines = [leaf.help, "", "Move: arrows or h j k l, g first, G last, tab next panel, 1-6 screens, mouse.", ""]
    lines += [f"{action.shown:>4}  {action.help}" for action in working(now)]
    refused = [refusal(action, now) for action in ACTIONS]
    lines += ["", "Not now:", *(f"      {why}" for why in refused if why)]
    app.push_screen(TextScreen(f"{app.work.place.title}: {leaf.title}", tuple(lines)))


def filter_rows(app: "WorkbenchApp") -> None:
    """Open the line in which the filter is written."""
    screen = app.work
    if screen is None or not isinstance(screen.panel, TableView):
        return
    line = Input(screen.panel.wanted, placeholder=f"rows of {screen.leaf.title} that hold …", id="filter", compact=True)
    screen.mount(line)
    line.focus()


def zoom(app: "WorkbenchApp") -> None:
    """Give the focused panel the whole screen, and back."""
    if app.work is not None:
        app.work.zoom()


def stop(app: "WorkbenchApp") -> None:
    """Stop what runs; else close the filter; else leave the zoom."""
    screen = app.work
    if screen is None:
        return
    line = screen.filter_line()
    if app.computing or app.settling:
        halt(app)
    elif isinstance(screen.panel, TableView) and screen.panel.wanted:
        screen.panel.filter("")
    elif screen.has_class("-zoomed") and line is None:
        screen.zoom()
    if line is not None:
        screen.panel.focus()
        line.remove()
    app.write_bars()


def halt(app: "WorkbenchApp") -> None:
    """Stop what runs; the figures before it stay."""
    if app.settling and not app.computing:
        let_be(app)
        app.notify("stopped; the partition stays held, o searches it")
        return
    if app.cancel is not None:
        app.cancel.set()
        app.cancel = None
        return
    app.workers.cancel_group(app, "figures")
    app.computing = ""
    if app.studio is not None:
        app.stack = app.studio.stack
        app.facts = replace(app.facts, scenario=app.stack.label)
        app.fill()
        wait_idle(app)
    app.notify("stopped; the figures before stay" if app.studio is not None else "stopped; r reads the study again")


def walk(app: "WorkbenchApp", step: int) -> None:
    """Go to the next row of the screen's first list, whatever panel is focused."""
    if app.work is not None and app.work.first_list is not None:
        app.work.first_list.action_move(step)


def copy(app: "WorkbenchApp") -> None:
    """Copy the number under the cursor; of a chart its numbers, of sentences all of them."""
    if app.work is None:
        return
    panel, shown = app.work.panel, app.work.shown()
    if isinstance(panel, TableView) and panel.cell is not None:
        text = panel.cell.text.strip()
    elif isinstance(shown, tuple):
        text = "\n".join(shown)
    else:
        from workbench.tui.exporting import table_csv

        text = "" if shown is None else table_csv(shown)
    if not text:
        app.notify("copy: nothing is under the cursor", severity="warning")
        return
    app.copy_to_clipboard(text)
    app.notify(f"copied {text.splitlines()[0][:60]}")


def export(app: "WorkbenchApp") -> None:
    """Write the panel's numbers as CSV and JSON and the screen as SVG into the study's exports folder, or here for the bundled study."""
    if app.work is None:
        return
    from workbench.tui.exporting import table_csv, table_json, write_text

    study = app.studio.session.original if app.studio is not None else None
    folder = Path.cwd() if study is None or study.demo else study.folder / "exports"
    name = f"{app.work.place.name}-{app.work.leaf.key}"
    shown = app.work.shown()
    written = [write_text(folder / f"{name}.svg", app.export_screenshot(title=app.facts.study))]
    if isinstance(shown, tuple):
        written.append(write_text(folder / f"{name}.txt", "\n".join(shown) + "\n"))
    elif shown is not None:
        written.append(write_text(folder / f"{name}.csv", table_csv(shown)))
        written.append(write_text(folder / f"{name}.json", table_json(shown)))
    app.notify("written: " + ", ".join(str(path) for path in written), timeout=8)
