"""The stack of scenario edits: push, undo, redo; every state is a value."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # reading studies takes longer than the first paint may
    from workbench.study.edits import Edit


@dataclass(frozen=True, slots=True)
class EditStack:
    """Edits that hold, and those that were undone and can be done again."""

    done: "tuple[Edit, ...]" = ()
    undone: "tuple[Edit, ...]" = ()
    """Last undone first."""
    scenario: str | None = None
    """Name of the scenario the edits began with."""
    base: "tuple[Edit, ...]" = ()
    """Edits of that scenario as it is saved."""

    @property
    def changed(self) -> bool:
        """Whether the edits differ from the saved scenario."""
        return self.done != self.base

    @property
    def label(self) -> str:
        """Name of the scenario, with a star when it was changed."""
        name = self.scenario or "base"
        return f"{name} *" if self.changed else name

    def pushed(self, edit: "Edit") -> "EditStack":
        """Return the stack with one more edit; turning the same knob again replaces its last step."""
        kept = self.done[:-1] if self.done[len(self.base) :] and _same_knob(self.done[-1], edit) else self.done
        return replace(self, done=(*kept, edit), undone=())

    def undo(self) -> "EditStack":
        """Return the stack without its last edit."""
        return replace(self, done=self.done[:-1], undone=(self.done[-1], *self.undone)) if self.done else self

    def redo(self) -> "EditStack":
        """Return the stack with the last undone edit again."""
        return replace(self, done=(*self.done, self.undone[0]), undone=self.undone[1:]) if self.undone else self


def opened(scenario: str | None, edits: "tuple[Edit, ...]") -> EditStack:
    """Return the stack of a saved scenario."""
    return EditStack(edits, (), scenario, edits)


def _same_knob(one: "Edit", other: "Edit") -> bool:
    """Return whether two edits set the same thing, so that the later one replaces the earlier."""
    from workbench.study.edits import LabelEvent, PinOffer, ScaleDriver, SetCache, SetObjective, SetReplicas, SetTtl, SetWorkers

    match one, other:
        case LabelEvent(), LabelEvent():
            return replace(one, kind=other.kind, note=other.note) == other
        case SetWorkers(), SetWorkers():
            return one.pool == other.pool
        case SetReplicas(), SetReplicas():
            return one.pool == other.pool
        case PinOffer(), PinOffer():
            return (one.topology, one.pool) == (other.topology, other.pool)
        case SetCache(), SetCache():
            return one.pool == other.pool
        case SetTtl(), SetTtl():
            return one.pool == other.pool
        case SetObjective(), SetObjective():
            return one.target == other.target
        case ScaleDriver(), ScaleDriver():
            return replace(one, factor=other.factor) == other
    return False
