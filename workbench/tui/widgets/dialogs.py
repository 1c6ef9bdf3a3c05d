"""Windows over a screen: choose one, read something, write a line."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from workbench.tui.widgets.table_view import TableView
from workbench.tui.widgets.text_view import TextView
from workbench.views.cell import Table


class PickScreen(ModalScreen[str | None]):
    """Lets one row be chosen; typing filters."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q", "leave", "leave")]

    def __init__(self, title: str, table: Table, cursor: str = "") -> None:
        super().__init__()
        self._title = title
        self._table = table
        self._cursor = cursor

    def compose(self) -> ComposeResult:
        """Make the window."""
        with Vertical(classes="dialog") as window:
            window.border_title = self._title
            window.border_subtitle = "enter chooses · esc leaves"
            yield TableView()

    def on_mount(self) -> None:
        """Show the rows."""
        view = self.query_one(TableView)
        view.show(self._table, self._cursor)
        view.focus()

    def on_table_view_chosen(self, message: TableView.Chosen) -> None:
        """Answer with the row's key."""
        self.dismiss(message.key)

    def action_leave(self) -> None:
        """Answer with nothing."""
        self.dismiss(None)


class TextScreen(ModalScreen[bool]):
    """Shows sentences; enter agrees where there is something to agree to."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark", "leave", "leave"),
        Binding("enter", "agree", "agree"),
    ]

    def __init__(self, title: str, lines: tuple[str, ...], hint: str = "esc leaves") -> None:
        super().__init__()
        self._title = title
        self._lines = lines
        self._hint = hint

    def compose(self) -> ComposeResult:
        """Make the window."""
        with Vertical(classes="dialog") as window:
            window.border_title = self._title
            window.border_subtitle = self._hint
            yield TextView(self._lines)

    def on_mount(self) -> None:
        """Let the keys scroll."""
        self.query_one(TextView).focus()

    def action_leave(self) -> None:
        """Answer no."""
        self.dismiss(False)

    def action_agree(self) -> None:
        """Answer yes."""
        self.dismiss(True)


class AskScreen(ModalScreen[str | None]):
    """Asks for one line."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "leave")]

    def __init__(self, title: str, example: str, value: str = "") -> None:
        super().__init__()
        self._title = title
        self._example = example
        self._value = value

    def compose(self) -> ComposeResult:
        """Make the window."""
        with Vertical(classes="dialog") as window:
            window.border_title = self._title
            window.border_subtitle = "enter takes it · esc leaves"
            yield Input(self._value, placeholder=self._example)

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """Answer with the line."""
        self.dismiss(message.value.strip() or None)

    def action_leave(self) -> None:
        """Answer with nothing."""
        self.dismiss(None)
