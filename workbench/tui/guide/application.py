"""The guided start: a form, and beside it what the answers lead to."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.suggester import SuggestFromList
from textual.widgets import Input, Label

from workbench.commands.errors import SourceError
from workbench.commands.guide import Answers, grants, looked, reading, regions, write
from workbench.commands.init import Started
from workbench.commands.looking import Looked
from workbench.tui.guide.tables import pools_table, readings_table
from workbench.tui.themes import OWN
from workbench.tui.widgets.bars import escaped
from workbench.tui.widgets.dialogs import TextScreen
from workbench.tui.widgets.table_view import TableView
from workbench.tui.widgets.text_view import TextView
from workbench.views.cell import Table

if TYPE_CHECKING:
    from textual.filter import LineFilter

KEYS = (
    ("enter", "enter", "look", "look at Prometheus"),
    ("ctrl+g", "^g", "grants", "GRANTs for PostgreSQL"),
    ("ctrl+s", "^s", "write", "write the study"),
    ("escape", "esc", "leave", "leave"),
)
WELCOME = (
    "Answer what you know; enter asks Prometheus and shows whom its labels name and what seems to run.",
    "The table follows the pattern while you write it. Nothing is written before ctrl+s, and never over a file that is there.",
    "No password or token is asked for: PostgreSQL takes a service of ~/.pg_service.conf, Prometheus a bearer_file in study.toml.",
)


@dataclass(frozen=True, slots=True)
class Question:
    """A line of the form."""

    field: str
    title: str
    example: str


QUESTIONS = (
    Question("folder", "folder", "./study, new or empty"),
    Question("name", "name", "Meridian Manufacturing (default: the folder's)"),
    Question("prometheus", "Prometheus", "http://prometheus:9090"),
    Question("label", "label", "datname (empty: any label)"),
    Question("pattern", "pattern", "(?P<tenant>.+)_prod (empty: as it seems)"),
    Question("postgres", "PostgreSQL", "a libpq service, such as erp-reporting"),
    Question("region", "region", "azure/westeurope"),
    Question("currency", "currency", "EUR"),
)


class GuideApp(App[Path | None]):
    """Asks, shows, writes; answers with the folder of the study that was written."""

    TITLE = "capacity workbench: guided start"
    ENABLE_COMMAND_PALETTE = False
    CSS = """
    #form { width: 44%; border: round $accent; border-title-style: bold; padding: 0 1; }
    #form Label { width: 12; color: $foreground 70%; }
    #form Horizontal { height: 1; }
    #form Input { width: 1fr; }
    #seen { width: 1fr; }
    #tenants, #pools, #notes { border: round $border; border-title-style: bold; scrollbar-size: 0 1; }
    #tenants { height: 2fr; }
    #notes { height: 1fr; margin: 1 0 0 0; }
    #keys { dock: bottom; height: 1; width: 1fr; background: $panel; }
    TextScreen { align: center middle; background: $background 60%; }
    .dialog { width: 90%; height: auto; max-height: 90%; border: round $accent; background: $surface; padding: 0 1; }
    .dialog TextView { height: auto; max-height: 30; min-height: 3; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding(key, name, says, show=False, priority=key != "enter") for key, _, name, says in KEYS]

    def __init__(self, now_ms: int, folder: str = "", *, filters: "Sequence[LineFilter]" = ()) -> None:
        super().__init__()
        self.now_ms = now_ms
        self.given = Answers(folder=folder)
        self.seen = Looked()
        self.written: Started | None = None
        self._more = tuple(filters)
        for theme in OWN:
            self.register_theme(theme)
        self.theme = OWN[0].name

    def get_line_filters(self) -> "Sequence[LineFilter]":
        """Return what every line of the screen goes through."""
        return [*super().get_line_filters(), *self._more]

    def compose(self) -> ComposeResult:
        """Make the form and the panels beside it."""
        with Horizontal():
            with Vertical(id="form") as form:
                form.border_title = "A study of your own"
                for one in QUESTIONS:
                    with Horizontal():
                        yield Label(one.title)
                        known = SuggestFromList(regions()) if one.field == "region" else None
                        start = str(getattr(self.given, one.field))
                        yield Input(start, placeholder=one.example, id=one.field, compact=True, suggester=known)
                yield TextView(WELCOME, id="notes")
            with Vertical(id="seen"):
                yield TableView(id="tenants")
                yield TableView(id="pools")
        keys = "".join(f'[@click="app.{name}"] [b $accent]{escaped(shown)}[/] {says} [/]' for _, shown, name, says in KEYS)
        yield Label(keys, id="keys")

    def on_mount(self) -> None:
        """Say what the panels are for."""
        self.query_one("#notes", TextView).border_title = "What to know"
        self.query_one("#tenants", TableView).border_title = "Whom the labels name"
        self.query_one("#pools", TableView).border_title = "What seems to run"
        self._show_seen()
        self.query_one("#folder", Input).focus()

    @property
    def answers(self) -> Answers:
        """What is written now."""
        return replace(Answers(), **{field.name: self.query_one(f"#{field.name}", Input).value.strip() for field in fields(Answers)})

    def on_input_changed(self, message: Input.Changed) -> None:
        """Read the labels anew while the pattern is written."""
        if message.input.id in {"label", "pattern"} and self.seen.values:
            self._show_seen()

    def on_input_submitted(self) -> None:
        """Look."""
        self.action_look()

    def action_look(self) -> None:
        """Ask Prometheus in the background."""
        self._say(("asking Prometheus …",))
        self.run_worker(self._look, thread=True, exclusive=True, group="asking")

    def action_grants(self) -> None:
        """Show the SQL for a role that may read and nothing else."""
        self.push_screen(TextScreen("Run once as a superuser; GRANT … ON tables in each tenant's database", grants(self.seen)))

    def action_write(self) -> None:
        """Write the study in the background."""
        self._say(("writing …",))
        self.run_worker(self._write, thread=True, exclusive=True, group="asking")

    def action_leave(self) -> None:
        """Leave with what was written."""
        if len(self.screen_stack) > 1:
            self.pop_screen()
        else:
            self.exit(self.written.files[0].parent if self.written is not None else None)

    def _look(self) -> None:
        try:
            self.seen = looked(self.answers, self.now_ms)
        except (ValueError, SourceError) as error:
            self.call_from_thread(self._say, str(error).splitlines())
            return
        self.call_from_thread(self._show_found)

    def _write(self) -> None:
        try:
            self.written = write(self.answers, self.now_ms, lambda _what, _share: None)
        except (ValueError, SourceError, OSError) as error:
            self.call_from_thread(self._say, str(error).splitlines())
            return
        self.call_from_thread(self._show_written, self.written)

    def _show_found(self) -> None:
        self._show_seen()
        rule = self.seen.rule
        if rule.pattern is not None and not self.answers.pattern:
            self.query_one("#label", Input).value = rule.label or ""
            self.query_one("#pattern", Input).value = rule.pattern
        self._say(self.seen.notes or ("every label value names a tenant",))

    def _show_seen(self) -> None:
        try:
            table = readings_table(reading(self.seen, self.answers))
        except ValueError as error:
            table = Table("", (), (), (str(error),))
        self.query_one("#tenants", TableView).show(table)
        self.query_one("#pools", TableView).show(pools_table(self.seen))

    def _show_written(self, started: Started) -> None:
        folder = started.files[0].parent
        lines = [f"wrote {path}" for path in started.files]
        lines += ["", *started.grants] if started.grants else []
        lines += ["", *started.notes, f"Next: workbench check {folder}, then workbench collect {folder}. esc opens the study."]
        self._say(lines)

    def _say(self, lines: Sequence[str]) -> None:
        self.query_one("#notes", TextView).show(tuple(lines))
