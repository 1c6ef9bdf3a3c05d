"""The computing side: a session, its comparison, and the contents of the screens. Runs in the bench's thread."""

from collections.abc import Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True, eq=False)
class Studio:
    """A study at work."""

    session: Session
    stack: EditStack
    comparison: Comparison | None = None
    """None until the topologies are sized."""
    before: Comparison | None = None
    """The study as it is written, for the difference; None while there are no edits."""


def open_studio(folder: Path | None, scenario: str | None, edits: Sequence[str], progress: Progress) -> Studio:
    """Return the study of a folder with its history read; raise StudyErrors with every error at once."""
    progress("reading the study", 0.0)
    study = open_study_at(find_study(None if folder is None else str(folder), Path.cwd()))
    return start(open_session(study, (), None, progress), scenario, edits)


def start(session: Session, scenario: str | None, edits: Sequence[str]) -> Studio:
    """Return the studio of a session with its history read and edits applied; raise ValueError naming what an edit does not find."""
    stack = opened(scenario, () if scenario is None else scenario_named(session.original, scenario).edits)
    for option in edits:
        stack = stack.pushed(from_option(option))
    _ = session.observed
    return Studio(session if session.edits == stack.done else session.edited(stack.done, _label(stack)), stack)


def compared(studio: Studio) -> Studio:
    """Return the studio with all topologies sized."""
    plain = studio.session.edited(()).compare() if studio.stack.done else None
    return Studio(studio.session, studio.stack, studio.session.compare(), plain)


def edited(studio: Studio, stack: EditStack) -> Studio:
    """Return the studio after other edits; raise ValueError naming what an edit does not find."""
    before = studio.before or (None if studio.stack.done else studio.comparison)
    session = studio.session.edited(stack.done, _label(stack))
    return Studio(session, stack, session.compare(), before if stack.done else None)


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
