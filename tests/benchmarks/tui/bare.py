"""The smallest application there is: one line of text."""

from textual.app import App, ComposeResult
from textual.widgets import Static


class Bare(App[None]):
    """Shows one line."""

    def compose(self) -> ComposeResult:
        yield Static("first paint")


Bare().run()
