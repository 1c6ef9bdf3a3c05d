"""The computing side: a session, its comparison, and the contents of the screens. Runs in the bench's thread."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from workbench.commands.opening import find_study, open_study_at
from workbench.pipeline.comparison import Comparison
from workbench.pipeline.session import Progress, Session, open_session
from workbench.study.edits import Edit, from_option, scenario_named
from workbench.tui.content import Contents
from workbench.tui.editing import EditStack, opened
from workbench.tui.facts import Facts
from workbench.tui.screens.registry import build
from workbench.tui.selection import Selection
from workbench.tui.words import basis_words, data_words

HYBRID = "hybrid"
MOST_SETTLED = 3
"""Comparisons kept for undo and redo; each holds its pools."""
Settled = tuple[Session, Comparison]


@dataclass(frozen=True, slots=True, eq=False)
class Studio:
    """A study at work."""

    session: Session
    stack: EditStack
    comparison: Comparison | None = None
    """None until the topologies are sized."""
    before: Comparison | None = None
    """The study as it is written, for the difference; None while there are no edits."""
    past: tuple[Settled, ...] = ()
    """The last figures whose partitions were searched for what they show, the newest first."""

    @property
    def held(self) -> bool:
        """Whether the hybrid shown keeps the partition of an earlier basis."""
        return self.comparison is not None and self.comparison.held_from is not None

    @property
    def by_hand(self) -> bool:
        """Whether the hybrid was changed by hand: then only the user asks for another one."""
        return any(edit.topology == HYBRID for edit in self.session.adjustments.partition_edits)


def open_studio(folder: Path | None, scenario: str | None, edits: Sequence[str], progress: Progress) -> Studio:
    """Return the study of a folder with its history read; raise StudyErrors with every error at once."""
    progress("reading the study", 0.0)
    study = open_study_at(find_study(None if folder is None else str(folder), Path.cwd()))
    return start(open_session(study), scenario, edits, progress)


def start(opened_one: Session, scenario: str | None, edits: Sequence[str], progress: Progress) -> Studio:
    """Return the studio of a session with its history read and edits applied; raise ValueError naming what an edit does not find."""
    session = replace(opened_one, progress=progress)
    stack = opened(scenario, () if scenario is None else scenario_named(session.original, scenario).edits)
    for option in edits:
        stack = stack.pushed(from_option(option))
    _ = session.observed
    return Studio(session if session.edits == stack.done else session.edited(stack.done, _label(stack)), stack)


def compared(studio: Studio) -> Studio:
    """Return the studio with all topologies sized."""
    written = studio.session.edited(())
    plain = written.compare() if studio.stack.done else None
    found = Studio(studio.session, studio.stack, studio.session.compare(), plain, () if plain is None else ((written, plain),))
    return _remembered(found)


def edited(studio: Studio, stack: EditStack) -> Studio:
    """Return the studio after other edits, with the hybrid's partition held unless it is known already.

    Raises
    ------
    ValueError
        Naming what an edit does not find.

    """
    before = studio.before or (None if studio.stack.done else studio.comparison)
    before = before if stack.done else None
    for session, comparison in studio.past:
        if session.edits == stack.done:
            label = _label(stack)
            known = replace(comparison, scenario=label)
            return _remembered(Studio(replace(session, scenario=label), stack, known, before, studio.past))
    session = studio.session.edited(stack.done, _label(stack), hold_partition=True)
    return _remembered(Studio(session, stack, session.compare(), before, studio.past))


def settled(studio: Studio) -> Studio:
    """Return the studio with the hybrid's partition searched for what is shown."""
    session = studio.session.settled()
    return _remembered(replace(studio, session=session, comparison=session.compare()))


def _remembered(studio: Studio) -> Studio:
    if studio.held or studio.comparison is None:
        return studio
    others = [one for one in studio.past if one[0].edits != studio.session.edits]
    return replace(studio, past=((studio.session, studio.comparison), *others[: MOST_SETTLED - 1]))


def contents(studio: Studio, place: str, selection: Selection) -> Contents:
    """Return what the panels of a screen show."""
    return build(place, studio.session, studio.comparison, studio.before, selection)


def facts(studio: Studio) -> Facts:
    """Return what the bars say."""
    session = studio.session
    name = f"{session.study.name} (demo)" if session.study.demo else session.study.name
    return Facts(
        study=name,
        basis=basis_words(session, studio.comparison),
        data=data_words(session),
        scenario=studio.stack.label,
        scenarios=tuple(spec.name for spec in session.original.scenarios),
        tenants=tuple(tenant.name for tenant in session.study.tenants),
        topologies=() if studio.comparison is None else tuple(result.name for result in studio.comparison.results),
    )


def _label(stack: EditStack) -> str | None:
    return stack.label if stack.done else None


def edit_of(option: str) -> Edit:
    """Return the edit that a shell option says; raise StudyErrors with all that is wrong."""
    return from_option(option)
