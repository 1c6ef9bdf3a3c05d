"""Jump: a letter for every panel, the numbers for the screens."""

from typing import TYPE_CHECKING

from workbench.tui.places import PLACES
from workbench.tui.widgets.jump import JumpScreen, Target

if TYPE_CHECKING:
    from workbench.tui.application import WorkbenchApp

LETTERS = "asdfghjkl"
"""The home row; no screen has more panels."""


def jump(app: "WorkbenchApp") -> None:
    """Show the letters and go where one is pressed."""
    screen = app.work
    if screen is None:
        return
    titles = {leaf.key: leaf.title for leaf in screen.place.leaves}
    targets = {str(place.number): Target(f"screen {place.name}", "", 0, -1) for place in PLACES}
    for letter, (key, region) in zip(LETTERS, screen.regions(), strict=False):
        targets[letter] = Target(f"panel {key}", titles[key] if screen.single else "", region.x + 1, region.y)

    def arrive(chosen: str | None) -> None:
        kind, _, name = (chosen or "").partition(" ")
        if kind == "panel":
            screen.go_to(name)
        elif kind == "screen":
            app.action_go(name)

    app.push_screen(JumpScreen(targets), arrive)
