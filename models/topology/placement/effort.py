"""How much work a search may still do; time is only a safety net."""

from dataclasses import dataclass, field
from time import monotonic

CLOSED = 1e-9
"""Relative gap at which a solution counts as optimal."""


@dataclass(slots=True)
class Effort:
    """Counts work units and remembers whether time cut the search short."""

    left: int
    """Units of work left."""
    time_limit_s: float
    """Wall time after which the search stops and is no longer reproducible."""
    cut: bool = False
    """Whether the time limit was met."""
    _started_s: float = field(default_factory=monotonic)

    def spend(self, units: int) -> None:
        """Take units of work off what is left."""
        self.left -= units

    def exhausted(self) -> bool:
        """Return whether to stop, by work or by time."""
        self.cut = self.cut or monotonic() - self._started_s > self.time_limit_s
        return self.cut or self.left <= 0
