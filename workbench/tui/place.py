"""What a screen is made of: panels, each with its manual."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from workbench.tui.selection import Field

Kind: TypeAlias = Literal["table", "tree", "chart", "text", "knobs"]


@dataclass(frozen=True, slots=True)
class Leaf:
    """One panel."""

    key: str
    kind: Kind
    title: str
    help: str
    """The manual: what is shown, what its numbers mean, what its keys do."""
    sets: Field | None = None
    """Which subject the cursor chooses for the other panels."""
    by: Literal["row", "column"] = "row"
    """Whether the cursor's row or its column chooses."""


@dataclass(frozen=True, slots=True)
class Place:
    """One screen."""

    name: str
    title: str
    number: int
    leaves: tuple[Leaf, ...]
    verb: str
    """The command of the shell that answers the same."""

    def leaf(self, key: str) -> Leaf:
        """Return the panel of that key."""
        return next(leaf for leaf in self.leaves if leaf.key == key)
