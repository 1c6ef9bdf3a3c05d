"""The application: six screens over one session. Imports the toolkit and nothing that computes, so that it paints at once."""

import gc
import threading
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.events import Event, Key
from textual.screen import Screen
from textual.timer import Timer
from textual.worker import Worker, WorkerState

from workbench.tui.actions import ACTIONS, Situation, action_named, refusal
from workbench.tui.bench import Bench
from workbench.tui.content import Contents, waiting
from workbench.tui.editing import EditStack
from workbench.tui.explaining import explained
from workbench.tui.facts import NOTHING_YET, Facts
from workbench.tui.flows.settling import let_be
from workbench.tui.memory import Memory, recall, remember, state_folder
from workbench.tui.places import PLACES
from workbench.tui.selection import Selection
from workbench.tui.standing import situation_of, write_bars
from workbench.tui.start import Start
from workbench.tui.themes import OWN
from workbench.tui.widgets.bars import StatusBar
from workbench.tui.widgets.table_view import TableView
from workbench.tui.work_screen import WorkScreen

if TYPE_CHECKING:  # the line of the filter is mounted on demand; what computes is imported in the bench's thread, after the first paint
    from textual.filter import LineFilter
    from textual.widgets import Input

    from workbench.tui.studio import Studio


class WorkbenchApp(App[None]):
    """Explore one study."""

    TITLE = "capacity workbench"
    CSS_PATH = Path(__file__).with_name("workbench.tcss")
    ENABLE_COMMAND_PALETTE = True
    COMMAND_PALETTE_BINDING = "ctrl+backslash"
    SETTLE_AFTER_S: ClassVar[float] = 2.0
    """Seconds without a key after which a held partition is searched anew."""
    DEFAULT_MODE = PLACES[0].name
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(str(place.number), f"go('{place.name}')", place.title, show=False) for place in PLACES),
        *(Binding(action.key, f"do('{action.name}')", action.title, show=False, id=action.name) for action in ACTIONS),
    ]

    def __init__(self, start: Start) -> None:
        super().__init__()
        self.start = start
        self.bench = Bench(self._tell)
        self.desk = Bench(lambda _what, _share: None)
        """Answers at once what needs no plan, while the bench is busy."""
        self.studio: Studio | None = None
        self.stack = EditStack()
        self.selection = Selection()
        self.facts: Facts = NOTHING_YET
        self.kept: dict[str, Contents] = {}
        """What each screen showed last."""
        self._fresh: dict[str, tuple[object, Selection]] = {}
        """The studio and selection of what each screen showed last."""
        self.computing = ""
        """What runs now."""
        self.settling = ""
        """What is searched behind what is shown."""
        self.idle: Timer | None = None
        self.wants_guide = False
        """Whether the guided start is to follow."""
        self.cancel: threading.Event | None = None
        """Stops a collection between two of its requests."""
        self._state = start.state or state_folder()
        for place in PLACES:
            self.add_mode(place.name, partial(WorkScreen, place, self.dress))
        for theme in OWN:
            self.register_theme(theme)
        self.set_reactive(App.theme, OWN[0].name)
        self._memory = recall(self._state, start.folder)
        if self._memory is not None:
            self._restore(self._memory)

    def get_line_filters(self) -> "Sequence[LineFilter]":
        """Return what every line of the screen goes through."""
        filters = super().get_line_filters()
        if not self.start.ascii_only:
            return filters
        from workbench.tui.ascii_lines import ASCII_LINES

        return [*filters, ASCII_LINES]

    def on_mount(self) -> None:
        """Go to where the last session was, then open the study."""
        memory = self._memory
        if memory is not None and memory.theme != self.theme and memory.theme in self.available_themes:
            self.theme = memory.theme
        if memory is not None and memory.place != self.current_mode:
            self.switch_mode(memory.place)
        self.call_after_refresh(self.open_study)

    def _restore(self, memory: Memory) -> None:
        self.facts = memory.facts
        self.kept = {place.name: memory.contents(place.name) for place in PLACES}
        self.selection = Selection(**memory.selection)
        if not self.start.edits and self.start.scenario is None:
            self.start = replace(self.start, scenario=memory.scenario, edits=memory.edits)

    def dress(self, screen: WorkScreen) -> None:
        """Fill a new screen before it is painted for the first time."""
        self._show_kept(screen)

    @property
    def work(self) -> WorkScreen | None:
        """The screen of panels, also while a window lies over it."""
        return next((screen for screen in self.screen_stack if isinstance(screen, WorkScreen)), None)

    async def on_event(self, event: Event) -> None:
        """Let every key put off the search of a held partition."""
        if self.idle is not None and isinstance(event, Key):
            self.idle.reset()
        await super().on_event(event)

    def on_work_screen_changed(self) -> None:
        """Write the bars anew."""
        self.write_bars()

    def on_screen_resume(self) -> None:
        """Write the bars of the screen that came to the front."""
        self.write_bars()

    # What runs -----------------------------------------------------------------------------------------------------------

    def open_study(self) -> None:
        """Read the study and size it, in the background."""
        gc.enable()
        let_be(self)
        self.run_worker(self._open(), name="open", group="figures", exclusive=True, exit_on_error=False)

    async def _open(self) -> None:
        from workbench.tui.flows.computing import open_and_compare

        await open_and_compare(self)

    def recompute(self, stack: EditStack) -> None:
        """Size everything again with other edits; what is shown stays and is marked until then."""
        if self.studio is None:
            return
        let_be(self)
        self.stack = stack
        self.facts = replace(self.facts, scenario=stack.label)
        self.mark_stale()
        self.run_worker(self._edit(stack), name="edit", group="figures", exclusive=True, exit_on_error=False)

    async def _edit(self, stack: EditStack) -> None:
        from workbench.tui.flows.computing import apply_edits

        await apply_edits(self, stack)

    def fill(self) -> None:
        """Compute what the screen in front shows, in the background."""
        if self.studio is not None and not self.computing:
            self.run_worker(self._fill(), name="fill", group="fill", exclusive=True, exit_on_error=False)

    async def _fill(self) -> None:
        from workbench.tui.flows.computing import fill_screen

        await fill_screen(self)

    def saved(self, name: str) -> None:
        """Note that the scenario has a file now."""
        names = (*self.facts.scenarios, *(() if name in self.facts.scenarios else (name,)))
        self.facts = replace(self.facts, scenarios=names, scenario=self.stack.label)
        self.write_bars()

    def moving(self) -> str:
        """Return the tenant to move: the one under the cursor of the tree, else the chosen one."""
        panel = self.work.panel if self.work is not None else None
        row = panel.current if isinstance(panel, TableView) else None
        under = row.key.rpartition("/")[2] if row is not None else ""
        return under if under in self.facts.tenants else self.selection.tenant

    def mark_stale(self) -> None:
        """Mark what is shown as belonging to the figures before."""
        if self.work is not None:
            self.work.show_stale()
        self.write_bars()

    def show_kept(self) -> None:
        """Show what the screen in front showed last, marked as old."""
        if self.work is not None and self.work.composed:
            self._show_kept(self.work)

    def _show_kept(self, screen: WorkScreen) -> None:
        kept = self.kept.get(screen.place.name)
        doing = self.computing or "opening the study"
        screen.show(kept or {leaf.key: waiting(leaf.title, f"{doing} …") for leaf in screen.place.leaves})
        if kept and not self._is_fresh(screen.place.name):
            screen.show_stale()
        write_bars(self, screen)

    def _is_fresh(self, place: str) -> bool:
        return self.studio is not None and self._fresh.get(place) == (self.studio, self.selection)

    def begin(self, what: str) -> None:
        """Say that something runs."""
        self.computing = what
        self.write_bars()

    def show(self, contents: Contents, place: str, of: tuple[object, Selection]) -> None:
        """Show new contents, if their screen is still in front; remember the figures and the selection they are of."""
        self.kept[place] = contents
        self._fresh[place] = of
        if self.work is not None and self.work.composed and self.work.place.name == place:
            self.work.show(contents)
        self.write_bars()

    def fail(self, error: BaseException) -> None:
        """Show an error: in the panels while there are no figures, else in a window."""
        failure = explained(error)
        self.computing = ""
        if self.studio is None and self.work is not None:
            self.facts = replace(self.facts, study=self.facts.study if self.facts is not NOTHING_YET else "no study")
            self.work.show_failure(failure.title, failure.lines)
        else:
            from workbench.tui.widgets.dialogs import TextScreen

            self.push_screen(TextScreen(failure.title, failure.lines))
        self.write_bars()

    def on_worker_state_changed(self, message: Worker.StateChanged) -> None:
        """Show what a background job failed of; no error passes silently."""
        if message.state == WorkerState.ERROR and message.worker.error is not None:
            self.fail(message.worker.error)

    def _tell(self, what: str, share: float) -> None:
        self.call_later(self.tell, what, share)

    def tell(self, what: str, share: float) -> None:
        """Show a step of what runs."""
        if self.computing or self.settling:
            if self.computing:
                self.computing = what
            if self.work is not None and self.work.composed:
                self.work.query_one(StatusBar).working(what, share)

    # Bars ----------------------------------------------------------------------------------------------------------------

    def situation(self) -> Situation:
        """Return what decides which actions work now."""
        return situation_of(self)

    def write_bars(self) -> None:
        """Write the lines around the panels."""
        if self.work is not None and self.work.composed:
            write_bars(self, self.work)

    # Keys ----------------------------------------------------------------------------------------------------------------

    def action_go(self, place: str) -> None:
        """Open a screen."""
        if place != self.current_mode and len(self.screen_stack) == 1:
            self.switch_mode(place)
            self.call_after_refresh(self._arrived)

    def _arrived(self) -> None:
        self.show_kept()
        if self.work is not None and not self._is_fresh(self.work.place.name):
            self.fill()

    def action_do(self, name: str) -> None:
        """Do an action of the table, or say why it does not work now."""
        if len(self.screen_stack) > 1:
            return
        why = refusal(action_named(name), self.situation())
        if why:
            self.notify(why, severity="warning", timeout=4)
            return
        from workbench.tui.flows.dispatch import perform

        perform(self, name)

    def on_table_view_highlighted(self, message: TableView.Highlighted) -> None:
        """Let the row under the cursor choose what the other panels show."""
        screen = self.work
        if screen is None or message.view.id is None or message.view not in screen.query(TableView) or len(self.screen_stack) > 1:
            return
        leaf = screen.place.leaf(message.view.id)
        if leaf.sets is not None:
            self.choose(leaf.sets, message.row if leaf.by == "row" else message.column)

    def choose(self, field: str, key: str) -> None:
        """Choose a subject for all panels."""
        from workbench.tui.flows.choosing import chosen

        selection = chosen(self, field, key)
        if selection != self.selection:
            self.selection = selection
            self.fill()
            self.write_bars()

    def on_table_view_turned(self, message: TableView.Turned) -> None:
        """Turn a knob by one step: an edit of the scenario."""
        from workbench.tui.flows.knobs import turn

        self.run_worker(turn(self, message.key, message.step), name="turn", group="turn", exclusive=True, exit_on_error=False)

    def on_input_changed(self, message: "Input.Changed") -> None:
        """Filter while the words are written."""
        if message.input.id == "filter" and self.work is not None and isinstance(self.work.panel, TableView):
            self.work.panel.filter(message.value)

    async def on_input_submitted(self, message: "Input.Submitted") -> None:
        """Leave the filter's line; the filter stays."""
        if message.input.id == "filter" and self.work is not None:
            self.work.panel.focus()
            await message.input.remove()

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Offer every action, every screen, every tenant and the themes by name."""
        from workbench.tui.palette import commands

        _ = screen
        yield from commands(self)

    def on_unmount(self) -> None:
        """Let the computing thread end."""
        self.bench.close()
        self.desk.close()

    def leave(self) -> None:
        """Keep where one was, then leave."""
        from workbench.tui.flows.leaving import memory_of

        kept = memory_of(self)
        if kept is not None and not self.start.read_only:
            remember(self._state, self.start.folder, kept)
        self.exit()

    async def action_quit(self) -> None:
        """Leave."""
        self.leave()
