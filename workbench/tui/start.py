"""What a session of the terminal begins with."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the session computes; it is imported after the first paint
    from workbench.pipeline.session import Session


@dataclass(frozen=True, slots=True, eq=False)
class Start:
    """What a session begins with."""

    folder: Path | None = None
    """Folder of the study; None: the nearest one upwards, else the bundled one."""
    scenario: str | None = None
    edits: tuple[str, ...] = ()
    """Shell options, on top of the scenario."""
    state: Path | None = None
    """Where the last session is kept; None: the user's state folder."""
    session: "Session | None" = None
    """A session that is open already."""
    ascii_only: bool = False
    """Draw with ASCII alone."""
    read_only: bool = False
    """Write no file: no scenario, no export, no history, no memory of the session."""
