"""Letters over the panels and screens: one key goes there."""

from dataclasses import dataclass

from textual.app import ComposeResult
from textual.events import Key
from textual.screen import ModalScreen
from textual.widgets import Static


@dataclass(frozen=True, slots=True)
class Target:
    """Somewhere to go."""

    name: str
    words: str
    """Beside the letter, where the place alone does not say it."""
    column: int
    row: int
    """Cell of the letter; a negative row: the screen shows the key already."""


class JumpScreen(ModalScreen[str | None]):
    """Shows a letter at the corner of every target and answers with the name of the target whose letter was pressed."""

    def __init__(self, targets: dict[str, Target]) -> None:
        super().__init__()
        self._targets = targets
        """By letter."""

    def compose(self) -> ComposeResult:
        """Put the letters."""
        for letter, target in self._targets.items():
            if target.row >= 0:
                label = Static(f" {letter} {target.words}".rstrip() + " ", classes="jump", markup=False)
                label.styles.offset = (target.column, target.row)
                yield label

    def on_key(self, event: Key) -> None:
        """Answer; any other key leaves."""
        event.stop()
        found = self._targets.get(event.character or "")
        self.dismiss(None if found is None else found.name)

    def on_click(self) -> None:
        """Leave."""
        self.dismiss(None)
